"""How an engine does on every laboratory's cells: ``python -m karyotrain.studies.laboratories --data FOLDER``.

One table: cells laid out apart and touching from the crops of three laboratories (one that no training learns from,
of the others the cells and slides held out from it), two whole fields whose truth was read from their karyograms,
counts on fields without truth, false boxes on empty fields, and beside them the cells of the hospital that the
shipped engines learnt from and what two people differ by there. FOLDER holds ``labs/`` and ``taichung/``; without
``--data`` it is named by KARYOVIEW_DATA. The engine is asked as the program asks it, at its own threshold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.data.laid_out import held_out, laid_out_cells, read_crops
from karyotrain.data.synthesis.cell import draw_style
from karyotrain.data.synthesis.optics import add_debris, add_nucleus, add_smudges, expose
from karyotrain.engines.measure import ask
from karyotrain.studies.laboratory_figures import (
    as_markdown,
    as_text,
    figures_of_counts,
    figures_of_people,
    figures_with_truth,
)
from karyotrain.trainer.command import use_threads
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import card_path
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import as_in_card, find_engines, load_engine
from karyoview.io.atomic import write_atomic
from karyoview.io.images import read_image

FloatArray = npt.NDArray[np.float64]

APART: Final = 4
TOUCHING: Final = -2
LAID_OUT_CELLS: Final = 60
QUICK_CELLS: Final = 3
EMPTY_FIELDS: Final = 6
HOSPITAL: Final = "taichung/val"
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    f"two people, {HOSPITAL}, boxes only": ("val",),
    "two people, taichung, boxes only": ("train", "val"),
}
"""Rows of what two people differ by, with the files of the first annotation."""
FIELD_TRUTHS: Final = Path(__file__).with_name("field_truths.json")
KEY: Final = "laboratories"
"""Where the rows stand under ``metrics`` of a card."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the cells of a row come from.

    ``cells`` gives them from the data folder and the most that are wanted (None: all of them). ``truth`` says
    whether their chromosomes are known; else ``expected`` of them lie in each field, None where nobody counted.
    """

    cells: Callable[[Path, int | None], Sequence[Cell]]
    truth: bool = True
    expected: int | None = None


def laid_out(lab: str, gap: int, learnt_from: bool, data: Path, limit: int | None) -> list[Cell]:
    """Cells of a laboratory's crops; of a laboratory that training learns from only what is held out."""
    labs = data / "labs"
    names = held_out(lab, read_crops(labs).get(lab, {})) if learnt_from else None
    return list(laid_out_cells(labs, lab, gap=gap, limit=LAID_OUT_CELLS if limit is None else limit, names=names))


def fields(names: Sequence[str], data: Path, limit: int | None) -> list[Cell]:
    """Whole fields, with the boxes and classes that are known of them, else none."""
    known = json.loads(FIELD_TRUTHS.read_text(encoding="utf-8"))
    found = []
    for name in names[:limit]:
        path = data / "labs" / "fields" / f"{name}.png"
        rows = known.get(name.removesuffix(".A"), {}).get("chromosomes", [])
        boxes = np.array([row[1:] for row in rows], np.float64).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        labels = np.array([CLASS_NAMES.index(row[0]) for row in rows], np.int64)
        found.append(Cell(name, name, read_image(path).to_uint8(), boxes, labels))
    return found


def empty_fields(data: Path, limit: int | None) -> list[Cell]:
    """Drawn camera fields (1024, 1280) with specks and stain, every second one with nuclei, and no chromosome."""
    found = []
    for seed in range(EMPTY_FIELDS)[:limit]:
        rng = np.random.default_rng([7, seed])
        style = draw_style(rng, "camera")
        absorbance = np.zeros((1024, 1280), np.float32)
        for _ in range(seed % 2 * (1 + seed % 3)):
            place = float(rng.uniform(150, 1130)), float(rng.uniform(150, 870))
            add_nucleus(rng, absorbance, place, rng.uniform(50, 90), rng.uniform(0.2, 0.45))
        add_debris(rng, absorbance, style.debris)
        add_smudges(rng, absorbance, style.optics.smudge)
        pixels = np.asarray(expose(rng, absorbance, style.optics, 8), np.uint8)
        found.append(Cell(f"empty-{seed}", "empty", pixels, np.zeros((0, 4)), np.zeros(0, np.int64)))
    return found


def hospital_cells(data: Path, limit: int | None) -> list[Cell]:
    """Cells of unseen patients of the hospital that the shipped engines learnt from."""
    folder, split = HOSPITAL.split("/")
    return labelled_cells(data / folder, split, limit)


def annotated_twice(data: Path, files: Sequence[str]) -> list[tuple[FloatArray, FloatArray]]:
    """Boxes (N, 4) of two people, as pairs, of the hospital's cells in ``files`` that a second person annotated too."""
    folder = data / HOSPITAL.split("/")[0]
    second = _boxes_by_image(folder / "second.json")
    first = {image: boxes for name in files for image, boxes in _boxes_by_image(folder / f"{name}.json").items()}
    return [(second[image], boxes) for image, boxes in first.items() if image in second]


def _boxes_by_image(path: Path) -> dict[str, FloatArray]:
    document = json.loads(path.read_text(encoding="utf-8"))
    rows = defaultdict(list)
    for item in document["annotations"]:
        x, y, w, h = item["bbox"]
        rows[item["image_id"]].append((x, y, x + w, y + h))
    return {i["file_name"]: np.array(rows[i["id"]], np.float64).reshape(-1, 4) for i in document["images"]}


SOURCES: Final[Mapping[str, Source]] = {
    "xu, apart": Source(partial(laid_out, "xu", APART, False)),
    "xu, touching": Source(partial(laid_out, "xu", TOUCHING, False)),
    "padova held out, apart": Source(partial(laid_out, "padova", APART, True)),
    "padova held out, touching": Source(partial(laid_out, "padova", TOUCHING, True)),
    "pampaj held out, apart": Source(partial(laid_out, "pampaj", APART, True)),
    "pampaj held out, touching": Source(partial(laid_out, "pampaj", TOUCHING, True)),
    "tv1": Source(partial(fields, ("tv1.A",))),
    "tv2": Source(partial(fields, ("tv2.A",))),
    "tv3": Source(partial(fields, ("tv3.A",)), truth=False),
    "xd01–xd06": Source(partial(fields, tuple(f"xd0{i}" for i in range(1, 7))), truth=False, expected=46),
    "ex03": Source(partial(fields, ("ex03",)), truth=False),
    "xd11.blank": Source(partial(fields, ("xd11.blank",)), truth=False, expected=0),
    "drawn empty fields": Source(empty_fields, truth=False, expected=0),
    HOSPITAL: Source(hospital_cells),
}


def chosen_rows(wanted: Sequence[str] | None) -> list[str]:
    """Names of the rows that begin with one of ``wanted``, in the table's order; all where nothing is wanted.

    Raises KaryoViewError for a beginning that no row has.
    """
    names = [*SOURCES, *PEOPLE]
    for each in wanted or ():
        if not any(name.startswith(each) for name in names):
            raise KaryoViewError(f"There is no row {each!r}; there are {'; '.join(names)}.")
    return [name for name in names if not wanted or name.startswith(tuple(wanted))]


def measure(
    engine: Detector, data: Path, rows: Sequence[str] | None = None, cells: int | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and figures of each row, as they are measured; ``cells`` is the most that a row takes.

    Without ``cells`` a row of laid-out cells has 60 and every other row all there are.
    """
    cut = engine.info.operating_threshold
    for name in chosen_rows(rows):
        if name in PEOPLE:
            yield name, dict(figures_of_people(annotated_twice(data, PEOPLE[name])[:cells]))
            continue
        source = SOURCES[name]
        own = source.cells(data, cells)
        found = ask(engine, own)[0]
        row = figures_with_truth(found, own, cut) if source.truth else figures_of_counts(found, cut, source.expected)
        yield name, dict(row)


def data_folder(given: Path | None) -> Path:
    """The folder with ``labs/`` and ``taichung/``: the given one, else KARYOVIEW_DATA. Raises KaryoViewError."""
    named = given or os.environ.get("KARYOVIEW_DATA")
    if not named or not (Path(named) / "labs" / "labs.csv").is_file():
        raise KaryoViewError(
            f"The laboratories' cells are not at hand ({named or 'KARYOVIEW_DATA is not set'}); "
            "name the folder that holds labs/ and taichung/ by --data or KARYOVIEW_DATA."
        )
    return Path(named)


def command_of(engine: str) -> str:
    """The one command that prints the table of an engine."""
    return f"karyoview evaluate --laboratories $KARYOVIEW_DATA --engine {engine}"


def put_into_card(weights: Path, engine: Detector, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Write rows into the card beside ``weights``; its other rows stay, unless other weights made them."""
    path = card_path(weights)
    card = json.loads(path.read_text(encoding="utf-8"))
    metrics = card.setdefault("metrics", {})
    old = metrics.get(KEY, {})
    kept = old.get("rows", {}) if old.get("weights_hash") == engine.info.weights_hash else {}
    merged = {**kept, **rows}
    metrics[KEY] = {
        "command": command_of(engine.info.name),
        "weights_hash": engine.info.weights_hash,
        "rows": {name: merged[name] for name in chosen_rows(None) if name in merged},
    }
    write_atomic(path, json.dumps(card, indent=2, ensure_ascii=False).encode() + b"\n")


def table_of_card(card: Mapping[str, Any]) -> str:
    """The table that a card holds, in Markdown with its command; empty where it holds none."""
    study = card.get("metrics", {}).get(KEY) or {}
    if not study.get("rows"):
        return ""
    return f"{as_markdown(study['rows'])}\n\n```\n{study['command']}\n```"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; → 1 with one sentence where that cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds labs/ and taichung/; else KARYOVIEW_DATA")
    parser.add_argument("--engine", default="karyoview", help="name of an engine on this machine")
    parser.add_argument("--weights", type=Path, help="its weights file, where it is not an installed one")
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="only rows whose names begin so")
    parser.add_argument("--cells", type=int, help="at most so many cells a row, instead of 60 laid out and all others")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CELLS} cells a row")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 0: as many as there are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows here")
    parser.add_argument("--card", action="store_true", help="put the rows into the engine's card; not with few cells")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    args = parser.parse_args(arguments)
    if args.card and (args.quick or args.cells is not None):
        parser.error("a card holds the rows of all cells: leave out --quick and --cells")
    if args.cells is not None and args.cells < 1:
        parser.error("--cells must be 1 or more")
    try:
        use_threads(args.threads)
        data, _ = data_folder(args.data), chosen_rows(args.rows)
        engine = load_engine(args.engine, device=args.device, weights=args.weights, settings=as_in_card(args.engine))
        cells = QUICK_CELLS if args.quick else args.cells
        rows: dict[str, Any] = {}
        for name, row in measure(engine, data, args.rows, cells):
            rows[name] = row
            print(f"measured: {name}", file=sys.stderr, flush=True)
        print(as_markdown(rows) if args.markdown else as_text(rows))
        if args.json is not None:
            document = {"engine": engine.info.name, "weights_hash": engine.info.weights_hash, "rows": rows}
            write_atomic(args.json, json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n")
        if args.card:
            put_into_card(args.weights or find_engines()[0][args.engine], engine, rows)
    except KaryoViewError as error:
        print(f"laboratories: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
