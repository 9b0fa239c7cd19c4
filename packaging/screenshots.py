"""Pictures of the window from the sample case, for README and manual: python packaging/screenshots.py [FOLDER]."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtWidgets import QApplication, QWidget

from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services.demo import copy_sample, prepare
from karyoview.services.settings import Settings


def wait(app: QApplication, condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the window work until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        app.processEvents()
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there; see the log")
        time.sleep(0.005)
    settle(app)


def settle(app: QApplication, seconds: float = 0.6) -> None:
    """Let what is under way arrive."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def main(target: Path) -> None:
    """Write all pictures into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(["karyoview"])
    assert isinstance(app, QApplication)
    use_shipped_font(app)
    apply_theme(app, "light", 10)

    def save(widget: QWidget, name: str) -> None:
        settle(app)
        path = target / f"{name}.png"
        widget.grab().save(str(path), "PNG")
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(256)  # half the size, and no difference to be seen
        small.save(path, optimize=True)
        print(path)

    with tempfile.TemporaryDirectory() as folder:
        case = prepare(copy_sample(Path(folder) / "Sample 47XY+21", "47XY+21")).folder
        window = MainWindow(Settings(Path(folder) / "settings.json"))
        window.resize(1440, 900)
        window.show()
        save(window, "welcome")
        window.open_case(case)
        wait(app, lambda: window.controller.session is not None and window.view.size_yx[0] > 0)
        wait(app, lambda: all(not r.thumb.isNull() for r in window.cells.model.rows))
        handlers = window.handlers
        save(window, "window")
        handlers.chromosome.accept()
        handlers.chromosome.next_doubt()
        save(window, "doubt")
        handlers.chromosome.cycle()
        box = window.controller.session.selection()[0].box
        window.view.zoom_to(2.6, box.centre)
        save(window.view, "close")
        window.view.fit()
        window.settings["theme"] = "dark"
        save(window, "dark")
        window.settings["theme"] = "light"
        window.menus.actions["karyogram"].trigger()
        settle(app, 25.0)
        save(window, "karyogram")
        window.menus.actions["karyogram"].trigger()
        handlers.help.keys()
        save(app.activeModalWidget(), "keys")
        app.activeModalWidget().close()
        handlers.file.export()
        save(app.activeModalWidget(), "export")
        app.activeModalWidget().close()
        handlers.file.summary()
        save(app.activeModalWidget(), "summary")
        app.activeModalWidget().close()
        window.close()
        window.deleteLater()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("resources/help/pictures"))
