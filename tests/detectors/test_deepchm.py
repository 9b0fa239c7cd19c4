"""DeepCHM whole: it learns a drawn cell, every switch works, doubtful boxes teach nothing, and it is an engine."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from karyotrain.engines.directions import with_directions
from torch import Tensor

from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors import rotated_direction
from karyoview.detectors.deepchm import DeepCHM, DeepCHMConfig, build_deepchm
from karyoview.detectors.engines import DEEPCHM
from karyoview.detectors.nets.rotated_detector import _Truth, agreement
from karyoview.detectors.nets.rotated_ops import capsule_bounds, rotated_iou
from karyoview.detectors.orientation import ClassFree
from karyoview.detectors.protocol import Cancelled, CancelToken, EngineError
from karyoview.detectors.registry import load_engine
from karyoview.detectors.rotated_direction import p_probabilities
from karyoview.detectors.weights import load_weights, save_weights
from karyoview.imaging.direction import BINS

Target = dict[str, Tensor]


def _drawn_cell(size: int = 96, seed: int = 0, chromosomes: int = 4) -> tuple[Tensor, Target]:
    """A picture with bars that have a black knob at their p end, and its truth."""
    rng = np.random.default_rng(seed)
    picture = np.full((size, size), 225, np.uint8)
    masks, boxes = [], []
    for k in range(chromosomes):
        length, angle = rng.uniform(26, 38), rng.uniform(-math.pi, math.pi)
        centre = np.array([[0.28, 0.28], [0.72, 0.3], [0.3, 0.72], [0.72, 0.72]])[k % 4] * size
        to_p = np.array([math.sin(angle), -math.cos(angle)]) * (length - 11) / 2
        ends = np.rint([centre + to_p, centre - to_p]).astype(int)
        mask = np.zeros_like(picture)
        cv2.line(mask, tuple(map(int, ends[0])), tuple(map(int, ends[1])), 1, 11)
        picture[mask > 0] = 120
        cv2.circle(picture, tuple(map(int, ends[0])), 4, 40, -1)
        masks.append(mask)
        boxes.append([*centre, 11, length, angle])
    noisy = np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255)
    rotated = torch.tensor(np.array(boxes), dtype=torch.float32)
    target = {
        "boxes": capsule_bounds(rotated),
        "rotated": rotated,
        "rotated_valid": torch.ones(len(boxes), dtype=torch.bool),
        "polarity_valid": torch.ones(len(boxes), dtype=torch.bool),
        "masks": torch.from_numpy(np.array(masks)),
        "labels": torch.ones(len(boxes), dtype=torch.long),
    }
    return torch.from_numpy(noisy).float()[None] / 255, target


def _tiny(**changes: object) -> DeepCHM:
    torch.manual_seed(0)
    return build_deepchm(DEEPCHM.configure("tiny", longer_side=96, **changes))


@pytest.fixture(scope="module")
def taught() -> tuple[DeepCHM, list[tuple[Tensor, Target]], list[dict[str, float]]]:
    """A tiny network that has seen two drawn cells, and its losses over time."""
    model = _tiny()
    cells = [_drawn_cell(seed=s) for s in range(2)]
    optimiser = torch.optim.Adam(model.parameters(), 2e-3)
    history = []
    model.train()
    for step in range(130):
        image, target = cells[step % 2]
        losses = model([image], [{**target, "seed": step}])
        optimiser.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimiser.step()
        history.append({k: v.item() for k, v in losses.items()})
    return model.eval(), cells, history


def test_it_learns_a_drawn_cell_with_its_directions(
    taught: tuple[DeepCHM, list[tuple[Tensor, Target]], list[dict[str, float]]],
) -> None:
    model, cells, history = taught
    assert set(history[0]) == {"loss_saliency", "loss_cls", "loss_reg", "loss_polarity"}
    for name in history[0]:
        early, late = (np.mean([h[name] for h in part]) for part in (history[:10], history[-10:]))
        assert late < 0.8 * early, name
    for image, target in cells:
        with torch.no_grad():
            found = model([image])[0]
        iou = rotated_iou(found["boxes"], target["rotated"])
        assert float(iou.amax(0).min()) > 0.5  # every chromosome is found
        best = iou[: len(target["rotated"])].max(1)
        assert float(best.values.min()) > 0.5  # and the first boxes are the chromosomes
        turn = found["boxes"][:4, 4] - target["rotated"][best.indices, 4]
        assert float(turn.cos().min()) > 0.7  # p up and not down
        assert torch.all(found["scores"][:-1] >= found["scores"][1:])
        assert found["bounds"].shape == (len(found["boxes"]), 4)


def test_results_are_in_the_images_own_pixels(
    taught: tuple[DeepCHM, list[tuple[Tensor, Target]], list[dict[str, float]]],
) -> None:
    model, cells, _ = taught
    image = cells[0][0]
    twice = torch.nn.functional.interpolate(image[None], scale_factor=2, mode="bilinear", antialias=True)[0]
    with torch.no_grad():
        one, two = model([image])[0], model([twice])[0]
    iou = rotated_iou(two["boxes"][:4] / torch.tensor([2.0, 2, 2, 2, 1]), one["boxes"][:4])
    assert float(iou.amax(1).min()) > 0.7


@pytest.mark.parametrize("changes", [{"views": 4}, {"voting": True, "nms": "soft"}, {"voting": True}])
def test_views_and_votes_find_the_same_chromosomes(
    taught: tuple[DeepCHM, list[tuple[Tensor, Target]], list[dict[str, float]]], changes: dict[str, object]
) -> None:
    model, cells, _ = taught
    other = build_deepchm(replace(model.config, **changes)).eval()
    other.load_state_dict(model.state_dict())
    runs: list[int] = []
    other.encoder.register_forward_hook(lambda *_: runs.append(1))
    for image, target in cells:
        wide = torch.nn.functional.pad(image, (0, 20), value=225 / 255)  # so that a turned form has another size
        with torch.no_grad():
            found = other([wide])[0]
        assert float(rotated_iou(found["boxes"], target["rotated"]).amax(0).min()) > 0.5  # every chromosome is found
        assert torch.all(found["scores"][:-1] >= found["scores"][1:])
        assert float(found["scores"].max()) <= 1.0
    assert len(runs) == 2 * other.config.views


def test_a_box_that_few_places_agree_on_counts_for_less() -> None:
    boxes = np.array([[0.0, 0, 12, 36, 0], [0, 0, 12, 36, 0], [0, 0, 12, 72, 0]])
    few, many, long = agreement(boxes, np.array([0.2, 2.0, 2.0])).tolist()
    assert 0 < few < long < many < 1


def test_a_bare_image_gives_nothing_and_an_empty_target_teaches_absence(
    taught: tuple[DeepCHM, list[tuple[Tensor, Target]], list[dict[str, float]]],
) -> None:
    model = taught[0]
    bare = torch.full((1, 96, 96), 0.88)
    with torch.no_grad():
        assert len(model([bare])[0]["boxes"]) == 0
    fresh = _tiny().train()
    empty = {"boxes": torch.zeros(0, 4), "rotated": torch.zeros(0, 5), "masks": torch.zeros(0, 96, 96)}
    losses = fresh([bare], [empty])
    sum(losses.values()).backward()
    assert all(math.isfinite(v.item()) for v in losses.values())
    assert losses["loss_saliency"].item() > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"pminf": False, "sgach": False, "hdlos": False, "sampler": "random"},  # the paper's baseline
        {"sampler": "ohem", "edges": False},
        {"sampler": "hnas", "intersections": False},
        {"polarity": False, "predicted_places": False},
        {"nms": "soft", "last_stage": 4},
    ],
)
def test_every_switch_trains_and_predicts(changes: dict[str, object]) -> None:
    model = _tiny(**changes).train()
    image, target = _drawn_cell()
    losses = model([image, image], [target, target])
    sum(losses.values()).backward()
    assert all(math.isfinite(v.item()) for v in losses.values())
    heads = [p.grad for n, p in model.named_parameters() if n.startswith(("classify", "regress"))]
    assert all(g is not None and bool(torch.isfinite(g).all()) for g in heads)
    with torch.no_grad():
        found = model.eval()([image])[0]
    assert found["boxes"].shape[1] == 5


def test_the_seed_fixes_what_is_sampled() -> None:
    model = _tiny().train()
    image, target = _drawn_cell()
    draws = [model([image], [{**target, "seed": s}])["loss_cls"].item() for s in (3, 3, 4)]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_doubtful_boxes_teach_neither_presence_nor_absence() -> None:
    _, target = _drawn_cell()
    target["rotated_valid"][1] = False
    truth = _Truth.of(target, torch.Size((24, 24)), torch.device("cpu"))
    assert len(truth.boxes) == 3
    x1, y1, x2, y2 = (target["boxes"][1] / 4).int().tolist()
    assert not truth.taught[y1 : y2 + 1, x1 : x2 + 1].any()
    assert truth.taught.sum() == 24 * 24 - (y2 + 1 - y1) * (x2 + 1 - x1)
    assert truth.doubtful.tolist() == target["boxes"][1:2].tolist()
    model = _tiny().train()
    image = _drawn_cell()[0]
    kept = {**target, "seed": 1}
    moved = {**kept, "rotated": target["rotated"].clone()}
    moved["rotated"][1] = torch.tensor([70.0, 30.0, 30.0, 5.0, 1.0])  # nonsense in the doubtful row
    first, second = (sum(model([image], [t]).values()).item() for t in (kept, moved))
    assert first == pytest.approx(second)


def test_truths_without_masks_are_taught_from_their_boxes() -> None:
    _, target = _drawn_cell()
    with_masks = _Truth.of(target, torch.Size((24, 24)), torch.device("cpu"))
    target.pop("masks")
    without = _Truth.of(target, torch.Size((24, 24)), torch.device("cpu"))
    close = torch.nn.functional.cosine_similarity(with_masks.maps[0].flatten(), without.maps[0].flatten(), 0)
    assert float(close) > 0.9


def test_presets_and_settings_are_checked() -> None:
    paper = DEEPCHM.configure("paper")
    assert (paper.last_stage, paper.longer_side, len(paper.anchor_sides), paper.nms_threshold) == (5, 768, 4, 0.2)
    back = DeepCHMConfig.from_dict(DEEPCHM.configure("small", sampler="ohem").to_dict())
    assert back == DEEPCHM.configure("small", sampler="ohem")
    with pytest.raises(EngineError, match="no setting 'achors'"):
        DEEPCHM.configure("small", achors=3)
    with pytest.raises(EngineError, match="cannot be made"):
        DEEPCHM.configure("small", anchor_sides=[1, 2])


@pytest.fixture
def saved(taught: tuple[DeepCHM, object, object], tmp_path: Path) -> Path:
    model = taught[0]
    card = {
        "engine": "deepchm", "title": "DeepCHM", "classes": ["chromosome"], "rotated": True,
        "operating_threshold": 0.3, "config": model.config.to_dict(),
    }  # fmt: skip
    return save_weights(tmp_path / "deepchm.safetensors", model.state_dict(), card, precision="fp32")


def test_the_engine_gives_rotated_boxes(
    saved: Path, taught: tuple[DeepCHM, list[tuple[Tensor, Target]], object]
) -> None:
    cells = taught[1]
    engine = load_engine("deepchm", device="cpu", weights=saved)
    assert engine.info.rotated
    images = [
        MetaphaseImage((image[0] * 255).round().byte().numpy(), name=f"{k}.png", sha256="ab")
        for k, (image, _) in enumerate(cells)
    ]
    results = engine.predict(images)
    for result, (_, target) in zip(results, cells, strict=True):
        iou = rotated_iou(torch.from_numpy(result.boxes()).float(), target["rotated"])
        assert float(iou.amax(0).min()) > 0.5
        assert all(d.box.is_rotated and d.score >= 0.3 and 0.5 <= d.polarity <= 1 for d in result.items)
        assert result.provenance.engine == "deepchm"
    strict = load_engine("deepchm", device="cpu", weights=saved, settings={"threshold": 0.999})
    assert strict.predict(images[:1])[0].note
    cancelled = CancelToken()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        engine.predict(images, cancelled)


def test_of_two_sizes_the_surer_one_counts(
    saved: Path, taught: tuple[DeepCHM, list[tuple[Tensor, Target]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = load_engine("deepchm", device="cpu", weights=saved)
    image = MetaphaseImage((taught[1][0][0][0] * 255).round().byte().numpy())

    def seen(*factors: float) -> list[float]:
        monkeypatch.setattr(engine, "_factors", lambda _: factors)
        return engine.predict([image])[0].scores().tolist()

    surer, other = sorted((seen(1.0), seen(0.3)), key=sum, reverse=True)
    assert sum(surer) > sum(other)
    for order in ((1.0, 0.3), (0.3, 1.0)):
        assert seen(*order) == pytest.approx(surer)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"nsm": "hard"}, "no setting 'nsm'"),
        ({"nms": "none"}, "one of hard, soft"),
        ({"nms_threshold": "high"}, "needs a float"),
        ({"threshold": 2.0}, "0 to 1"),
        ({"views": 9}, "views must be 1 to 8"),
        ({"voting": 1}, "needs a bool"),
        ({"direction": "guess"}, "one of head, profile"),
    ],
)
def test_wrong_settings_get_one_sentence(saved: Path, settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        load_engine("deepchm", device="cpu", weights=saved, settings=settings)


def _knobs() -> ClassFree:
    """Profiles whose p end is the dark one, for every class."""
    means = np.zeros((24, 2 * BINS))
    means[:, : BINS // 2], means[:, BINS // 2 : BINS] = 1.0, -1.0
    return ClassFree(
        means, np.full(24, 2.0), means / 8, np.eye(2 * BINS), np.tile([0.0, 1.0], (24, 1)), np.full(24, 1 / 24)
    )


@pytest.mark.parametrize("place", [(2, 90), (198, 90), (100, 2), (100, 178), (-1, -1), (200, 180)])
@pytest.mark.parametrize("angle", [0.0, 0.7, math.pi / 2])
def test_boxes_over_the_edge_of_the_picture_have_a_direction_or_none(place: tuple[int, int], angle: float) -> None:
    grey = np.full((180, 200), 230, np.uint8)
    box = Box.rotated(*place, 16, 80, angle)
    cv2.fillConvexPoly(grey, np.rint(box.corners()).astype(np.int32), 90)
    upright = p_probabilities(grey, [box, Box.rotated(100, 90, 16, 60, 0.3)], np.array([False, True]), _knobs())
    assert upright.shape == (2,)
    assert ((upright >= 0) & (upright <= 1)).all()


def test_the_profile_of_bands_gives_the_direction(
    saved: Path,
    taught: tuple[DeepCHM, list[tuple[Tensor, Target]], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rotated_direction, "shipped_direction_net", lambda: None)
    cells = taught[1]
    known = _knobs()
    turned = replace(known, means=-known.means, profiles=-known.profiles)
    images = [MetaphaseImage((i[0] * 255).round().byte().numpy(), name=f"{k}.png") for k, (i, _) in enumerate(cells)]
    shares = {}
    for name, own in (("up", known), ("down", turned)):
        file = with_directions(saved, own, tmp_path / f"{name}.safetensors", {"views": 2})
        card = load_weights(file).card
        assert card["config"]["direction"] == "profile"
        assert card["config"]["views"] == 2
        assert card["operating_threshold"] == 0.3
        engine = load_engine("deepchm", device="cpu", weights=file)
        results = engine.predict(images)
        right = []
        for result, (_, target) in zip(results, cells, strict=True):
            iou = rotated_iou(torch.from_numpy(result.boxes()).float(), target["rotated"])
            for k, best in enumerate(iou.argmax(0).tolist()):
                box = result.items[best]
                right.append(math.cos(box.box.angle - float(target["rotated"][k, 4])) > 0)
                assert 0.5 <= (box.polarity or 0) <= 1
        shares[name] = right
    assert np.mean(shares["up"]) > 0.8  # dark knobs are at the p end
    assert np.mean(shares["down"]) < 0.2  # and the profiles decide, not the head
    # the head, asked for, or where a file holds no profiles
    asked = load_engine("deepchm", device="cpu", weights=tmp_path / "down.safetensors", settings={"direction": "head"})
    bare = load_engine("deepchm", device="cpu", weights=saved, settings={"direction": "profile", "views": 2})
    for one, two in zip(asked.predict(images)[0].items, bare.predict(images)[0].items, strict=True):
        assert one.box.angle == pytest.approx(two.box.angle, abs=1e-4)
        assert one.polarity == pytest.approx(two.polarity, abs=1e-4)
    broken = dict(load_weights(tmp_path / "up.safetensors").tensors)
    broken["orientation.lengths"] = torch.zeros(3, 2)
    card = dict(load_weights(tmp_path / "up.safetensors").card)
    card.pop("weights")
    file = save_weights(tmp_path / "broken.safetensors", broken, card, precision="fp32")
    with pytest.raises(EngineError, match="lengths has shape"):
        load_engine("deepchm", device="cpu", weights=file)


@pytest.mark.long
def test_guided_anchors_save_time_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """Anchors on skeletons against one at every place, on a drawn field of the paper's size."""
    rng = np.random.default_rng(1)
    height, width = 512, 768
    rows = [
        [rng.uniform(30, width - 30), rng.uniform(30, height - 30), 9, rng.uniform(18, 50), rng.uniform(-3, 3)]
        for _ in range(46)
    ]
    rotated = torch.tensor(rows, dtype=torch.float32)
    target = {"boxes": capsule_bounds(rotated), "rotated": rotated}
    report = {}
    for sgach in (True, False):
        torch.manual_seed(0)
        config = DeepCHMConfig(backbone="resnet18", last_stage=3, channels=32, head_channels=32, sgach=sgach)
        model = build_deepchm(config).train()
        anchors: list[int] = []
        model.classify.register_forward_hook(lambda _, args, out, seen=anchors: seen.append(len(out[0])))
        with torch.profiler.profile(profile_memory=True) as profile:
            began = time.perf_counter()
            sum(model([torch.full((1, height, width), 0.9)], [target]).values()).backward()
            seconds = time.perf_counter() - began
        moved = sum(max(e.self_cpu_memory_usage, 0) for e in profile.key_averages())
        report[sgach] = (anchors[0], seconds, moved / 2**20)
    with capsys.disabled():
        for sgach, (count, seconds, memory) in report.items():
            kind = "guided" if sgach else "dense"
            print(f"\n{kind} anchors: {count:,}, {seconds:.2f} s a step, {memory:,.0f} MiB allocated in all", end="")
        print(f"\n{report[False][0] / report[True][0]:.0f} times fewer anchors")
    assert report[False][0] > 15 * report[True][0]
    assert report[False][2] > 2 * report[True][2]
