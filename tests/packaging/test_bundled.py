"""Shared libraries in a build: each is known with its licence, or the build stops."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import pytest

Tool = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("libaom-391a2213.so.3.13.1", "libaom"),
        ("libopenblasp-r0-59ffcd50.3.15.so", "OpenBLAS"),
        ("libscipy_openblas64_-32a4b2a6.so", "OpenBLAS"),
        ("libgfortran-040039e1-0352e75f.so.5.0.0", "GCC's runtime libraries"),
        ("libjpeg.d33e0c76.so.8", "libjpeg-turbo"),
        ("libpng16.86585de4.so.16", "libpng"),
        ("libz.so.1", "zlib"),
        ("libpython3.11.so.1.0", "Python"),
        ("libglib-2.0.so.0", "GLib"),
        ("libxcb-icccm.so.4", "X.Org libraries"),
        ("libavcodec-c4204469.so.62.28.101", "FFmpeg"),
        ("libnobodyknows.so.1", None),
    ],
)
def test_a_library_is_known_by_its_file_name(tool: Tool, name: str, project: str | None) -> None:
    found = tool("bundled").project_of(name)
    assert (found[0] if found else None) == project


def test_every_library_that_our_packages_bring_is_in_the_table(tool: Tool) -> None:
    bundled = tool("bundled")
    checked = 0
    for component in tool("licences").shipped():
        for file in distribution(component.name).files or ():
            if file.parent.name.endswith((".libs", ".dylibs")):
                codec = file.parent.name.startswith("imagecodecs")
                assert bundled.project_of(file.name) is not None or codec, f"{file}: read its licence, enter it"
                checked += 1
    assert checked > 20


def test_gpl_and_unknown_libraries_stop_a_build(tool: Tool, tmp_path: Path) -> None:
    bundled, may = tool("bundled"), tool("licences").may_be_shipped
    for name in ("libreadline.so.8", "libstrange.so.1", "libz.so.1", "libgomp.so.1"):
        (tmp_path / name).touch()
    sources = {p.name: str(p) for p in sorted(tmp_path.iterdir())}
    faults = bundled.problems(bundled.libraries(sources), may)
    assert len(faults) == 2
    assert "libreadline.so.8 (GNU Readline) stands under GPL-3.0-or-later" in faults[0]
    assert "libstrange.so.1 (the system) is in no table" in faults[1]


def test_a_packages_own_library_needs_no_entry_and_anothers_does(tool: Tool) -> None:
    bundled = tool("bundled")
    package = distribution("shapely")
    own = next(
        str(package.locate_file(f)) for f in package.files or () if f.parent.name == "shapely" and ".so" in f.name
    )
    foreign = next(str(package.locate_file(f)) for f in package.files or () if f.name.startswith("libgeos"))
    (library,) = bundled.libraries({"own.so": own, "libgeos.so": foreign})
    assert (library.project, library.licence, library.brought_by) == ("GEOS", "LGPL-2.1-or-later", "shapely")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for a library of Debian's packages")
def test_a_library_of_the_system_is_named_with_its_package(tool: Tool) -> None:
    path = next((p for p in sorted(Path("/usr/lib").glob("*/libexpat.so.1")) if p.is_file()), None)
    if path is None or not tool("bundled").debian_package(str(path))[0]:
        pytest.skip("this is no Debian, or it has no libexpat")
    (library,) = tool("bundled").libraries({"libexpat.so.1": str(path)})
    assert library.brought_by.startswith("Debian: libexpat1")
    assert "Copyright" in library.text


def test_libraries_stand_in_the_text_and_in_the_bill(tool: Tool, tmp_path: Path) -> None:
    foreign = next(f for f in distribution("shapely").files or () if f.name.startswith("libgeos_c"))
    sources = {"_internal/shapely.libs/libgeos_c.so": str(distribution("shapely").locate_file(foreign))}
    build = tmp_path / "build"
    build.mkdir()
    assert tool("licences").collect_licences(tmp_path / "out", build, sources) == []
    assert "libgeos_c.so: GEOS, LGPL-2.1-or-later (brought by shapely)" in (tmp_path / "out/licences.txt").read_text()
    parts = json.loads((tmp_path / "out" / "bom.json").read_text())["components"]
    (file,) = [p for p in parts if p["type"] == "file"]
    assert file["licenses"][0]["license"]["name"] == "LGPL-2.1-or-later"
    assert len({p["bom-ref"] for p in parts}) == len(parts)
