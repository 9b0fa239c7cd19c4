"""Every action of the window and its keys, declared once: menus, shortcut sheet, editor and tests read this table.

A key of the scope ``window`` works everywhere in the window; ``canvas``, ``karyogram`` and ``list`` only
where the focus is. Digits, X and Y are classes, and no action may own them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class Act:
    """One action: ``text`` in menu and sheet, default ``keys`` in Qt's portable form, ``menu`` it stands in."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    menu: str = ""
    scope: str = "window"
    checkable: bool = False

    @property
    def title(self) -> str:
        """The text in the user's language, without the mnemonic."""
        return QCoreApplication.translate("Actions", self.text).replace("&", "")

    @property
    def tip(self) -> str:
        """More about it, where a title does not say enough."""
        return QCoreApplication.translate("Actions", TIPS[self.id]) if self.id in TIPS else ""


_T = QT_TRANSLATE_NOOP
MENUS: Final = (
    ("file", _T("Actions", "&File")),
    ("edit", _T("Actions", "&Edit")),
    ("chromosome", _T("Actions", "Ch&romosome")),
    ("cell", _T("Actions", "&Cell")),
    ("engine", _T("Actions", "En&gine")),
    ("karyotype", _T("Actions", "&Karyotype")),
    ("view", _T("Actions", "&View")),
    ("help", _T("Actions", "&Help")),
)
ACTIONS: Final = (
    Act("open", _T("Actions", "&Open a folder of images…"), ("Ctrl+O",), "file"),
    Act("sample", _T("Actions", "Open the &sample case"), (), "file"),
    Act("close_case", _T("Actions", "&Close the case"), ("Ctrl+W",), "file"),
    Act("save_now", _T("Actions", "Try &saving again"), ("Ctrl+S",), "file"),
    Act("export", _T("Actions", "&Export…"), ("Ctrl+E",), "file"),
    Act("case_settings", _T("Actions", "Case se&ttings…"), (), "file"),
    Act("summary", _T("Actions", "Case su&mmary…"), ("Ctrl+I",), "file"),
    Act("settings", _T("Actions", "&Preferences…"), ("Ctrl+,",), "file"),
    Act("quit", _T("Actions", "&Quit"), ("Ctrl+Q",), "file"),
    Act("undo", _T("Actions", "&Undo"), ("Ctrl+Z",), "edit"),
    Act("redo", _T("Actions", "&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "edit"),
    Act("delete", _T("Actions", "&Delete"), ("Del", "Backspace"), "edit"),
    Act("select", _T("Actions", "&Select"), ("V", "Esc"), "edit"),
    Act("box", _T("Actions", "&Horizontal box"), ("R",), "edit"),
    Act("rotated", _T("Actions", "R&otated box"), ("O",), "edit"),
    Act("new_box", _T("Actions", "&New box at the pointer"), ("N",), "edit"),
    Act("propose_here", _T("Actions", "&Propose a box at the pointer"), ("P",), "edit"),
    Act("count", _T("Actions", "&Count by clicks"), ("C",), "edit"),
    Act("split", _T("Actions", "Spl&it by a stroke"), ("S",), "edit"),
    Act("join", _T("Actions", "&Join boxes"), ("J",), "edit"),
    Act("accept", _T("Actions", "&Accept"), ("G",), "chromosome"),
    Act("uncertain", _T("Actions", "&Uncertain"), ("U",), "chromosome"),
    Act("turn", _T("Actions", "&Turn 180°"), ("W",), "chromosome"),
    Act("rotate_left", _T("Actions", "Rotate 5° &left"), ("Q",), "chromosome"),
    Act("rotate_right", _T("Actions", "Rotate 5° &right"), ("E",), "chromosome"),
    Act("rotate_left_fine", _T("Actions", "Rotate 0.5° left"), ("Shift+Q",), "chromosome"),
    Act("rotate_right_fine", _T("Actions", "Rotate 0.5° right"), ("Shift+E",), "chromosome"),
    Act("next_doubt", _T("Actions", "Next &doubtful chromosome"), ("Space",), "chromosome"),
    Act("previous_doubt", _T("Actions", "Previous doubtful chromosome"), ("Shift+Space",), "chromosome"),
    Act("cycle", _T("Actions", "Next chromosome"), ("Tab",), "chromosome", "canvas"),
    Act("cycle_back", _T("Actions", "Previous chromosome"), ("Shift+Tab", "Backtab"), "chromosome", "canvas"),
    Act("select_all", _T("Actions", "Select all"), ("Ctrl+A",), "chromosome", "canvas"),
    Act("left", _T("Actions", "Move left 1 px"), ("Left",), "", "canvas"),
    Act("right", _T("Actions", "Move right 1 px"), ("Right",), "", "canvas"),
    Act("up", _T("Actions", "Move up 1 px"), ("Up",), "", "canvas"),
    Act("down", _T("Actions", "Move down 1 px"), ("Down",), "", "canvas"),
    Act("left_far", _T("Actions", "Move left 10 px"), ("Shift+Left",), "", "canvas"),
    Act("right_far", _T("Actions", "Move right 10 px"), ("Shift+Right",), "", "canvas"),
    Act("up_far", _T("Actions", "Move up 10 px"), ("Shift+Up",), "", "canvas"),
    Act("down_far", _T("Actions", "Move down 10 px"), ("Shift+Down",), "", "canvas"),
    Act("narrower", _T("Actions", "Narrower"), ("Alt+Left",), "", "canvas"),
    Act("wider", _T("Actions", "Wider"), ("Alt+Right",), "", "canvas"),
    Act("longer", _T("Actions", "Longer"), ("Alt+Up",), "", "canvas"),
    Act("shorter", _T("Actions", "Shorter"), ("Alt+Down",), "", "canvas"),
    Act("next_cell", _T("Actions", "&Next cell"), ("D",), "cell"),
    Act("previous_cell", _T("Actions", "&Previous cell"), ("A",), "cell"),
    Act("next_open", _T("Actions", "Next &unreviewed cell"), ("Ctrl+Shift+D",), "cell"),
    Act("previous_open", _T("Actions", "Previous unreviewed cell"), ("Ctrl+Shift+A",), "cell"),
    Act("reviewed", _T("Actions", "&Reviewed, and next"), ("Return", "Enter"), "cell"),
    Act("set_aside", _T("Actions", "Set &aside…"), ("Ctrl+Backspace",), "cell"),
    Act("reopen", _T("Actions", "Open a&gain"), ("Ctrl+R",), "cell"),
    Act("cell_details", _T("Actions", "Slide, culture, stage, scale…"), ("Ctrl+D",), "cell"),
    Act("review_first", _T("Actions", "Review these &first"), ("Ctrl+Shift+R",), "cell", checkable=True),
    Act("blind_count", _T("Actions", "&Blind second count"), ("Ctrl+Shift+C",), "cell", checkable=True),
    Act("run", _T("Actions", "Run on &this cell"), ("I",), "engine"),
    Act("run_all", _T("Actions", "Run on &all cells"), ("Ctrl+B",), "engine"),
    Act("run_selected", _T("Actions", "Run on the &selected cells"), ("Ctrl+Shift+B",), "engine"),
    Act("cancel", _T("Actions", "&Cancel the run"), ("Ctrl+.",), "engine"),
    Act("threshold_up", _T("Actions", "Threshold &up"), ("]",), "engine"),
    Act("threshold_down", _T("Actions", "Threshold &down"), ("[",), "engine"),
    Act("clear_proposals", _T("Actions", "Remove untouched &proposals"), ("Ctrl+Del",), "engine"),
    Act("take_suggestions", _T("Actions", "Take all suggestions"), ("Shift+G",), "engine"),
    Act("drop_suggestions", _T("Actions", "Dismiss suggestions"), ("Ctrl+Shift+G",), "engine"),
    Act("compare", _T("Actions", "Compare &two engines"), ("Ctrl+K",), "engine", checkable=True),
    Act("training", _T("Actions", "T&rain, compare, activate…"), (), "engine"),
    Act("karyogram", _T("Actions", "&Karyogram"), ("K",), "karyotype", checkable=True),
    Act("tray", _T("Actions", "To the &tray"), ("T",), "karyotype", "karyogram"),
    Act("markers", _T("Actions", "To the &markers"), ("Shift+M",), "karyotype", "karyogram"),
    Act("swap", _T("Actions", "&Swap the two selected"), ("Shift+S",), "karyotype", "karyogram"),
    Act("mirror", _T("Actions", "M&irror…"), ("Ctrl+M",), "karyotype", "karyogram"),
    Act("outline", _T("Actions", "&Outline…"), ("Shift+O",), "karyotype", "karyogram"),
    Act("board_next", _T("Actions", "Next chromosome of the karyogram"), ("Right", "Tab"), "", "karyogram"),
    Act("board_previous", _T("Actions", "Previous chromosome of the karyogram"), ("Left", "Shift+Tab", "Backtab"), "",
        "karyogram"),
    Act("mark_analysed", _T("Actions", "Cell is a&nalysed"), ("Shift+A",), "karyotype"),
    Act("mark_karyotyped", _T("Actions", "Cell is kar&yotyped"), ("Shift+K",), "karyotype"),
    Act("strips", _T("Actions", "One &class over all cells…"), ("Ctrl+Shift+K",), "karyotype"),
    Act("tally", _T("Actions", "T&ally and karyotype…"), ("Ctrl+Shift+T",), "karyotype"),
    Act("report", _T("Actions", "&Report and signatures…"), ("Ctrl+P",), "karyotype"),
    Act("users", _T("Actions", "&People who sign…"), (), "karyotype"),
    Act("lock", _T("Actions", "&Lock, change of user"), ("Ctrl+Shift+L",), "karyotype"),
    Act("hide", _T("Actions", "&Hide boxes"), ("H",), "view", checkable=True),
    Act("hide_others", _T("Actions", "Hide all &but the selected"), ("Shift+H",), "view", checkable=True),
    Act("labels", _T("Actions", "&Labels"), ("L",), "view", checkable=True),
    Act("scores", _T("Actions", "&Scores"), ("Ctrl+L",), "view", checkable=True),
    Act("raw", _T("Actions", "&Raw image"), ("B",), "view", checkable=True),
    Act("adjust", _T("Actions", "&Brightness and contrast"), ("Ctrl+J",), "view", checkable=True),
    Act("loupe", _T("Actions", "L&oupe"), ("M",), "view", checkable=True),
    Act("fit", _T("Actions", "&Fit"), ("F", "Ctrl+F"), "view"),
    Act("full_size", _T("Actions", "&100 %"), ("Ctrl+0",), "view"),
    Act("zoom_in", _T("Actions", "Zoom &in"), ("Ctrl++", "Ctrl+="), "view"),
    Act("zoom_out", _T("Actions", "Zoom o&ut"), ("Ctrl+-",), "view"),
    Act("next_pane", _T("Actions", "Next pane"), ("F6",), "view"),
    Act("help", _T("Actions", "&Help"), ("F1",), "help"),
    Act("keys", _T("Actions", "&Keys…"), ("Ctrl+/",), "help"),
    Act("log", _T("Actions", "Show &log"), (), "help"),
    Act("about", _T("Actions", "&About KaryoView"), (), "help"),
)  # fmt: skip
TIPS: Final = {
    "save_now": _T("Actions", "Every edit is saved at once; this tries again after a failure."),
    "select": _T("Actions", "Back to selecting; drops what was begun."),
    "box": _T("Actions", "Drag from corner to corner."),
    "rotated": _T("Actions", "Drag the axis from the short arm's end, then the width, and click."),
    "propose_here": _T("Actions", "Or double-click on empty ground."),
    "count": _T("Actions", "Each click is one chromosome; a click on a mark takes it away."),
    "tray": _T("Actions", "Chromosomes that nothing is said of yet."),
    "swap": _T("Actions", "Ctrl+click adds the second chromosome to the selection."),
    "mirror": _T("Actions", "Asks first: a mirrored chromosome is not what the microscope showed."),
    "outline": _T("Actions", "Paint or cut the outline of the selected chromosome."),
    "mark_analysed": _T("Actions", "The bands of this cell were analysed; the tally counts it. Again takes it back."),
    "mark_karyotyped": _T(
        "Actions", "The karyogram of this cell is finished; the tally counts it. Again takes it back."
    ),
    "strips": _T("Actions", "All copies of one class side by side, and the composite karyogram."),
    "tally": _T("Actions", "Counts, clones, what the protocol still asks for, and the karyotype."),
    "report": _T("Actions", "Preview, sign and save the report."),
    "users": _T("Actions", "Enter a person, change a passphrase, close an account."),
    "lock": _T("Actions", "Cover the window until somebody proves who they are."),
    "review_first": _T("Actions", "List the cells in the order in which reviewing them brings most."),
    "split": _T("Actions", "Draw across a box; press again to cut the selected box in the middle."),
    "accept": _T("Actions", "The selected proposals are right; with nothing selected, all without doubt."),
}
BY_ID: Final = {a.id: a for a in ACTIONS}
CLASS_KEYS: Final = frozenset({*"0123456789", "X", "Y"})
SCOPES: Final = {
    "window": _T("Actions", "everywhere"), "canvas": _T("Actions", "in the metaphase"),
    "karyogram": _T("Actions", "in the karyogram"), "list": _T("Actions", "in lists"),
}  # fmt: skip


def normal(key: str) -> str:
    """A key in Qt's portable form, empty for text that is no key."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


class KeyMap:
    """The keys in force: the defaults, and what the user changed."""

    def __init__(self, changed: Mapping[str, Iterable[str]] | None = None) -> None:
        self._changed = {k: tuple(map(normal, v)) for k, v in (changed or {}).items() if k in BY_ID}

    def keys(self, action: str) -> tuple[str, ...]:
        """The keys of an action."""
        return self._changed.get(action, tuple(map(normal, BY_ID[action].keys)))

    def set(self, action: str, keys: Iterable[str]) -> None:
        """Give an action other keys."""
        wanted = tuple(k for k in map(normal, keys) if k)
        if wanted == tuple(map(normal, BY_ID[action].keys)):
            self._changed.pop(action, None)
        else:
            self._changed[action] = wanted

    def changed(self) -> dict[str, list[str]]:
        """What differs from the defaults, for the settings file."""
        return {k: list(v) for k, v in self._changed.items()}

    def problem(self, action: str, key: str) -> str:
        """Why an action may not have a key, in one sentence; empty when it may."""
        wanted = normal(key)
        if wanted in CLASS_KEYS:
            return QCoreApplication.translate("Keys", "{0} gives a class; no action can own it.").format(wanted)
        for other in ACTIONS:
            clash = other.id != action and wanted in self.keys(other.id) and _meet(BY_ID[action].scope, other.scope)
            if clash:
                return QCoreApplication.translate("Keys", "{0} already means: {1}.").format(wanted, other.title)
        return ""

    def problems(self) -> list[str]:
        """All collisions of the keys in force."""
        return [p for a in ACTIONS for k in self.keys(a.id) if (p := self.problem(a.id, k))]


def _meet(first: str, second: str) -> bool:
    """Whether keys of two scopes can be heard at the same time."""
    return first == second or "window" in (first, second)
