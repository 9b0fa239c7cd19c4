"""The processor's runtimes: the same results as eager, a cache that is used, and a sentence where one fails."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from karyoview.detectors import runtime
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.nets.finder import Finder

CPU = torch.device("cpu")
HASH = "f" * 64


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    return tmp_path


class Half(nn.Module):
    """A part small enough to convert in a test."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = torch.relu(self.conv(x))
        return y, y.mean(1)


def part() -> runtime.Part:
    return runtime.Part("half", Half().eval(), torch.zeros(1, 1, 8, 12), (2, 3))


def needs(name: str) -> None:
    if name not in runtime.installed() or importlib.util.find_spec("onnx") is None:
        pytest.skip(f"{name} is not installed here; it comes with the extra karyoview[cpu]")


@pytest.mark.parametrize("name", runtime.RUNTIMES)
def test_a_part_gives_the_same_in_any_size_and_is_converted_once(
    name: str, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(name)
    piece = part()
    used, calls = runtime.take_over([piece], HASH, [name])
    assert used == runtime.Runtime(name, "")
    x = torch.rand(1, 1, 40, 56)
    with torch.inference_mode():
        for got, expected in zip(calls[0](x), piece.module(x), strict=True):
            torch.testing.assert_close(got, expected, atol=1e-5, rtol=1e-5)
    assert len(list(own_cache.rglob("network.onnx"))) == 1
    monkeypatch.setattr(runtime, "_keep", lambda *_: pytest.fail("converted again"))
    assert runtime.take_over([piece], HASH, [name])[1]
    with pytest.raises(pytest.fail.Exception):
        runtime._COMPILERS[name](piece, "e" * 64)  # other weights are converted anew


@pytest.mark.parametrize("name", runtime.RUNTIMES)
def test_the_default_networks_keep_their_interfaces_and_results(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needs(name)
    monkeypatch.setattr(runtime, "installed", lambda: (name,))
    torch.manual_seed(1)
    finder, classifier = Finder().eval(), ChromosomeClassifier().eval()
    image, crops = 200 + 40 * torch.rand(90, 150), torch.rand(5, 2, 192, 32)
    with torch.inference_mode():
        before = finder.find(image, views=2)
        named = classifier(crops)
    assert runtime.compile_backends(finder, classifier, CPU, "fp32", HASH).name == name
    with torch.inference_mode():
        after = finder.find(image, views=2)
        again = classifier(crops)
    for got, expected in zip(after, before, strict=True):
        torch.testing.assert_close(got, expected, atol=2e-3, rtol=1e-3)
    for a, b in zip(again, named, strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)
    other = ChromosomeClassifier()
    assert "forward" not in other.__dict__


def test_openvino_holds_no_worker_to_one_core() -> None:
    """Two workers with a thread each once shared the first core, and the second stood idle."""
    needs("openvino")
    if not Path("/proc/self/task").is_dir() or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs Linux and two processor cores")
    allowed = os.sched_getaffinity(0)
    _, calls = runtime.take_over([part()], HASH, ["openvino"])
    held: list[set[int]] = []
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(lambda: [calls[0](torch.rand(1, 1, 800, 800)) for _ in range(30)])
        while not work.done():
            for task in Path("/proc/self/task").iterdir():
                with contextlib.suppress(ProcessLookupError):  # a thread that has just ended
                    held += [cpus for cpus in [os.sched_getaffinity(int(task.name))] if cpus != allowed]
    assert held == []


def test_openvino_reports_nothing_over_the_network() -> None:
    needs("openvino")
    code = (
        "import sys, threading; from karyoview.detectors.runtime import _quiet_openvino; _quiet_openvino().Core(); "
        "assert not [m for m in sys.modules if m.startswith('openvino_telemetry')]; "
        "assert threading.active_count() == 1, threading.enumerate()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_one_that_fails_gives_way_to_the_next_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise OSError("libtbb.so.12 is missing\nand more")

    monkeypatch.setitem(runtime._COMPILERS, "openvino", broken)
    monkeypatch.setitem(runtime._COMPILERS, "onnxruntime", lambda piece, _: piece.module)
    used, calls = runtime.take_over([part()], HASH, runtime.RUNTIMES)
    assert used.name == "onnxruntime"
    assert used.note == (
        "OpenVINO cannot run these networks here (libtbb.so.12 is missing). ONNX Runtime is used instead."
    )
    assert len(calls) == 1


def test_one_that_computes_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(piece: runtime.Part, _: str) -> runtime.Call:
        return lambda x: tuple(1.05 * y for y in piece.module(x))

    monkeypatch.setitem(runtime._COMPILERS, "openvino", wrong)
    used, calls = runtime.take_over([part()], HASH, ["openvino"])
    assert used.name == "eager"
    assert "differs by 5.0e-02" in used.note
    assert used.note.endswith("They run as without it, only slower.")
    assert calls == []


def test_nothing_is_done_where_nothing_is_won(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "has_fast_bf16", lambda device: True)
    assert not runtime.worth_it(CPU, "bf16")
    assert runtime.worth_it(CPU, "fp32")
    assert not runtime.worth_it(torch.device("cuda"), "fp32")
    monkeypatch.setattr(runtime, "has_fast_bf16", lambda device: False)
    assert runtime.worth_it(CPU, "bf16")
    monkeypatch.setattr(runtime, "installed", lambda: ())
    classifier = ChromosomeClassifier()
    assert runtime.compile_backends(Finder(), classifier, CPU, "fp32", HASH) == runtime.Runtime()
    assert "forward" not in classifier.__dict__


def test_a_write_that_breaks_off_leaves_nothing(own_cache: Path) -> None:
    def torn(folder: Path) -> None:
        (folder / "network.xml").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runtime._keep(own_cache / "runtime" / "key" / "network.xml", torn)
    assert not [p for p in own_cache.rglob("*") if p.is_file()]
