"""The pages on adding something: each is short, and what stands on it works from outside the package."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from karyoview.__main__ import main
from karyoview._resources import resource
from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.io.formats import FORMATS, FormatError, losses, read_annotations, register_format, write_annotations

PAGES: Final = sorted(resource("help", "contributing").glob("*.md"))
MOST_LINES: Final = 40


def program_of(page: str, folder: Path) -> ModuleType:
    """The Python of a page, imported from a file that lies in no package."""
    text = resource("help", "contributing", page).read_text(encoding="utf-8")
    path = folder / "toy.py"
    path.write_text("\n\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("toy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def toy_format(tmp_path: Path) -> Iterator[str]:
    before = dict(FORMATS)
    program_of("add-a-file-format.md", tmp_path)
    (name,) = set(FORMATS) - set(before)
    yield name
    FORMATS.clear()
    FORMATS.update(before)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_is_read_in_a_minute(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_a_file_format_from_outside_is_written_read_and_converted(toy_format: str, tmp_path: Path) -> None:
    items = (ReviewedChromosome("c1", Box(20, 30, 8, 20), 4), ReviewedChromosome("c2", Box(60, 30, 6, 12)))
    cell = ImageAnnotation("a.png", (80, 90), chromosomes=items, notes="pale")
    write_annotations([cell], tmp_path / "out", toy_format)
    assert (tmp_path / "out" / "a.csv").read_text() == (
        "B5,16.00,20.00,24.00,40.00\nchromosome,57.00,24.00,63.00,36.00\n"
    )
    (read,) = read_annotations(tmp_path / "out", toy_format)
    assert [(c.box, c.label) for c in read.chromosomes] == [(c.box, c.label) for c in items]
    assert any("notes" in phrase for phrase in losses([cell], toy_format))

    assert (
        main(["convert", str(tmp_path / "out"), str(tmp_path / "coco.json"), "--from", toy_format, "--to", "coco"]) == 0
    )
    (back,) = read_annotations(tmp_path / "coco.json", "coco")
    assert [c.box for c in back.chromosomes] == [c.box for c in items]


@pytest.mark.parametrize("line", ["A1,1,2,3", "A1,1,2,3,inf", "A1,9,9,1,1"])
def test_the_format_of_the_page_refuses_damage_with_a_sentence(line: str, toy_format: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(line)
    with pytest.raises(FormatError, match="line 1"):
        read_annotations(tmp_path / "a.csv", toy_format)


def test_a_format_is_not_registered_over_another() -> None:
    with pytest.raises(ValueError, match="already a format 'coco'"):
        register_format(FORMATS["coco"])
