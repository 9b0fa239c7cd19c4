"""Lanes, saving, settings: order, failures, cancelling, broken files."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.detection import Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import EngineInfo
from karyoview.services import inference
from karyoview.services.inference import InferenceRunner, Progress, Request, RunFinished
from karyoview.services.jobs import Pool, Saver, SerialWorker, read_ahead, user_message
from karyoview.services.settings import SETTINGS, Settings


def test_a_lane_does_one_job_at_a_time_in_order_and_survives_a_failing_one() -> None:
    worker, seen, running = SerialWorker("test"), [], threading.Semaphore(1)

    def job(number: int) -> None:
        assert running.acquire(blocking=False)
        seen.append(number)
        running.release()
        if number == 1:
            raise ValueError("told to")

    for k in range(5):
        worker.submit(lambda token, k=k: job(k))
    assert worker.close(drop=False)
    assert seen == [0, 1, 2, 3, 4]


def test_the_saver_keeps_order_and_what_failed_stays_dirty_until_it_worked() -> None:
    written, told, broken = [], [], [True]

    def write(annotation: ImageAnnotation, action: str, detail: dict) -> None:
        if annotation.image == "b" and broken[0]:
            raise KaryoViewError("The disk is full.")
        written.append((annotation.image, annotation.revision))

    saver = Saver(write, lambda state, sentence: told.append((state, sentence)))
    for k in range(3):
        saver.save(ImageAnnotation("a", revision=k), "move", {})
    saver.save(ImageAnnotation("b", revision=7), "move", {})
    _wait(lambda: saver.dirty == ("b",))
    assert ("failed", "b could not be saved: The disk is full.") in told
    broken[0] = False
    saver.retry()
    _wait(lambda: saver.dirty == ())
    assert written == [("a", 0), ("a", 1), ("a", 2), ("b", 7)]
    assert saver.close()


def test_closing_with_an_unsaved_edit_says_so() -> None:
    def write(*_: object) -> None:
        raise OSError(28, "No space left on device")

    saver = Saver(write)
    saver.save(ImageAnnotation("a"), "move", {})
    assert not saver.close()


def test_the_pool_reports_errors_as_sentences() -> None:
    pool, got = Pool(1), []
    pool.submit(lambda: 1 / 0, got.append, got.append)
    pool.submit(lambda: 5, got.append)
    _wait(lambda: len(got) == 2)
    pool.close()
    assert "ZeroDivisionError" in got[0]
    assert got[1] == 5


def test_memory_runs_out_in_words() -> None:
    assert "memory" in user_message(MemoryError())


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
    _wait(lambda: got and isinstance(got[-1], RunFinished))
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
        _wait(lambda got=got: got and isinstance(got[-1], RunFinished))
    assert len(runner.loads) == 2


def test_an_engine_that_does_not_load_ends_the_run_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, **_: object) -> None:
        raise KaryoViewError("The engine e has no weights on this machine.")

    monkeypatch.setattr(inference, "load_engine", load)
    runner, got = InferenceRunner(), []
    runner.ask("e", [Request("a", 0)], lambda name: name, got.append)
    _wait(lambda: got and isinstance(got[-1], RunFinished))
    assert got[-1].failures == (("", "The engine e has no weights on this machine."),)
    assert runner.close()


def test_settings_keep_only_what_differs_and_survive_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings = Settings(path)
    settings["theme"] = "dark"
    settings.set_threshold("e", 0.3)
    assert json.loads(path.read_text()) == {"theme": "dark", "thresholds": {"e": 0.3}}
    settings["theme"] = "system"
    assert "theme" not in json.loads(path.read_text())
    path.write_text('{"theme": 5, "text_size": 4000, "unknown": 1, "thresholds": {"e": 0.4}}')
    again = Settings(path)
    assert (again["theme"], again["text_size"], again.threshold("e", 0.9)) == ("system", 10, 0.4)
    path.write_text("{broken")
    assert Settings(path)["theme"] == "system"


def test_every_visible_setting_explains_itself() -> None:
    assert all(s.title and s.help for s in SETTINGS if not s.hidden)


def _wait(condition) -> None:
    end = threading.Event()
    for _ in range(1000):
        if condition():
            return
        end.wait(0.01)
    raise AssertionError("it did not happen")


def test_the_next_item_is_read_while_the_caller_is_at_work() -> None:
    begun = [threading.Event() for _ in range(4)]

    def read(item: int) -> int:
        begun[item].set()
        if item == 1:
            raise ValueError("unreadable")
        return 10 * item

    seen: list[object] = []
    for item, future in read_ahead([0, 1, 2, 3], read):
        try:
            seen.append(future.result())
        except ValueError as error:
            seen.append(str(error))
        assert begun[min(item + 1, 3)].wait(10)
        if item == 2:
            break
        assert not any(event.is_set() for event in begun[item + 2 :])
    assert seen == [0, "unreadable", 20]
    assert not [t for t in threading.enumerate() if t.name.startswith("decoding")]
    assert list(read_ahead([], read)) == []
