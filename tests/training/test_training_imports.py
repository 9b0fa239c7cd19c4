"""What a machine needs to train the published engines, the finder and the mosaics: a checkout and a few packages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "karyotrain.__main__", "karyotrain.engines.detection", "karyotrain.engines.networks", "karyotrain.engines.recipe",
    "karyotrain.engines.finetune", "karyotrain.engines.train_finder", "karyotrain.engines.pretrain_mosaics",
)  # fmt: skip
CODE = """
import importlib, sys

ALLOWED = {{"karyoview", "karyotrain", "numpy", "torch", "torchvision", "cv2", "PIL", "safetensors", "scipy"}}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        caller = sys._getframe(1)
        while caller is not None and "importlib" in caller.f_code.co_filename:
            caller = caller.f_back
        importer = caller.f_globals.get("__name__", "") if caller is not None else ""
        own = importer.split(".")[0] in ("karyoview", "karyotrain")
        if own and name.split(".")[0] not in ALLOWED | sys.stdlib_module_names:
            raise ImportError(f"{{name}} is not among what training needs")

sys.meta_path.insert(0, Refuse())
for module in {modules!r}:
    importlib.import_module(module)
"""


def test_the_training_path_needs_few_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(modules=MODULES)],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
