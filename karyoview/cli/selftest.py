"""``karyoview selftest``: does this installation do its work, from the window to a training?"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``selftest``."""

    @app.command()
    def selftest(
        folder: Annotated[
            Path | None, typer.Argument(metavar="[FOLDER]", help="Where its files and the record are kept.")
        ] = None,
        on_screen: Annotated[bool, typer.Option("--on-screen", help="Show the window while it is tested.")] = False,
        training: Annotated[bool, typer.Option(help="Train a tiny engine, in a process of its own.")] = True,
        patience: Annotated[float, typer.Option(min=1.0, help="The longest a step may take, in seconds.")] = 900.0,
    ) -> None:
        """Open a drawn case in the window, ask an engine, edit, save, report and train; → a record for your files.

        Nothing of your own is touched. Ends with 1 when a step is not in order.
        """
        from karyoview.detectors.graphs import torch_installed
        from karyoview.services.selftest import (
            RECORD,
            Protocol,
            Step,
            copy_cells,
            own_process,
            refused_training,
            train_a_little,
        )

        if not on_screen:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        with ExitStack() as stack:
            base = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="karyoview-")))
            place = (base / f"selftest-{_free_number(base)}").absolute()
            # Children of this process, the trainer above all, keep to the folder of the test too.
            os.environ["KARYOVIEW_WORKSPACE"] = str(place / "workspace")
            own_weights = place / "own weights"
            case = copy_cells("46XX", place / "Fall Ünß 1")

            def tell(step: Step) -> None:
                typer.echo(f"{'in order' if step.ok else 'FAILED':<9} {step.title} ({step.seconds:.1f} s): {step.seen}")

            protocol = Protocol(tell)
            from karyoview.gui.selftest import WindowTest

            window = WindowTest(protocol, case, place / "settings.json", patience)
            window.start()
            window.detect()
            window.edit()
            window.review()
            pdf = place / "report.pdf"
            with protocol.step("A report is written, by the command line, while the case is open") as seen:
                own_process(["report", str(case), "--output", str(pdf)], patience)
                if not pdf.read_bytes().startswith(b"%PDF"):
                    raise ValueError(f"{pdf} is no PDF.")
                seen.append(f"{pdf.name}, {pdf.stat().st_size >> 10} KiB")
            if training and not torch_installed():
                with protocol.step("Training says what it needs") as seen:
                    seen.append(refused_training(place, patience))
            elif training:
                with protocol.step("A tiny engine is trained and trained further") as seen:
                    os.environ["KARYOVIEW_WEIGHTS"] = str(own_weights)
                    seen.append(train_a_little(place, own_weights, patience))
            window.close()
            with protocol.step("The record of the case is whole") as seen:
                seen.append(own_process(["verify", str(case)], patience).splitlines()[0])
            protocol.write(place / RECORD)
            if folder is not None:
                typer.echo(f"The record is {place / RECORD}.")
            typer.echo("This installation does its work." if protocol.ok else "This installation is not in order.")
            if not protocol.ok:
                raise typer.Exit(1)


def _free_number(base: Path) -> int:
    """The first number of a self-test that is not kept in ``base`` yet."""
    number = 1
    while (base / f"selftest-{number}").exists():
        number += 1
    return number
