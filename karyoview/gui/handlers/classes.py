"""Classes from keys and palette, for what is selected or was selected when they were typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from karyoview.gui.dialogs.confirm import confirm
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.messages import class_names
from karyoview.gui.pending_input import Target
from karyoview.review.doubt import keys_of
from karyoview.review.edits import MANY
from karyoview.review.navigation import DoubtWalk


@dataclass(eq=False)
class ClassHandlers(HandlerGroup):
    """Gives classes; no action of a menu leads here, but digits, X, Y and the palette."""

    parent: QWidget
    doubts: DoubtCache
    walk: DoubtWalk
    next_doubt: Callable[[], None]

    @requires_cell
    def give_class(self, label: int | None) -> None:
        """A class from key or palette for the selection; on a doubtful chromosome it goes on to the next."""
        chosen = self.selected()
        if not chosen:
            self._ask_for_selection()
            return
        if len(chosen) > MANY:
            self._ask_about_class(self.target(), label)
            return
        self.session.relabel(chosen, label, answers=self._confirmed(self.session.current, chosen, label))
        if self.walk.is_at(chosen) and self.controller.settings["auto_advance"] and label is not None:
            self.next_doubt()

    def target(self) -> Target:
        """What a class that is typed now is meant for."""
        session = self.controller.session
        return Target(session.current, tuple(self.selected())) if session is not None else Target()

    @requires_cell
    def give_class_to(self, target: Target, label: int | None) -> None:
        """A class for what was selected when it was typed, though something else may be by now."""
        if target == self.target():
            self.give_class(label)
            return
        present = {c.id for c in self.session.annotation(target.image).chromosomes} if target.image else set()
        ids = [i for i in target.chromosomes if i in present]
        if len(ids) > MANY:
            self._ask_about_class(target, label)
        elif ids:
            self.session.relabel(ids, label, target.image, self._confirmed(target.image, ids, label))
            text = translate("Handlers", "Class {0} given to what was selected when it was typed.")
            self.notifier.show(text.format(self._class_name(label)))
        elif target.chromosomes:
            self.notifier.show(translate("Handlers", "The chromosome for which a class was typed is gone."))
        else:
            self._ask_for_selection()

    def _confirmed(self, image: str, ids: list[str], label: int | None) -> list[str]:
        """The doubts that are answered by typing the class that a chromosome has already."""
        same = [c.id for c in self.session.annotation(image).chromosomes if c.id in ids and c.label == label]
        return keys_of(self.doubts.of(image), same) if label is not None else []

    def _ask_about_class(self, target: Target, label: int | None) -> None:
        """A class for many at once is asked about; whoever answers gives it to what was selected then."""
        session = self.session
        number, name = len(target.chromosomes), self._class_name(label)

        def give() -> None:
            if self.controller.session is session:
                session.relabel(target.chromosomes, label, target.image)

        if label is None:
            text = translate("Handlers", "Take the class from {0} chromosomes?").format(number)
        else:
            text = translate("Handlers", "Give class {0} to {1} chromosomes?").format(name, number)
        confirm(self.parent, "many-classes", text, translate("Handlers", "&Give it"), give)

    def _class_name(self, label: int | None) -> str:
        return class_names(self.controller.sex_withheld)[label] if label is not None else "–"

    def _ask_for_selection(self) -> None:
        text = translate("Handlers", "Select a chromosome first: click it, press Tab, or Space for the next doubt.")
        self.notifier.show(text)
