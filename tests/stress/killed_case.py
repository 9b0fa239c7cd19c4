"""Work on a case that never ends, to be killed in the middle."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from killed_worker import acknowledge
from small_cases import with_a_box

from karyoview.case.backup import backup_case, restore_case
from karyoview.case.case import Case
from karyoview.report.content import collect_report
from karyoview.report.pdf import report_pdf, write_report


def edits(folder: str, note: str) -> None:
    with Case.open(Path(folder), user="writer") as case:
        while True:
            annotation = with_a_box(case.annotation("a.png"))
            case.save_annotation(annotation, "add box")
            acknowledge(note, annotation.revision)


def opening(folder: str, note: str) -> None:
    while True:
        Case.open(Path(folder), user="writer").close()
        acknowledge(note, 0)


migration = opening


def report(folder: str, note: str) -> None:
    """Write a PDF beside the case and keep one in it, again and again."""
    with Case.open(Path(folder), user="writer") as case:
        while True:
            write_report(collect_report(case), Path(folder).with_name("report.pdf"))
            kept = case.keep_report(report_pdf(collect_report(case)))
            acknowledge(note, kept.name)


def backup(folder: str, note: str) -> None:
    for number in itertools.count():
        target = Path(folder).with_name(f"b{os.getpid()}-{number}.zip")
        backup_case(Path(folder), target)
        restore_case(target, target.with_suffix(".restored"))
        acknowledge(note, 0)
