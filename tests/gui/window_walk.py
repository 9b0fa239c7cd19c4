"""The windows of the program with something in each, opened one after the other; :mod:`every_window` runs it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import argon2
import test_teaching_page
import test_training_page
from people_samples import sign_all_the_same
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QTabWidget, QWidget
from window_faults import faults_of, off_screen

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case
from karyoview.case.forks import Fork, ForkSide
from karyoview.case.worklist import set_entry
from karyoview.core.annotation import ReviewState
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.detectors.registry import available_engines
from karyoview.gui.accounts import idle_lock
from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.io.database import open_engine
from karyoview.services import inference
from karyoview.services.archive_import import ArchiveProject
from karyoview.services.archive_pairs import match_archive
from karyoview.services.demo import copy_sample, prepare
from karyoview.services.inference import Progress
from karyoview.services.settings import Settings
from karyoview.services.worklist import add_to_worklist

PASSPHRASE = "a passphrase of several words"


class Walk:
    """Looks at windows: a picture and the faults of each."""

    def __init__(self, app: QApplication, target: Path) -> None:
        self.app, self.target = app, target
        self.kinds: set[str] = set()
        self.faults: list[str] = []

    def until(self, met: Callable[[], object], seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while not met():
            self.app.processEvents()
            time.sleep(0.004)
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
        self.settle()

    def settle(self, seconds: float = 0.12) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.004)

    def look(self, shown: QWidget, name: str, *, tab: bool = True, own: bool = True) -> None:
        """Take a picture of a window and write down what is wrong with it; one that is not our ``own`` is only seen."""
        self.settle()
        self.kinds.add(type(shown).__name__)
        whole = shown.grab()
        whole.save(str(self.target / f"{name}.png"))
        found = faults_of(shown, tab=tab) if own else off_screen(shown)
        self.faults += [f"{name}: {fault}" for fault in dict.fromkeys(found)]
        print(f"# {name}", file=sys.stderr, flush=True)

    def opened(
        self, act: Callable[[], object], name: str = "", *, close: bool = True, tab: bool = True, own: bool = True
    ) -> QWidget:
        """The window that an act opens, looked at; closed again unless more is to be done in it."""
        before = set(self.shown())
        act()
        self.until(lambda: set(self.shown()) - before)
        (found, *_) = set(self.shown()) - before
        found.activateWindow()
        if name:
            self.look(found, name, tab=tab, own=own)
        if close:
            self.close(found)
        return found

    def shown(self) -> list[QWidget]:
        kinds = (Qt.WindowType.Window, Qt.WindowType.Dialog)
        return [w for w in self.app.topLevelWidgets() if w.isVisible() and w.windowType() in kinds]

    def close(self, *windows: QWidget) -> None:
        for window in windows:
            window.close() if not isinstance(window, QMessageBox) else window.reject()
        self.settle(0.05)


class Prepared:
    """What stands in the windows: people, four cases in different states, and two engines that answer at once."""

    def __init__(self, own: Path) -> None:
        self.own = own
        self.people = Users(
            open_engine(os.environ["KARYOVIEW_INDEX"]), argon2.PasswordHasher(1, 64, 1)
        )  # fmt: skip
        self.people.create("mara", "Dr. Mara Lindqvist", Role.APPROVER, PASSPHRASE)
        self.people.create("jonas", "Jonas Hartmann-Oyelaran", Role.ANALYST, PASSPHRASE, by=self.approver())
        idle_lock.known_users = lambda: self.people
        cases = self.own / "Cases of November 2026"
        self.main = prepare(copy_sample(cases, "47XY+21")).folder
        self.signed = self._copy(cases / "26-11843 bone marrow")
        self.held = self._copy(cases / "26-11901")
        with Case.open(self.main, user="Dr. Mara Lindqvist") as case:
            set_entry(case, "P-26-0117", "urgent", "Dr. Mara Lindqvist")
            self.cells = {c.image: case.annotation(c.image) for c in case.cells}
        with Case.open(self.signed, user="Jonas Hartmann-Oyelaran") as case:
            set_entry(case, "P-26-0094", "normal", "Jonas Hartmann-Oyelaran")
            for image in [c.image for c in case.cells]:
                shown = case.annotation(image).next_revision(state=ReviewState.REVIEWED)
                case.save_annotation(shown, "review")
            sign_all_the_same(case, self.people, "jonas", PASSPHRASE, "analysed")
        self.other = Case.open(self.held, user="Ana Petrović")  # open elsewhere as long as the walk takes
        add_to_worklist(cases)
        self._prepare_training(self.own / "training")
        self.archive = self._prepare_archive(self.own / "Karyograms 1998–2024")
        inference.load_engine = self._load

    def approver(self) -> object:
        from karyoview.accounts.users import Credentials

        return Credentials("mara", PASSPHRASE)

    def _copy(self, folder: Path) -> Path:
        made = prepare(copy_sample(folder.parent / "copies", "47XY+21")).folder
        return made.rename(folder)

    def _prepare_training(self, root: Path) -> None:
        from karyoview.services.verdicts import keep_verdict

        old, new = (test_training_page.trained(f, v) for f, v in ((root / "old", 1.0), (root / "new", 2.0)))
        folder = test_training_page.write_run(self.own, alive=False, done=new)
        self.outcome = outcome = test_training_page.comparison(root, old, new, lost=1)
        self.names = names = {c.image: f"26-118{k}: metaphase {k}.tif" for k, c in enumerate(outcome.cells)}
        keep_verdict(folder, outcome, names)

    def _prepare_archive(self, folder: Path) -> Path:
        places = {n: test_teaching_page.draw_pair(folder / n, "c1", k) for k, n in enumerate(("P 1043", "P 1044"))}
        (folder / "P 1044" / "lone metaphase.png").write_bytes((folder / "P 1043" / "c1.A.png").read_bytes())
        project = ArchiveProject.of_archive(folder)
        for pair in match_archive(folder).pairs:
            project.save(test_teaching_page.placed(pair, places[pair.case]))
        return folder

    def _load(self, name: str, **options: object) -> object:
        info = next(e for e in available_engines() if e.name == name)
        cells, second = self.cells, name != available_engines()[0].name

        class Answers:
            def __init__(self) -> None:
                self.info = info

            def predict(self, images: list, cancel: object = None) -> list[Detections]:
                found = []
                for image in images:
                    items = [
                        Detection(c.box, 0.97 - 0.01 * (k % 40), c.label or 0, doubt=0.7 if k in (5, 11) else 0.02)
                        for k, c in enumerate(cells[image.name].chromosomes)
                        if not (second and k in (3, 9, 14))
                    ]
                    if second:
                        items[1] = replace(items[1], label=(items[1].label + 1) % 24)
                    source = Provenance(info.name, "0" * 64, image_sha256=image.sha256)
                    found.append(Detections(image.name, (image.height, image.width), tuple(items), source, 0.01, ""))
                return found

        return Answers()


class Windows:
    """The stations of the walk, a method each."""

    def __init__(self, walk: Walk, prepared: Prepared, theme: str) -> None:
        self.walk, self.prepared = walk, prepared
        settings = Settings(prepared.own / "settings.json")
        settings["theme"], settings["person"] = theme, "Dr. Mara Lindqvist"
        self.window = MainWindow(settings)
        self.window.show()
        self.window.activateWindow()
        self.menus = self.window.menus

    def act(self, name: str) -> Callable[[], None]:
        return self.menus.actions[name].trigger

    def welcome(self) -> None:
        walk = self.walk
        walk.look(self.window, "01 welcome")
        self.window.settings["recent"] = [str(self.prepared.main), str(self.prepared.signed)]
        self.window.welcome.show_recent(self.window.settings["recent"])
        walk.look(self.window, "02 welcome with cases")
        walk.opened(self.act("tour"), "03 eight keys")
        walk.opened(self.act("keys"), "04 keys")
        walk.opened(self.act("help"), "05 help")
        walk.opened(self.act("about"), "06 about")
        walk.opened(self.act("settings"), "07 preferences")
        worklist = walk.opened(self.act("worklist"), close=False)
        walk.until(lambda: worklist.table.rowCount() == 3)
        worklist.table.selectRow(0)
        walk.look(worklist, "08 worklist")
        worklist.shown.setCurrentIndex(worklist.shown.findData("approval"))
        walk.look(worklist, "09 approval queue")
        walk.opened(worklist.edit.click, "10 entry of the worklist")
        walk.close(worklist)

    def work(self) -> None:
        walk, window = self.walk, self.window
        window.open_case(self.prepared.main)
        walk.until(lambda: window.controller.session is not None and window.view.size_yx[0] > 0)
        walk.until(lambda: all(not r.thumb.isNull() for r in window.cells.model.rows))
        self.act("run")()
        walk.until(lambda: window.runner.last_run is not None)
        walk.settle(0.4)
        walk.look(window, "11 work", tab=False)
        self.act("next_doubt")()
        walk.look(window, "12 doubt", tab=False)
        window.engine.show_progress(Progress(2, 6, "c03.webp", 41.0))
        window.window_layout.docks["engine"].raise_()
        walk.look(window, "13 engine", tab=False)
        window.engine.show_nothing()
        self.act("compare")()
        walk.settle()
        if window.compare.run.isVisible():
            before = window.runner.last_run
            window.compare.run.click()
            walk.until(lambda: window.runner.last_run is not before)
        walk.look(window, "14 two engines", tab=False)
        self.act("compare")()
        self.act("adjust")()
        walk.look(window, "15 brightness", tab=False)
        self.act("adjust")()
        window.banner.offer(7, "KaryoView")
        window.lock_banner.show_reason("Ana Petrović has this case open on LAB-PC-07 since 09:12.", True)
        walk.look(window, "16 banners", tab=False)
        window.banner.hide()
        window.lock_banner.show_reason("")
        for name, menu in window.menus.menus.items():
            bar = window.menuBar()
            menu.popup(bar.mapToGlobal(bar.actionGeometry(menu.menuAction()).bottomLeft()))
            walk.look(menu, f"17 menu {name}", tab=False)
            menu.close()
        picker = next(e for e in window.runner.engines() if e.card.get("differs_from_the_paper"))
        window.engine.engine.setCurrentIndex(window.engine.engine.findData(picker.name))
        window.engine._chosen()
        walk.opened(window.engine.differences.click, "18 differences")
        window.engine.engine.setCurrentIndex(0)
        window.engine._chosen()

    def questions(self) -> None:
        walk, window = self.walk, self.window
        for number, name in enumerate(("case_settings", "cell_details", "summary", "export", "set_aside"), start=20):
            walk.opened(self.act(name), f"{number} {name.replace('_', ' ')}")
        window.view.setFocus()
        walk.opened(self.act("reviewed"), "25 open doubts")
        strips = walk.opened(self.act("strips"), close=False)
        walk.until(lambda: len(strips.cells) == len(window.controller.session.images))
        walk.look(strips, "26 one class")
        strips.whole.setChecked(True)
        walk.look(strips, "26 composite")
        walk.close(strips)
        gallery = walk.opened(self.act("gallery"), close=False)
        walk.until(lambda: not gallery.bar.isVisible())
        gallery.list.setCurrentRow(0)
        walk.look(gallery, "27 gallery")
        walk.close(gallery)
        self._join()
        from karyoview.gui.dialogs import unsaved

        class Full:
            unsaved = ("c01.webp", "c02.webp")

        walk.opened(lambda: unsaved.go_on_saved(window, Full(), lambda: None), "29 unsaved")

    def _join(self) -> None:
        from karyoview.gui.dialogs.join import JoinDialog
        from karyoview.io.images import read_image

        case = self.window.controller.case
        images = [c.image for c in case.cells][:3]
        sides = (ForkSide(12, "Ana Petrović", "2026-11-30T08:11:40+00:00", "edit", 46, 3), ForkSide(
            14, "Dr. Mara Lindqvist", "2026-11-30T09:54:02+00:00", "edit", 47, 4))  # fmt: skip
        files = {"case.json": sides, **{f"annotations/{i}.json": sides for i in images}}
        fork = Fork(case.folder, case.folder, 3, 9, 14, files)

        def read(file: str) -> tuple:
            image = Path(file).name.removesuffix(".json")
            annotation = case.annotation(image)
            cell = next(c for c in case.cells if c.image == image)
            return read_image(cell.path), annotation, annotation

        dialog = JoinDialog(fork, read, self.window.background, self.window)
        self.walk.opened(dialog.open, close=False)
        dialog.table.selectRow(1)
        self.walk.until(lambda: dialog.pictures[1].boxes)
        self.walk.look(dialog, "28 join")
        self.walk.close(dialog)

    def karyogram(self) -> None:
        walk, window = self.walk, self.window
        self.act("karyogram")()
        walk.until(lambda: window.karyogram.board is not None and window.karyogram.board.model is not None)
        board = window.karyogram.board
        walk.until(lambda: bool(board.model.cut_out) if hasattr(board.model, "cut_out") else True)
        walk.settle(2.5)
        walk.look(window, "30 karyogram", tab=False)
        first = window.controller.session.annotation().chromosomes
        board.select(first[0].id)
        self.act("close_up")()
        walk.look(window, "31 close-up", tab=False)
        walk.opened(board.edit_outline, close=False)
        outline = next(w for w in walk.shown() if type(w).__name__ == "OutlineDialog")
        outline.modes.button(2).setChecked(True)
        h, w = outline._crop.shape
        outline.stroke([QPointF(0, h / 2), QPointF(w, h / 2)], False)
        walk.look(outline, "32 outline")
        walk.close(outline)
        walk.opened(board.mirror_selected, "33 mirror")
        self.act("whole_board")()
        walk.settle(0.6)
        walk.look(window, "34 whole board", tab=False)
        self.act("invert_board")()
        walk.settle(0.5)
        walk.look(window, "35 inverted", tab=False)
        self.act("invert_board")()
        self.act("whole_board")()
        walk.opened(self.act("save_board"), "36 save the karyogram", own=False)
        walk.opened(self.act("print_board"), "37 print", tab=False)
        self.act("karyogram")()

    def results(self) -> None:
        walk, window, session = self.walk, self.window, self.window.controller.session
        window.settings["confirm_red"] = False
        for image in list(session.images)[:3]:
            session.go_to(image)
            walk.until(lambda image=image: window.images.get(image) is not None)
            session.set_state(image, ReviewState.REVIEWED, confirmed=window.doubts.of(image))
            self.act("mark_analysed")()
            self.act("mark_karyotyped")()
        tally = walk.opened(self.act("tally"), close=False)
        tally.propose.click()
        walk.look(tally, "40 tally")
        tally.explain.click()
        walk.look(tally, "41 tally explained")
        tally.karyotype.setText("47,XY,+21,del(5)(q13q33)")
        walk.look(tally, "42 tally, typed")
        tally.propose.click()
        tally.keep.click()
        walk.close(tally)
        report = walk.opened(self.act("report"), close=False)
        walk.until(lambda: report.save.isEnabled())
        walk.look(report, "43 report")
        report.user.setText("mara")
        report.passphrase.setText(PASSPHRASE)
        asked = walk.opened(report.sign.click, "44 sign all the same", close=False)
        walk.close(asked)
        walk.opened(report._amend, "45 credentials")
        walk.opened(report.paper.click, "46 print the report", tab=False)
        walk.close(report)

    def people(self) -> None:
        walk = self.walk
        people = walk.opened(self.act("users"), close=False)
        people.select("jonas")
        walk.look(people, "50 people who sign")
        for number, (button, name) in enumerate(
            (
                (people.add, "enter"), (people.passphrase, "passphrase of"), (people.role, "role of"),
                (people.account, "account of"),
            ),
            start=51,
        ):  # fmt: skip
            walk.opened(button.click, f"{number} {name} a person")
        walk.close(people)
        locked = walk.opened(self.act("lock"), "55 locked", close=False)
        locked.name.setText("mara")
        locked.passphrase.setText(PASSPHRASE)
        locked.try_to_unlock()
        walk.settle()

    def training(self) -> None:
        walk = self.walk
        page = walk.opened(self.act("training"), close=False)
        walk.until(lambda: page.comparison.outcome is not None)
        page.add_case(self.prepared.signed)
        walk.settle(0.5)
        walk.look(page, "60 training")
        for number, tab in enumerate(("comparison", "validation"), start=61):
            tabs: QTabWidget = page.tabs
            tabs.setCurrentIndex(number - 60)
            if number == 61:  # with the pictures, which the set of the run would give
                page.comparison.show_outcome(self.prepared.outcome, self.prepared.names, "2026-11-30T09:54:02")
            walk.look(page, f"{number} {tab}")
        asked = walk.opened(page.delete.click, "63 delete a run", close=False)
        walk.close(asked, page)
        teaching = walk.opened(self.act("teaching"), close=False)
        walk.look(teaching, "64 teaching, empty")
        teaching.first.show_archive(self.prepared.archive)
        walk.until(lambda: teaching.first.pairs.rowCount() == 2)
        teaching.first.consent.setChecked(True)
        walk.look(teaching, "65 teaching, archive")
        teaching.first.start.click()
        walk.until(lambda: teaching.stack.currentIndex() == 1 and len(teaching.second.metaphase._items) > 40)
        walk.look(teaching, "66 teaching, truth")
        teaching.second.take_in.click()
        walk.until(lambda: teaching.stack.currentIndex() == 2)
        walk.settle(0.5)
        walk.look(teaching, "67 teaching, training")
        walk.close(teaching)


def walk_through(target: Path, theme: str) -> tuple[list[str], set[str]]:
    """Take pictures of all windows into ``target``; → their faults, a sentence each, and the classes looked at."""
    app = QApplication(["karyoview"])
    use_shipped_font(app)
    apply_theme(app, theme, 10)
    walk = Walk(app, target)
    windows = Windows(walk, Prepared(target / "own"), theme)
    stations = (windows.welcome, windows.work, windows.questions, windows.karyogram, windows.results, windows.people,
                windows.training)  # fmt: skip
    for station in stations:
        station()
    windows.window.close()
    return walk.faults, walk.kinds
