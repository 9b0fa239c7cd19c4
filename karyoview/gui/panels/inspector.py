"""The inspector: the palette of classes with their counts per Denver group, and the selected chromosome."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.chromosome import CLASSES, DENVER_GROUPS, GROUP_COLOURS, X_INDEX, Y_INDEX, group_members
from karyoview.gui.colours import AMBER_DOUBT, RED_DOUBT, ink_on
from karyoview.gui.messages import doubt_text
from karyoview.review.doubt import Doubt, Level
from karyoview.review.summary import group_counts


class ClassButton(QToolButton):
    """One class of the palette: its name, its number in this cell, a frame when the number is odd."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index
        self._number: int | None = -1
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(46)
        self.setAccessibleName(self.tr("Class {0}").format(CLASSES[index].label))
        self.show_number(None)

    def show_number(self, number: int | None) -> None:
        """Show how many there are; None shows none."""
        if number == self._number:
            return
        self._number = number
        item = CLASSES[self.index]
        colour = GROUP_COLOURS[item.group]
        self.setText(item.label if number is None else f"{item.label}  {number}")
        odd = number is not None and number != 2 and self.index < X_INDEX
        border = f"2px solid {RED_DOUBT if number and number > 2 else AMBER_DOUBT}" if odd else "1px solid palette(mid)"
        weight = 700 if odd else 400
        self.setStyleSheet(
            f"QToolButton {{ border: {border}; border-left: 5px solid {colour}; padding: 3px 4px; }}"
            f"QToolButton {{ font-weight: {weight}; }}"
            f"QToolButton:hover {{ background: {colour}; color: {ink_on(QColor(colour)).name()}; }}"
        )
        self.setToolTip(self.tr("Give class {0} to the selection: type {0}").format(item.label))


class Inspector(QWidget):
    """What the cell holds, the selected chromosome, and the open doubts."""

    class_chosen = Signal(int)
    doubt_chosen = Signal(object)
    accept_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[int, ClassButton] = {}
        self.group_labels: dict[str, QLabel] = {}
        palette = QGridLayout()
        palette.setSpacing(4)
        row = 0
        for group in DENVER_GROUPS:
            label = QLabel(group)
            label.setMinimumWidth(38)
            self.group_labels[group] = label
            palette.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            for k, item in enumerate(group_members(group)):
                button = ClassButton(item.index)
                button.clicked.connect(lambda _=False, i=item.index: self.class_chosen.emit(i))
                self.buttons[item.index] = button
                palette.addWidget(button, row + k // 4, 1 + k % 4)
            row += (len(group_members(group)) + 3) // 4
        self.title = QLabel(self.tr("Nothing selected"))
        self.title.setStyleSheet("font-weight: 600;")
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.accept = QPushButton(self.tr("Accept (G)"))
        self.accept.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.accept.clicked.connect(self.accept_clicked)
        self.accept.hide()
        self.doubts = QListWidget()
        self.doubts.setObjectName("doubts")
        self.doubts.setAccessibleName(self.tr("Open doubts"))
        self.doubts.setWordWrap(True)
        self.doubts.setMinimumHeight(90)
        self.doubts.itemClicked.connect(lambda i: self.doubt_chosen.emit(i.data(Qt.ItemDataRole.UserRole)))
        self.doubts.itemActivated.connect(lambda i: self.doubt_chosen.emit(i.data(Qt.ItemDataRole.UserRole)))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(palette)
        chosen = QGroupBox(self.tr("Chromosome"))
        inner = QVBoxLayout(chosen)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.accept)
        inner.addLayout(head)
        inner.addWidget(self.facts)
        column.addWidget(chosen)
        self.doubt_title = QLabel(self.tr("No open doubts"))
        column.addWidget(self.doubt_title)
        column.addWidget(self.doubts, 1)

    def show_counts(self, annotation: ImageAnnotation | None, sex_withheld: bool) -> None:
        """Numbers per class and group; None hides them (blind count)."""
        if annotation is None:
            for button in self.buttons.values():
                button.show_number(None)
            for group, label in self.group_labels.items():
                label.setText(group)
            return
        for group, (number, members) in group_counts(annotation).items():
            self.group_labels[group].setText(f"<b>{group}</b> {number}")
            for item, count in zip(group_members(group), members, strict=True):
                # A cell that is only counted has no classes, and no odd ones.
                hidden = (sex_withheld and item.index in (X_INDEX, Y_INDEX)) or not annotation.chromosomes
                self.buttons[item.index].show_number(None if hidden else count)
        if sex_withheld:
            for group in ("C", "G"):
                self.group_labels[group].setText(f"<b>{group}</b>")

    def show_selection(
        self,
        items: tuple[Chromosome, ...],
        worst: dict[str, Doubt],
        names: dict[int, str],
        mirrored: frozenset[str] = frozenset(),
    ) -> None:
        """The selected chromosome, or how many are selected; ``names`` are class names as they may be shown.

        ``mirrored`` are the ids of chromosomes that the karyogram shows as mirror images.
        """
        self.accept.setText(self.tr("Accept (G)"))
        self.accept.setVisible(any(not c.is_human or c.id in worst for c in items))
        if len(items) != 1:
            none = self.tr("Nothing selected")
            self.title.setText(self.tr("{0} selected").format(len(items)) if items else none)
            self.facts.setText(
                "" if items else self.tr("Click a chromosome, or press Space for the next doubtful one.")
            )
            return
        item = items[0]
        name = self.tr("no class") if item.label is None else names[item.label]
        self.title.setText(self.tr("Class {0}").format(name) if item.label is not None else name.capitalize())
        lines = self._facts(item, worst.get(item.id), names)
        if item.id in mirrored:
            lines.insert(0, self.tr("⇋ shown as a mirror image in the karyogram"))
        self.facts.setText("\n".join(lines))

    def show_of_cell(self, doubt: Doubt) -> None:
        """A doubt about the whole cell, and the button that answers it."""
        self.title.setText(self.tr("The cell"))
        self.facts.setText(f"? {doubt_text(doubt)}")
        self.accept.setText(self.tr("It is so (G)"))
        self.accept.show()

    def show_doubts(self, found: list[Doubt], names: dict[str, str]) -> None:
        """The open doubts, the most urgent first; ``names`` are the labels of chromosomes by id."""
        self.doubts.clear()
        for doubt in found:
            who = names.get(doubt.chromosome, "")
            item = QListWidgetItem(
                f"{'‼' if doubt.level is Level.RED else '?'} {who + ': ' if who else ''}{doubt_text(doubt)}"
            )
            item.setData(Qt.ItemDataRole.UserRole, doubt)
            self.doubts.addItem(item)
        one, several = self.tr("1 open doubt (Space)"), self.tr("{0} open doubts (Space: next)").format(len(found))
        many = one if len(found) == 1 else several
        self.doubt_title.setText(many if found else self.tr("No open doubts"))

    def _facts(self, item: Chromosome, doubt: Doubt | None, names: dict[int, str]) -> list[str]:
        proposal = item if isinstance(item, PredictedChromosome) else getattr(item, "proposal", None)
        lines = []
        if isinstance(item, ReviewedChromosome):
            by = item.label_by if item.label_by and item.label_by.kind == "person" else item.box_by
            checked = self.tr("checked by a person")
            if not item.looked_at:
                checked = self.tr("taken over with others, not looked at alone")
            lines.append(self.tr("by {0}").format(by.name) if by.kind == "person" and by.name else checked)
            if item.uncertain:
                lines.append(self.tr("marked as uncertain"))
        if proposal is not None:
            lines.append(self.tr("proposed by {0}, score {1:.2f}").format(proposal.box_by.name, proposal.score))
            if proposal.raw_label is not None and proposal.raw_label != proposal.label:
                lines.append(self.tr("the network's own class: {0}").format(names[proposal.raw_label]))
            best = sorted(range(len(proposal.probabilities)), key=lambda k: -proposal.probabilities[k])[:3]
            if best:
                lines.append("  ".join(f"{names[k]} {proposal.probabilities[k]:.0%}" for k in best))
        box = item.box
        lines.append(self.tr("{0:.0f} × {1:.0f} px").format(box.w, box.h))
        if box.is_rotated:
            lines[-1] += self.tr(", turned {0:.1f}°").format(box.angle * 57.29577951308232)
        if doubt is not None:
            lines.append(f"? {doubt_text(doubt)}")
        return lines
