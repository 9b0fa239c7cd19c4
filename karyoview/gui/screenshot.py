"""A picture of the window with a case in it, for the manual and for machines without a screen."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from karyoview.core.errors import KaryoViewError
from karyoview.io.own_pictures import MARK


class ScreenshotError(KaryoViewError):
    """The window did not come up; the message says where to look."""


def picture_of_window(case: Path, target: Path, width: int = 1600, height: int = 1000, patience: float = 60.0) -> None:
    """Open ``case`` in the window, wait until its first cell is shown, and write the window as PNG to ``target``.

    Uses the shipped font and settings of its own, so that the picture is the same everywhere.
    """
    from PySide6.QtWidgets import QApplication

    from karyoview.gui.app import use_shipped_font
    from karyoview.gui.theme import apply_theme
    from karyoview.gui.window import MainWindow
    from karyoview.services.settings import Settings

    app = QApplication.instance() or QApplication(["karyoview"])
    assert isinstance(app, QApplication)
    use_shipped_font(app)
    apply_theme(app, "light", 10)
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Settings(Path(folder) / "settings.json"))
        try:
            window.resize(width, height)
            window.show()
            window.open_case(case)
            deadline = time.monotonic() + patience
            while window.controller.session is None or window.view.size_yx[0] == 0:
                app.processEvents()
                if time.monotonic() > deadline:
                    raise ScreenshotError(f"The window did not show {case} in {patience:.0f} s; see the log.")
                time.sleep(0.01)
            # Thumbnails and the sharper levels of the picture arrive after the first paint.
            settled = time.monotonic() + 2.0
            while time.monotonic() < settled:
                app.processEvents()
                time.sleep(0.01)
            picture = window.grab().toImage()
            picture.setText("Software", MARK)
            if not picture.save(str(target), "PNG"):  # type: ignore[call-overload]  # the stub wants bytes, Qt text
                raise ScreenshotError(f"{target} cannot be written; name another file.")
        finally:
            window.close()
            window.deleteLater()
            app.processEvents()
