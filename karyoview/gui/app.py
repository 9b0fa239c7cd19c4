"""Start of the window."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_STARTED = time.perf_counter()


def main(argv: Sequence[str] | None = None) -> int:
    """Show the window, with the case in ``argv`` when one is named; returns the exit status."""
    from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
    from PySide6.QtGui import QFontDatabase
    from PySide6.QtWidgets import QApplication

    from karyoview import __version__
    from karyoview._resources import resource
    from karyoview.services.logs import log_uncaught, start_logging
    from karyoview.services.settings import Settings

    start_logging()
    log_uncaught()
    app = QApplication.instance() or QApplication(["karyoview"])
    assert isinstance(app, QApplication)
    app.setApplicationName("KaryoView")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("karyoview")
    from karyoview.gui.icon import icon

    app.setWindowIcon(icon())
    settings = Settings()
    translators = [QTranslator(app), QTranslator(app)]
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    places = (("qtbase", qt_folder), ("karyoview", str(resource("translations"))))
    for translator, (stem, folder) in zip(translators, places, strict=True):
        if translator.load(QLocale.system(), stem, "_", folder):
            app.installTranslator(translator)
    if not QFontDatabase.families() or os.environ.get("KARYOVIEW_SHIPPED_FONT"):
        use_shipped_font(app)

    from karyoview.gui.theme import apply_theme
    from karyoview.gui.window import MainWindow
    from karyoview.io.user_data import index_exists

    apply_theme(app, settings["theme"], settings["text_size"])
    window = MainWindow(settings, at_once=False)
    window.show()
    app.processEvents()  # the frame is seen before all that is in it is loaded
    if not window.isVisible():
        return 0
    window.build()
    for notice in settings.notices:
        window.notifier.show_error(notice)
    if index_exists():
        # Whoever works here says who they are first; where nobody is entered the window stays open.
        QTimer.singleShot(0, window.idle_lock.lock)
    arguments = [a for a in (argv or ()) if not a.startswith("-")]
    if arguments:
        window.open_case(case_of(Path(arguments[0])))
    started = "The window was ready after %.2f s"
    QTimer.singleShot(0, lambda: logging.getLogger(__name__).info(started, time.perf_counter() - _STARTED))
    return int(app.exec())


def case_of(path: Path) -> Path:
    """The case that a path from outside means: a file manager may name ``case.json`` or the folder it lies in."""
    store = path.parent if path.name == "case.json" else path
    if store.name == "karyoview" and (store / "case.json").is_file():
        return store.resolve().parent
    return path


def use_shipped_font(app: object) -> None:
    """Use the font that comes with KaryoView, where the system has none or pictures must be the same everywhere."""
    from PySide6.QtGui import QFont, QFontDatabase
    from PySide6.QtWidgets import QApplication

    from karyoview._resources import resource

    assert isinstance(app, QApplication)
    for file in sorted(resource("fonts").glob("DejaVu*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        families = QFontDatabase.applicationFontFamilies(number)
        if families:
            app.setFont(QFont(families[0], 10))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
