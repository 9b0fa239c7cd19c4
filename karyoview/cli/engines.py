"""``karyoview engines``: which engines this machine has, and what is known of them."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command ``engines``."""

    @app.command()
    def engines(
        name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Print this engine's whole card.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    ) -> None:
        """List the engines that can be used, the default one first."""
        import json

        from karyoview.core.errors import KaryoViewError
        from karyoview.detectors.registry import available_engines, find_engines

        found = available_engines()
        if name is not None:
            found = [info for info in found if info.name == name]
            if not found:
                raise KaryoViewError(f"There is no engine {name!r} here; `karyoview engines` lists those there are.")
            typer.echo(json.dumps(dict(found[0].card), indent=1, ensure_ascii=False))
            return
        if as_json:
            rows = [
                {"name": i.name, "title": i.title, "classes": len(i.classes), "rotated": i.rotated,
                 "operating_threshold": i.operating_threshold, "weights_hash": i.weights_hash}
                for i in found
            ]  # fmt: skip
            typer.echo(json.dumps({"engines": rows}, indent=1, ensure_ascii=False))
            return
        for info in found:
            kind = f"{len(info.classes)} classes" if info.names_classes else "boxes only"
            boxes = "rotated" if info.rotated else "horizontal"
            threshold = f"threshold {info.operating_threshold:g}"
            typer.echo(
                f"{info.name:<16} {info.title:<32} {kind:<11} {boxes:<11} {threshold:<15} {info.weights_hash[:12]}"
            )
        for problem in find_engines()[1]:
            typer.echo(f"not usable: {problem}", err=True)
        if not found:
            typer.echo("No engine has weights on this machine; `karyoview doctor` says where they belong.", err=True)
