"""What the frozen build holds and what it leaves out, each with its reason; used by karyoview.spec.

In the folder named by ``KARYOVIEW_FROZEN_NOTES`` it writes ``left_out.json``, the bytes of what PyInstaller had
gathered and was taken out again, and ``sources.json``, where each library came from.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

PACKAGING: Final = Path(__file__).resolve().parent
ROOT: Final = PACKAGING.parent
STAGE: Final = Path(os.environ.get("KARYOVIEW_STAGE", ROOT))
"""Where the packages and resources lie as in a wheel; packaging/frozen.py lays them out."""

LIGHT: Final = os.environ.get("KARYOVIEW_LIGHT") == "1"
"""Whether the light build is meant: without PyTorch, for ONNX Runtime alone."""

NEVER_IMPORTED: Final = [
    *(("torch", "torchvision", "functorch", "sympy", "mpmath", "onnx", "onnxruntime.quantization") if LIGHT else ()),
    "openvino", "onnxruntime.tools", "onnxruntime.transformers",
    "triton", "torch.utils.tensorboard", "matplotlib", "IPython", "tkinter", "pandas",
    "pytest", "_pytest", "hypothesis", "mypy", "pip", "setuptools", "wheel", "pycocotools", "psutil", "mkdocs",
    "networkx", "cuda", "pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter", "pydicom.sr", "pydicom.cli",
    "sqlalchemy.testing", "sqlalchemy.dialects.mysql", "sqlalchemy.dialects.oracle", "sqlalchemy.dialects.mssql",
    "torch._vendor.quack", "torch._inductor.fx_passes", "torch._inductor.kernel",
    "torch._inductor.heuristics", "torch._inductor.autoheuristic", "torch._inductor.compile_worker",
    "torch._inductor.codegen.cutlass", "torch._inductor.codegen.rocm", "torch._inductor.codegen.nv_universal_gemm",
    "torch._export.serde", "torch._export.db", "torch._export.passes", "torch._dynamo.repro", "torch.ao.ns",
    "torch.ao.pruning", "torch.ao.quantization.fx", "torch.distributed.checkpoint", "torch.distributed.elastic",
    "torch.distributed.pipelining", "torch.distributed._tools", "torch.distributed.flight_recorder",
    "torch.testing._internal.common_methods_invocations", "torch.testing._internal.common_utils",
    "torch.testing._internal.generated", "torch.testing._internal.opinfo", "torch.testing._internal.optests",
    "torch.testing._internal.distributed.rpc", "torch.profiler._cuspy", "torch.utils.benchmark", "torch.utils.hipify",
    "torchvision.transforms.v2", "sympy.physics", "sympy.stats", "sympy.vector", "sympy.combinatorics.tests",
    "scipy.io", "scipy.cluster", "scipy.odr", "scipy.datasets",
    "readline", "rlcompleter", "_gdbm", "dbm.gnu", "_dbm", "dbm.ndbm", "_curses", "_curses_panel", "curses", "nis",
    "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets", "PySide6.QtQuickControls2", "PySide6.QtDesigner",
    "PySide6.QtHelp", "PySide6.QtSql", "PySide6.QtUiTools", "PySide6.QtTest", "PySide6.QtQuickTest",
    "PySide6.QtConcurrent", "PySide6.QtNetwork",
]  # fmt: skip
"""Modules that something we ship can import but KaryoView never does: compilers of networks, examples, what only
tests use; and the parts of Python that need libraries under the GPL (readline, gdbm)."""

CODECS: Final = frozenset({
    "imcd", "shared", "shared_cython", "tiff", "jpeg8", "jpegsof3", "jpeg2k", "jpegls", "jpegxl", "jpegxr", "ljpeg",
    "png", "webp", "zlib", "deflate", "zstd", "lzma", "lerc", "ccitt", "cms", "bitshuffle", "pixarlog", "packbits",
})  # fmt: skip
"""Codecs of imagecodecs that occur in the image files that KaryoView opens; the rest serves other fields."""

LEFT_OUT: Final[dict[str, tuple[str, ...]]] = {
    "Qt under the GPL (virtual keyboard, Wayland compositor)": (
        r"virtualkeyboard", r"Qt6?WaylandCompositor", r"Qt6?WaylandEglCompositor", r"Qt6?Lottie", r"lottie",
        r"wayland-graphics-integration-server", r"Qt6?QuickTimeline",
    ),
    "Qt for QML, databases, embedded screens, remote debugging": (
        r"Qt/qml/", r"Qt6?(Qml|Quick|Labs|Sql|Designer|Help|Test|UiTools|Concurrent)",
        r"plugins/(sqldrivers|qmltooling|egldeviceintegrations|generic|designer|qmllint|networkinformation|tls)/",
        r"plugins/(printsupport|vectorimageformats)/",
        r"platforms/libq(eglfs|linuxfb|minimalegl|vkkhrdisplay|vnc)", r"Qt6?(EglFS|EglFs)\w*",
        r"imageformats/(lib)?qpdf", r"platformthemes/libqgtk3", r"Qt6?Network\.", r"Qt6?WlShellIntegration",
        r"wl-shell-plugin", r"libpyside6qml",
    ),
    "translations of Qt's tools": (r"Qt/translations/(?!qtbase_)",),
    "CUDA parts that inference and training on one computer never load": (
        r"nvidia/nvshmem/lib/libnvshmem_device", r"nvidia/.*/nvshmem_transport", r"nvidia/.*\.(a|bc|h)$",
        r"nvidia/.*/(include|bin|nvvm)/", r"cusolverMg", r"nvperf", r"pcsamplingutil", r"libcheckpoint", r"nvblas",
        r"cufftw", r"nvidia/.*/nvshmem_bootstrap", r"cufile_rdma", r"cuda/bindings",
    ),
    "torch's compiler, headers and tests": (
        r"torch/(include|share|test|testing/_internal)/", r"torch/_inductor/.*\.(h|cpp|cu|cuh|jinja)$",
        r"torch/lib/.*\.(a|lib)$",
    ),
    "codecs of other fields": (),
    "tests, examples and headers of packages": (
        r"/(tests?|examples)/", r"\.(pxd|pyx|h|hpp|c|cpp)$", r"pydicom/data/(test_files|charset_files)",
    ),
}  # fmt: skip
"""Files that PyInstaller gathers and that are taken out again, by reason; patterns are searched in the target path."""


def modules() -> list[str]:
    """Modules that nothing imports by a plain statement: commands, engines, recipes, drivers, codecs by name."""
    found = [*_below(STAGE / "karyoview", "karyoview"), *_below(_trainer(), "karyotrain")]
    found += [f"imagecodecs._{name}" for name in sorted(CODECS) if find_spec(f"imagecodecs._{name}") is not None]
    found += ["PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"]  # pyqtgraph imports these two by a made-up name
    found += ["sqlalchemy.dialects.sqlite", "hl7apy.v2_5", "hl7apy.v2_5_1"]
    for name in ("pydicom", "pylibjpeg", "openjpeg", "rle", "jpeg_ls", "pg8000", "sqlalchemy.dialects.postgresql"):
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            found += _below(Path(place), name)
    out = tuple(f"{name}." for name in NEVER_IMPORTED)
    return sorted({m for m in found if _no_tests(m) and not f"{m}.".startswith(out)})


def _trainer() -> Path:
    """Where the trainer lies: beside the program as in a wheel, or in its own folder of the checkout."""
    staged = STAGE / "karyotrain"
    return staged if staged.is_dir() else STAGE / "training" / "karyotrain"


def _below(folder: Path, name: str) -> list[str]:
    """The modules in a package's folder, found by their files; importing them all would take minutes."""
    found = []
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.abi3.so"), *folder.rglob("*.cpython-*"))):
        parts = (*path.relative_to(folder).parent.parts, path.name.split(".")[0])
        if "__pycache__" not in parts and (parts[-1] != "__main__" or name in ("karyoview", "karyotrain")):
            found.append(".".join((name, *(p for p in parts if p != "__init__"))))
    return found


def _no_tests(module: str) -> bool:
    return not re.search(r"\.(tests?|benchmarks?|examples?|conftest)(\.|$)", module)


def resources() -> list[tuple[str, str]]:
    """Every file of ``resources`` with the folder that it goes to."""
    found = []
    for path in sorted((STAGE / "resources").rglob("*")):
        inside = path.relative_to(STAGE / "resources")
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            found.append((str(path), (Path("karyoview/resources") / inside.parent).as_posix()))
    return found


def metadata() -> list[tuple[str, str]]:
    """Names, versions and licence texts of the packages that are shipped, for doctor and About."""
    from licences import shipped
    from PyInstaller.utils.hooks import copy_metadata

    return [pair for each in shipped() for pair in copy_metadata(each.name)]


def loaded_by_name() -> list[tuple[str, str]]:
    """Libraries that CUDA opens while it runs, which no table of a file names; none in the flavour without CUDA."""
    root = find_spec("nvidia")
    if root is None or not has_cuda():
        return []
    found = []
    for place in root.submodule_search_locations or ():
        for path in sorted(Path(place).rglob("*")):
            if path.is_file() and re.search(r"\.so(\.|$)|\.dll$", path.name):
                inside = path.relative_to(Path(place).parent)
                if reason(inside.as_posix()) is None:
                    found.append((str(path), inside.parent.as_posix()))
    return found


def has_cuda() -> bool:
    """Whether the installed torch is the one for graphics cards; the other one makes the small flavour."""
    if LIGHT:
        return False
    import torch

    return torch.version.cuda is not None


def reason(target: str) -> str | None:
    """Why a file is left out, by its path in the build; None when it stays."""
    codec = re.search(r"(^|/)imagecodecs/_(\w+)\.(abi3|cpython|cp3|pyd)", target)
    if codec and codec[2] not in CODECS:
        return "codecs of other fields"
    plain = target.replace("\\", "/")
    if plain.startswith("karyoview/"):
        return None
    for why, patterns in LEFT_OUT.items():
        if any(re.search(p, plain) for p in patterns):
            return why
    return None


def sort_out(analysis: Any) -> None:
    """Take out of PyInstaller's analysis what is left out, and note how many bytes that were."""
    notes: dict[str, dict[str, float]] = {}
    for kind in ("binaries", "datas"):
        kept = []
        for entry in getattr(analysis, kind):
            target, source = Path(entry[0]).as_posix(), entry[1]
            why = reason(target)
            if why is None:
                kept.append(entry)
                continue
            note = notes.setdefault(why, {"files": 0, "bytes": 0})
            note["files"] += 1
            note["bytes"] += os.path.getsize(source) if source and os.path.isfile(source) else 0
        setattr(analysis, kind, kept)
    analysis.binaries, orphans = _without_orphans(analysis.binaries)
    if orphans:
        notes["libraries that only these needed"] = {
            "files": len(orphans), "bytes": sum(os.path.getsize(e[1]) for e in orphans if os.path.isfile(e[1]))
        }  # fmt: skip
    folder = os.environ.get("KARYOVIEW_FROZEN_NOTES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "left_out.json").write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")
        sources = {Path(e[0]).as_posix(): e[1] for e in analysis.binaries if e[2] != "SYMLINK"}
        (Path(folder) / "sources.json").write_text(json.dumps(sources, indent=1) + "\n", encoding="utf-8")


def _without_orphans(entries: list[Any]) -> tuple[list[Any], list[Any]]:
    """Shared libraries of Qt and imagecodecs that no file in the build names any more are taken out, repeatedly."""
    kept, gone = list(entries), []
    while sys.platform == "linux":
        wanted = {name for e in kept for name in needed(e[1])}
        drop = [e for e in kept if _only_a_library(e[0]) and Path(e[0]).name not in wanted]
        if not drop:
            return kept, gone
        gone += [e for e in drop if e[2] != "SYMLINK"]
        names = {e[0] for e in drop}
        kept = [e for e in kept if e[0] not in names]
    return kept, gone


def _only_a_library(target: str) -> bool:
    """Whether a file can only be reached as the library of another one, and is not opened by name."""
    plain = Path(target).as_posix()
    if "/" not in plain:
        return re.match(r"lib(?!python)[\w+.-]+\.so", plain) is not None
    return re.search(r"imagecodecs\.libs/|PySide6/Qt/lib/", plain) is not None


@cache
def needed(path: str) -> list[str]:
    """The libraries that a Linux library or program names; empty for other systems and files."""
    try:
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                return []
    except OSError:
        return []
    done = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=False)
    return re.findall(r"^\s*NEEDED\s+(\S+)", done.stdout, re.MULTILINE)


def version() -> str:
    """KaryoView's version."""
    from karyoview import __version__

    return __version__


def icon() -> str | None:
    """The program's icon in the form of this system; Linux takes it from the desktop entry."""
    from icons import write_icon

    kind = {"win32": "ico", "darwin": "icns"}.get(sys.platform)
    return None if kind is None else str(write_icon(ROOT / "build" / f"karyoview.{kind}"))


def windows_version() -> str | None:
    """The file with what Windows shows under Properties; None on other systems."""
    if sys.platform != "win32":
        return None
    numbers = [*map(int, re.findall(r"\d+", version())), 0, 0, 0][:4]
    strings = {
        "CompanyName": "KaryoView", "FileDescription": "KaryoView: review of karyotypes", "FileVersion": version(),
        "InternalName": "karyoview", "LegalCopyright": "MIT licence", "ProductName": "KaryoView",
        "ProductVersion": version(),
    }  # fmt: skip
    table = ", ".join(f"StringStruct({k!r}, {v!r})" for k, v in strings.items())
    path = ROOT / "build" / "windows_version.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={tuple(numbers)}, prodvers={tuple(numbers)}), "
        f"kids=[StringFileInfo([StringTable('040904B0', [{table}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return str(path)


def mac_plist() -> dict[str, Any]:
    """What macOS reads of the bundle: the kinds of documents that may be opened with it.

    The system version is the lowest for which PyTorch's packages are made (Apple's processors only).
    """
    kinds = ["public.folder", "public.png", "public.jpeg", "public.tiff", "com.microsoft.bmp", "org.webmproject.webp"]
    return {
        "CFBundleDisplayName": "KaryoView", "CFBundleShortVersionString": version(), "CFBundleVersion": version(),
        "LSMinimumSystemVersion": "14.0", "NSHighResolutionCapable": True,
        "LSApplicationCategoryType": "public.app-category.medical",
        "CFBundleDocumentTypes": [
            {"CFBundleTypeName": "Case or metaphase", "CFBundleTypeRole": "Editor", "LSHandlerRank": "Alternate",
             "LSItemContentTypes": kinds},
        ],
    }  # fmt: skip
