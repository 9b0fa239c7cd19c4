"""``karyoview weights``: what is active, whether something newer is better, the way there and back, and exports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karyoview.cli.detect import Device, check_output, write_output

if TYPE_CHECKING:
    from karyoview.services.authority import Credentials
    from karyoview.services.weights import Comparison


def register(app: typer.Typer) -> None:
    """Add the command ``weights`` with ``list``, ``compare``, ``activate``, ``export`` and ``rollback``."""
    weights = typer.Typer(
        no_args_is_help=True, help="A laboratory's weights: list, compare, activate, export, rollback."
    )
    app.add_typer(weights, name="weights")
    _register_export(weights)
    file_argument = typer.Argument(..., metavar="FILE", help="The new .safetensors file, with its card beside it.")
    data_option = typer.Option(..., metavar="DIR", help="Training set (its held-back cells) or case; repeatable.")
    against_option = typer.Option("", metavar="NAME", help="The engine to compare with; default the one it replaces.")
    user_option = typer.Option("", help="Who does it: an approver, where people are entered; else the login name.")
    fd_option = typer.Option(-1, "--passphrase-fd", metavar="N", help="Read the passphrase from this file descriptor.")

    @weights.command("list")
    def list_weights() -> None:
        """The changes so far, the oldest first, and whether the record is whole."""
        from karyoview.services.weights import WeightsRepository

        repository = WeightsRepository()
        for entry in repository.history():
            change = f"{entry.get('before', '')[:12]} -> {entry.get('after', '')[:12]}"
            typer.echo("\t".join((entry["time"], entry["user"], entry["action"], entry.get("engine", ""), change)))
        for problem in repository.problems():
            typer.echo(f"problem: {problem}", err=True)
        if repository.problems():
            raise typer.Exit(1)

    @weights.command()
    def compare(
        file: Path = file_argument,
        data: list[Path] = data_option,
        against: str = against_option,
        output: Annotated[Path | None, typer.Option(metavar="FILE.json", help="All figures as JSON.")] = None,
        device: Annotated[Device, typer.Option(help="Where the engines compute.")] = Device.AUTO,
    ) -> None:
        """Judge new weights on held-back reviewed cells; ends with 0 when they are better, else 1."""
        import json

        if output is not None:
            check_output(output)
        outcome = _compare(file, data, against, device.value)
        if output is not None:
            write_output(output, json.dumps(outcome.to_dict(), indent=1).encode() + b"\n")
        raise typer.Exit(0 if outcome.offered else 1)

    @weights.command()
    def activate(
        file: Path = file_argument,
        data: list[Path] = data_option,
        against: str = against_option,
        device: Annotated[Device, typer.Option(help="Where the engines compute.")] = Device.AUTO,
        user: str = user_option,
        passphrase_fd: int = fd_option,
    ) -> None:
        """Compare, and make the new weights active where they are better; refused otherwise."""
        from karyoview.services.weights import WeightsRepository

        outcome = _compare(file, data, against, device.value)
        who = _credentials(user, passphrase_fd)
        digest = WeightsRepository(user=user or _login()).activate(outcome, who=who)
        typer.echo(f"active: {outcome.new} {digest[:12]}; `karyoview weights rollback {outcome.new}` takes it back")

    @weights.command()
    def rollback(
        engine: str = typer.Argument(..., metavar="NAME", help="The engine."),
        user: str = user_option,
        passphrase_fd: int = fd_option,
    ) -> None:
        """Make the weights active that were so before."""
        from karyoview.services.weights import WeightsRepository

        who = _credentials(user, passphrase_fd)
        digest = WeightsRepository(user=user or _login()).roll_back(engine, who=who)
        typer.echo(f"active: {engine} {digest[:12]}")


def _register_export(weights: typer.Typer) -> None:
    @weights.command()
    def export(
        engine: str = typer.Argument("karyoview", metavar="NAME", help="The engine, or a .safetensors file."),
        cells: Annotated[
            Path | None, typer.Option(metavar="PATH", help="Cells to calibrate on: a case, folder or COCO file.")
        ] = None,
        images: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the COCO file's pictures lie.")] = None,
        limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many of the cells are read.")] = 12,
        beside: Annotated[bool, typer.Option("--beside", help="Write it beside the weights, to be shipped.")] = False,
        graphs: Annotated[
            bool, typer.Option("--graphs", help="Only the graphs with which the engine runs without PyTorch.")
        ] = False,
    ) -> None:
        """Make the networks in 8 bits for this machine's processor: once, two to three times as fast then.

        Without --cells the sample cells calibrate them. The files go to the user's cache, named by the weights. With
        --graphs the engine's networks are written down for the light installation, which has no PyTorch.
        """
        from karyoview.services.export_weights import calibration_cells, export_graphs_of, export_weights

        if graphs:
            for folder in export_graphs_of(engine, beside=beside):
                typer.echo(f"exported: {folder}")
            return

        def tell(done: int, total: int, what: str) -> None:
            typer.echo(f"[{done}/{total}] {what}", err=True)

        made = export_weights(engine, calibration_cells(cells, images, limit), beside=beside, progress=tell)
        typer.echo(f"exported: {made.folder}")


def _compare(file: Path, data: list[Path], against: str, device: str) -> Comparison:
    from karyoview.services.weights import compare

    def tell(done: int, total: int, what: str) -> None:
        typer.echo(f"[{done}/{total}] {what}", err=True)

    outcome = compare(file, data, against=against, device=device, progress=tell)
    typer.echo(outcome.sentence())
    for title, cells in (("better", outcome.better), ("worse", outcome.worse)):
        for cell in cells[:10]:
            typer.echo(f"  {title}: {cell.image}: {cell.old} -> {cell.new}")
    return outcome


def _credentials(user: str, descriptor: int) -> Credentials | None:
    """Who does it, with their passphrase; None where nobody is entered who could be asked."""
    from karyoview.cli.users import read_passphrase
    from karyoview.services.authority import AuthorityError, Credentials, users_if_any

    known = users_if_any()
    if known is None or not known.all():
        return None
    if not user:
        raise AuthorityError("People are entered here: say which approver does this with --user.")
    return Credentials(user, read_passphrase(descriptor, of=user))


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
