"""Networks in 8 bits are run without PyTorch where both could: they start in a second and need little memory."""

from __future__ import annotations

import pytest

from karyoview.detectors import graphs, karyoview_engine, karyoview_graphs, registry
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.registry import load_engine, starts_at_once


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped engine with an export at hand, no graphics card; engines are their runtime's name."""
    monkeypatch.setattr(registry, "find_export", lambda digest, beside: object())
    monkeypatch.setattr(registry, "runtime_installed", lambda: True)
    monkeypatch.setattr(registry, "_graphics_card_driver", lambda: False)
    monkeypatch.setattr(karyoview_graphs, "load", lambda weights, **_: "graphs")
    monkeypatch.setattr(karyoview_engine, "load", lambda weights, **_: "torch")
    assert graphs.torch_installed()


@pytest.mark.parametrize(
    ("device", "settings", "runtime"),
    [
        ("auto", {}, "graphs"),
        ("cpu", {"precision": "int8"}, "graphs"),
        ("cpu", {"precision": "bf16"}, "torch"),
        ("cuda", {}, "torch"),
    ],
)
@pytest.mark.usefixtures("exported")
def test_an_export_is_run_without_torch_on_a_processor(device: str, settings: dict, runtime: str) -> None:  # type: ignore[type-arg]
    assert load_engine("karyoview", device=device, settings=settings) == runtime
    assert starts_at_once("karyoview", device=device, settings=settings) == (runtime == "graphs")


@pytest.mark.usefixtures("exported")
def test_a_graphics_card_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_graphics_card_driver", lambda: True)
    assert load_engine("karyoview", device="auto") == "torch"
    assert load_engine("karyoview", device="cpu") == "graphs"


@pytest.mark.usefixtures("exported")
def test_graphs_that_are_damaged_leave_it_to_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise EngineError("damaged")

    monkeypatch.setattr(karyoview_graphs, "load", damaged)
    assert load_engine("karyoview", device="cpu") == "torch"


def test_nothing_starts_at_once_without_an_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_export", lambda digest, beside: None)
    assert not starts_at_once("karyoview", device="cpu", settings={})
    assert not starts_at_once("deepacc", device="cpu", settings={})
    assert not starts_at_once("unknown", device="cpu", settings={})
