"""``karyoview detect``: chromosomes in images, folders and cases, as one COCO-style file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karyoview.detectors.protocol import EngineInfo
    from karyoview.services.detect import Outcome, Progress, Source


class Device(StrEnum):
    """Where an engine computes."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def register(app: typer.Typer) -> None:
    """Add the command ``detect``."""

    @app.command()
    def detect(
        paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Images, folders of images, or cases.")],
        engine: Annotated[str, typer.Option(help="The engine's name; `karyoview engines` lists them.")],
        output: Annotated[Path, typer.Option(metavar="FILE.json", help="The result file.")],
        device: Annotated[Device, typer.Option(help="Where the engine computes.")] = Device.AUTO,
        threshold: Annotated[
            float | None, typer.Option(min=0.0, max=1.0, help="Lowest score, else the engine card's; 0.001 for AP.")
        ] = None,
        all_classes: Annotated[bool, typer.Option("--all-classes", help="Every class of a box, not its best.")] = False,
        look_anyway: Annotated[
            bool, typer.Option("--look-anyway", help="Boxes also where a picture shows no metaphase.")
        ] = False,
        workers: Annotated[
            int, typer.Option(min=0, metavar="N", help="Share the pictures among N processes of this machine.")
        ] = 0,
        scheduler: Annotated[
            str, typer.Option(metavar="tcp://HOST:PORT", help="Share them among the workers of a Dask scheduler.")
        ] = "",
    ) -> None:
        """Find chromosomes and write one COCO-style file.

        Ends with 0 when at least one image was done, 1 when none was, 2 for wrong usage. Images that
        cannot be read are listed under `errors` in the file.
        """
        from karyoview.core.detection import MIN_RANKED_SCORE
        from karyoview.detectors.registry import load_engine
        from karyoview.io.documents import dump_document
        from karyoview.services import detect as service
        from karyoview.services.inference import anyway_settings

        if workers and scheduler:
            raise typer.BadParameter("give --workers or --scheduler, not both", param_hint="--workers")
        check_engine(engine)
        check_output(output)
        watch = service.Stopwatch()
        sources, failed = service.find_sources(paths)
        outcomes = list(failed)
        if sources:
            floor = MIN_RANKED_SCORE if all_classes else threshold
            settings: dict[str, object] = {} if floor is None else {"threshold": floor}
            if look_anyway:
                settings |= anyway_settings(engine_info(engine).card)
            tell = lambda *state: typer.echo(watch.line(*state), err=True)  # noqa: E731
            if workers or scheduler:
                info = engine_info(engine)
                outcomes += _shared(sources, info, workers, scheduler, device.value, settings, tell)
            else:
                detector = load_engine(engine, device=device.value, settings=settings)
                info = detector.info
                outcomes += service.detect(sources, detector, progress=tell)
        else:
            info = engine_info(engine)
        document = service.coco_document(
            outcomes, info, threshold=threshold, all_classes=all_classes, seconds=watch.seconds
        )
        write_output(output, dump_document(document))
        for note in document["notes"]:
            typer.echo(f"{note['file_name']}: {note['note']}", err=True)
        for error in document["errors"]:
            typer.echo(f"not done: {error['reason']}", err=True)
        done, chromosomes = len(document["images"]), len(document["annotations"])
        typer.echo(f"{done} images, {chromosomes} boxes, {len(document['errors'])} errors: {output}", err=True)
        raise typer.Exit(0 if done else 1)


def _shared(
    sources: Sequence[Source],
    info: EngineInfo,
    workers: int,
    scheduler: str,
    device: str,
    settings: dict[str, object],
    tell: Progress,
) -> list[Outcome]:
    """The outcomes of several workers; which of them did how many is said at the end."""
    from karyoview.services.cluster import WorkerCounts, connect, detect_on

    counts = WorkerCounts()
    with connect(scheduler, workers) as client:
        found = list(detect_on(client, sources, info, device=device, settings=settings, progress=tell, counts=counts))
    for line in counts.lines():
        typer.echo(line, err=True)
    return found


def check_engine(name: str) -> None:
    """BadParameter (status 2) for an engine that does not exist, before anything heavy is loaded."""
    from karyoview.detectors.registry import ENGINES, find_engines

    found, _ = find_engines()
    if name not in found and name not in ENGINES:
        known = ", ".join(found) or "none"
        raise typer.BadParameter(f"there is no engine {name!r}; present: {known}", param_hint="--engine")


def engine_info(name: str) -> EngineInfo:
    """The card of an engine as EngineInfo, without loading its weights."""
    from karyoview.detectors.protocol import EngineError
    from karyoview.detectors.registry import available_engines

    for info in available_engines():
        if info.name == name:
            return info
    raise EngineError(f"The engine {name} has no weights on this machine; `karyoview doctor` says where they belong.")


def check_output(path: Path) -> None:
    """BadParameter (status 2) where no file can be written, before hours of work."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"{path} is no place for a file; its folder must exist", param_hint="--output")


def write_output(path: Path, data: bytes) -> None:
    """Write a result whole or not at all; KaryoViewError says why not."""
    from karyoview.core.errors import KaryoViewError
    from karyoview.io.atomic import explain, write_atomic

    try:
        write_atomic(path, data)
    except OSError as error:
        raise KaryoViewError(f"The result was not written: {explain(error, path)}.") from error
