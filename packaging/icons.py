"""The program's icon in every form that a system asks for, drawn from ``resources/icons/karyoview.svg``.

``python packaging/icons.py FILE...`` writes one file by its suffix: .png (with ``--size``), .ico or .icns.
"""

from __future__ import annotations

import argparse
import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

SOURCE: Final = Path(__file__).resolve().parent.parent / "resources" / "icons" / "karyoview.svg"
SIZES: Final = (16, 24, 32, 48, 64, 128, 256, 512)


def drawn(size: int) -> Image.Image:
    """The icon with ``size`` × ``size`` pixels, RGBA."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    _ = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    with Image.open(BytesIO(data.data())) as picture:
        return picture.convert("RGBA")


def write_icon(path: Path, size: int = 256) -> Path:
    """Write the icon by the suffix of ``path``; .ico and .icns hold all sizes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        drawn(size).save(path, optimize=True)
    elif path.suffix in (".ico", ".icns"):
        sizes = [s for s in SIZES if path.suffix == ".icns" or s <= 256]
        pictures = [drawn(s) for s in sizes]
        pictures[-1].save(path, sizes=[(s, s) for s in sizes], append_images=pictures[:-1])
    else:
        raise ValueError(f"{path}: an icon is .png, .ico or .icns.")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the program's icon.")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--size", type=int, default=256)
    args = parser.parse_args()
    for file in args.files:
        print(write_icon(file, args.size))
    sys.exit(0)
