"""PyInstaller's view of torch, in place of its general one: what imports reach, the libraries, no headers.

The general hook takes every module of torch, most of which compiles or exports networks; see contents.py.
"""

from pathlib import Path

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_dynamic_libs, get_package_paths

# torch reads its own sources at import: its configuration modules are parsed from their text.
module_collection_mode = "pyz+py"
warn_on_missing_hiddenimports = False
# torch._dynamo imports these by names that it puts together, as soon as an optimiser or torchvision is imported.
_torch = Path(get_package_paths("torch")[1])
hiddenimports = [f"torch._dynamo.polyfills.{p.stem}" for p in sorted(_torch.glob("_dynamo/polyfills/[a-z]*.py"))]
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
# Looked for when torch is imported, and started where processes share tensors.
_manager = _torch / "bin" / "torch_shm_manager"
binaries += [(str(_manager), "torch/bin")] if _manager.is_file() else []
# Links beside the program would lead torch's libraries away from those that they open by name.
bindepend_symlink_suppression = ["**/torch/lib/*.so*", "**/nvidia/**/*.so*"]
