"""The help: what it says can be done is done here, its links lead somewhere, its lists are those of the code."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from karyoview.__main__ import main
from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.detection import Detections, Provenance
from karyoview.detectors.registry import available_engines
from karyoview.review.edits import accept, propose
from karyoview.services.demo import read_truth

REPOSITORY: Final = Path(__file__).resolve().parents[2]
HELP: Final = REPOSITORY / "resources" / "help"
PAGES: Final = sorted(HELP.rglob("*.md"))
TEXTS: Final = [*PAGES, REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md"]
LONG: Final = frozenset({"engine", "train"})
_BLOCK: Final = re.compile(r"(?:<!-- run(?:: (\w+))? -->\n)?```(\w*)\n(.*?)```", re.DOTALL)


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    return tool("help_pages")


@dataclass(frozen=True)
class Block:
    page: Path
    kind: str | None
    lines: tuple[str, ...]


def blocks(page: Path) -> list[Block]:
    found = []
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        kind = None if not match[0].startswith("<!--") else match[1] or "empty"
        lines = [re.split(r"\s{2,}", line.strip())[0] for line in match[3].splitlines()]
        found.append(Block(page, kind, tuple(line for line in lines if line.startswith("karyoview"))))
    return found


RUN: Final = [b for page in PAGES for b in blocks(page) if b.kind is not None]


def name_of(block: Block) -> str:
    return f"{block.page.stem}-{block.lines[0].replace('karyoview ', '').replace('/', ' ')[:40]}"


# What stands on the pages


def test_the_parts_made_from_the_code_are_up_to_date(pages: ModuleType) -> None:
    late = pages.outdated(leave=frozenset({"licences"}))  # these differ with the versions installed
    assert not late, f"make docs: {', '.join(p.name for p in late)}"


def test_every_dependency_stands_on_the_page_of_licences() -> None:
    page = (HELP / "licences.md").read_text(encoding="utf-8")
    for line in tool("licences").asked_for():
        name = re.split(r"[<>=]", line)[0]
        assert f"| {name} |" in page, f"make docs: {name} is missing"


@pytest.mark.parametrize("page", TEXTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_links_and_pictures_are_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+://|mailto:", target):
            path = page.parent / target.partition("#")[0]
            assert path.exists(), f"{page.name} links to {target}"
            if page in PAGES:
                assert path.resolve().is_relative_to(HELP), f"{target} is not shipped with the help"


def test_every_page_is_found_from_the_index_and_in_the_site() -> None:
    linked, waiting = set(), [HELP / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in linked:
            continue
        linked.add(page)
        targets = re.findall(r"\]\(([^)\s#]+\.md)", page.read_text(encoding="utf-8"))
        waiting += [(page.parent / t).resolve() for t in targets]
    assert {p.resolve() for p in PAGES} <= {p.resolve() for p in linked}
    site = (REPOSITORY / "packaging" / "mkdocs.yml").read_text(encoding="utf-8")
    for page in PAGES:
        assert page.relative_to(HELP).as_posix() in site


@pytest.mark.parametrize("page", TEXTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_no_page_speaks_of_a_command_or_option_that_does_not_exist(page: Path, pages: ModuleType) -> None:
    commands = pages.commands()
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    output = [t.strip() for t in re.findall(r"`(karyoview [^`]+)`", prose)]
    output += [line for block in blocks(page) for line in block.lines]
    for line in output:
        check_command(line, commands, pages.options_of)
    everything = set.union(*(pages.options_of(c) for c in commands.values()), {"--version"})
    others = {"CONTRIBUTING.md": {"--add-data"}, "training.md": {"--nnodes"}}  # PyInstaller's and torchrun's
    foreign = set(others.get(page.name, ()))
    for module in re.findall(r"python -m (karyotrain(?:\.[a-z_]+)+)", text):
        source = (REPOSITORY / "training" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        if "run_parser(" in source:  # the options that all runs have
            source += (REPOSITORY / "training/karyotrain/trainer/command.py").read_text(encoding="utf-8")
        if "add_cell_arguments(" in source:  # those of the networks after the finder
            source += (REPOSITORY / "training/karyotrain/engines/teaching_cells.py").read_text(encoding="utf-8")
        foreign |= set(re.findall(r'"(--[a-z-]+)"', source))
    for option in re.findall(r"`(--[a-z-]+)[ `]", prose):
        assert option in everything | foreign, f"{page.name}: no command has {option}"


def check_command(line: str, commands: dict[str, Any], options_of: Callable[[Any], set[str]]) -> None:
    words = shlex.split(line)[1:]
    if not words or words[0].startswith("--"):
        assert set(words) <= {"--help", "--version"}, line
        return
    name = next((n for n in (" ".join(words[:2]), words[0]) if n in commands), None)
    if name is None:
        is_group = any(n.startswith(f"{words[0]} ") for n in commands)
        is_place = words[0].isupper() or "/" in words[0] or words[0] == "…"
        assert (is_group and len(words) == 1) or is_place, f"no such command: {line}"
        return
    for word in words:
        if word.startswith("-") and not word.lstrip("-").isdigit():
            assert word.partition("=")[0] in options_of(commands[name]), f"no option {word}: {line}"


_KEY: Final = re.compile(r"\*\*((?:(?:Ctrl|Shift|Alt)\+)*(?:[A-Z]|F\d+|Space|Enter|Delete|Backspace|[/\[\]]))\*\*")


def check_menus_and_keys(text: str) -> None:
    """``Menu → Action`` and bold keys in prose must be those of the window."""
    from karyoview.gui.keys import MENUS, actions

    plain = {name: title.replace("&", "") for name, title in MENUS}
    prose = re.sub(r"```.*?```|<!-- begin.*?<!-- end -->", "", text, flags=re.DOTALL)
    prose = " ".join(prose.split())
    for found in re.finditer(rf"({'|'.join(plain.values())}) → ", prose):
        after = prose[found.end() :]
        titles = [a.text.replace("&", "").rstrip("…") for a in actions() if plain.get(a.menu) == found[1]]
        assert any(after.startswith(t) for t in titles), f"{found[1]} has no action {after[:30]!r}"
    keys = {key for a in actions() for key in a.keys} | {*map(str, range(23)), "X", "Y"}
    for key in _KEY.findall(prose):
        written = key.replace("Delete", "Del").replace("Enter", "Return")
        assert written in keys, f"no action has the key {key}"


@pytest.mark.parametrize("page", TEXTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_menus_and_keys_that_are_named_exist(page: Path) -> None:
    check_menus_and_keys(page.read_text(encoding="utf-8"))


def test_a_menu_or_key_that_does_not_exist_is_found() -> None:
    check_menus_and_keys("**File → Export…**, **Ctrl+E**")
    with pytest.raises(AssertionError, match="File has no action 'Send"):
        check_menus_and_keys("**File → Send out**")
    with pytest.raises(AssertionError, match="F9"):
        check_menus_and_keys("press **Ctrl+Shift+F9**")


@pytest.mark.parametrize("page", TEXTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_files_and_modules_that_are_named_exist(page: Path) -> None:
    text = re.sub(r"<!-- begin.*?<!-- end -->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    folders = "karyoview|training|packaging|resources|tests"
    for path in re.findall(rf"`((?:{folders})/[\w./-]*\w)`", text):
        made = ("karyoview/before-schema", "karyoview/case.json")  # below a case, not in the repository
        assert path.startswith(made) or (REPOSITORY / path).exists(), f"{page.name} names {path}"
    for module in re.findall(r"python -m (karyo\w+(?:\.\w+)*)", text):
        place = REPOSITORY / ("training" if module.startswith("karyotrain") else "") / module.replace(".", "/")
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), f"{page.name} names {module}"


def test_the_laboratorys_template_on_the_page_is_read(tmp_path: Path) -> None:
    from karyoview.report.content import Template, load_template

    page = (HELP / "tasks.md").read_text(encoding="utf-8")
    text, fields = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    (tmp_path / "logo.png").touch()
    (tmp_path / "template.json").write_text(json.dumps({**text, **fields}))
    read = load_template(tmp_path / "template.json")
    assert read.laboratory == "Institute of Genetics"
    assert dict(read.fields) == fields["fields"]
    assert {*text, *fields} == set(Template.__dataclass_fields__)


@pytest.mark.parametrize("page", sorted((HELP / "decisions").glob("0*.md")), ids=lambda p: p.stem)
def test_a_decision_begins_with_its_status_and_date(page: Path) -> None:
    head = "\n".join(page.read_text(encoding="utf-8").splitlines()[1:6])
    assert re.search(r"\b(accepted|replaced|superseded)\b", head, re.IGNORECASE)
    assert re.search(r"\b20\d\d-[01]\d-[0-3]\d\b", head)


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    words = re.findall(r"^\*\*([^*]+)\*\* –", (HELP / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(words) > 60
    assert words == sorted(set(words), key=str.lower)


def test_every_command_has_an_example(pages: ModuleType) -> None:
    examples = [line for block in blocks(HELP / "command-line.md") for line in block.lines]
    examples += [line for block in blocks(HELP / "training.md") for line in block.lines]
    for name in pages.commands():
        assert any(f"{line} ".startswith(f"karyoview {name} ") for line in examples), f"no example of {name}"


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in TEXTS:
        text = page.read_text(encoding="utf-8")
        for words in re.findall(r"`make ([a-z -]+)`|^make ([a-z -]+?)(?:\s{2,}|$)", text, re.MULTILINE):
            for target in "".join(words).split():
                assert target in targets, f"{page.name}: make {target}"


def test_a_page_with_a_wrong_command_is_found(pages: ModuleType) -> None:
    for line in (
        "karyoview explode CASE",
        "karyoview verify CASE --never",
        "karyoview users sack eva",
        "karyoview --all",
    ):
        with pytest.raises(AssertionError):
            check_command(line, pages.commands(), pages.options_of)


def test_the_help_window_shows_every_page(qtbot: Any) -> None:
    from karyoview.gui.dialogs.help import HelpWindow

    window = HelpWindow()
    qtbot.addWidget(window)
    assert window.pages.count() == len(list(HELP.glob("*.md")))
    for row in range(window.pages.count()):
        window.pages.setCurrentRow(row)
        shown = window.text.toPlainText()
        assert len(shown) > 200
        assert "begin options" not in shown
        assert "<!--" not in shown


# What the pages say can be done


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("WORKSPACE", "WEIGHTS"):
        monkeypatch.setenv(f"KARYOVIEW_{variable}", str(tmp_path / variable.lower()))
    monkeypatch.setenv("KARYOVIEW_INDEX", f"sqlite:///{tmp_path / 'index.sqlite'}")
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make_case(folder: Path, sample: str, cells: tuple[int, ...], kind: str) -> None:
    """A case of some cells of a sample: bare, with an engine's proposals, or reviewed from the truth."""
    folder.mkdir()
    for number in cells:
        shutil.copy(resource("sample", sample, f"cell-{number:03}.webp"), folder)
    truths = {d.image: d for d in read_truth(resource("sample", sample))}
    with Case.open(folder, user="tester") as case:
        if kind == "bare":
            return
        case.update_settings(training_consent=True)
        for cell in case.cells:
            found = replace(truths[cell.image], provenance=Provenance("karyoview"))
            if kind == "proposed":
                doubtful = tuple(replace(i, score=0.9, doubt=0.3) for i in found.items)
                case.save_proposals(replace(found, items=doubtful))
                continue
            case.save_annotation(reviewed(case, found), "review", {})


def reviewed(case: Case, found: Detections) -> Any:
    present = replace(case.annotation(found.image), size=found.size)
    proposed = propose(present, found, 0.5)
    done = accept(proposed, [c.id for c in proposed.chromosomes], "tester")
    return replace(done, state=ReviewState.REVIEWED, revision=present.revision + 1)


def prepare(place: Path, kind: str) -> None:
    if kind in ("empty", "users"):
        return
    state = kind if kind in ("reviewed", "proposed") else "bare"
    make_case(place / "case-1", "46XX", (5,), state)
    if kind == "reviewed":
        make_case(place / "case-2", "47XY+21", (5,), state)
        make_case(place / "case-3", "46XX", (6,), state)
        make_case(place / "case-6", "46XX", (5,), "bare")


@pytest.mark.parametrize("block", [b for b in RUN if b.kind not in LONG], ids=name_of)
def test_the_examples_run(
    block: Block, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if block.kind == "proposed" and "karyoview" not in {e.name for e in available_engines()}:
        pytest.skip("the default engine has no card here, and its threshold is needed")
    prepare(place, str(block.kind))
    assert block.lines
    for line in block.lines:
        words = shlex.split(line)[1:]
        if block.kind == "users":
            options = ["--passphrase-fd"] if words[1] in ("add", "passphrase") else []
            options += ["--by-fd"] if "--by" in words or words[1] == "passphrase" else []
            for option in options:
                reading, writing = os.pipe()
                os.write(writing, b"seven rivers run to one sea\n")
                os.close(writing)
                words += [option, str(reading)]
        status = main(words)
        captured = capsys.readouterr()
        assert status == 0, f"{line}\n{captured.out}\n{captured.err}"


@pytest.mark.long
@pytest.mark.parametrize("page", sorted({b.page for b in RUN if b.kind in LONG}), ids=lambda p: p.stem)
def test_the_examples_that_take_longer_run(page: Path, place: Path) -> None:
    """In the order of the page and in one folder, for one stands on the other."""
    todo = [b for b in RUN if b.page == page and b.kind in LONG]
    if any(b.kind == "engine" for b in todo) and "karyoview" not in {e.name for e in available_engines()}:
        pytest.skip("the default engine has no weights")
    make_case(place / "case-1", "46XX", (1,), "reviewed")
    shutil.copy(resource("sample", "46XX", "truth.json"), place / "case-1")
    make_case(place / "case-2", "47XY+21", (1,), "reviewed")
    make_case(place / "case-3", "46XX", (3,), "reviewed")
    if any(b.kind == "train" for b in todo):
        begin = "train --recipe deepace_v2_small --preset tiny --steps 2 --images 2 --eval-images 1 --output base"
        karyoview("dataset case-1 case-2 case-3 --output first", place)
        karyoview(f"{begin} --data first", place)
        for file in (place / "base" / "weights").iterdir():
            shutil.copy(file, place)
    for block in todo:
        for line in block.lines:
            karyoview(line.removeprefix("karyoview ").replace("--minutes 30", "--minutes 0.1"), place)


def karyoview(line: str, place: Path) -> None:
    command = [sys.executable, "-m", "karyoview", *shlex.split(line)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=600, check=False, env=environment)
    assert done.returncode == 0, f"{line}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
