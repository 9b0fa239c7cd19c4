"""Engines asked in the background: progress, results, failures, and an engine that stays loaded."""

from __future__ import annotations

import pytest
from waiting import wait_for

from karyoview.core.detection import Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import EngineInfo
from karyoview.services import inference
from karyoview.services.inference import InferenceRunner, Progress, Request, RunFinished


class _Engine:
    info = EngineInfo("e", "E", ("chromosome",), False, "", 0.5)

    def predict(self, images, cancel=None):
        if images[0] == "bad":
            raise RuntimeError("boom")
        return [Detections(images[0], (4, 4), (), Provenance("e"))]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch):
    loads = []
    monkeypatch.setattr(inference, "load_engine", lambda name, **options: loads.append(options) or _Engine())
    made = InferenceRunner()
    made.loads = loads
    yield made
    made.close()


def test_a_run_reports_progress_results_and_failures(runner) -> None:
    got: list = []
    runner.ask("e", [Request(n, 3) for n in ("a", "bad", "c")], lambda name: name, got.append)
    wait_for(lambda: got and isinstance(got[-1], RunFinished))
    results = [g for g in got if isinstance(g, Detections)]
    assert [(r.image, r.provenance.revision) for r in results] == [("a", 3), ("c", 3)]
    assert got[-1].failures[0][0] == "bad"
    remaining = [g.remaining for g in got if isinstance(g, Progress)]
    assert remaining[:2] == [None, None]
    assert remaining[-1] is not None


def test_the_engine_stays_loaded_until_its_settings_change(runner) -> None:
    for quality in ("fast", "fast", "best"):
        got: list = []
        runner.ask("e", [Request("a", 0)], lambda name: name, got.append, settings={"effort": quality})
        wait_for(lambda got=got: got and isinstance(got[-1], RunFinished))
    assert len(runner.loads) == 2


def test_an_engine_that_starts_at_once_is_loaded_before_it_is_asked(runner, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {"e"}
    monkeypatch.setattr(inference, "starts_at_once", lambda name, **options: name in quick)
    monkeypatch.setattr(_Engine, "predict", lambda self, images, cancel=None: [_seen(image) for image in images])
    runner.prepare("slow")
    runner.prepare("e", settings={"effort": "fast"})
    wait_for(lambda: bool(runner.loads))
    got: list = []
    runner.ask("e", [Request("a", 0)], lambda name: name, got.append, settings={"effort": "fast"})
    wait_for(lambda: got and isinstance(got[-1], RunFinished))
    assert runner.loads == [{"device": "auto", "settings": {"effort": "fast"}}]


def _seen(image: object) -> Detections:
    return Detections(str(getattr(image, "name", image)), (4, 4), (), Provenance("e"))


def test_an_engine_that_does_not_load_ends_the_run_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, **_: object) -> None:
        raise KaryoViewError("The engine e has no weights on this machine.")

    monkeypatch.setattr(inference, "load_engine", load)
    runner, got = InferenceRunner(), []
    runner.ask("e", [Request("a", 0)], lambda name: name, got.append)
    wait_for(lambda: got and isinstance(got[-1], RunFinished))
    assert got[-1].failures == (("", "The engine e has no weights on this machine."),)
    assert runner.close()
