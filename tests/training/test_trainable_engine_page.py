"""The engine of the help page, registered from outside the package, is trained, loaded, offered and fine-tuned."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from karyotrain.data.dataset import load
from karyotrain.engines.detection import train
from karyotrain.engines.finetune import fine_tuning
from karyotrain.engines.recipe import Recipe
from karyotrain.trainer.loop import Options
from karyotrain.trainer.schedule import Schedule

from karyoview._resources import resource
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.engine_spec import EngineSpec, register_engine
from karyoview.detectors.registry import ENGINES, available_engines, load_engine

OPTIONS = Options(device="cpu", precision="fp32", threads=1, log_every=1, evaluations=0)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineSpec]:
    """The engine of the page, imported from a file that lies in no package."""
    page = resource("help", "contributing", "add-a-trainable-engine.md").read_text(encoding="utf-8")
    (tmp_path / "toy.py").write_text("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)))
    monkeypatch.syspath_prepend(str(tmp_path))
    before = dict(ENGINES)
    importlib.import_module("toy")
    (kind,) = set(ENGINES) - set(before)
    yield ENGINES[kind]
    ENGINES.clear()
    ENGINES.update(before)
    del sys.modules["toy"]


def test_an_engine_from_outside_is_trained_loaded_offered_and_fine_tuned(
    toy: EngineSpec, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(
        engine=toy.kind, title="Toy", preset="tiny", init="random", batch=2, micro=1, steps=2, lr=0.01,
        images=2, eval_images=1, schedule=Schedule("constant", 0), augmentation="none",
    )  # fmt: skip
    weights = Path(train(recipe, [drawn_set], tmp_path / "run", OPTIONS)["weights"])
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(weights.parent))
    info = next(i for i in available_engines() if i.name == toy.kind)
    assert (info.title, info.classes) == ("Toy", ("chromosome",))
    cell = load(drawn_set, "fit")[0]
    (found,) = load_engine(toy.kind, settings={"threshold": 0.0}).predict([MetaphaseImage(cell.pixels, cell.name)])
    assert len(found) > 0
    assert found.provenance.engine == toy.kind

    further = fine_tuning(weights)
    assert further.settings["backbone"] == "resnet18"
    event = train(further.replace(steps=1, images=2), [drawn_set], tmp_path / "further", OPTIONS)
    assert event["event"] == "done"


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="'deepacc' is registered already"):
        register_engine(ENGINES["deepacc"])
