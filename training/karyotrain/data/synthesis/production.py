"""Many cells at once: a case folder from an order, by one process or several, with a manifest of hashes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import platformdirs

from karyotrain.data.synthesis.cell import STYLES, make_cell
from karyotrain.data.synthesis.karyotype import clones_in_shares, read_clones
from karyotrain.data.synthesis.library import PasteLibrary
from karyotrain.data.synthesis.paste import make_pasted_cell
from karyotrain.data.synthesis.truth import SyntheticCell, truth_hash, write_case
from karyoview import __version__
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.ideogram import load_bands
from karyoview.io.atomic import write_atomic

_MOST_CELLS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Order:
    """What to make; the fields are the options of ``karyoview synthesize``."""

    cells: int
    karyotype: str = "46,XX"
    band_level: int = 550
    seed: int = 0
    size: str = ""
    style: str = "clinic"
    bits: int = 8
    form: str = "png"
    paste: Path | None = None
    images: Path | None = None
    pictures: int = 500
    workers: int = 1


def produce(order: Order, output: Path, *, manifest: Path | None = None, check: Path | None = None) -> Iterator[str]:
    """Make the cells of an order into the new folder ``output``; yields lines that say what was made.

    ``manifest`` gets a hash of each truth and picture; with ``check`` the truths are compared with
    an earlier manifest. Raises KaryoViewError for what cannot be made, or a truth that differs.
    """
    if not 1 <= order.cells <= _MOST_CELLS:
        raise KaryoViewError(f"{order.cells} cells cannot be made; ask for 1 to {_MOST_CELLS}.")
    known = _read_manifest(check) if check is not None else None
    started = time.perf_counter()
    cells = _pasted(order) if order.paste is not None else _drawn(order)
    rows: list[dict[str, Any]] = []
    severe: list[float] = []

    def recorded() -> Iterator[SyntheticCell]:
        for cell in cells:
            pixels = hashlib.sha256(np.ascontiguousarray(cell.image).tobytes()).hexdigest()
            row = {"cell": len(rows) + 1, "size": list(cell.image.shape), "chromosomes": len(cell.truth)}
            rows.append({**row, "truth": truth_hash(cell), "pixels": pixels})
            severe.extend([cell.severe_overlap()] * len(cell.truth))
            yield cell

    info = {
        "description": "Metaphases made by KaryoView's generator; no review, no person's data."
        if order.paste is None else "Metaphases pasted by KaryoView's generator from chromosomes of real cells.",
        "version": __version__, "seed": order.seed,
        **({} if order.paste else {"karyotype": order.karyotype, "band_level": order.band_level, "style": order.style}),
    }  # fmt: skip
    path = write_case(output, recorded(), form=order.form, info=info)
    yield f"{len(rows)} cells and {path} written in {time.perf_counter() - started:.1f} s."
    yield f"Boxes that overlap severely (sum of IoG at least 0.5): {np.mean(severe):.3f}."
    if manifest is not None:
        share = round(float(np.mean(severe)), 4)
        document = {"seed": order.seed, "cells": len(rows), "severe_overlap": share, "hashes": rows}
        write_atomic(manifest, (json.dumps(document, indent=1) + "\n").encode())
    if known is not None:
        other = [r["cell"] for r, k in zip(rows, known, strict=False) if r["truth"] != k]
        if other or len(rows) != len(known):
            raise KaryoViewError(
                f"{len(other)} of {len(rows)} truths differ from {check} ({len(known)} cells);"
                " the program or its data changed."
            )
        yield f"All {len(rows)} truths are those of {check}."


def parse_size(text: str) -> tuple[int, int] | None:
    """(height, width) of ``1360x1024``; None for an empty text; KaryoViewError for anything else."""
    if not text:
        return None
    width, _, height = text.lower().replace("×", "x").partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise KaryoViewError(f'"{text}" is no size; write width x height in pixels, as 1360x1024.')
    return int(height), int(width)


def _drawn(order: Order) -> Iterator[SyntheticCell]:
    if order.style not in STYLES:
        raise KaryoViewError(f"There is no style {order.style!r}; choose {' or '.join(STYLES)}.")
    load_bands(order.band_level)
    size = parse_size(order.size)
    clones = clones_in_shares(read_clones(order.karyotype), order.cells, order.seed)
    make = partial(_draw_one, order.seed, size, order.band_level, order.style, order.bits)
    return _spread(make, [c.text for c in clones], order.workers)


def _draw_one(
    seed: int, size: tuple[int, int] | None, level: int, style: Any, bits: int, job: tuple[int, str]
) -> SyntheticCell:
    return make_cell(job[1], seed * _MOST_CELLS + job[0], size, level, style, bits)


def _pasted(order: Order) -> Iterator[SyntheticCell]:
    coco = Path(order.paste or "")
    if not coco.is_file():
        raise KaryoViewError(f"{coco} is not there; give the COCO file of real cells to paste from.")
    if order.bits != 8 or order.size:
        raise KaryoViewError("Pasted cells are 8 bit and as large as they come; leave --bits and --size out.")
    images = order.images or (coco.parent / "images" if (coco.parent / "images").is_dir() else coco.parent)
    cache = Path(platformdirs.user_cache_dir("karyoview")) / "pieces"
    library = PasteLibrary.build(images, coco, cache, order.pictures, order.workers)
    make = partial(_paste_one, str(cache / library.file_name), order.seed)
    return _spread(make, [""] * order.cells, order.workers)


def _paste_one(path: str, seed: int, job: tuple[int, str]) -> SyntheticCell:
    return make_pasted_cell(_library(path), seed * _MOST_CELLS + job[0])


@lru_cache(maxsize=1)
def _library(path: str) -> PasteLibrary:
    return PasteLibrary.read(Path(path))


def _spread(make: Any, texts: list[str], workers: int) -> Iterator[SyntheticCell]:
    jobs = list(enumerate(texts))
    if workers <= 1:
        yield from map(make, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(make, jobs, chunksize=2)


def _read_manifest(path: Path) -> list[str]:
    try:
        return [str(row["truth"]) for row in json.loads(path.read_text(encoding="utf-8"))["hashes"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KaryoViewError(f"{path} is no manifest of made cells; write one with --manifest.") from error
