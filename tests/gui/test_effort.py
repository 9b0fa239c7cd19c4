"""The effort that a person chooses reaches the engines that know it, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from karyoview.core.detection import MIN_STORED_SCORE
from karyoview.detectors.registry import available_engines, load_engine
from karyoview.gui import engine_runner
from karyoview.services import inference
from karyoview.services.inference import engine_settings, offers_effort


def test_every_shipped_engine_takes_the_settings_that_the_window_gives_it() -> None:
    for info in available_engines():
        engine = load_engine(info.name, device="cpu", settings=engine_settings("best", info.card))
        assert engine.threshold == MIN_STORED_SCORE
        if offers_effort(info.card):
            assert engine._settings.quality == "best"
    assert offers_effort(available_engines()[0].card), "the default engine has one, two or four views"


@pytest.mark.parametrize("kind", ["karyoview", "deepace-v2"])
def test_the_chosen_effort_reaches_the_engine(
    driver, case_folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    given: list[object] = []
    load = inference.load_engine

    def spy(name: str, **options: object) -> object:
        given.append(options["settings"])
        return load(name, **options)

    monkeypatch.setattr(inference, "load_engine", spy)
    for info in engine_runner.available_engines():
        info.card["engine"] = kind  # the fake engine, as one of this kind
    window = driver.window
    driver.open(case_folder)
    window.engine.refresh()
    box = window.engine.quality
    assert box.isEnabled() == (kind == "karyoview")
    box.setCurrentIndex(box.findData("fast"))
    window.engine.run_here.click()
    driver.until(lambda: bool(given))
    assert given[0] == {"threshold": MIN_STORED_SCORE, **({"quality": "fast"} if kind == "karyoview" else {})}
    driver.until(lambda: not window.runner.running)
