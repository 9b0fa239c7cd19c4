"""How this program starts itself again, frozen or not."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def own_command() -> list[str]:
    """The beginning of a command line of this program: the frozen executable, or Python with the package.

    On Windows a program has either a window or a console; commands go to the one with the console.
    """
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "karyoview"]
    if os.name == "nt":
        console = Path(sys.executable).with_name("karyoview.exe")
        if console.is_file():
            return [str(console)]
    return [sys.executable]
