"""The package for Debian and Ubuntu, made of the frozen build: ``python packaging/debian.py`` → build/karyoview_….deb.

Everything lies in ``/usr``; there are no scripts, so that removing the package removes all of it. What a desktop
must know (icon, entry, kinds of files) is taken up by the triggers of Debian's own packages.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PACKAGING: Final = Path(__file__).resolve().parent
ROOT: Final = PACKAGING.parent
sys.path.insert(0, str(PACKAGING))

from bundled import debian_package  # noqa: E402
from contents import needed, version  # noqa: E402
from frozen import FOLDER, BuildError, flavour, notes  # noqa: E402

TREE: Final = ROOT / "build" / "deb"
ICON_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
ARCHITECTURE: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_DRIVERS: Final = re.compile(r"lib(cuda|nvidia-ml|ibverbs|mlx5|rdmacm|nvidia-\w+)\.so")
"""Libraries of a graphics card's or network card's driver: opened only where there is such a card."""
_ELSEWHERE: Final = {
    "libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}  # fmt: skip
"""Packages of libraries that the machine of the build need not have."""
_BY_NAME: Final = ("libegl1", "libgl1", "fontconfig-config")
"""What Qt opens by name, so that no table of a file shows it; and where fontconfig finds the fonts."""
DESCRIPTION: Final = """review of karyotypes for cytologists
 KaryoView opens the metaphase images of a case, lets detectors find the chromosomes, and turns a reviewer's clicks
 and keys into karyograms, ISCN karyotypes and signed reports. It brings its own Python and Qt.
 .
 For research and evaluation use; interpretation by qualified cytogenetic personnel is required."""


def outside(folder: Path) -> set[str]:
    """Libraries that the build's files name and the build does not hold."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
    inside = {p.name for p in folder.rglob("*")}
    named = {name for path in files for name in needed(str(path))}
    return {n for n in named if n not in inside and not _DRIVERS.match(n)}


def packages_of(libraries: Iterable[str]) -> list[str]:
    """The Debian packages that hold these libraries. Raises BuildError where one belongs to none."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    paths = dict(re.findall(r"^\s+(\S+) \(.*?\) => (\S+)$", listed, re.MULTILINE))
    found = set(_BY_NAME)
    for name in libraries:
        package = _ELSEWHERE.get(name) or (debian_package(paths[name])[0] if name in paths else "")
        if not package:
            raise BuildError(f"{name} is named by the build, but no package here holds it; leave out what needs it.")
        found.add(package)
    if "libc6" in found:
        found.remove("libc6")
        found.add(f"libc6 (>= {platform.libc_ver()[1]})")
    return sorted(found)


def lay_out(tree: Path, folder: Path = FOLDER) -> None:
    """Everything as it will lie on the machine, below ``tree``; the build's files are linked, not copied."""
    shutil.rmtree(tree, ignore_errors=True)
    home = tree / "usr" / "lib" / "karyoview"
    shutil.copytree(folder, home, symlinks=True, copy_function=_link)
    (tree / "usr" / "bin").mkdir(parents=True)
    (tree / "usr" / "bin" / "karyoview").symlink_to("../lib/karyoview/karyoview")
    share = tree / "usr" / "share"
    for source, target in (("karyoview.desktop", "applications"), ("karyoview.xml", "mime/packages")):
        (share / target).mkdir(parents=True)
        shutil.copyfile(PACKAGING / "linux" / source, share / target / source)
    from icons import SOURCE, write_icon

    for size in ICON_SIZES:
        write_icon(share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "karyoview.png", size)
    scalable = share / "icons" / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True)
    shutil.copyfile(SOURCE, scalable / "karyoview.svg")
    doc = share / "doc" / "karyoview"
    doc.mkdir(parents=True)
    with open(doc / "changelog.gz", "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        packed.write((ROOT / "CHANGELOG.md").read_bytes())
    (doc / "copyright").write_text(_copyright(), encoding="utf-8")
    for path in (tree, *tree.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        elif path.is_file() and not path.is_symlink() and not path.is_relative_to(home):
            path.chmod(0o644)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copyright() -> str:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    return f"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: KaryoView
Comment: The licences of all libraries and packages that are shipped in /usr/lib/karyoview are in
 /usr/lib/karyoview/licences/licences.txt, with a bill of materials (CycloneDX) beside it.

Files: *
License: Expat
{"".join(f" {line or '.'}" + chr(10) for line in licence.strip().splitlines())}"""


def package_version(folder: Path) -> str:
    """KaryoView's version; the flavours without support for graphics cards, or without PyTorch, say so in it."""
    return version() + {"cuda": "", "cpu": "+cpu", "light": "+light"}[flavour(folder)]


def control(tree: Path, depends: Iterable[str]) -> str:
    """The package's control file."""
    size = sum(p.stat().st_size for p in tree.rglob("*") if p.is_file() and not p.is_symlink())
    return f"""Package: karyoview
Version: {package_version(tree)}
Architecture: {ARCHITECTURE[platform.machine()]}
Maintainer: KaryoView <karyoview@localhost>
Section: science
Priority: optional
Installed-Size: {size >> 10}
Depends: {", ".join(depends)}
Description: {DESCRIPTION}
"""


def write_sums(tree: Path) -> str:
    """``md5sums`` of every file, as dpkg wants it."""
    lines = []
    for path in sorted(p for p in tree.rglob("*") if p.is_file() and not p.is_symlink()):
        if "DEBIAN" not in path.parts:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
            lines.append(f"{digest}  {path.relative_to(tree).as_posix()}\n")
    return "".join(lines)


def build(folder: Path = FOLDER, tree: Path = TREE) -> Path:
    """Make the package; → its file. Raises BuildError."""
    if shutil.which("dpkg-deb") is None:
        raise BuildError("A package for Debian needs dpkg-deb; make it on Debian or Ubuntu.")
    if not notes(folder):
        raise BuildError(f"There is no build in {folder}; make frozen makes one.")
    depends = packages_of(outside(folder))
    lay_out(tree, folder)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(control(tree, depends), encoding="utf-8")
    (tree / "DEBIAN" / "md5sums").write_text(write_sums(tree), encoding="utf-8")
    target = ROOT / "build" / f"karyoview_{package_version(folder)}_{ARCHITECTURE[platform.machine()]}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z1", "--build", str(tree), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"dpkg-deb ended with {done.returncode}: {done.stderr.strip()}")
    shutil.rmtree(tree)
    return target


def main() -> int:
    """Make the package, and print its name, size and what it depends on."""
    try:
        target = build()
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    fields = subprocess.run(
        ["dpkg-deb", "--field", target, "Installed-Size", "Depends"], capture_output=True, text=True
    )
    print(f"{target}: {target.stat().st_size / (1 << 20):.0f} MiB\n{fields.stdout.strip()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
