"""The self-test's steps at the window: open, detect, edit, save, review."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from karyoview.core.geometry import Box
from karyoview.services.selftest import Protocol, SelfTestError


class WindowTest:
    """A window of its own, with settings of its own, on one case; ``patience`` is in seconds a step."""

    def __init__(self, protocol: Protocol, case: Path, settings: Path, patience: float) -> None:
        self.protocol, self.case, self.settings, self.patience = protocol, case, settings, patience
        self.window: Any = None
        self._finished: list[Any] = []

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Let the window work until the condition holds; SelfTestError names ``what`` was awaited."""
        from PySide6.QtWidgets import QApplication

        end = time.monotonic() + self.patience
        while not condition():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise SelfTestError(f"{what} did not come within {self.patience:.0f} s; the log says more.")
            time.sleep(0.01)

    def start(self) -> None:
        """Show the window with the case in it."""
        from PySide6.QtCore import qVersion
        from PySide6.QtGui import QFontDatabase
        from PySide6.QtWidgets import QApplication

        from karyoview.gui.app import use_shipped_font
        from karyoview.gui.theme import apply_theme
        from karyoview.gui.window import MainWindow
        from karyoview.services.settings import Settings

        with self.protocol.step("The window opens a case") as seen:
            app = QApplication.instance() or QApplication(["karyoview"])
            assert isinstance(app, QApplication)
            if not QFontDatabase.families():
                use_shipped_font(app)
            apply_theme(app, "light", 10)
            self.window = window = MainWindow(Settings(self.settings))
            window.resize(1400, 900)
            window.show()
            window.runner.run_ended.connect(self._finished.append)
            window.open_case(self.case)
            self.until(lambda: window.controller.session is not None and window.view.size_yx[0] > 0, "The first cell")
            cells = len(self._controller().session.images)
            seen.append(f"{cells} cells, Qt {qVersion()} on {app.platformName()}")

    def detect(self) -> None:
        """Ask the chosen engine about the cell that is shown."""
        with self.protocol.step("An engine finds chromosomes") as seen:
            controller = self._controller()
            engine = self.window.runner.engine()
            if engine is None:
                raise SelfTestError("No engine has weights; see karyoview engines.")
            self.window.menus.actions["run"].trigger()
            self.until(lambda: bool(self._finished), "The engine's result")
            ended = self._finished[-1]
            if ended.failures or ended.done != 1:
                raise SelfTestError("; ".join(reason for _, reason in ended.failures) or "The engine was stopped.")
            self._until_saved()
            count = len(controller.session.annotation().chromosomes)
            if not count:
                raise SelfTestError(f"{engine.title} found no chromosome at all on a drawn cell.")
            seen.append(f"{engine.title} ({engine.name}): {count} chromosomes in {ended.seconds:.1f} s")

    def edit(self) -> None:
        """Draw a box, give it a class, take it back and do it again; then compare with the file on disk."""
        with self.protocol.step("Edits are saved, undone and done again") as seen:
            session = self._controller().session
            before = len(session.annotation().chromosomes)
            height, width = self.window.view.size_yx
            self.window.view.added.emit(Box.rotated(width / 2, height / 2, 20, 60, 0.5))
            self.window.classes.give_class(0)
            self._expect(len(session.annotation().chromosomes) == before + 1, "a box that was drawn is not there")
            for _ in range(2):
                self.window.menus.actions["undo"].trigger()
            self._expect(len(session.annotation().chromosomes) == before, "undo left the box")
            for _ in range(2):
                self.window.menus.actions["redo"].trigger()
            self._until_saved()
            chromosomes = session.annotation().chromosomes
            file = self.case / "karyoview" / "annotations" / f"{session.current}.json"
            kept = json.loads(file.read_text(encoding="utf-8"))["chromosomes"]
            self._expect(len(kept) == len(chromosomes) == before + 1, "the file does not hold what is shown")
            seen.append(f"{len(kept)} chromosomes in {file.name}")

    def review(self) -> None:
        """Accept everything and mark the cell as reviewed."""
        with self.protocol.step("A cell is marked as reviewed") as seen:
            controller = self._controller()
            image = controller.session.current
            self.window.settings["confirm_red"] = False
            self.window.menus.actions["select_all"].trigger()
            self.window.handlers.chromosome.accept()
            self.window.menus.actions["reviewed"].trigger()
            self.until(lambda: controller.session.annotation(image).state.value == "reviewed", "The state reviewed")
            self._until_saved()
            seen.append(image)

    def close(self) -> None:
        """Close the window; nothing may be left unsaved."""
        with self.protocol.step("The window closes"):
            window = self.window
            if window is None:
                raise SelfTestError("There was no window to close.")
            from PySide6.QtWidgets import QApplication

            window.close()
            self._expect(window.controller.case is None, "the case is still open")
            window.deleteLater()
            QApplication.processEvents()

    def _controller(self) -> Any:
        if self.window is None or self.window.controller.session is None:
            raise SelfTestError("The window did not open the case.")
        return self.window.controller

    def _until_saved(self) -> None:
        """Wait until everything is on disk; a failure to save is said at once."""
        states: list[tuple[str, str]] = []
        controller = self.window.controller
        controller.saved.connect(lambda state, sentence: states.append((state, sentence)))
        self.until(lambda: not controller.saving or any(s == "failed" for s, _ in states), "The saved file")
        self._expect(not any(s == "failed" for s, _ in states), "; ".join(t for s, t in states if s == "failed"))

    @staticmethod
    def _expect(holds: bool, otherwise: str) -> None:
        if not holds:
            raise SelfTestError(otherwise)
