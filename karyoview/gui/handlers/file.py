"""The menu File."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.gui.background import Background
from karyoview.gui.dialogs.unsaved import go_on_saved
from karyoview.gui.handlers.base import HandlerGroup, translate
from karyoview.services.samples import prepare_sample

if TYPE_CHECKING:
    # The formats are loaded when somebody exports, not before the window is up.
    from karyoview.case.case import Case
    from karyoview.case.forks import Fork
    from karyoview.services.export import ExportOptions


@dataclass(eq=False)
class FileHandlers(HandlerGroup):
    """Cases, and dialogs about the whole case; ``settings_accepted`` shows everything anew."""

    parent: QWidget
    background: Background
    settings_accepted: Callable[[], None]
    _note: tuple[Path, str] = field(default=(Path(), ""), init=False)

    def open(self) -> None:
        title = translate("Handlers", "Open a folder of metaphase images")
        folder = QFileDialog.getExistingDirectory(self.parent, title)
        if folder:
            self.open_case(Path(folder))

    def open_case(self, folder: Path) -> None:
        """Open a folder of images, or the folder an image lies in."""
        go_on_saved(self.parent, self.controller, lambda: self._open_case(folder))

    def _open_case(self, folder: Path) -> None:
        self.notifier.show(translate("Handlers", "Opening {0}…").format(folder))
        self.controller.open(folder.parent if folder.is_file() else folder)

    def worklist(self) -> None:
        """The list of cases beside the window; one that is open comes to the front."""
        from karyoview.gui.worklist.dialog import WorklistDialog

        dialog = self.parent.findChild(WorklistDialog)
        if dialog is None:
            dialog = WorklistDialog(
                self.background, lambda: self.controller.person, self._change_entry, self.parent
            )  # fmt: skip
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.case_chosen.connect(lambda folder: self.open_case(Path(folder)))
            dialog.case_chosen.connect(lambda folder: self.parent.activateWindow())
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _change_entry(self, folder: Path, code: str, priority: str, person: str) -> None:
        from karyoview.case.worklist import set_entry
        from karyoview.services.worklist import change_entry, note_case

        case = self.controller.case
        if case is not None and case.folder == folder:
            set_entry(case, code, priority, person)
            note_case(case)
            self.controller.settings_changed.emit()
        else:
            change_entry(folder, self.controller.person, code, priority, person)

    def sample(self) -> None:
        self.open_sample("")

    def open_sample(self, name: str) -> None:
        """A sample case by name, the first by default: a copy in the user's workspace, with proposals on its cells."""
        self.notifier.show(translate("Handlers", "The sample case is being prepared…"))

        def work() -> tuple[Path | None, str]:
            try:
                return prepare_sample(name)
            except (KaryoViewError, OSError) as error:
                return None, str(error)

        def done(result: tuple[Path | None, str]) -> None:
            folder, proposals = result
            if folder is None:
                self.notifier.show_error(proposals)
                return
            note = translate("Handlers", "A copy of the sample case; its boxes are {0}.").format(proposals)
            self._note = (folder, note if proposals else "")
            self.open_case(folder)

        self.background.run(work, done)

    def take_note(self, folder: Path) -> str:
        """What is to be said of a case that was just opened, once."""
        (about, note), self._note = self._note, (Path(), "")
        return note if about == folder else ""

    def look_for_copy(self) -> None:
        """Ask what is to stand where the folder and its copy in the workspace both went on."""
        case = self.controller.case
        if case is None or case.read_only or not case.begun or case.store.parent != case.folder:
            return  # what is worked on may be the copy itself
        from karyoview.case.forks import find_fork

        def done(fork: Fork | None) -> None:
            if fork is not None and not fork.follows and case is self.controller.case:
                self._ask_to_join(case, fork)

        self.background.run(lambda: find_fork(case.folder), done, self.notifier.show)

    def _ask_to_join(self, case: Case, fork: Fork) -> None:
        from karyoview.case.joining import both_sides
        from karyoview.gui.dialogs.join import JoinDialog, Sides
        from karyoview.io.images import read_image

        def sides(file: str) -> Sides | None:
            here, there = both_sides(case, fork, file)
            if self.blind.hides(here.image):
                return None
            cell = next(c for c in case.cells if c.image == here.image)
            try:
                image = read_image(cell.path, page=cell.page)
            except (KaryoViewError, OSError):
                image = None
            return image, here, there

        dialog = JoinDialog(fork, sides, self.background, self.parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.join_requested.connect(lambda take: self._join_copies(case, take))
        dialog.open()

    def _join_copies(self, case: Case, take: list[str]) -> None:
        """Join as a person said, with every edit of this window on the disk before, and show the case anew."""
        from karyoview.case.forks import find_fork
        from karyoview.case.joining import join

        def work() -> tuple[str, bool]:
            try:
                fork = find_fork(case.folder)
                return ("", True) if fork is None else (join(case, fork, take), True)
            except (KaryoViewError, OSError) as error:
                return str(error), False

        def done(answer: tuple[str, bool]) -> None:
            sentence, joined = answer
            if not joined:
                self.notifier.show_error(sentence)
            elif case is self.controller.case:
                self._note = (case.folder, sentence)
                self._open_case(case.folder)

        if not self.controller.all_saved(3.0):
            self.notifier.show_error(
                translate("Handlers", "Nothing was joined: the last edits here are not on the disk yet.")
            )
            return
        self.background.run(work, done)

    def close_case(self) -> None:
        go_on_saved(self.parent, self.controller, self._close_case)

    def _close_case(self) -> None:
        self.controller.close_case()

    def save_now(self) -> None:
        self.controller.save_again()

    def export(self) -> None:
        case = self.controller.case
        if case is not None:
            from karyoview.gui.dialogs.export import ExportDialog

            dialog = ExportDialog(self._annotations, case.store / "export", self.parent)
            dialog.export_requested.connect(self._export)
            dialog.open()

    def case_settings(self) -> None:
        if self.controller.case is not None:
            from karyoview.gui.dialogs.case_settings import CaseDialog

            dialog = CaseDialog(self.controller.case, self.parent)
            dialog.accepted.connect(self.settings_accepted)
            dialog.open()

    def summary(self) -> None:
        if self.controller.session is not None:
            from karyoview.gui.dialogs.summary import SummaryDialog

            annotations = list(self._annotations().values())
            hidden = {a.image for a in annotations if self.blind.hides(a.image)}
            SummaryDialog(annotations, hidden, self.controller.sex_withheld, self.parent).open()

    def settings(self) -> None:
        from karyoview.gui.dialogs.preferences import PreferencesDialog

        PreferencesDialog(self.controller.settings, self.parent).open()

    def quit(self) -> None:
        self.parent.close()

    def _annotations(self) -> dict[str, ImageAnnotation]:
        session = self.controller.session
        return {i: session.annotation(i) for i in session.images} if session is not None else {}

    def _export(self, options: ExportOptions, annotations: dict[str, ImageAnnotation], target: Path) -> None:
        from karyoview.io.formats import Remarks
        from karyoview.services.export import export_case

        case = self.controller.case
        assert case is not None
        progress = translate("Handlers", "Exporting {0}/{1}: {2}")
        show = self.background.main_thread.wrap(self.notifier.show)
        done = translate("Handlers", "{0} files written to {1}")
        remarks = Remarks()
        missing = translate("Handlers", "{0} files written to {1}. Left out: {2}")

        def tell(files: list[Path]) -> None:
            text = missing if remarks.left_out else done
            rest = " ".join(remarks.left_out[:5]) + (" …" if len(remarks.left_out) > 5 else "")
            self.notifier.show(text.format(len(files), target, rest))

        self.background.run(
            lambda: export_case(
                case,
                annotations,
                options,
                target,
                lambda i, n, name: show(progress.format(i + 1, n, name)),
                remarks=remarks,
            ),
            tell,
        )
