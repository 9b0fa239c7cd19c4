"""PyInstaller's view of torchvision: its operators lie in a library that it opens by its path."""

from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

# ``_C.so`` or ``_C_stable.so``, ``.pyd`` on Windows; the decoders of ``image*.so`` are not used.
_folder = Path(get_package_paths("torchvision")[1])
binaries = [(str(path), "torchvision") for path in sorted(_folder.glob("_C*")) if path.suffix in (".so", ".pyd")]
