"""The engines' rows: what each tells as module:name is there, and what differs between engines follows from the row."""

from __future__ import annotations

import subprocess
import sys

import pytest

from karyoview.detectors.engine_spec import EngineSpec
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.registry import ENGINES


@pytest.mark.parametrize("kind", list(ENGINES))
def test_every_part_of_a_row_is_there(kind: str) -> None:
    spec = ENGINES[kind]
    assert spec.kind == kind
    parts = [name for name in ("factory", "config", "build", "fine_tune", "network") if getattr(spec, name)]
    assert "factory" in parts
    for name in parts:
        assert callable(spec.part(name))
    assert spec.build or spec.network
    for preset in spec.presets:
        assert spec.configure(preset).to_dict()


def test_a_laboratory_can_train_every_engine_that_is_shipped() -> None:
    assert all(spec.trainable for spec in ENGINES.values())
    assert not EngineSpec("a", "A", "a:load").trainable
    assert next(iter(ENGINES)) == "karyoview"


def test_presets_and_settings_that_do_not_exist_are_named() -> None:
    with pytest.raises(EngineError, match="DeepACC has no preset 'large'; there are paper, small, tiny"):
        ENGINES["deepacc"].configure("large")
    with pytest.raises(EngineError, match="there are none"):
        ENGINES["karyoview"].configure()
    with pytest.raises(EngineError, match="no setting 'colour'"):
        ENGINES["deepchm"].configure("tiny", colour=1)


def test_the_rows_do_not_import_torch() -> None:
    code = "import sys, karyoview.detectors.engines; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
