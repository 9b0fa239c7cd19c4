"""How long the usual steps take in a large case."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

from place_samples import draw_cells

from karyoview.case.case import Case
from karyoview.core.annotation import Attribution, PredictedChromosome
from karyoview.core.geometry import Box


def test_times_of_the_usual_steps(tmp_path: Path) -> None:
    """Prints what a person waits for; asserts only that the work was done."""
    for suffix in (".png", ".tif"):
        folder = draw_cells(tmp_path / suffix[1:], 100, suffix)
        begun = time.perf_counter()
        with Case.open(folder) as case:
            first = time.perf_counter() - begun
            assert len(case.cells) == 100
        begun = time.perf_counter()
        with Case.open(folder) as case:
            again = time.perf_counter() - begun
            assert len(case.cells) == 100
        print(f"open 100 {suffix} images: first {first * 1e3:.0f} ms, again {again * 1e3:.0f} ms")
    by = Attribution("engine", "kv")
    cells = tuple(
        PredictedChromosome(f"c{i}", Box.rotated(i + 0.1, 9.3, 12.5, 44.4, 0.3), i % 24, by, by, 0.8,
                            probabilities=tuple(k / 300 for k in range(24)), mask="1" * 400)
        for i in range(46)
    )  # fmt: skip
    times = []
    with Case.open(tmp_path / "png") as case:
        annotation = case.annotation("cell0.png").next_revision(chromosomes=tuple(cells))
        case.save_annotation(annotation, "proposed")
        for i in range(100):
            moved = replace(annotation.chromosomes[i % 46], box=annotation.chromosomes[i % 46].box.moved(1.0, 0.5))
            annotation = annotation.next_revision(
                chromosomes=tuple(moved if c.id == moved.id else c for c in annotation.chromosomes)
            )
            begun = time.perf_counter()
            case.save_annotation(annotation, "move box", {"id": moved.id})
            times.append((time.perf_counter() - begun) * 1e3)
    times.sort()
    print(f"edit to saved, 46 boxes: median {times[50]:.1f} ms, p95 {times[95]:.1f} ms, worst {times[-1]:.1f} ms")
    size = (tmp_path / "png/karyoview/audit.jsonl").stat().st_size
    many = tmp_path / "png/karyoview"
    print(f"record of {len(times)} moves: {size / len(times) / 1e3:.1f} kB each")
    shutil.rmtree(many / "annotations")
    begun = time.perf_counter()
    with Case.open(tmp_path / "png") as case:
        assert case.annotation("cell0.png") == annotation
    print(f"annotation of 100 edits built anew from the record: {(time.perf_counter() - begun) * 1e3:.0f} ms")
