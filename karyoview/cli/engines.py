"""``karyoview engines``: which engines this machine has, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

_FIGURES = {"f1": "F1", "map50": "mAP50", "ap50": "AP50", "class_accuracy": "classes right", "wcr": "cells right"}


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
            for line in short_form(info.card):
                typer.echo(f"{'':<16} {line}")
        for problem in find_engines()[1]:
            typer.echo(f"not usable: {problem}", err=True)
        if not found:
            typer.echo("No engine has weights on this machine; `karyoview doctor` says where they belong.", err=True)


def short_form(card: Mapping[str, Any]) -> list[str]:
    """The figures of a card in a line for each set of cells, and its warning where it is not ready for use."""
    from karyoview.detectors.cards import measured_on

    lines = []
    for cells, figures in measured_on(card).items():
        parts = []
        if (corrections := figures.get("corrections_per_cell")) is not None:
            parts.append(f"{corrections:.1f} corrections a cell")
        for key, title in _FIGURES.items():
            if figures.get(key) is not None:
                parts.append(f"{title} {100 * figures[key]:.1f} %")
        if parts:
            lines.append(f"{cells}, {figures.get('images', '?')} cells: {', '.join(parts)}")
    if card.get("experimental"):
        lines.append("Experimental: to be trained further, not to work with.")
    return lines
