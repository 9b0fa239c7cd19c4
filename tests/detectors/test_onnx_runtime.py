"""ONNX Runtime reports nothing: no identifier, no events, however it comes into the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from karyoview.detectors.onnx_runtime import runtime_installed

PACKAGE = Path(__file__).parents[2] / "karyoview"


def test_nothing_is_kept_or_sent_of_what_it_is_used_for(tmp_path: Path) -> None:
    if not runtime_installed():
        pytest.skip("ONNX Runtime is not installed; it comes with the extra karyoview[cpu]")
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    value = [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1]) for n in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "relu", value[:1], value[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), tmp_path / "r.onnx")
    code = (
        "import sys, numpy as np; from karyoview.detectors.onnx_runtime import session; "
        "print(session(sys.argv[1], 1).run(None, {'x': np.float32([-1])})[0][0] == 0)"
    )
    home = tmp_path / "home"
    home.mkdir()
    env = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY" and not k.startswith("XDG_")}
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "r.onnx")], env=env | {"HOME": str(home)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert ran.stdout.strip() == "True"
    assert [str(p) for p in home.rglob("*") if "Microsoft" in str(p) or "onnxruntime" in p.name] == []


def test_it_is_imported_in_one_place_only() -> None:
    importing = re.compile(r"^\s*(import onnxruntime\b|from onnxruntime\b)", re.MULTILINE)
    found = {p.name for p in PACKAGE.rglob("*.py") if importing.search(p.read_text(encoding="utf-8"))}
    # quantising imports a part of it, after the function that silences it
    assert found <= {"exports.py"}
    exports = (PACKAGE / "detectors" / "exports.py").read_text(encoding="utf-8")
    assert exports.index("onnxruntime()\n") < exports.index("from onnxruntime.quantization")
