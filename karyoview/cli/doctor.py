"""``karyoview doctor``: is this installation in order, and what to do where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from karyoview.services.doctor import Finding


def register(app: typer.Typer) -> None:
    """Add the command ``doctor``."""

    @app.command()
    def doctor(window_only: Annotated[bool, typer.Option("--window-only", hidden=True)] = False) -> None:
        """Print versions, device, window system, weights and folders. Ends with 1 when something needs attention."""
        from itertools import chain

        from karyoview.services.doctor import examine

        if window_only:
            typer.echo(_window_system())
            return
        problems = 0
        for finding in chain(examine(), [_ask_window_system()]):
            typer.echo(f"{finding.topic:<24} {finding.value}")
            if finding.problem:
                problems += 1
                typer.echo(f"{'':<24} ! {finding.problem}")
        typer.echo(
            "Everything is in order." if not problems else f"{problems} problem(s); what to do stands beside each."
        )
        raise typer.Exit(1 if problems else 0)


def _window_system() -> str:
    """Start Qt and name its platform; a missing library or display ends the process here."""
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication([])
    return f"Qt {qVersion()}, {application.platformName()}, {len(application.screens())} screen(s)"


def _ask_window_system() -> Finding:
    """The window system, asked in another process, because Qt aborts where it cannot start."""
    from karyoview.services.doctor import Finding
    from karyoview.services.program import own_command

    screenless = has_no_screen(sys.platform, os.environ)
    # Without a screen it is still worth knowing whether Qt and its libraries are whole.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"} if screenless else dict(os.environ)
    command = [*own_command(), "doctor", "--window-only"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("Window", "unknown", f"Qt could not be asked ({error}).")
    if done.returncode == 0 and screenless:
        started = done.stdout.split(",")[0].strip()
        return Finding("Window", f"no screen here: the window cannot be shown, commands can be used ({started} starts)")
    if done.returncode == 0:
        return Finding("Window", done.stdout.strip())
    if "could not connect to display" in done.stderr:
        named = os.environ.get("DISPLAY") or "without a name"
        return Finding(
            "Window",
            f"the screen {named} cannot be reached",
            "Start it where there is a screen (over ssh: ssh -X); commands work without one.",
        )
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    advice = (
        "On Debian: apt-get install libegl1 libgl1 libx11-6 libxkbcommon0 libfontconfig1 libglib2.0-0 libdbus-1-3 "
        "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 "
        "libxkbcommon-x11-0."
    )
    return Finding("Window", f"does not start ({last[:120]})", advice)


def has_no_screen(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether neither X nor Wayland is there, and nobody chose another way for Qt to show windows."""
    named = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return platform.startswith(("linux", "freebsd")) and not named
