"""Train, watch, compare, activate, roll back: the learning loop on one page.

The training is a process of its own; looking through cases and comparing engines run in a thread of the
page, so that the window stays smooth. Runs are found by their folders, also those of an earlier start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import CancelToken
from karyoview.detectors.registry import ENGINES, available_engines
from karyoview.gui.accounts.credentials_dialog import CredentialsDialog
from karyoview.gui.choices import choice_box
from karyoview.gui.dialogs.confirm import confirm
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.main_thread import MainThread
from karyoview.gui.screen_fit import fit_size
from karyoview.gui.training.cases_box import CasesBox
from karyoview.gui.training.comparison import ComparisonView
from karyoview.gui.training.curves import Curves
from karyoview.gui.training.validation import Validation
from karyoview.services.authority import Credentials, users_if_any
from karyoview.services.jobs import SerialWorker, user_message
from karyoview.services.training import LIVE, RunStatus, TrainingPlan, TrainingRun, list_runs, survey
from karyoview.services.training_cases import allow_training
from karyoview.services.verdicts import Verdict, keep_verdict, kept_verdict, names_of
from karyoview.services.weights import WeightsRepository, compare

REFRESH_MS = 500


def run_title(run: TrainingRun) -> str:
    """A run for a person: when it began, which engine, and what it takes on the disk."""
    size = run.size()
    disk = f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{max(size // 1000, 1)} kB"
    return f"{_began(run.folder.name)}  {run.plan.engine}  {disk}"


def _began(name: str) -> str:
    """When a run began by its folder, ``2026-01-02-030405-ab``: its day and minute; another name as it is."""
    try:
        return f"{datetime.strptime(name[:17], '%Y-%m-%d-%H%M%S'):%Y-%m-%d %H:%M}"
    except ValueError:
        return name


class TrainingPage(QWidget):
    """A window of its own; ``weights_changed`` tells that another engine is active from now on."""

    weights_changed = Signal(str)

    def __init__(
        self, cases: Sequence[Path] = (), person: str = "", parent: QWidget | None = None,
        allow: Callable[[Path, str], None] = allow_training,
    ) -> None:  # fmt: skip
        """``allow`` lets a case train engines; the window does it for the case that it has open itself."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Training"))
        add_help(self, "training")
        self.setObjectName("training-page")
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, parent is not None)
        fit_size(self, 1200, 780)
        self._main_thread, self._worker = MainThread(self), SerialWorker("training page")
        self.box = CasesBox(self._worker, self._main_thread, person, allow)
        self._repository = WeightsRepository(user=person)
        self._run: TrainingRun | None = None
        self._status: RunStatus | None = None
        self._comparing: CancelToken | None = None
        self._busy, self._last_sentence = False, ""
        self._build()
        for case in cases:
            self.box.add_case(case)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(REFRESH_MS)
        self.fill_engines()
        self.fill_runs()
        self.box.check()

    # Building

    def _build(self) -> None:
        self.engine, self.runs = QComboBox(), QComboBox()
        self.device = choice_box(("auto", "cpu", "cuda"), "auto")
        self.minutes = QDoubleSpinBox()
        self.minutes.setRange(0.5, 1440)
        self.minutes.setDecimals(1)
        self.minutes.setValue(20)
        self.minutes.setSuffix(self.tr(" minutes"))
        self.budget, self.epochs = QComboBox(), QDoubleSpinBox()
        self.budget.addItems([self.tr("Minutes"), self.tr("Passes over the cells")])
        self.epochs.setRange(1, 1000)
        self.epochs.setDecimals(0)
        self.epochs.setValue(30)
        self.epochs.hide()
        self.cases, self.inspect = self.box.list, QPushButton(self.tr("Look through"))
        self.data = QPlainTextEdit()
        self.data.setReadOnly(True)
        self.data.setAccessibleName(self.tr("What the cases hold"))
        self.data.setPlaceholderText(self.tr("“Look through” shows what training would use, and what is wrong."))
        self.start = QPushButton(self.tr("Start training"))
        self.start.setProperty("primary", True)
        for box, name in ((self.engine, "Engine"), (self.device, "Device"), (self.runs, "Run")):
            box.setAccessibleName(self.tr(name))
        form = QFormLayout()
        form.addRow(self.tr("Engine"), self.engine)
        form.addRow(self.tr("Device"), self.device)
        form.addRow(self.tr("Budget"), self.budget)
        form.addRow("", self.minutes)
        form.addRow("", self.epochs)
        form.addRow(self.tr("Held back"), self.box.share)
        form.setRowVisible(self.epochs, False)
        self._form = form
        left = QWidget()
        column = QVBoxLayout(left)
        column.addLayout(form)
        column.addWidget(self.box, 2)
        column.addWidget(self.data, 1)
        column.addWidget(self.inspect)
        column.addWidget(self.start)
        whole = QSplitter()
        whole.addWidget(left)
        whole.addWidget(self._build_right())
        whole.setStretchFactor(1, 1)
        whole.setSizes([340, 860])
        row = QVBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.addWidget(whole)
        self._wire()

    def _build_right(self) -> QWidget:
        self.pause, self.cancel = QPushButton(self.tr("Pause")), QPushButton(self.tr("Cancel"))
        self.resume, self.compare = QPushButton(self.tr("Go on")), QPushButton(self.tr("Compare"))
        self.bar, self.state = QProgressBar(), QLabel()
        self.state.setWordWrap(True)
        self.curves, self.comparison = Curves(), ComparisonView()
        self.activate, self.roll_back_button = QPushButton(self.tr("Activate")), QPushButton(self.tr("Roll back"))
        self.active = QLabel()
        self.active.setProperty("muted", True)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.curves, self.tr("Progress"))
        self.tabs.addTab(self.comparison, self.tr("Comparison"))
        self.validation = Validation(self.box.chosen, self._work, self._main_thread)
        self.tabs.addTab(self.validation, self.tr("Validation"))
        head = QHBoxLayout()
        head.addWidget(QLabel(self.tr("Run")))
        head.addWidget(self.runs, 1)
        self.delete = QPushButton(self.tr("Delete…"))
        self.delete.setToolTip(self.tr("Remove the chosen run from the disk; active weights stay."))
        for button in (self.pause, self.resume, self.cancel, self.compare, self.delete):
            head.addWidget(button)
        foot = QHBoxLayout()
        foot.addWidget(self.active, 1)
        foot.addWidget(self.roll_back_button)
        foot.addWidget(self.activate)
        right = QWidget()
        column = QVBoxLayout(right)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.state)
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)
        return right

    def _wire(self) -> None:
        self.budget.currentIndexChanged.connect(self._choose_budget)
        self.engine.currentIndexChanged.connect(self._show_active)
        self.box.problem.connect(self.state.setText)
        self.box.checked.connect(self.refresh)
        self.delete.clicked.connect(self._ask_delete)
        self.inspect.clicked.connect(self.look_through)
        self.start.clicked.connect(self.start_run)
        self.runs.activated.connect(lambda: self.show_run(self.runs.currentData()))
        self.pause.clicked.connect(lambda: self._steer("pause"))
        self.resume.clicked.connect(lambda: self._steer("go on"))
        self.cancel.clicked.connect(lambda: self._steer("cancel"))
        self.compare.clicked.connect(self.start_comparison)
        self.activate.clicked.connect(self.activate_new)
        self.roll_back_button.clicked.connect(self.roll_back)

    # What can be chosen

    def fill_engines(self) -> None:
        """The engines that can be trained further, as they are now."""
        chosen = self.engine.currentData()
        self.engine.clear()
        for info in available_engines():
            spec = ENGINES.get(info.card.get("engine", ""))
            if spec is not None and spec.trainable:
                self.engine.addItem(f"{info.title} ({info.name})", info.name)
        self.engine.setCurrentIndex(max(self.engine.findData(chosen), 0))
        if not self.engine.count():
            self.state.setText(self.tr("No engine on this machine can be trained further."))
        self._show_active()

    def fill_runs(self) -> None:
        """The runs there are, the newest first; one that is under way is shown."""
        found = list_runs()
        self.runs.clear()
        for run in found:
            self.runs.addItem(run_title(run), run)
        if found:
            live = next((r for r in found if r.status().state in LIVE), found[0])
            self.runs.setCurrentIndex(found.index(live))
            self.show_run(live)
        self.refresh()

    def add_case(self, folder: Path) -> None:
        """Put a case on the list, ticked."""
        self.box.add_case(folder)

    def _choose_budget(self, index: int) -> None:
        self._form.setRowVisible(self.minutes, index == 0)
        self._form.setRowVisible(self.epochs, index == 1)

    # What is done

    def look_through(self) -> None:
        """Show what training on the chosen cases would use, and their problems."""
        cases = [Path(c) for c in self.box.chosen()]
        share, kept = self.box.held_back, self.box.kept_back()
        if not cases:
            self.data.setPlainText(self.tr("Choose at least one case."))
            return
        self.data.setPlainText(self.tr("Looking through {0} cases…").format(len(cases)))
        self._work(lambda token: survey(cases, share, kept), self._show_survey, self.data.setPlainText)

    def start_run(self) -> None:
        """Train the chosen engine on the chosen cases."""
        by_time = self.budget.currentIndex() == 0
        plan = TrainingPlan(
            self.box.chosen(), self.engine.currentData() or "", device=self.device.currentData(),
            minutes=self.minutes.value() if by_time else None, epochs=None if by_time else self.epochs.value(),
            held_back=self.box.held_back, keep_back=self.box.kept_back(),
        )  # fmt: skip
        try:
            run = TrainingRun.start(plan)
        except KaryoViewError as error:
            self.state.setText(str(error))
            return
        self.runs.insertItem(0, run_title(run), run)
        self.runs.setCurrentIndex(0)
        self.show_run(run)

    def show_run(self, run: TrainingRun | None) -> None:
        """Watch this run from now on."""
        self._run, self._status, self._last_sentence = run, None, ""
        if run is not None:
            self._choose_engine(run.plan.engine)
        self.curves.show_run()
        self.comparison.show_outcome(None)
        self.tabs.setCurrentIndex(0)
        self.refresh()
        if run is not None:
            show = self._main_thread.wrap(self._show_kept)
            self._worker.submit(lambda token: show(run, kept_verdict(run.folder)))

    def refresh(self) -> None:
        """Show where the run stands."""
        now = self._run.status() if self._run is not None else None
        if now is not None:
            self.curves.update_with(now.losses, now.figures)
            self.bar.setRange(0, max(now.total, 1) if now.state != "starting" else 0)
            # A budget of minutes ends before the steps that were planned for it.
            self.bar.setValue(self.bar.maximum() if now.state == "done" else now.step)
            self._show_sentence(self._sentence(now))
        self._status = now
        state = now.state if now is not None else ""
        self.pause.setEnabled(state == "running")
        self.resume.setEnabled(state == "paused" or (now is not None and now.resumable))
        self.cancel.setEnabled(state in LIVE or self._comparing is not None)
        fatal = self.box.preconditions.fatal
        self.start.setEnabled(state not in LIVE and bool(self.engine.count()) and not fatal)
        self.start.setToolTip(fatal)
        self.delete.setEnabled(now is not None and state not in LIVE)
        self.compare.setEnabled(state == "done" and not self._busy)
        outcome = self.comparison.outcome
        self.activate.setEnabled(outcome is not None and outcome.offered and not self._busy)
        self.bar.setVisible(now is not None)

    def start_comparison(self) -> None:
        """Judge the new weights on the cells that were held back."""
        if self._run is None or self._status is None or self._status.weights is None:
            return
        weights, source = self._status.weights, self._run.folder / "set"
        folder, cases = self._run.folder, [Path(c) for c in self._run.plan.cases]
        tell = self._main_thread.wrap(self._show_comparing)
        device = self._run.plan.device

        def work(token: CancelToken) -> Verdict:
            outcome = compare(weights, [source], device=device, cancel=token, progress=tell)
            return keep_verdict(folder, outcome, names_of(cases, outcome.judged))

        self.state.setText(self.tr("The engines are loading…"))
        self._comparing = self._work(work, self._show_outcome, self.state.setText)
        self.refresh()

    def activate_new(self) -> None:
        """Make the new engine the active one."""
        outcome = self.comparison.outcome
        if outcome is not None:
            done = self.tr("{0} is active from now on; “Roll back” takes it back.").format(outcome.new)

            def act(who: Credentials | None) -> None:
                self._repository.activate(outcome, who=who)
                self.comparison.show_outcome(None)

            self._change(act, done, outcome.new, self.tr("Activate {0}").format(outcome.new))

    def roll_back(self) -> None:
        """Make the engine active that was so before."""
        name = self.engine.currentData() or ""
        done = self.tr("{0} is again as it was before.").format(name)
        title = self.tr("Roll {0} back").format(name)
        self._change(lambda who: self._repository.roll_back(name, who=who), done, name, title)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A training goes on without the page; a comparison ends."""
        self._timer.stop()
        self._main_thread.close()
        self._worker.close(wait=3.0)
        super().closeEvent(event)

    # Helpers

    def _steer(self, command: str) -> None:
        if command == "cancel" and self._comparing is not None:
            self._comparing.cancel()
            self._comparing, self._busy = None, False
            self.state.setText(self.tr("The comparison was cancelled."))
        elif self._run is not None:
            paused = self._status is not None and self._status.state == "paused"
            steps: dict[str, Callable[[], None]] = {
                "pause": self._run.pause, "cancel": self._run.cancel,
                "go on": self._run.go_on if paused else self._run.resume,
            }  # fmt: skip
            try:
                steps[command]()
            except KaryoViewError as error:
                self.state.setText(str(error))
                return
        self.refresh()

    def _work(
        self, job: Callable[[CancelToken], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> CancelToken:
        """Do a job beside the window; its outcome or a sentence comes back here."""
        self._busy = True
        finish, fail = self._main_thread.wrap(self._finished), self._main_thread.wrap(self._finished)

        def run(token: CancelToken) -> None:
            try:
                result = job(token)
            except Exception as error:
                if not token.cancelled:
                    fail(token, failed, user_message(error))
                return
            if not token.cancelled:
                finish(token, done, result)

        return self._worker.submit(run)

    def _finished(self, token: CancelToken, show: Callable[[Any], None], result: Any) -> None:
        self._busy = False
        if self._comparing is token:
            self._comparing = None
        show(result)
        self.refresh()

    def _show_sentence(self, sentence: str) -> None:
        """Show how the run stands when that changed; what was said about something else stays until then."""
        if sentence != self._last_sentence:
            self._last_sentence = sentence
            self.state.setText(sentence)

    def _change(self, step: Callable[[Credentials | None], object], done: str, name: str, title: str) -> None:
        """Change the active weights; where people are entered, an approver does it with their passphrase."""

        def act(who: Credentials | None, reason: str = "") -> None:
            step(who)
            self.fill_engines()
            self._choose_engine(name)
            self.validation.fill_engines()
            self.refresh()
            self.state.setText(done)
            self.weights_changed.emit(name)

        try:
            people = users_if_any()
            if people is None or not people.all():
                act(None)
                return
        except KaryoViewError as error:
            self.state.setText(str(error))
            return
        text = self.tr("All reviews from now on begin with these weights: an approver answers for it.")
        dialog = CredentialsDialog(title, text, act, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _choose_engine(self, name: str) -> None:
        """Turn to an engine, so that what is said of active weights and what “Roll back” does is about it."""
        if (place := self.engine.findData(name)) >= 0:
            self.engine.setCurrentIndex(place)

    def _show_survey(self, manifest: dict[str, Any]) -> None:
        facts = manifest["statistics"]
        lines = [
            self.tr("{0} cells of {1} cases, {2} held back to compare").format(
                facts["cells"], facts["cases"], facts["held_back"]
            ),
            self.tr("{0} chromosomes, {1} corrected or drawn").format(facts["chromosomes"], facts["corrected"]),
        ]
        for problem in manifest["problems"]:
            left_out = self.tr(" (left out)") if problem["skipped"] else ""
            lines.append(f"• {problem['where']}: {problem['text']}{left_out}")
        self.data.setPlainText("\n".join(lines))

    def _show_comparing(self, done: int, total: int, what: str) -> None:
        if self._comparing is not None:
            self.state.setText(self.tr("Comparing: {0} of {1} cells").format(done, total))

    def _show_kept(self, run: TrainingRun, verdict: Verdict | None) -> None:
        """The verdict of an earlier comparison of this run, where there is one."""
        if verdict is not None and run is self._run and self.comparison.outcome is None:
            self.comparison.show_outcome(verdict.outcome, verdict.names, verdict.time)
            self.refresh()

    def _ask_delete(self) -> None:
        if (run := self._run) is not None:
            text = self.tr("Delete the run {0} from the disk?").format(run_title(run))
            confirm(self, "run-deleted", text, self.tr("&Delete"), lambda: self._delete(run))

    def _delete(self, run: TrainingRun) -> None:
        try:
            run.delete()
        except KaryoViewError as error:
            self.state.setText(str(error))
            return
        self.show_run(None)
        self.state.setText("")
        self.fill_runs()

    def _show_outcome(self, verdict: Verdict) -> None:
        self.comparison.show_outcome(verdict.outcome, verdict.names, verdict.time)
        self.tabs.setCurrentIndex(1)
        self.state.setText(self.tr("The comparison is done."))

    def _show_active(self) -> None:
        name = self.engine.currentData() or ""
        try:
            active = self._repository.active(name)[:12] if name else ""
            earlier = self._repository.earlier(name)
        except KaryoViewError as error:
            self.active.setText(str(error))
            return
        text = self.tr("Active weights of {0}: {1}").format(name, active) if name else ""
        if name and (change := self._repository.last_change(name)):
            time = str(change["time"])[:16].replace("T", " ")
            text += self.tr(", since {0} UTC by {1}").format(time, change["user"] or "–")
        self.active.setText(text)
        self.roll_back_button.setEnabled(bool(earlier))

    def _sentence(self, now: RunStatus) -> str:
        words = {
            "starting": self.tr("The training starts…"), "running": self.tr("Training"),
            "paused": self.tr("Paused; nothing is lost."), "done": self.tr("Done. Compare before it is used."),
            "cancelled": self.tr("Cancelled; it can go on from its last checkpoint."),
            "failed": self.tr("Stopped."), "interrupted": "",
        }  # fmt: skip
        text = words[now.state]
        if now.state == "running":
            text += self.tr(": step {0} of {1}").format(now.step, now.total)
            if now.seconds_left is not None:
                text += self.tr(", about {0} left").format(self._duration(now.seconds_left))
        return f"{text} {now.sentence}".strip()

    def _duration(self, seconds: float) -> str:
        if seconds >= 120:
            return self.tr("{0:.0f} minutes").format(seconds / 60)
        return self.tr("{0:.0f} seconds").format(seconds)
