"""The frozen application: one folder with the window, the engines, the trainer and the command line.

``python packaging/frozen.py`` builds it into ``build/frozen/karyoview`` unless it is up to date (``--anew`` always),
adds the licences and the bill of materials, refuses a build that may not be shipped, and prints its sizes. With
``KARYOVIEW_LIGHT=1`` in the environment it is the light build, into ``build/frozen-light/karyoview``: without PyTorch,
so that it proposes on ONNX Runtime and trains nothing.
``--sizes`` only prints the sizes of the build that there is, as the table of the help page on installing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Final

PACKAGING: Final = Path(__file__).resolve().parent
ROOT: Final = PACKAGING.parent
LIGHT: Final = os.environ.get("KARYOVIEW_LIGHT") == "1"
"""Whether the light build is meant: without PyTorch, for ONNX Runtime alone."""
_NAME: Final = "frozen-light" if LIGHT else "frozen"
FOLDER: Final = ROOT / "build" / _NAME / "karyoview"
"""The finished build; the program is ``karyoview`` in it."""
WORK: Final = ROOT / "build" / f"{_NAME}-work"
NOTES: Final = "build.json"
_SOURCES: Final = {
    "karyoview": "karyoview",
    "karyotrain": "training/karyotrain",
    "karyotrain/recipes": "training/recipes",
}
_LEFT_OUT: Final = ("studies",)
"""Folders of the packages that are not in the wheel either."""
_MIB: Final = 1 << 20


class BuildError(Exception):
    """The build failed or may not be shipped; the message says why."""


def program(folder: Path = FOLDER) -> Path:
    """The program in a finished build."""
    name = "karyoview.exe" if sys.platform == "win32" else "karyoview"
    return folder / name


def flavour(folder: Path = FOLDER) -> str:
    """``cuda`` for a build with support for graphics cards, ``cpu`` without it, ``light`` without PyTorch."""
    if next(folder.rglob("*torch_cpu.*"), None) is None:
        return "light"
    return "cuda" if any(folder.rglob("*torch_cuda.*")) else "cpu"


def stage(target: Path) -> Path:
    """The packages laid out as in a wheel, so that an edit during the build cannot mix two versions."""
    shutil.rmtree(target, ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__", *_LEFT_OUT)
    for place, source in _SOURCES.items():
        shutil.copytree(ROOT / source, target / place, ignore=left_out, dirs_exist_ok=True)
    shutil.copytree(ROOT / "resources", target / "resources", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return target


def fingerprint() -> dict[str, str]:
    """SHA-256 over what PyInstaller builds from (``code``: sources, recipe, packages) and over the ``resources``."""
    sys.path.insert(0, str(PACKAGING))
    from licences import shipped

    code = hashlib.sha256(f"{sys.version} {version_of('pyinstaller')} ".encode())
    for each in shipped():
        code.update(f"{each.name} {each.version}\0".encode())
    for name in ("karyoview.spec", "contents.py", "start.py", "hooks/hook-torch.py", "hooks/hook-torchvision.py"):
        code.update((PACKAGING / name).read_bytes())
    for place in _SOURCES.values():
        _add_folder(code, ROOT / place)
    resources = hashlib.sha256()
    _add_folder(resources, ROOT / "resources")
    return {"code": code.hexdigest(), "resources": resources.hexdigest()}


def _add_folder(digest: Any, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())


def notes(folder: Path = FOLDER) -> dict[str, Any]:
    """What was noted of a finished build; empty where there is none."""
    try:
        stored = json.loads((folder / NOTES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(stored) if program(folder).is_file() else {}


@contextmanager
def alone(place: Path = WORK) -> Iterator[None]:
    """Only one build at a time works in a folder. Raises BuildError where another one does."""
    from karyoview.case.lock import process_runs

    lock = place.with_suffix(".pid")
    lock.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        try:
            with open(lock, "x", encoding="ascii") as file:
                file.write(str(os.getpid()))
            break
        except FileExistsError:
            owner = lock.read_text(encoding="ascii").strip()
            if not owner.isdigit() or process_runs(int(owner)):
                text = f"Another build is under way (process {owner or '?'}); wait for it, or remove {lock}."
                raise BuildError(text) from None
            lock.unlink()
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def bring_up_to_date(anew: bool = False) -> None:
    """Build where there is no build of the present code; else only lay the present resources into it."""
    with alone():
        _bring_up_to_date(anew)


def _bring_up_to_date(anew: bool) -> None:
    wanted, present = fingerprint(), notes()
    if anew or present.get("code") != wanted["code"] or not (WORK / "sources.json").is_file():
        build()
    elif present.get("resources") != wanted["resources"]:
        target = FOLDER / "_internal" / "karyoview" / "resources"
        shutil.rmtree(target)
        shutil.copytree(ROOT / "resources", target, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        _add_licences(FOLDER)
        (FOLDER / NOTES).write_text(json.dumps({**present, **wanted}, indent=1) + "\n", encoding="utf-8")


def build() -> None:
    """Run PyInstaller, put the licences in, and refuse what may not be shipped. Raises BuildError."""
    if shutil.which("objdump") is None and sys.platform == "linux":
        raise BuildError("PyInstaller needs objdump; have an administrator install it: apt-get install binutils")
    wanted = fingerprint()
    WORK.mkdir(parents=True, exist_ok=True)
    staged = stage(WORK / "stage")
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(staged), str(PACKAGING)]), "KARYOVIEW_STAGE": str(staged),
        "KARYOVIEW_FROZEN_NOTES": str(WORK), "PYTHONHASHSEED": "1", "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip
    # PyInstaller keeps what it read by the times of files; one that was edited during the last build would stay old.
    for place in (FOLDER, WORK / "pyinstaller"):
        shutil.rmtree(place, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", str(FOLDER.parent),
         "--workpath", str(WORK / "pyinstaller"), str(PACKAGING / "karyoview.spec")],
        cwd=WORK, env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BuildError(f"PyInstaller ended with {done.returncode}; what it said stands above.")
    _add_licences(FOLDER)
    left_out = json.loads((WORK / "left_out.json").read_text(encoding="utf-8"))
    text = json.dumps({**wanted, "flavour": flavour(FOLDER), "left_out": left_out}, indent=1) + "\n"
    (FOLDER / NOTES).write_text(text, encoding="utf-8")


def _add_licences(folder: Path) -> None:
    """Licence texts and bill of materials, also where the About box looks for them. Raises BuildError."""
    from licences import collect_licences

    sources = json.loads((WORK / "sources.json").read_text(encoding="utf-8"))
    found = collect_licences(folder / "licences", folder, sources)
    if found:
        raise BuildError("\n".join(["The build may not be shipped:", *found]))
    inside = folder / "_internal" / "karyoview" / "resources" / "licences"
    inside.mkdir(parents=True, exist_ok=True)
    for name in ("licences.txt", "bom.json"):
        shutil.copyfile(folder / "licences" / name, inside / name)


# Sizes


def files_of(folder: Path) -> Iterator[tuple[str, int]]:
    """Path inside the build and bytes of every file; links count nothing."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path.stat().st_size


_PARTS: Final = {
    "PyTorch and torchvision": ("torch", "functorch", "torchvision"),
    "Qt and pyqtgraph": ("PySide6", "shiboken6", "libQt6", "libpyside", "libshiboken", "pyqtgraph"),
    "OpenCV, SciPy, NumPy, scikit-image": ("cv2", "opencv", "scipy", "numpy", "skimage"),
    "weights of the engines": ("karyoview/resources/weights",),
    "other resources of KaryoView": ("karyoview", "karyotrain"),
    "ONNX Runtime": ("onnxruntime",),
    "image codecs": ("imagecodecs", "PIL", "pillow", "pydicom", "openjpeg", "_openjpeg", "_CharLS", "rle", "pypdfium2"),
    "compilers of networks (triton, sympy)": ("triton", "sympy", "mpmath", "networkx"),
}


_REST: Final = "Python, all modules in one archive, the rest"


def part_of(inside: str) -> str:
    """The part of the build that a file belongs to, as a person would name it."""
    plain = inside.removeprefix("_internal/")
    if "/" not in inside:
        return _REST  # the program itself, with its archive of modules
    first = plain.split("/")[0]
    if first in ("nvidia", "cuda") or re.search(r"torch_cuda|c10_cuda|torch_nvshmem|caffe2_nvrtc", plain):
        return "support for graphics cards (CUDA)"
    for part, beginnings in _PARTS.items():
        if plain.startswith(beginnings):
            return part
    return _REST


def sizes(files: Iterable[tuple[str, int]]) -> Counter[str]:
    """Bytes of each part."""
    parts: Counter[str] = Counter()
    for inside, size in files:
        parts[part_of(inside)] += size
    return parts


def installed_files() -> Iterator[tuple[str, int]]:
    """Every file of the packages that KaryoView needs as they are installed here, and of its own resources."""
    from licences import shipped

    for each in shipped():
        package = distribution(each.name)
        for file in package.files or ():
            path = Path(str(package.locate_file(file)))
            if path.is_file() and path.suffix != ".pyc":
                yield file.as_posix(), path.stat().st_size
    for path in (ROOT / "resources").rglob("*"):
        if path.is_file():
            yield f"karyoview/resources/{path.relative_to(ROOT / 'resources').as_posix()}", path.stat().st_size


def size_table(folder: Path = FOLDER) -> str:
    """Sizes of the parts, installed from packages and in the build, as a Markdown table."""
    before, after = sizes(installed_files()), sizes(files_of(folder))
    rows = sorted(before.keys() | after.keys(), key=lambda part: -after[part])
    lines = ["| Part | Installed from packages | In the build |", "| --- | --- | --- |"]
    lines += [f"| {part} | {before[part] / _MIB:.0f} MiB | {after[part] / _MIB:.0f} MiB |" for part in rows]
    lines.append(f"| **all** | **{before.total() / _MIB:.0f} MiB** | **{after.total() / _MIB:.0f} MiB** |")
    return "\n".join(lines)


def must_be_there(libraries: Iterable[Path], first: str = "libtorch_cuda.so") -> tuple[int, list[tuple[str, int]]]:
    """Bytes of what a library names, directly or not, itself included; and the others with their bytes, largest first.

    The others are opened by name while the program works, or never.
    """
    from contents import needed

    files = {path.name: path for path in libraries}
    named: set[str] = set()
    waiting = [first]
    while waiting:
        name = waiting.pop()
        if name in files and name not in named:
            named.add(name)
            waiting += needed(str(files[name]))
    others = [(name, path.stat().st_size) for name, path in files.items() if name not in named]
    return sum(files[n].stat().st_size for n in named), sorted(others, key=lambda each: -each[1])


def cuda_note(folder: Path = FOLDER) -> str:
    """What of the support for graphics cards PyTorch cannot start without; empty for the small flavour."""
    files = [p for p in folder.rglob("*.so*") if not p.is_symlink() and p.is_file()]
    part = [p for p in files if "CUDA" in part_of(p.relative_to(folder).as_posix())]
    fixed, others = must_be_there(part)
    if not fixed:
        return ""
    rest = ", ".join(f"{name} {size / _MIB:.0f}" for name, size in others if size > _MIB)
    return f"{fixed / _MIB:.0f} MiB of the support for graphics cards are named by libtorch_cuda.so; the rest: {rest}."


def main(arguments: list[str]) -> int:
    """Build where needed and print the sizes; 1 with a sentence when it failed."""
    parser = argparse.ArgumentParser(description="Build the frozen application.")
    parser.add_argument("--anew", action="store_true", help="build also when nothing changed")
    parser.add_argument("--sizes", action="store_true", help="only print the sizes of the build that there is")
    args = parser.parse_args(arguments)
    sys.path.insert(0, str(PACKAGING))
    try:
        if args.sizes:
            if not notes():
                raise BuildError(f"There is no build in {FOLDER}; make frozen makes one.")
        else:
            bring_up_to_date(args.anew)
        print(f"{size_table()}\n\n{cuda_note()}")
        print(f"\nThe program is {program()}.")
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
