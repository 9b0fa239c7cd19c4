"""``karyoview evaluate``: how right predictions are, by every figure of the metrics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karyoview.cli.detect import Device, check_engine, check_output, write_output

if TYPE_CHECKING:
    from karyoview.services.evaluate import Predictions, Truths


def register(app: typer.Typer) -> None:
    """Add the command ``evaluate``."""

    @app.command()
    def evaluate(
        truth: Annotated[
            Path | None, typer.Option(metavar="FILE|CASE", help="COCO file, or a case with reviewed cells.")
        ] = None,
        predictions: Annotated[
            Path | None, typer.Option(metavar="FILE", help="File of `karyoview detect` (use --threshold 0.001 there).")
        ] = None,
        engine: Annotated[str | None, typer.Option(metavar="NAME", help="Run this on the truth's images.")] = None,
        output: Annotated[Path | None, typer.Option(metavar="FILE.json", help="All figures as JSON.")] = None,
        pictures: Annotated[
            Path | None, typer.Option(metavar="DIR", help="A picture of each image: right, extra, missed.")
        ] = None,
        images: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Where the images lie, if not beside the truth.")
        ] = None,
        device: Annotated[Device, typer.Option(help="Where the engine computes.")] = Device.AUTO,
        threshold: Annotated[
            float | None, typer.Option(min=0.0, max=1.0, help="Operating threshold; without it the engine's own.")
        ] = None,
        rotated: Annotated[bool, typer.Option("--rotated", help="Compare rotated boxes.")] = False,
        laboratories: Annotated[
            Path | None,
            typer.Option(metavar="DIR", help="Instead of --truth: one table over all laboratories' cells in here."),
        ] = None,
        quick: Annotated[bool, typer.Option("--quick", help="With --laboratories: a few cells of each.")] = False,
    ) -> None:
        """Compare predictions with the truth.

        Truth is matched by file name, else by unique base name. Ends with 0 when at least one image was
        compared, 1 when none was, 2 for wrong usage.
        """
        if laboratories is not None:
            if any((truth, predictions, pictures, images, threshold is not None, rotated)):
                raise typer.BadParameter("goes with --engine, --device, --output, --quick", param_hint="--laboratories")
            if status := _by_laboratory(laboratories, engine, device.value, output, quick):
                raise typer.Exit(status)
            return
        if truth is None:
            raise typer.BadParameter("give either --truth or --laboratories", param_hint="--truth")
        from karyoview.services.evaluate import EvaluationError, read_predictions, read_truths

        if (predictions is None) == (engine is None):
            raise typer.BadParameter("give either --predictions or --engine", param_hint="--predictions")
        if engine is not None:
            check_engine(engine)
        if output is not None:
            check_output(output)
        truths = read_truths(truth, rotated=rotated, images=images)
        if predictions is not None:
            found = read_predictions(predictions, truths, rotated=rotated)
        else:
            found = _ask(str(engine), truths, device.value, rotated)
        if not found.items:
            raise EvaluationError("Not one image of the truth has a prediction; compare the file names.")
        cut = next(v for v in (threshold, found.threshold, 0.5) if v is not None)
        _report(truths, found, cut, output)
        if pictures is not None:
            _draw(pictures, truths, found, cut)


def _report(truths: Truths, found: Predictions, cut: float, output: Path | None) -> None:
    """Print the figures of what has a prediction, from the score ``cut`` on; all of them go to ``output``."""
    from karyoview.core.metrics import evaluate as compare

    asked = {p.image for p in found.items}
    judged = [t for t in truths.items if t.image in asked]
    left_out = len(truths.items) - len(judged)
    report = compare(found.items, judged, score_threshold=cut, ranked=found.ranked)
    report["without_prediction"] = left_out
    typer.echo(report.table(found.title))
    if left_out:
        typer.echo(f"{left_out} images of the truth have no prediction and were left out.", err=True)
    if output is not None:
        import json

        write_output(output, json.dumps(report, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n")


def _by_laboratory(data: Path, engine: str | None, device: str, output: Path | None, quick: bool) -> int:
    """Print the table by laboratory as the study of that name does; → its exit status."""
    from karyoview.core.errors import KaryoViewError

    if engine is not None:
        check_engine(engine)
    if output is not None:
        check_output(output)
    try:
        from karyotrain.studies.laboratories import main
    except ModuleNotFoundError as error:
        raise KaryoViewError(
            "The table by laboratory is made by the studies, which come with KaryoView's source code and not with "
            "this installation; run the command in a checkout."
        ) from error
    arguments = ["--data", str(data), "--device", device, *["--quick"] * quick]
    arguments += ["--engine", engine] if engine is not None else []
    arguments += ["--json", str(output)] if output is not None else []
    status: int = main(arguments)
    return status


def _ask(engine: str, truths: Truths, device: str, rotated: bool) -> Predictions:
    """Predictions of an engine for the pictures of the truth, down to the score that AP needs."""
    from karyoview.core.detection import MIN_RANKED_SCORE
    from karyoview.core.metrics import ImagePrediction
    from karyoview.detectors.registry import as_in_card, load_engine
    from karyoview.services import detect as service
    from karyoview.services.evaluate import Predictions
    from karyoview.services.truth_pictures import sources_of

    watch = service.Stopwatch()
    detector = load_engine(engine, device=device, settings={"threshold": MIN_RANKED_SCORE, **as_in_card(engine)})
    sources, lost = sources_of(truths)
    for name in lost:
        typer.echo(f"not done: {name} was not found beside the truth; name its folder by --images.", err=True)
    items = []
    for outcome in service.detect(sources, detector, progress=lambda *s: typer.echo(watch.line(*s), err=True)):
        if outcome.detections is None:
            typer.echo(f"not done: {outcome.reason}", err=True)
        else:
            items.append(ImagePrediction.from_detections(outcome.detections, rotated))
    return Predictions(tuple(items), None, detector.info.operating_threshold, detector.info.title)


def _draw(folder: Path, truths: Truths, found: Predictions, threshold: float) -> None:
    from karyoview.core.errors import KaryoViewError
    from karyoview.services.truth_pictures import draw_pictures

    try:
        folder.mkdir(parents=True, exist_ok=True)
        drawn, lost = draw_pictures(folder, truths, found, threshold)
    except OSError as error:
        raise KaryoViewError(f"The pictures cannot be written to {folder} ({error.strerror or error}).") from error
    typer.echo(f"{drawn} pictures in {folder}" + (f"; {lost} images were not found" if lost else ""), err=True)
