"""The three region-based engines: switches act, a drawn cell is learnt, and a saved engine predicts as it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import iou_xyxy
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.devices import choose_device, has_fast_bf16
from karyoview.detectors.engines import DEEPACC, DEEPACE, DEEPACE_V2
from karyoview.detectors.nets.region import load_trunk
from karyoview.detectors.nets.samplers import IGNORED, STRATA, stratify
from karyoview.detectors.nets.transform import MetaphaseTransform, resize_image
from karyoview.detectors.protocol import Cancelled, CancelToken, Detector, EngineError
from karyoview.detectors.region_engine import training_width
from karyoview.detectors.registry import ENGINES, load_engine
from karyoview.detectors.weights import save_weights

KINDS = ("deepace", "deepace-v2", "deepacc")


def drawn_cell(seed: int = 0, count: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A 128×128 cell of banded capsules: pixels uint8, boxes (N, 4) that partly overlap, labels 1–24."""
    random = np.random.default_rng(seed)
    image = np.full((128, 128), 220, np.uint8)
    boxes, labels = [], []
    for k in range(count):
        x, y = 16 + 32 * (k % 4) + random.uniform(-3, 3), 34 + 56 * (k // 4) + random.uniform(-3, 3)
        angle, half = random.uniform(0, np.pi), 13 + 4 * (k % 3)
        d = half * np.array([np.cos(angle), np.sin(angle)])
        mask = np.zeros_like(image)
        cv2.line(mask, *[tuple(np.int32(np.array([x, y]) + s * d)) for s in (-1, 1)], 255, 9, cv2.LINE_AA)
        image = np.where(mask > 127, 60 + 12 * (k % 8), image).astype(np.uint8)
        ys, xs = np.nonzero(mask > 127)
        boxes.append((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
        labels.append(1 + 3 * k % 24)
    return image, np.array(boxes, np.float32), np.array(labels)


def as_input(cell: tuple[np.ndarray, ...], seed: int | None = None) -> tuple[torch.Tensor, dict[str, Any]]:
    pixels, boxes, labels = cell
    target: dict[str, Any] = {"boxes": torch.from_numpy(boxes), "labels": torch.from_numpy(labels)}
    if seed is not None:
        target["seed"] = seed
    return torch.from_numpy(pixels)[None].float() / 255, target


def one_class(target: dict[str, Any]) -> dict[str, Any]:
    return {**target, "labels": torch.ones_like(target["labels"])}


def make(name: str, **changes: object) -> torch.nn.Module:
    spec = ENGINES[name]
    torch.manual_seed(0)
    return spec.part("build")(spec.configure("tiny", **changes))


def step(model: torch.nn.Module, name: str, seed: int = 3) -> dict[str, float]:
    image, target = as_input(drawn_cell(), seed)
    return {
        k: v.item() for k, v in model.train()([image], [target if name == "deepacc" else one_class(target)]).items()
    }


# --- switches -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "touched"),
    [
        ("deepace", {"sampler": "uniform"}, {"loss_objectness"}),
        ("deepace", {"repulsion": "none"}, {"loss_repulsion"}),
        ("deepace", {"repulsion": "rl"}, {"loss_repulsion"}),
        ("deepace", {"repulsion_sigma": 0.0}, {"loss_repulsion"}),
        ("deepace", {"repulsion_weight": 1.0}, {"loss_repulsion"}),
        ("deepace", {"heads": "fc"}, {"loss_classifier"}),
        ("deepace", {"clip_above": None}, {"loss_objectness"}),
        ("deepace-v2", {"sampler": "uniform"}, {"loss_objectness"}),
        ("deepace-v2", {"sampler": "hnas_v1"}, {"loss_objectness"}),
        ("deepace-v2", {"repulsion": "none"}, {"loss_repulsion"}),
        ("deepace-v2", {"template": False, "nms": "soft"}, {"loss_pull", "loss_push"}),
        ("deepace-v2", {"last_stage": 4}, {"loss_objectness"}),
        ("deepace-v2", {"backbone": "resnet34"}, {"loss_objectness"}),
        ("deepacc", {"aam": False}, {"loss_aam"}),
        ("deepacc", {"aam_margin": 0.1}, {"loss_aam"}),
        ("deepacc", {"siamese": False}, {"loss_classifier"}),
        ("deepacc", {"aam": False, "siamese": False}, {"loss_aam", "loss_classifier"}),
        ("deepacc", {"gia": False}, {"loss_gia"}),
        ("deepacc", {"separate": False}, {"loss_classifier"}),
        ("deepacc", {"delta": 0.02}, {"loss_classifier"}),
    ],
)
def test_each_switch_changes_training(name: str, changes: dict[str, object], touched: set[str]) -> None:
    before, after = step(make(name), name), step(make(name, **changes), name)
    for loss in touched:
        assert before.get(loss) != after.get(loss)
    assert all(np.isfinite(v) for v in after.values())


def test_the_losses_are_those_of_the_papers() -> None:
    rpn = {"loss_objectness", "loss_rpn_box_reg", "loss_box_reg", "loss_classifier"}
    assert set(step(make("deepace"), "deepace")) == rpn | {"loss_repulsion"}
    assert set(step(make("deepace-v2"), "deepace-v2")) == rpn | {"loss_repulsion", "loss_pull", "loss_push"}
    assert set(step(make("deepacc"), "deepacc")) == rpn | {"loss_aam", "loss_gia"}
    assert "loss_classifier" not in step(make("deepacc", siamese=False), "deepacc")  # row (c): AAM alone names


def test_presets_hold_the_papers_values() -> None:
    v1, v2, acc = DEEPACE.configure(), DEEPACE_V2.configure(), DEEPACC.configure()
    assert (v1.backbone, v1.pyramid, v1.heads, v1.sampler, v1.repulsion_weight) == (
        "vgg16",
        "none",
        "conv",
        "hnas_v1",
        10.0,
    )
    assert (v1.rpn_test_nms, v1.nms, v1.nms_threshold, v1.clip_above) == ("soft", "hard_soft", 0.5, 200 / 255)
    assert (v2.backbone, v2.first_stage, v2.last_stage, v2.pyramid, v2.heads) == ("resnet101", 3, 5, "single", "fc")
    assert (v2.rpn_before_nms, v2.rpn_proposals, v2.max_detections) == (6000, (2000, 300), 100)
    assert (v2.pull_weight, v2.push_weight, v2.repulsion_weight, v2.nms) == (0.1, 0.1, 0.5, "eg")
    assert (acc.backbone, acc.pyramid, acc.aam_scale, acc.aam_margin) == ("resnet101", "full", 64.0, 0.25)
    assert (acc.aam_weight, acc.classification_weight, acc.gia_weight, acc.delta) == (0.1, 1.0, 0.1, 0.5)
    for config in (v1, v2):
        assert (len(config.anchor_sizes), len(config.anchor_ratios), config.rpn_batch) == (4, 9, 512)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("preset", ["paper", "small", "tiny"])
def test_configurations_survive_json_and_refuse_other_names(name: str, preset: str) -> None:
    config = ENGINES[name].configure(preset)
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(EngineError, match="has no setting 'colour'"):
        type(config).from_dict({"colour": 1})


def test_embedding_guided_nms_without_the_template_module_is_refused() -> None:
    with pytest.raises(EngineError, match="needs the template module"):
        DEEPACE_V2.configure("tiny", template=False)


def test_a_full_pyramid_needs_a_size_for_each_level() -> None:
    full = {
        "backbone": "resnet18",
        "last_stage": 5,
        "first_stage": 2,
        "pyramid": "full",
        "anchor_ratios": (0.5, 1.0, 2.0),
    }
    model = make("deepacc", **full, anchor_sizes=(16.0, 24.0, 32.0, 64.0, 128.0))
    assert np.isfinite(sum(step(model, "deepacc").values()))
    with pytest.raises(EngineError, match="5 levels"):
        make("deepacc", **full, anchor_sizes=(16.0, 24.0))


def test_a_trunk_starts_other_engines_and_can_be_held(tmp_path: Path) -> None:
    donor = make("deepace-v2")
    card = {"engine": "deepace-v2", "classes": ["chromosome"], "rotated": False, "operating_threshold": 0.5}
    save_weights(tmp_path / "x.safetensors", donor.state_dict(), card, trunk_prefix="backbone.")
    (trunk,) = tmp_path.glob("trunk-*.safetensors")
    heir = make("deepacc", trainable_stages=0, train_pyramid=False)
    assert load_trunk(heir, trunk) == []
    held = {k: v.clone() for k, v in heir.backbone.state_dict().items()}
    assert held["body.layer2.0.conv1.weight"].equal(donor.backbone.body.layer2[0].conv1.weight.half().float())
    optimiser = torch.optim.SGD([p for p in heir.parameters() if p.requires_grad], lr=0.01)
    image, target = as_input(drawn_cell(), 1)
    sum(heir.train()([image], [target]).values()).backward()
    optimiser.step()
    assert all(v.equal(held[k]) for k, v in heir.backbone.state_dict().items())
    naming = {**card, "engine": "deepacc", "classes": list(CLASS_NAMES)}
    save_weights(tmp_path / "y.safetensors", heir.state_dict(), naming, trunk_prefix="backbone.")
    assert list(tmp_path.glob("trunk-*.safetensors")) == [trunk]  # the same file serves both
    save_weights(tmp_path / "z" / "z.safetensors", donor.state_dict(), card, trunk_prefix="backbone.body.")
    (body,) = (tmp_path / "z").glob("trunk-*.safetensors")  # as the shipped engines share it: without the pyramid
    second = make("deepace-v2")
    assert all(n.startswith("pyramid.") for n in load_trunk(second, body))
    assert second.backbone.body.layer2[0].conv1.weight.equal(donor.backbone.body.layer2[0].conv1.weight.half().float())
    wider = make("deepace-v2", channels=48)
    assert all(n.startswith("pyramid.") for n in load_trunk(wider, trunk))
    with pytest.raises(EngineError, match="another backbone"):
        load_trunk(make("deepace-v2", last_stage=4), trunk)


# --- sampling and edge cases ----------------------------------------------------------------------


def test_the_proposal_network_trains_on_the_strata_it_is_set_to() -> None:
    image, target = as_input(drawn_cell(), 3)
    model = make("deepace-v2", rpn_batch=64)
    images, targets = model.transform([image], [one_class(target)])
    anchors = model.rpn.anchor_generator(images, list(model.backbone(images.tensors).values()))
    labels, matched = model.rpn.assign_targets_to_anchors(anchors, targets)
    from torchvision.ops import box_iou

    strata, _ = stratify(box_iou(targets[0]["boxes"], anchors[0]), STRATA["hnas_v2"])
    drawn = labels[0] >= 0
    assert int(drawn.sum()) == 64
    assert int((labels[0] == 1).sum()) == 16
    assert int(((strata == 2) & drawn).sum()) == 24
    assert not bool(((strata == IGNORED) & drawn).any())
    assert matched[0].shape == anchors[0].shape


@pytest.mark.parametrize("name", KINDS)
def test_an_image_without_chromosomes_trains_and_one_with_one_does_too(name: str) -> None:
    image, target = as_input(drawn_cell())
    empty = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
    lonely = {k: v[:1] for k, v in target.items()}
    if name != "deepacc":
        lonely = one_class(lonely)
    for targets in ([empty], [lonely], [empty, lonely]):
        model = make(name)
        losses = model([image] * len(targets), targets)
        total = sum(losses.values())
        total.backward()
        assert bool(torch.isfinite(total))
        assert all(p.grad is not None for p in model.parameters() if p.requires_grad)  # nothing is left unused


@pytest.mark.parametrize("name", KINDS)
def test_seeds_per_image_make_a_step_repeatable(name: str) -> None:
    model = make(name)
    first = step(model, name, seed=3)
    torch.manual_seed(99)
    assert step(model, name, seed=3) == pytest.approx(first, rel=1e-6)
    assert step(model, name, seed=4) != pytest.approx(first, rel=1e-6)


# --- learning -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_sixty_steps_learn_a_drawn_cell(name: str) -> None:
    pixels, boxes, labels = drawn_cell(count=4)
    image, target = as_input((pixels[:72], boxes, labels))
    target = target if name == "deepacc" else one_class(target)
    model = make(name).train()
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    telling = []  # the box losses rise at first, with the number of good proposals
    for k in range(60):
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1, (k + 1) / 10) * (1 if k < 40 else 0.3)
        losses = model([image], [{**target, "seed": k}])
        optimiser.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        telling.append(losses["loss_objectness"].item() + losses["loss_classifier"].item())
    assert np.mean(telling[-5:]) < 0.5 * np.mean(telling[:3])
    with torch.no_grad():
        found = model.eval()([image])[0]
    sure = found["scores"] >= 0.5
    overlap = iou_xyxy(boxes, found["boxes"][sure].numpy())
    assert overlap.size
    reached = overlap.max(1) > 0.5
    assert int(reached.sum()) >= 3  # of 4
    if name == "deepacc":
        named = found["labels"][sure].numpy()[overlap.argmax(1)] == labels
        assert int((named & reached).sum()) >= 2


# --- the engine -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three engines at a random start, saved as trained ones would be."""
    folder = tmp_path_factory.mktemp("weights")
    for name in KINDS:
        torch.manual_seed(1)
        chosen, build = ENGINES[name].configure("tiny"), ENGINES[name].part("build")
        classes = list(CLASS_NAMES) if name == "deepacc" else ["chromosome"]
        card = {
            "engine": name, "title": name, "classes": classes, "rotated": False, "operating_threshold": 0.0,
            "config": chosen.to_dict(),
        }  # fmt: skip
        save_weights(folder / f"{name}.safetensors", build(chosen).state_dict(), card, trunk_prefix="backbone.")
    return folder


def engine(saved: Path, name: str, device: str = "cpu", **settings: object) -> Any:
    return load_engine(name, device=device, settings=settings, weights=saved / f"{name}.safetensors")


def metaphase(width: int = 160, height: int = 120, seed: int = 0) -> MetaphaseImage:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    return MetaphaseImage(pixels, name=f"{seed}.png", sha256="ab")


@pytest.mark.parametrize("name", KINDS)
def test_a_saved_engine_predicts_in_image_pixels_with_its_provenance(saved: Path, name: str) -> None:
    loaded = engine(saved, name)
    assert isinstance(loaded, Detector)
    images = [metaphase(), metaphase(300, 90, 1)]
    results = loaded.predict(images)
    for image, result in zip(images, results, strict=True):
        assert (result.image, result.size) == (image.name, (image.height, image.width))
        assert len(result) > 0
        bounds = result.bounds()
        assert bounds.min() >= 0
        assert bounds[:, 2].max() <= image.width
        assert bounds[:, 3].max() <= image.height
        assert list(result.scores()) == sorted(result.scores(), reverse=True)
        assert result.provenance.engine == name
        assert result.provenance.weights_hash == loaded.info.weights_hash != ""
        assert result.provenance.image_sha256 == "ab"
        for detection in result.items:
            assert not detection.box.is_rotated
            if name == "deepacc":
                assert detection.label is not None
                assert len(detection.probabilities) == 24
                assert detection.probabilities[detection.label] == pytest.approx(max(detection.probabilities))
            else:
                assert detection.label is None


@pytest.mark.parametrize("name", KINDS)
def test_what_an_image_gets_does_not_depend_on_its_batch(saved: Path, name: str) -> None:
    images = [metaphase(seed=0), metaphase(seed=1), metaphase(260, 200, 2), metaphase(seed=3)]
    batched = engine(saved, name, batch_size=4).predict(images)
    alone = [engine(saved, name, batch_size=1).predict([i])[0] for i in images]
    again = engine(saved, name, batch_size=4).predict(images)
    for a, b, c in zip(batched, alone, again, strict=True):
        assert a.items == c.items  # deterministic on one device
        assert a.boxes() == pytest.approx(b.boxes(), abs=1e-2)
        assert a.scores() == pytest.approx(b.scores(), abs=1e-4)


@pytest.mark.parametrize("name", KINDS)
def test_odd_images_are_answered(saved: Path, name: str) -> None:
    shapes = ((1, 1), (5, 5), (3, 200), (200, 3))
    images = [MetaphaseImage(np.full(shape, 200, np.uint8)) for shape in shapes]
    deep = np.random.default_rng(0).integers(0, 65536, (60, 70)).astype(np.uint16)
    results = engine(saved, name, threshold=1.0).predict([*images, MetaphaseImage(deep)])
    assert [r.size for r in results] == [*shapes, (60, 70)]
    assert results[0].note == "No chromosomes were found in this image."


def test_settings_act(saved: Path) -> None:
    image = [metaphase()]
    everything = engine(saved, "deepace-v2").predict(image)[0]
    middle = float(np.median(everything.scores()))
    assert len(engine(saved, "deepace-v2", threshold=middle).predict(image)[0]) < len(everything)
    assert len(engine(saved, "deepace-v2", max_detections=5).predict(image)[0]) == 5
    hard = engine(saved, "deepace-v2", nms="hard", nms_threshold=0.3).predict(image)[0]
    soft = engine(saved, "deepace-v2", nms="soft").predict(image)[0]
    assert hard.boxes().shape != everything.boxes().shape or not np.allclose(hard.boxes(), everything.boxes())
    assert not np.array_equal(soft.scores(), everything.scores())
    top1 = engine(saved, "deepacc").predict(image)[0]
    every = engine(saved, "deepacc", output="all").predict(image)[0]
    assert [d.label for d in every.items] != [d.label for d in top1.items]
    assert dict(soft.provenance.settings) == {"nms": "soft"}
    assert engine(saved, "deepace-v2").predict([]) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"colour": 1}, "no setting 'colour'"),
        ({"nms": "best"}, "must be one of"),
        ({"nms_threshold": "high"}, "needs a float"),
        ({"threshold": 2.0}, "0 to 1"),
        ({"batch_size": 0}, "at least 1"),
        ({"precision": "fp8"}, "fp32 or bf16"),
        ({"threshold": "half"}, "wrong type"),
    ],
)
def test_settings_that_do_not_fit_are_named(saved: Path, settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        engine(saved, "deepace-v2", **settings)


def test_eg_cannot_be_asked_of_a_network_without_embeddings(saved: Path) -> None:
    with pytest.raises(EngineError, match="template"):
        engine(saved, "deepace", nms="eg")


def test_a_card_whose_config_is_of_another_network_is_refused(saved: Path, tmp_path: Path) -> None:
    model = make("deepace-v2")
    config = DEEPACE_V2.configure("tiny", head_width=32)
    card = {"engine": "deepace-v2", "classes": ["chromosome"], "rotated": False, "operating_threshold": 0.5}
    path = save_weights(tmp_path / "x.safetensors", model.state_dict(), {**card, "config": config.to_dict()})
    with pytest.raises(EngineError, match="config does not fit"):
        load_engine("x", weights=path)


@pytest.mark.parametrize(("name", "classes"), [("deepacc", ["chromosome"]), ("deepace-v2", list(CLASS_NAMES))])
def test_a_card_with_the_classes_of_another_engine_is_refused(tmp_path: Path, name: str, classes: list[str]) -> None:
    card = {"engine": name, "classes": classes, "rotated": False, "operating_threshold": 0.5}
    card["config"] = ENGINES[name].configure("tiny").to_dict()
    path = save_weights(tmp_path / "x.safetensors", make(name).state_dict(), card)
    with pytest.raises(EngineError, match="the card is of another engine"):
        load_engine("x", weights=path)


def test_cancel_is_noticed_between_batches(saved: Path) -> None:
    token = CancelToken()
    loaded = engine(saved, "deepace-v2", batch_size=1)
    run, seen = loaded._network.run, []

    def counted(images: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
        seen.append(len(images))
        token.cancel()
        return run(images)  # type: ignore[no-any-return]

    loaded._network.run = counted
    with pytest.raises(Cancelled):
        loaded.predict([metaphase(seed=k) for k in range(3)], token)
    assert seen == [1]


def test_chromosomes_are_brought_to_the_width_of_training(saved: Path) -> None:
    pixels = np.full((200, 200), 220, np.uint8)
    for k in range(5):
        cv2.line(pixels, (30, 30 + 35 * k), (160, 30 + 35 * k), 80, 16, cv2.LINE_AA)
    loaded = engine(saved, "deepace-v2", chromosome_width=8.0)
    for factor in (1.0, 2.0):
        big = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
        assert loaded._factors(MetaphaseImage(big))[0] == pytest.approx(0.5 / factor, rel=0.1)
    unscaled = engine(saved, "deepace-v2")
    assert unscaled._factors(MetaphaseImage(pixels)) == (1.0,)
    assert training_width([pixels, pixels], DEEPACE_V2.configure("tiny", scale=0.5)) == pytest.approx(8.0, rel=0.1)
    # what is read far from the usual may be misread: both are tried; a tolerance leaves near ones alone
    assert loaded._factors(MetaphaseImage(pixels))[1:] == (1.0,)
    near = engine(saved, "deepace-v2", chromosome_width=15.0)
    assert near._factors(MetaphaseImage(pixels)) == (pytest.approx(15 / 16, rel=0.1),)
    near._tolerance = 0.3
    assert near._factors(MetaphaseImage(pixels)) == (1.0,)


def test_of_two_sizes_the_surer_one_counts(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = engine(saved, "deepace-v2", threshold=0.0)
    cells = [metaphase(seed=0), metaphase(seed=1)]

    def seen(*factors: float) -> list[list[float]]:
        monkeypatch.setattr(loaded, "_factors", lambda _: factors)
        return [d.scores().tolist() for d in loaded.predict(cells)]

    one, half = seen(1.0), seen(0.5)
    cut = loaded.info.operating_threshold
    sure = [[sum(x for x in scores if x >= cut) for scores in side] for side in (one, half)]
    assert sure[0] != sure[1]
    wanted = [one[i] if sure[0][i] >= sure[1][i] else half[i] for i in range(2)]
    for order in ((1.0, 0.5), (0.5, 1.0)):
        for got, scores in zip(seen(*order), wanted, strict=True):
            assert got == pytest.approx(scores, abs=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", KINDS)
def test_the_graphics_card_agrees_with_the_processor(saved: Path, name: str) -> None:
    cpu, gpu = (engine(saved, name, device).predict([metaphase()])[0] for device in ("cpu", "cuda"))
    assert gpu.scores()[:10] == pytest.approx(cpu.scores()[:10], abs=1e-2)


def test_devices_that_are_not_there_are_refused() -> None:
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(EngineError, match="no device"):
        choose_device("toaster")
    with pytest.raises(EngineError, match="not supported"):
        choose_device("meta")
    if not torch.cuda.is_available():
        with pytest.raises(EngineError, match="no CUDA graphics card"):
            choose_device("cuda")


@pytest.mark.skipif(not has_fast_bf16(torch.device("cpu")), reason="this processor has no bf16")
@pytest.mark.parametrize("name", KINDS)
def test_bf16_is_close_and_trains(saved: Path, name: str) -> None:
    full, half = (engine(saved, name, precision=p).predict([metaphase()])[0] for p in ("fp32", "bf16"))
    assert half.scores().max() == pytest.approx(full.scores().max(), abs=0.1)
    model = make(name)
    image, target = as_input(drawn_cell(), 3)
    with torch.autocast("cpu", torch.bfloat16):
        losses = model([image], [target if name == "deepacc" else one_class(target)])
    assert all(v.dtype == torch.float32 for v in losses.values())
    sum(losses.values()).backward()


# --- transform ------------------------------------------------------------------------------------


def test_transform_scales_clips_normalises_and_pads_with_background() -> None:
    from karyoview.detectors.nets.backbones import KERAS_RULE

    transform = MetaphaseTransform(KERAS_RULE, scale=0.5, longer_side=40, clip_above=200 / 255)
    image = torch.full((1, 60, 100), 220 / 255)
    image[:, 10:20, 10:20] = 100 / 255
    batch, targets = transform([image], [{"boxes": torch.tensor([[10.0, 10, 20, 20]])}])
    assert batch.image_sizes == [(24, 40)]  # the longer side wins over the scale
    assert targets[0]["boxes"].tolist() == [[4.0, 4.0, 8.0, 8.0]]
    assert batch.tensors.shape == (1, 3, 32, 64)
    white = torch.tensor([255 - m for m in KERAS_RULE.mean])
    assert torch.allclose(batch.tensors[0, :, 20, 30], white, atol=1e-3)
    assert torch.allclose(batch.tensors[0, :, 31, 63], white, atol=1e-3)
    dark = torch.tensor([100 - m for m in KERAS_RULE.mean])
    assert torch.allclose(batch.tensors[0, :, 6, 6], dark, atol=1e-3)


def test_resizing_keeps_the_mean_of_fine_bands() -> None:
    bands = (torch.arange(120) // 2 % 2).float().expand(1, 60, 120).clone()
    small = resize_image(bands, 0.25)
    assert small.shape == (1, 15, 30)
    assert float((small[..., 2:-2] - 0.5).abs().max()) < 0.15  # without antialiasing it would be 0.5
    assert resize_image(bands, 1.0) is bands
