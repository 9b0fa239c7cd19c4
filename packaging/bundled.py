"""Which shared libraries lie in a build, what they are and under which licence; one that nobody knows stops it.

Python packages bring libraries of others with them (``*.libs``), and PyInstaller takes some from the system; neither
is named by the metadata of a package. The table here was read by hand from the projects' own licence files.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

_GCC: Final = "GPL-3.0-or-later WITH GCC-exception-3.1"
_KNOWN: Final[Mapping[str, tuple[str, str]]] = {
    "aec|sz": ("libaec", "BSD-2-Clause"),
    "aom": ("libaom", "BSD-2-Clause"),
    "avcodec|avdevice|avfilter|avformat|avutil|swresample|swscale": ("FFmpeg", "LGPL-2.1-or-later"),
    "avif": ("libavif", "BSD-2-Clause"),
    "blkid|mount": ("util-linux's libraries", "LGPL-2.1-or-later"),
    "blosc2?": ("Blosc", "BSD-3-Clause"),
    "brotli(common|dec|enc)": ("Brotli", "MIT"),
    "bsd|md": ("libbsd and libmd", "BSD-3-Clause"),
    "bz2": ("bzip2", "bzip2-1.0.6"),
    "cap": ("libcap", "BSD-3-Clause OR GPL-2.0-only"),
    "charls": ("CharLS", "BSD-3-Clause"),
    "com_err|gssapi_krb5|k5crypto|krb5|krb5support": ("MIT Kerberos", "MIT"),
    "crypto|ssl": ("OpenSSL", "Apache-2.0 OR OpenSSL"),
    "cudart|nvjpeg": ("NVIDIA CUDA", "LicenseRef-NVIDIA-Proprietary"),
    "dbus-1": ("D-Bus", "AFL-2.1 OR GPL-2.0-or-later"),
    "deflate": ("libdeflate", "MIT"),
    "drm": ("libdrm", "MIT"),
    "expat": ("Expat", "MIT"),
    "ffi": ("libffi", "MIT"),
    "fontconfig": ("Fontconfig", "HPND"),
    "freetype": ("FreeType", "FTL OR GPL-2.0-or-later"),
    "gbm|EGL|GL|GLX|GLdispatch|OpenGL": ("Mesa and GLVND", "MIT"),
    "gcrypt": ("libgcrypt", "LGPL-2.1-or-later"),
    "gpg-error": ("libgpg-error", "LGPL-2.1-or-later"),
    "geos|geos_c": ("GEOS", "LGPL-2.1-or-later"),
    "gfortran|gomp|gcc_s|stdc\\+\\+": ("GCC's runtime libraries", _GCC),
    "quadmath": ("GCC's libquadmath", "LGPL-2.1-or-later"),
    "gif": ("GIFLIB", "MIT"),
    "glib-2.0|gio-2.0|gmodule-2.0|gobject-2.0|gthread-2.0": ("GLib", "LGPL-2.1-or-later"),
    "graphite2": ("Graphite2", "LGPL-2.1-or-later OR MPL-2.0 OR GPL-2.0-or-later"),
    "harfbuzz": ("HarfBuzz", "MIT"),
    "hwy": ("Highway", "Apache-2.0 OR BSD-3-Clause"),
    "icudata|icui18n|icuuc": ("ICU", "Unicode-3.0"),
    "jpeg|turbojpeg": ("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib"),
    "jpegxr|jxrglue": ("JPEG XR reference code", "BSD-2-Clause"),
    "jxl|jxl_cms|jxl_threads": ("libjxl", "BSD-3-Clause"),
    "keyutils": ("keyutils", "LGPL-2.1-or-later"),
    "lcms2": ("Little CMS", "MIT"),
    "Lerc": ("LERC", "Apache-2.0"),
    "lz4": ("LZ4", "BSD-2-Clause"),
    "lzma": ("liblzma", "0BSD"),
    "nsl": ("libnsl", "LGPL-2.1-or-later"),
    "tirpc": ("libtirpc", "BSD-3-Clause"),
    "openblasp?(-r0)?|scipy_openblas(64)?_?": ("OpenBLAS", "BSD-3-Clause"),
    "openjp2": ("OpenJPEG", "BSD-2-Clause"),
    "openjph": ("OpenJPH", "BSD-2-Clause"),
    "pcre2?-8|pcre": ("PCRE", "BSD-3-Clause"),
    "png16": ("libpng", "libpng-2.0"),
    "pixman-1|cairo|cairo-gobject": ("Cairo and Pixman", "MPL-1.1 OR LGPL-2.1-only"),
    "python3(\\.\\d+)?": ("Python", "PSF-2.0"),
    "selinux": ("libselinux", "LicenseRef-public-domain"),
    "sharpyuv|webp|webpdemux|webpmux": ("libwebp", "BSD-3-Clause"),
    "snappy": ("Snappy", "BSD-3-Clause"),
    "sqlite3": ("SQLite", "blessing"),
    "systemd": ("libsystemd", "LGPL-2.1-or-later"),
    "tiff": ("libtiff", "libtiff"),
    "ultrahdr|uhdr": ("libultrahdr", "Apache-2.0"),
    "uuid": ("libuuid", "BSD-3-Clause"),
    "vpx": ("libvpx", "BSD-3-Clause"),
    "wayland-(client|cursor|egl|server)": ("Wayland", "MIT"),
    "Xau|Xdmcp|X11|X11-xcb|Xext|Xrender|Xi|Xfixes|ICE|SM|xcb(-\\w+)*": ("X.Org libraries", "MIT"),
    "xkbcommon(-x11)?": ("libxkbcommon", "MIT"),
    "z": ("zlib", "Zlib"),
    "zstd": ("Zstandard", "BSD-3-Clause OR GPL-2.0-only"),
    "readline|history": ("GNU Readline", "GPL-3.0-or-later"),
    "gdbm|gdbm_compat": ("GNU dbm", "GPL-3.0-or-later"),
    "db-5.3": ("Berkeley DB", "AGPL-3.0-only OR Sleepycat"),
    "x264|x265": ("x264 and x265", "GPL-2.0-or-later"),
    "ncursesw?|tinfow?|panelw?": ("ncurses", "MIT"),
}  # fmt: skip
_LIBRARY: Final = re.compile(r"\.(so|dll|dylib|pyd)(\.|$)")


@dataclass(frozen=True, slots=True)
class Library:
    """One shared library in a build: ``place`` in it, its project, ``licence`` (empty when unknown), its bringer."""

    place: str
    project: str
    licence: str
    brought_by: str
    text: str = ""


def stem_of(name: str) -> str:
    """``aom`` of ``libaom-391a2213.so.3.13.1``: a library's name without prefix, version and hash."""
    plain = re.sub(r"\.so(\..*)?$|\.(dll|pyd)$|(\.\d+)*\.dylib$", "", name)
    plain = re.sub(r"([-.][0-9a-f]{8})+(\.\d+)*$", "", plain)
    return plain.removeprefix("lib")


def project_of(name: str) -> tuple[str, str] | None:
    """Project and licence of a library by its file name; None when it is not in the table."""
    stem = stem_of(name)
    return next((found for pattern, found in _KNOWN.items() if re.fullmatch(pattern, stem)), None)


@cache
def _owners() -> dict[str, str]:
    """Package by the full path of each library that it installed."""
    return {
        str(Path(str(package.locate_file(file))).resolve()): package.metadata["Name"]
        for package in distributions()
        for file in package.files or ()
        if _LIBRARY.search(file.name)
    }


@cache
def debian_package(path: str) -> tuple[str, str]:
    """Debian package that a file of the system belongs to, and its copyright text; empty where there is none."""
    if shutil.which("dpkg-query") is None:
        return "", ""
    for each in dict.fromkeys((path, str(Path(path).resolve()), path.removeprefix("/usr"))):
        done = subprocess.run(["dpkg-query", "-S", each], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            package = done.stdout.split(": ")[0].split(",")[0].split(":")[0]
            copyright = Path("/usr/share/doc") / package / "copyright"
            return package, copyright.read_text(encoding="utf-8", errors="replace") if copyright.is_file() else ""
    return "", ""


def libraries(sources: Mapping[str, str]) -> list[Library]:
    """Every library of a build that is not simply its package's own, by its ``sources`` (place → original path)."""
    found = []
    for place, source in sorted(sources.items()):
        name = Path(place).name
        if not _LIBRARY.search(name):
            continue
        path = Path(source).resolve()
        owner = _owners().get(str(path), "")
        if owner and not _is_foreign(path):
            continue
        if not owner and path.is_relative_to(Path(sys.base_prefix).resolve()) and "lib-dynload" in path.parts:
            found.append(Library(place, "Python", "PSF-2.0", "Python"))
            continue
        package, text = ("", "") if owner else debian_package(source)
        project, licence = project_of(name) or (stem_of(name), "")
        bringer = owner or (f"Debian: {package}" if package else "the system")
        found.append(Library(place, project, licence, bringer, text))
    return found


def _is_foreign(path: Path) -> bool:
    """Whether a library in a package is another project's: it lies in its ``.libs``, or is a compiler's runtime."""
    if path.parent.name.endswith((".libs", ".dylibs")):
        return True
    return project_of(path.name) is not None and path.name.startswith("lib")


def problems(found: Iterable[Library], may: Callable[[str], bool]) -> list[str]:
    """Why libraries may not be shipped, one sentence each; ``may`` judges a licence."""
    problems = []
    for each in found:
        if not each.licence:
            problems.append(
                f"{each.place} ({each.brought_by}) is in no table; read its licence, enter it in bundled.py."
            )
        elif not may(each.licence):
            problems.append(f"{each.place} ({each.project}) stands under {each.licence}; leave it out.")
    return problems
