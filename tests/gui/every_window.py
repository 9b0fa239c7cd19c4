"""Opens every window and dialog with something in it, takes a picture of each and prints what is wrong with it.

``python tests/gui/every_window.py FOLDER WIDTH HEIGHT [SCALE] [THEME]`` on a screen of so many pixels; pictures lie
in FOLDER. A line a fault, then ``looked at:`` with the classes of the windows. ``QT_QPA_PLATFORM=xcb`` shows them on
the screen there is.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path


def main(target: Path, width: int, height: int, scale: str = "1", theme: str = "light") -> None:
    """Walk through all windows on a screen of ``width`` × ``height`` pixels with settings and cases of its own."""
    own = target / "own"
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(parents=True)
    if os.environ.get("QT_QPA_PLATFORM") != "xcb":
        screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96,
                  "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
        (own / "screen.json").write_text(json.dumps({"synchronousWindowSystemEvents": False, "screens": [screen]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={own / 'screen.json'}"
    os.environ.update(
        {f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")},
        QT_SCALE_FACTOR=scale, KARYOVIEW_WORKSPACE=str(own / "workspace"), KARYOVIEW_LABORATORY="any",
        KARYOVIEW_INDEX=f"sqlite:///{own / 'index.sqlite'}",
    )  # fmt: skip
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    from window_walk import walk_through  # Qt reads the screen where it is loaded

    faults, kinds = walk_through(target, theme)
    print("\n".join([*faults, f"looked at: {' '.join(sorted(kinds))}"]), flush=True)
    os._exit(0)  # threads of pages may still be at work


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6])
