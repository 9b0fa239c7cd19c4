"""What an engine costs: printed, never failing on a clock. ``make bench`` (or this file alone with ``-s``).

All times are taken in one run on the same drawn cells and device and given as ratios to torchvision's
``fasterrcnn_resnet50_fpn`` at its default input (random weights: what it finds does not change what
it computes before suppression), cell by cell in turn, so that a busy machine slows both. ``BENCH_DEVICE`` chooses the
device, ``BENCH_CELLS`` and ``BENCH_ROUNDS`` make it shorter, ``BENCH_PICTURES`` names a folder of metaphases to take
instead of drawn cells, ``OMP_NUM_THREADS`` says on how many cores. How a processor without VNNI does is told by
``ONEDNN_MAX_CPU_ISA=AVX512_CORE`` (or ``AVX2``) for PyTorch and OpenVINO; ONNX Runtime, which runs exported networks,
has no such switch, so that its rows stay as they are.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
import torch
from karyotrain.data.synthesis import make_cell
from torchvision.models.detection import fasterrcnn_resnet50_fpn

from karyoview.core.image import MetaphaseImage
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.exports import find_export
from karyoview.detectors.registry import find_engines, load_engine
from karyoview.io.images import read_image

pytestmark = pytest.mark.timeout(0)  # a busy machine takes its time
CELLS = int(os.environ.get("BENCH_CELLS", "20"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
TRACED = (
    "candidates",
    "masks_from_boxes",
    "cell_scale",
    "aligned_crop",
    "classify",
    "usual_scale",
    "_orientation",
    "detections_of",
)


@pytest.fixture(scope="module")
def cells() -> list[MetaphaseImage]:
    """Twenty drawn cells of the size that a laboratory's software stores, or real ones."""
    if folder := os.environ.get("BENCH_PICTURES"):
        found = sorted(p for p in Path(folder).iterdir() if p.is_file())
        return [read_image(p) for p in found[:: max(len(found) // CELLS, 1)][:CELLS]]
    made = (make_cell(("46,XX", "46,XY")[s % 2], 700 + s) for s in range(CELLS))
    return [MetaphaseImage(np.asarray(c.image, np.uint8), f"{i}.png") for i, c in enumerate(made)]


@pytest.fixture(scope="module")
def device() -> str:
    return os.environ.get("BENCH_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")


def seconds_of(run: Callable[[], object], device: str, rounds: int = ROUNDS, warm_up: bool = True) -> float:
    """Median time of a call, after one to warm up if asked for: on a processor CPU time by its threads, else the wall.

    So other work on the same machine changes little.
    """
    on_cpu = device == "cpu"
    clock = time.process_time if on_cpu else time.perf_counter
    if warm_up:
        run()
    times = []
    for _ in range(rounds):
        begun = clock()
        run()
        if not on_cpu:
            torch.cuda.synchronize()
        times.append((clock() - begun) / (torch.get_num_threads() if on_cpu else 1))
    return statistics.median(times)


def ratio_of(mine: Callable[[int], object], reference: Callable[[int], object], cells: int, device: str) -> str:
    """How many times as fast ``mine`` is as ``reference``, each given a cell's number, with its 95 % interval."""
    for warm in (reference, mine):
        warm(0)
    pairs = np.array([
        [seconds_of(lambda f=f, n=n: f(n), device, rounds=1, warm_up=False) for f in (reference, mine)]
        for _ in range(ROUNDS) for n in range(cells)
    ])  # fmt: skip
    draws = np.random.default_rng(0).integers(0, len(pairs), (2000, len(pairs)))
    top, bottom = (pairs[draws, column].sum(1) for column in (0, 1))
    low, high = np.quantile(top / bottom, (0.025, 0.975))
    mean = pairs.mean(0)
    return f"{mean[1]:.2f} s a cell, {mean[0] / mean[1]:.1f} [{low:.1f}, {high:.1f}] times as fast"


class Peak:
    """Largest resident memory of this process while the block runs, sampled, beyond that at its start; MB."""

    def __enter__(self) -> Peak:
        process = psutil.Process()
        self.start = process.memory_info().rss
        self.megabytes, self._done = 0.0, threading.Event()

        def watch() -> None:
            while not self._done.wait(0.01):
                self.megabytes = max(self.megabytes, (process.memory_info().rss - self.start) / 1e6)

        self._thread = threading.Thread(target=watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def faster_rcnn(cells: list[MetaphaseImage], device: str) -> Callable[[int], None]:
    """What asks torchvision's Faster R-CNN about a cell by its number."""
    reference = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None).eval().to(device)
    tensors = [torch.from_numpy(c.to_uint8().copy()).float()[None].expand(3, -1, -1).to(device) / 255 for c in cells]

    def ask(number: int) -> None:
        with torch.inference_mode():
            reference([tensors[number]])

    return ask


def test_engines_against_faster_rcnn(cells: list[MetaphaseImage], device: str) -> None:
    few = cells[:3]
    ask_reference = faster_rcnn(few, device)
    with Peak() as peak:
        base = seconds_of(lambda: ask_reference(0), device)
    print(f"\nfasterrcnn_resnet50_fpn, default input, {device}, {torch.get_num_threads()} threads: "
          f"{base:.2f} s a cell, peak {peak.megabytes:.0f} MB more")  # fmt: skip
    found = find_engines()[0]
    assert found, "no engine has weights here"
    for name in found:
        with Peak() as peak:
            engine = load_engine(name, device=device)
            line = ratio_of(lambda n, e=engine: e.predict([few[n]]), ask_reference, len(few), device)
        print(f"{name}: {line}, peak {peak.megabytes:.0f} MB more")


@pytest.mark.parametrize("quality", ["fast", "balanced", "best"])
def test_precisions_against_faster_rcnn(cells: list[MetaphaseImage], device: str, quality: str) -> None:
    few, found = cells[:3], find_engines()[0]
    ask_reference = faster_rcnn(few, device)
    isa = os.environ.get("ONEDNN_MAX_CPU_ISA", "all instructions")
    print(f"\nagainst fasterrcnn_resnet50_fpn, {device}, {torch.get_num_threads()} threads, {isa}, {len(few)} cells")
    digest = str(read_card(card_path(found["karyoview"]))["weights"]["hash"])
    exported = find_export(digest, found["karyoview"])
    for precision in ("int8", "bf16") if exported is not None and device == "cpu" else ("bf16",):
        engine = load_engine("karyoview", device=device, settings={"quality": quality, "precision": precision})
        line = ratio_of(lambda n, e=engine: e.predict([few[n]]), ask_reference, len(few), device)
        print(f"karyoview, {quality}, {precision}: {line}")
    if exported is None:
        print("The networks were not exported to 8 bits here: `karyoview weights export karyoview`.")


def test_a_case_of_20_cells(cells: list[MetaphaseImage], device: str) -> None:
    engine = load_engine("karyoview", device=device)
    engine.predict(cells[:1])
    begun, used = time.perf_counter(), time.process_time()
    with Peak() as peak:
        found = engine.predict(cells)
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    assert len(found) == CELLS
    print(f"\n{CELLS} cells proposed in {wall:.1f} s ({cpu:.1f} s of CPU, {CELLS / wall:.1f} cells a second; aim 10 s "
          f"on two free cores), peak {peak.megabytes:.0f} MB more")  # fmt: skip


def test_start_cost_by_cells_and_memory(cells: list[MetaphaseImage], device: str, tmp_path: Path) -> None:
    for number, cell in enumerate(cells):
        cv2.imwrite(str(tmp_path / f"{number}.png"), cell.to_uint8())
    counts = (5, 20, 100, 1000) if "BENCH_LONG" in os.environ else (5, 20)
    command = [
        sys.executable,
        str(Path(__file__).with_name("engine_start.py")),
        str(tmp_path),
        device,
        *map(str, counts),
    ]
    print("\n" + subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_where_the_default_engine_spends_its_time(cells: list[MetaphaseImage], monkeypatch: pytest.MonkeyPatch) -> None:
    from karyoview.detectors import karyoview_engine

    engine = load_engine("karyoview", device="cpu")
    engine.predict(cells[:1])
    spent: dict[str, float] = {}

    def timed(owner: object, name: str) -> None:
        inner = getattr(owner, name)

        def call(*args: object, **more: object) -> object:
            begun = time.process_time()
            result = inner(*args, **more)
            spent[name] = spent.get(name, 0.0) + time.process_time() - begun
            return result

        monkeypatch.setattr(owner, name, call)

    for name in TRACED:
        timed(engine if hasattr(engine, name) else karyoview_engine, name)
    begun = time.process_time()
    engine.predict(cells[:4])
    total = time.process_time() - begun
    assert 0 < sum(spent.values()) <= 1.01 * total
    parts = ", ".join(
        f"{k.strip('_')} {100 * v / total:.0f} %" for k, v in sorted(spent.items(), key=lambda kv: -kv[1])
    )
    print(f"\nkaryoview on the CPU: {total / 4:.2f} s of CPU a cell, of which {parts}")


def test_runtimes_against_eager(cells: list[MetaphaseImage]) -> None:
    from karyoview.detectors import runtime
    from karyoview.detectors.nets.classifier import ChromosomeClassifier
    from karyoview.detectors.nets.finder import Finder

    if not runtime.installed():
        pytest.skip("no runtime is installed here; they come with the extra karyoview[cpu]")
    torch.manual_seed(0)
    finder, classifier = Finder().eval(), ChromosomeClassifier().eval()
    image, crops = 200 + 30 * torch.rand(1, 1, 384, 416), torch.rand(46, 2, 192, 32)

    @torch.inference_mode()
    def run() -> None:
        finder.features(image)
        classifier(crops)

    eager = seconds_of(run, "cpu")
    for name in runtime.installed():
        part_a = runtime.Part("maps", runtime._Maps(finder), image[:, :, :96, :128].contiguous(), (2, 3))
        part_b = runtime.Part("classes", classifier, crops[:2].contiguous(), (0,))
        used, calls = runtime.take_over([part_a, part_b], "bench", [name])
        assert used.name == name, used.note
        mine = seconds_of(lambda c=calls: (c[0](image), c[1](crops)), "cpu")
        print(
            f"\n{name}: trunk and naming of a cell {eager / mine:.2f} times as fast as eager f32 ({1000 * mine:.0f} ms)"
        )
