"""Every action of the window and its keys, declared once: menus, shortcut sheet, editor and tests read this table.

The tools of the metaphase view declare themselves (:mod:`karyoview.gui.canvas.tool`); :func:`actions` has them too.
The ids stand in people's settings beside the keys they chose, so an action keeps its id.

A key of the scope ``window`` works everywhere in the window; ``canvas``, ``karyogram`` and ``list`` only
where the focus is. Digits, X and Y are classes, and no action may own them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

import karyoview.gui.canvas.tools  # noqa: F401 (registers the shipped tools)
from karyoview.gui.application import mark as _T
from karyoview.gui.canvas.tool import TOOLS, Tool


@dataclass(frozen=True, slots=True)
class Action:
    """One action: ``text`` in menu and sheet, default ``keys`` in Qt's portable form, ``menu`` it stands in.

    ``hint`` is the English text of :attr:`tip`, ``is_tool`` says that it takes up the tool of the same id. ``instead``
    names an action of the whole window in whose place its key works while the focus is where this one belongs.
    """

    id: str
    text: str
    keys: tuple[str, ...] = ()
    menu: str = ""
    scope: str = "window"
    checkable: bool = False
    hint: str = ""
    is_tool: bool = False
    instead: str = ""

    @property
    def subject(self) -> str:
        """The handlers that carry it out: those of its menu, or of what its keys move."""
        return self.menu or {"canvas": "chromosome", "karyogram": "karyotype"}[self.scope]

    @property
    def title(self) -> str:
        """The text in the user's language, without the mnemonic."""
        return QCoreApplication.translate("Actions", self.text).replace("&", "")

    @property
    def tip(self) -> str:
        """More about it, where a title does not say enough."""
        hint = self.hint or TIPS.get(self.id, "")
        return QCoreApplication.translate("Actions", hint) if hint else ""


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
_ACTIONS: Final = (
    Action("open", _T("Actions", "&Open a folder of images…"), ("Ctrl+O",), "file"),
    Action("worklist", _T("Actions", "&Worklist…"), ("Ctrl+Shift+O",), "file"),
    Action("sample", _T("Actions", "Open the &sample case"), (), "file"),
    Action("close_case", _T("Actions", "&Close the case"), ("Ctrl+W",), "file"),
    Action("save_now", _T("Actions", "Try sa&ving again"), ("Ctrl+S",), "file"),
    Action("export", _T("Actions", "&Export…"), ("Ctrl+E",), "file"),
    Action("case_settings", _T("Actions", "Case se&ttings…"), (), "file"),
    Action("summary", _T("Actions", "Case su&mmary…"), ("Ctrl+I",), "file"),
    Action("settings", _T("Actions", "&Preferences…"), ("Ctrl+,",), "file"),
    Action("quit", _T("Actions", "&Quit"), ("Ctrl+Q",), "file"),
    Action("undo", _T("Actions", "&Undo"), ("Ctrl+Z",), "edit"),
    Action("redo", _T("Actions", "&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "edit"),
    Action("delete", _T("Actions", "&Delete"), ("Del", "Backspace"), "edit"),
    Action("new_box", _T("Actions", "&New box at the pointer"), ("N",), "edit"),
    Action("propose_here", _T("Actions", "&Propose a box at the pointer"), ("P",), "edit"),
    Action("join", _T("Actions", "&Join boxes"), ("J",), "edit"),
    Action("accept", _T("Actions", "&Accept"), ("G",), "chromosome"),
    Action("uncertain", _T("Actions", "&Uncertain"), ("U",), "chromosome"),
    Action("turn", _T("Actions", "&Turn 180°"), ("W",), "chromosome"),
    Action("rotate_left", _T("Actions", "Rotate 5° &left"), ("Q",), "chromosome"),
    Action("rotate_right", _T("Actions", "Rotate 5° &right"), ("E",), "chromosome"),
    Action("rotate_left_fine", _T("Actions", "Rotate 0.5° left"), ("Shift+Q",), "chromosome"),
    Action("rotate_right_fine", _T("Actions", "Rotate 0.5° right"), ("Shift+E",), "chromosome"),
    Action("next_doubt", _T("Actions", "Next &doubtful chromosome"), ("Space",), "chromosome"),
    Action("previous_doubt", _T("Actions", "Previous doubtful chromosome"), ("Shift+Space",), "chromosome"),
    Action("cycle", _T("Actions", "Next chromosome"), ("Tab",), "chromosome", "canvas"),
    Action("cycle_back", _T("Actions", "Previous chromosome"), ("Shift+Tab", "Backtab"), "chromosome", "canvas"),
    Action("select_all", _T("Actions", "Select all"), ("Ctrl+A",), "chromosome", "canvas"),
    Action("left", _T("Actions", "Move left 1 px"), ("Left",), "", "canvas"),
    Action("right", _T("Actions", "Move right 1 px"), ("Right",), "", "canvas"),
    Action("up", _T("Actions", "Move up 1 px"), ("Up",), "", "canvas"),
    Action("down", _T("Actions", "Move down 1 px"), ("Down",), "", "canvas"),
    Action("left_far", _T("Actions", "Move left 10 px"), ("Shift+Left",), "", "canvas"),
    Action("right_far", _T("Actions", "Move right 10 px"), ("Shift+Right",), "", "canvas"),
    Action("up_far", _T("Actions", "Move up 10 px"), ("Shift+Up",), "", "canvas"),
    Action("down_far", _T("Actions", "Move down 10 px"), ("Shift+Down",), "", "canvas"),
    Action("narrower", _T("Actions", "Narrower"), ("Alt+Left",), "", "canvas"),
    Action("wider", _T("Actions", "Wider"), ("Alt+Right",), "", "canvas"),
    Action("longer", _T("Actions", "Longer"), ("Alt+Up",), "", "canvas"),
    Action("shorter", _T("Actions", "Shorter"), ("Alt+Down",), "", "canvas"),
    Action("next_cell", _T("Actions", "&Next cell"), ("D",), "cell"),
    Action("previous_cell", _T("Actions", "&Previous cell"), ("A",), "cell"),
    Action("next_open", _T("Actions", "Next &unreviewed cell"), ("Ctrl+Shift+D",), "cell"),
    Action("previous_open", _T("Actions", "Previous unreviewed cell"), ("Ctrl+Shift+A",), "cell"),
    Action("reviewed", _T("Actions", "&Reviewed, and next"), ("Return", "Enter"), "cell"),
    Action("set_aside", _T("Actions", "Set &aside…"), ("Ctrl+Backspace",), "cell"),
    Action("reopen", _T("Actions", "Open a&gain"), ("Ctrl+R",), "cell"),
    Action("cell_details", _T("Actions", "Slide, culture, stage, scale…"), ("Ctrl+D",), "cell"),
    Action("gallery", _T("Actions", "Galler&y, best metaphases first…"), ("Ctrl+G",), "cell"),
    Action("review_first", _T("Actions", "Review these &first"), ("Ctrl+Shift+R",), "cell", checkable=True),
    Action("blind_count", _T("Actions", "&Blind second count"), ("Ctrl+Shift+C",), "cell", checkable=True),
    Action("run", _T("Actions", "Run on t&his cell"), ("I",), "engine"),
    Action("run_anyway", _T("Actions", "&Look anyway, where no metaphase was found"), ("Shift+I",), "engine"),
    Action("run_all", _T("Actions", "Run on &all cells"), ("Ctrl+B",), "engine"),
    Action("run_selected", _T("Actions", "Run on the &selected cells"), ("Ctrl+Shift+B",), "engine"),
    Action("cancel", _T("Actions", "&Cancel the run"), ("Ctrl+.",), "engine"),
    Action("threshold_up", _T("Actions", "Threshold &up"), ("]",), "engine"),
    Action("threshold_down", _T("Actions", "Threshold &down"), ("[",), "engine"),
    Action("clear_proposals", _T("Actions", "Remove untouched &proposals"), ("Ctrl+Del",), "engine"),
    Action("take_suggestions", _T("Actions", "Take all suggestions"), ("Shift+G",), "engine"),
    Action("drop_suggestions", _T("Actions", "Dismiss suggestions"), ("Ctrl+Shift+G",), "engine"),
    Action("compare", _T("Actions", "Compare &two engines"), ("Ctrl+K",), "engine", checkable=True),
    Action("training", _T("Actions", "T&rain, compare, activate…"), (), "engine"),
    Action("teaching", _T("Actions", "Teach KaryoView this la&boratory…"), (), "engine"),
    Action("karyogram", _T("Actions", "&Karyogram"), ("K",), "karyotype", checkable=True),
    Action("tray", _T("Actions", "To the &tray"), ("T",), "karyotype", "karyogram"),
    Action("markers", _T("Actions", "To the &markers"), ("Shift+M",), "karyotype", "karyogram"),
    Action("swap", _T("Actions", "&Swap the two selected"), ("Shift+S",), "karyotype", "karyogram"),
    Action("mirror", _T("Actions", "M&irror…"), ("Ctrl+M",), "karyotype", "karyogram"),
    Action("outline", _T("Actions", "&Outline…"), ("Shift+O",), "karyotype", "karyogram"),
    Action("whole_board", _T("Actions", "Karyogram fills the &window"), ("F11",), "karyotype", checkable=True),
    Action("straighten_one", _T("Actions", "Strai&ghten the selected, or not"), ("S",), "karyotype", "karyogram",
        instead="split"),
    Action("cut_out", _T("Actions", "Select&ed as in the picture"), ("B",), "karyotype", "karyogram", instead="raw"),
    Action("close_up", _T("Actions", "Close-up &beside the ideogram"), ("Z",), "karyotype", "karyogram"),
    Action("invert_board", _T("Actions", "In&verted greys"), ("Ctrl+Shift+I",), "karyotype", "karyogram"),
    Action("more_contrast", _T("Actions", "More contrast of the karyogram"), ("Shift+Up",), "", "karyogram"),
    Action("less_contrast", _T("Actions", "Less contrast of the karyogram"), ("Shift+Down",), "", "karyogram"),
    Action("draw_arrow", _T("Actions", "&Draw an arrow"), ("P",), "karyotype", "karyogram", instead="propose_here"),
    Action("write_text", _T("Actions", "Write a te&xt"), ("N",), "karyotype", "karyogram", instead="new_box"),
    Action("remove_note", _T("Actions", "Remove arrow or text"), ("Del", "Backspace"), "", "karyogram",
        instead="delete"),
    Action("next_pair", _T("Actions", "Next pair that di&ffers"), ("Ctrl+Space",), "karyotype", "karyogram"),
    Action("save_board", _T("Actions", "Save the karyogram as a pict&ure…"), ("Ctrl+Alt+E",), "karyotype"),
    Action("print_board", _T("Actions", "Print t&he karyogram…"), ("Ctrl+Alt+P",), "karyotype"),
    Action("board_next", _T("Actions", "Next chromosome of the karyogram"), ("Right", "Tab"), "", "karyogram"),
    Action("board_previous", _T("Actions", "Previous chromosome of the karyogram"), ("Left", "Shift+Tab", "Backtab"),
        "", "karyogram"),
    Action("mark_analysed", _T("Actions", "Cell is a&nalysed"), ("Shift+A",), "karyotype"),
    Action("mark_karyotyped", _T("Actions", "Cell is kar&yotyped"), ("Shift+K",), "karyotype"),
    Action("strips", _T("Actions", "One &class over all cells…"), ("Ctrl+Shift+K",), "karyotype"),
    Action("tally", _T("Actions", "T&ally and karyotype…"), ("Ctrl+Shift+T",), "karyotype"),
    Action("report", _T("Actions", "&Report and signatures…"), ("Ctrl+P",), "karyotype"),
    Action("users", _T("Actions", "&People who sign…"), (), "karyotype"),
    Action("lock", _T("Actions", "&Lock, change of user"), ("Ctrl+Shift+L",), "karyotype"),
    Action("hide", _T("Actions", "&Hide boxes"), ("H",), "view", checkable=True),
    Action("hide_others", _T("Actions", "Hide all &but the selected"), ("Shift+H",), "view", checkable=True),
    Action("labels", _T("Actions", "&Labels"), ("L",), "view", checkable=True),
    Action("scores", _T("Actions", "&Scores"), ("Ctrl+L",), "view", checkable=True),
    Action("raw", _T("Actions", "Ra&w image"), ("B",), "view", checkable=True),
    Action("adjust", _T("Actions", "Brightness and &contrast"), ("Ctrl+J",), "view", checkable=True),
    Action("loupe", _T("Actions", "L&oupe"), ("M",), "view", checkable=True),
    Action("fit", _T("Actions", "&Fit"), ("F", "Ctrl+F"), "view"),
    Action("full_size", _T("Actions", "&100 %"), ("Ctrl+0",), "view"),
    Action("zoom_in", _T("Actions", "Zoom &in"), ("Ctrl++", "Ctrl+="), "view"),
    Action("zoom_out", _T("Actions", "Zoom o&ut"), ("Ctrl+-",), "view"),
    Action("next_pane", _T("Actions", "Next pane"), ("F6",), "view"),
    Action("reset_panels", _T("Actions", "R&eset panels"), (), "view"),
    Action("help", _T("Actions", "&Help"), ("F1",), "help"),
    Action("keys", _T("Actions", "&Keys…"), ("Ctrl+/",), "help"),
    Action("tour", _T("Actions", "&Eight keys…"), (), "help"),
    Action("log", _T("Actions", "Show &log"), (), "help"),
    Action("about", _T("Actions", "&About KaryoView"), (), "help"),
)  # fmt: skip
TIPS: Final = {
    "save_now": _T("Actions", "Every edit is saved at once; this tries again after a failure."),
    "propose_here": _T("Actions", "Or double-click on empty ground. P again there shows the next likely one."),
    "tray": _T("Actions", "Chromosomes that nothing is said of yet."),
    "swap": _T("Actions", "Ctrl+click adds the second chromosome to the selection."),
    "mirror": _T("Actions", "Asks first: a mirrored chromosome is not what the microscope showed."),
    "outline": _T("Actions", "Paint or cut the outline of the selected chromosome."),
    "whole_board": _T("Actions", "The karyogram alone in the window; the same key brings the panels back."),
    "straighten_one": _T("Actions", "Bent as it was, or straightened; with nothing selected, all chromosomes."),
    "cut_out": _T("Actions", "The chromosome as it was cut from the picture, its greys untouched."),
    "close_up": _T("Actions", "The selected chromosomes large, beside the ideogram of their class."),
    "invert_board": _T("Actions", "Light on dark, in the report too."),
    "draw_arrow": _T("Actions", "Drag from where the arrow begins to what it points at."),
    "write_text": _T("Actions", "Click beside a chromosome and type."),
    "next_pair": _T("Actions", "Homologues that differ more than pairs of their class do: a doubt, not a finding."),
    "save_board": _T("Actions", "SVG, PNG, TIFF or PDF at 600 dpi, with the pixels of the board."),
    "mark_analysed": _T("Actions", "The bands of this cell were analysed; the tally counts it. Again takes it back."),
    "mark_karyotyped": _T(
        "Actions", "The karyogram of this cell is finished; the tally counts it. Again takes it back."
    ),
    "strips": _T("Actions", "All copies of one class side by side, and the composite karyogram."),
    "tally": _T("Actions", "Counts, clones, what the protocol still asks for, and the karyotype."),
    "report": _T("Actions", "Preview, sign and save the report."),
    "users": _T("Actions", "Enter a person, change a passphrase, close an account."),
    "worklist": _T("Actions", "All cases: state, priority, whose they are, and what waits for approval."),
    "reset_panels": _T("Actions", "All panels at the places and with the sizes of the first start."),
    "lock": _T("Actions", "Cover the window until somebody proves who they are."),
    "review_first": _T("Actions", "List the cells in the order in which reviewing them brings most."),
    "accept": _T("Actions", "The selected proposals are right; with nothing selected, all without doubt."),
}
CLASS_KEYS: Final = frozenset({*"0123456789", "X", "Y"})
SCOPES: Final = {
    "window": _T("Actions", "everywhere"), "canvas": _T("Actions", "in the metaphase"),
    "karyogram": _T("Actions", "in the karyogram"), "list": _T("Actions", "in lists"),
}  # fmt: skip


def actions() -> tuple[Action, ...]:
    """All actions in the order of the menus, those of the registered tools among them."""
    return tuple(_table(tuple(TOOLS.values())).values())


def find(action: str) -> Action:
    """An action by its id; KeyError for an unknown one."""
    return _table(tuple(TOOLS.values()))[action]


@lru_cache(maxsize=4)
def _table(tools: tuple[type[Tool], ...]) -> dict[str, Action]:
    found = list(_ACTIONS)
    for tool in tools:
        own = [i for i, action in enumerate(found) if action.menu == "edit"]
        at = next((i for i in own if found[i].id == tool.after), own[-1])
        found.insert(at + 1, Action(tool.id, tool.title, tool.shortcuts, "edit", hint=tool.tip, is_tool=True))
    return {action.id: action for action in found}


def normal(key: str) -> str:
    """A key in Qt's portable form, empty for text that is no key."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


class KeyMap:
    """The keys in force: the defaults, and what the user changed."""

    def __init__(self, changed: Mapping[str, Iterable[str]] | None = None) -> None:
        known = {a.id for a in actions()}
        self._changed = {k: tuple(map(normal, v)) for k, v in (changed or {}).items() if k in known}

    def keys(self, action: str) -> tuple[str, ...]:
        """The keys of an action."""
        return self._keys(find(action))

    def set(self, action: str, keys: Iterable[str]) -> None:
        """Give an action other keys."""
        wanted = tuple(k for k in map(normal, keys) if k)
        if wanted == tuple(map(normal, find(action).keys)):
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
        scope = find(action).scope
        for other in actions():
            if action in (other.id, other.instead) or other.id == find(action).instead:
                continue
            if wanted in self._keys(other) and _meet(scope, other.scope):
                return QCoreApplication.translate("Keys", "{0} already means: {1}.").format(wanted, other.title)
        return ""

    def problems(self) -> list[str]:
        """All collisions of the keys in force."""
        return [p for a in actions() for k in self._keys(a) if (p := self.problem(a.id, k))]

    def _keys(self, action: Action) -> tuple[str, ...]:
        return self._changed.get(action.id, tuple(map(normal, action.keys)))


def _meet(first: str, second: str) -> bool:
    """Whether keys of two scopes can be heard at the same time."""
    return first == second or "window" in (first, second)
