"""What the frozen build holds and leaves out, judged without building it."""

from __future__ import annotations

import ast
import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
Tool = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("target", "stays"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/lib/libQt6Gui.so.6", True),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", False),
        ("PySide6/Qt/lib/libQt6WaylandCompositor.so.6", False),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlpsql.so", False),
        ("PySide6/Qt/translations/linguist_de.qm", False),
        ("torch/_functorch/apis.py", True),
        ("torch/lib/libtorch_cpu.so", True),
        ("nvidia/cudnn/lib/libcudnn_graph.so.9", True),
        ("nvidia/nvshmem/lib/libnvshmem_device_sm_90.bc", False),
        ("nvidia/cu13/lib/libcusolverMg.so.12", False),
        ("imagecodecs/_jpeg2k.abi3.so", True),
        ("imagecodecs/_blosc2.abi3.so", False),
        ("scipy/stats/tests/data/x.npy", False),
        ("karyoview/resources/weights/karyoview.safetensors", True),
        ("karyoview/resources/help/examples/tests/x.h", True),
    ],
)
def test_what_stays_and_what_goes(tool: Tool, target: str, stays: bool) -> None:
    assert (tool("contents").reason(target) is None) is stays


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def test_nothing_that_is_imported_here_is_left_out(tool: Tool) -> None:
    out = tuple(f"{name}." for name in tool("contents").NEVER_IMPORTED)
    seen = 0
    for folder in ("karyoview", "training"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for name in imports_of(path):
                seen += 1
                assert not f"{name}.".startswith(out), f"{path.name} imports {name}, which the build leaves out"
    assert seen > 1000


def test_the_codecs_that_images_need_are_named_and_there(tool: Tool) -> None:
    contents = tool("contents")
    for name in ("imcd", "jpeg2k", "jpeg8", "jpegls", "jpegxl", "zlib", "deflate", "zstd", "lzma", "webp"):
        assert name in contents.CODECS
        assert f"imagecodecs._{name}" in contents.modules()


def test_every_command_engine_and_recipe_is_a_module_of_the_build(tool: Tool) -> None:
    from karyoview.cli import COMMANDS
    from karyoview.detectors.registry import ENGINES

    modules = set(tool("contents").modules())
    assert {f"karyoview.cli.{name.replace('-', '_')}" for name in COMMANDS} <= modules
    assert {spec.factory.partition(":")[0] for spec in ENGINES.values()} <= modules
    assert {"karyotrain.__main__", "hl7apy.v2_5_1", "sqlalchemy.dialects.sqlite"} <= modules


def test_the_small_flavour_takes_nothing_of_cuda(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    contents = tool("contents")
    if torch.version.cuda is not None and sys.platform == "linux":
        taken = [target for _, target in contents.loaded_by_name()]
        assert any("cudnn" in target for target in taken)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert contents.loaded_by_name() == []
    monkeypatch.undo()
    monkeypatch.setattr(contents, "find_spec", lambda name: None)
    assert contents.loaded_by_name() == []


def test_a_build_says_its_flavour(tool: Tool, tmp_path: Path) -> None:
    flavour = tool("frozen").flavour
    assert flavour(tmp_path) == "light"
    inside = tmp_path / "_internal" / "torch" / "lib"
    inside.mkdir(parents=True)
    (inside / "libtorch_cpu.so").touch()
    assert flavour(tmp_path) == "cpu"
    (inside / "libtorch_cuda.so").touch()
    assert flavour(tmp_path) == "cuda"


def test_what_a_library_needs_is_told_from_the_rest(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = {"libtorch_cuda.so": ["libcudart.so"], "libcudart.so": ["libtorch_cuda.so", "libc.so"], "libadv.so": []}
    place = tmp_path / "_internal" / "nvidia"
    place.mkdir(parents=True)
    for number, name in enumerate(tables, start=1):
        (place / name).write_bytes(b"x" * (number << 20))
    monkeypatch.setattr(tool("contents"), "needed", lambda path: tables[Path(path).name])
    frozen = tool("frozen")
    assert frozen.must_be_there(place.iterdir()) == (3 << 20, [("libadv.so", 3 << 20)])
    assert frozen.cuda_note(tmp_path).startswith("3 MiB")
    (place / "libtorch_cuda.so").unlink()
    assert frozen.cuda_note(tmp_path) == ""


def test_a_build_begins_without_what_the_last_one_read(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = tool("frozen")
    monkeypatch.setattr(frozen, "WORK", tmp_path / "work")
    monkeypatch.setattr(frozen, "FOLDER", tmp_path / "build")
    monkeypatch.setattr(frozen, "fingerprint", lambda: {"code": "x", "resources": "y"})
    monkeypatch.setattr(frozen, "stage", lambda target: target)
    monkeypatch.setattr(frozen.shutil, "which", lambda name: name)  # objdump, which a bare machine lacks
    (tmp_path / "work" / "pyinstaller").mkdir(parents=True)
    (tmp_path / "work" / "pyinstaller" / "Analysis-00.toc").touch()
    seen: list[bool] = []

    def pretend(command: object, **_: object) -> SimpleNamespace:
        seen.append((tmp_path / "work" / "pyinstaller").exists())
        return SimpleNamespace(returncode=3)

    monkeypatch.setattr(frozen.subprocess, "run", pretend)
    with pytest.raises(frozen.BuildError, match="ended with 3"):
        frozen.build()
    assert seen == [False]


def test_two_builds_do_not_mix(tool: Tool, tmp_path: Path) -> None:
    frozen = tool("frozen")
    place = tmp_path / "build" / "work"
    with frozen.alone(place):
        with pytest.raises(frozen.BuildError, match="Another build is under way"), frozen.alone(place):
            pass
        assert place.with_suffix(".pid").is_file()
    assert not place.with_suffix(".pid").exists()
    place.with_suffix(".pid").write_text("999999999")  # left by a build that was killed
    with frozen.alone(place):
        assert place.with_suffix(".pid").read_text() == str(os.getpid())


def test_every_weights_file_is_in_the_build(tool: Tool) -> None:
    placed = {Path(source).name: target for source, target in tool("contents").resources()}
    there = [p for p in (REPOSITORY / "resources" / "weights").iterdir() if p.is_file()]
    assert len(there) >= 3
    for path in there:
        assert placed[path.name] == "karyoview/resources/weights"
        assert tool("contents").reason(f"karyoview/resources/weights/{path.name}") is None


def test_what_was_taken_out_is_noted_with_its_size(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = tool("contents")
    monkeypatch.setenv("KARYOVIEW_FROZEN_NOTES", str(tmp_path))
    for name in ("keep.so", "gone.so", "page.html"):
        (tmp_path / name).write_bytes(b"x" * 100)
    entry = ("PySide6/Qt/plugins/platforms/libqxcb.so", str(tmp_path / "keep.so"), "BINARY")
    gone = ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", str(tmp_path / "gone.so"), "BINARY")
    page = ("karyoview/resources/help/page.html", str(tmp_path / "page.html"), "DATA")
    analysis = SimpleNamespace(binaries=[entry, gone], datas=[page])
    contents.sort_out(analysis)
    assert analysis.binaries == [entry]
    assert analysis.datas == [page]
    recorded = (tmp_path / "left_out.json").read_text()
    assert '"bytes": 100' in recorded
    assert "gone.so" not in (tmp_path / "sources.json").read_text()


def test_the_parts_of_a_build_are_named(tool: Tool) -> None:
    part = tool("frozen").part_of
    assert "CUDA" in part("_internal/nvidia/cudnn/lib/libcudnn.so.9")
    assert "CUDA" in part("_internal/torch/lib/libtorch_cuda.so")
    assert part("_internal/torch/lib/libtorch_cpu.so") == "PyTorch and torchvision"
    assert part("_internal/karyoview/resources/weights/karyoview.safetensors") == "weights of the engines"
    assert part("_internal/karyoview/resources/help/index.md") == "other resources of KaryoView"
    assert part("_internal/PySide6/Qt/lib/libQt6Gui.so.6") == "Qt and pyqtgraph"


def test_the_staged_sources_are_laid_out_as_in_a_wheel(tool: Tool, tmp_path: Path) -> None:
    staged = tool("frozen").stage(tmp_path / "stage")
    for place in ("karyoview/__main__.py", "karyotrain/__main__.py", "resources/help/index.md"):
        assert (staged / place).is_file()
    recipes = {p.name for p in (REPOSITORY / "training" / "recipes").glob("*.py")}
    assert recipes <= {p.name for p in (staged / "karyotrain" / "recipes").glob("*.py")}
    assert not list(staged.rglob("__pycache__"))
    assert not list(staged.rglob("studies"))


def test_the_fingerprint_follows_code_and_resources(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = tool("frozen")
    for place in ("karyoview", "training/karyotrain", "training/recipes", "resources"):
        (tmp_path / place).mkdir(parents=True)
    monkeypatch.setattr(frozen, "ROOT", tmp_path)
    first = frozen.fingerprint()
    assert frozen.fingerprint() == first
    (tmp_path / "resources" / "page.md").write_text("new")
    second = frozen.fingerprint()
    assert (second["code"], second["resources"] != first["resources"]) == (first["code"], True)
    (tmp_path / "karyoview" / "new.py").write_text("")
    assert frozen.fingerprint()["code"] != first["code"]


# Icons and the other systems


@pytest.mark.usefixtures("qapp")
def test_the_icon_has_every_size(tool: Tool, tmp_path: Path) -> None:
    icons = tool("icons")
    with Image.open(icons.write_icon(tmp_path / "a.png", 48)) as picture:
        assert picture.size == (48, 48)
        corner, middle = picture.convert("RGBA").getpixel((0, 0)), picture.convert("RGBA").getpixel((24, 24))
        assert (corner[3], middle[3]) == (0, 255)
    with Image.open(icons.write_icon(tmp_path / "a.ico")) as picture:
        assert {(16, 16), (32, 32), (256, 256)} <= set(picture.info["sizes"])
    assert icons.write_icon(tmp_path / "a.icns").read_bytes().startswith(b"icns")
    with pytest.raises(ValueError, match=r"\.gif"):
        icons.write_icon(tmp_path / "a.gif")


def test_the_bundle_for_macos_says_what_it_opens(tool: Tool) -> None:
    import karyoview

    plist = plistlib.loads(plistlib.dumps(tool("contents").mac_plist()))
    assert plist["CFBundleShortVersionString"] == karyoview.__version__
    kinds = plist["CFBundleDocumentTypes"][0]["LSItemContentTypes"]
    assert {"public.folder", "public.tiff", "public.png"} <= set(kinds)
    assert tuple(map(int, plist["LSMinimumSystemVersion"].split("."))) >= (14, 0)  # PyTorch's packages
    entitlements = plistlib.loads((REPOSITORY / "packaging/macos/entitlements.plist").read_bytes())
    assert entitlements["com.apple.security.cs.disable-library-validation"] is True


def test_the_script_for_macos_parses_and_refuses_elsewhere() -> None:
    script = REPOSITORY / "packaging" / "macos" / "build.sh"
    subprocess.run(["sh", "-n", str(script)], check=True)
    if sys.platform != "darwin":
        done = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "built on macOS" in done.stderr


def inno() -> dict[str, list[str]]:
    """The sections of the installer's recipe, without comments and preprocessor lines."""
    sections: dict[str, list[str]] = {}
    present: list[str] = []
    for line in (REPOSITORY / "packaging/windows/karyoview.iss").read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\[(\w+)\]", line.strip()):
            present = sections.setdefault(found[1], [])
        elif line.strip() and not line.lstrip().startswith((";", "#")):
            present.append(line.strip())
    return sections


def test_the_recipe_for_windows_names_what_there_is() -> None:
    folder = REPOSITORY / "packaging" / "windows"
    sections = inno()
    assert {"Setup", "Languages", "Files", "Icons", "Registry", "Run", "UninstallDelete", "Code"} <= set(sections)
    setup = dict(line.split("=", 1) for line in sections["Setup"])
    assert (folder / setup["LicenseFile"].replace("\\", "/")).resolve() == REPOSITORY / "LICENSE"
    assert setup["PrivilegesRequired"] == "lowest"
    text = (folder / "karyoview.iss").read_text(encoding="utf-8")
    spec = (REPOSITORY / "packaging" / "karyoview.spec").read_text(encoding="utf-8")
    for program in set(re.findall(r"\{app\}\\([\w-]+)\.exe", text)):
        assert f'program("{program}"' in spec, f"the installer names {program}.exe, which the recipe does not make"
    known = {"app", "autopf", "group", "autodesktop", "olddata", "cm", "#Version", "#Build"}
    used = set(re.findall(r"(?<!\{)\{(#?\w+)", "\n".join(line for s in sections.values() for line in s)))
    assert used <= known | {"6E0B3C63"}, f"unknown constants: {used - known}"
    tasks = {m[1] for line in sections["Tasks"] if (m := re.match(r'Name: "(\w+)"', line))}
    for section in ("Icons", "Registry"):
        for name in re.findall(r"Tasks: (\w+)", "\n".join(sections[section])):
            assert name in tasks


def test_windows_offers_every_image_that_is_read() -> None:
    from karyoview.io.images import IMAGE_SUFFIXES

    offered = set(re.findall(r"Classes\\(\.\w+)\\OpenWithProgids", "\n".join(inno()["Registry"])))
    assert offered <= set(IMAGE_SUFFIXES)
    assert {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".jp2"} <= offered


def test_the_version_shown_by_windows_is_a_version_of_numbers(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import karyoview

    contents = tool("contents")
    assert contents.windows_version() is None or sys.platform == "win32"
    monkeypatch.setattr(contents.sys, "platform", "win32")
    monkeypatch.setattr(contents, "ROOT", tmp_path)
    text = Path(contents.windows_version()).read_text(encoding="utf-8")
    seen: dict[str, object] = {}

    def part(kind: str) -> Callable[..., tuple[object, ...]]:
        def make(*values: object, **named: object) -> tuple[object, ...]:
            seen.update({values[0]: values[1]} if kind == "StringStruct" else named)
            return (kind, *values)

        return make

    # PyInstaller evaluates the file with these names.
    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct", "VarFileInfo")
    eval(text, {name: part(name) for name in (*names, "VarStruct")})
    assert seen["ProductVersion"] == karyoview.__version__
    numbers = seen["filevers"]
    assert isinstance(numbers, tuple)
    assert len(numbers) == 4
    assert ".".join(map(str, numbers)).startswith(karyoview.__version__)


def test_every_entry_of_the_recipe_for_windows_is_well_formed() -> None:
    parameters = {
        "Languages": {"Name", "MessagesFile"}, "Tasks": {"Name", "Description", "Flags"},
        "InstallDelete": {"Type", "Name"}, "UninstallDelete": {"Type", "Name"},
        "Files": {"Source", "DestDir", "Flags"}, "Icons": {"Name", "Filename", "Tasks", "AppUserModelID"},
        "Registry": {"Root", "Subkey", "ValueType", "ValueName", "ValueData", "Flags", "Tasks", "Check"},
        "Run": {"Filename", "Description", "Flags"},
    }  # fmt: skip
    for section, known in parameters.items():
        for line in inno()[section]:
            bare = re.sub(r'"(?:[^"]|"")*"', '""', line)
            assert bare.count('"') % 2 == 0, line
            for part in bare.split(";"):
                name, colon, _ = part.strip().partition(":")
                assert colon, f"[{section}] {line}"
                assert name in known, f"[{section}] has no parameter {name}"
    opened = [line for line in inno()["Registry"] if "OpenWithProgids" in line]
    assert all("uninsdeletevalue" in line for line in opened)
    code = "\n".join(inno()["Code"])
    assert len(re.findall(r"\bbegin\b", code)) == len(re.findall(r"\bend\b", code))


def test_the_steps_on_windows_name_tools_that_exist() -> None:
    text = (REPOSITORY / "packaging" / "windows" / "build.cmd").read_text(encoding="utf-8")
    for name in re.findall(r"packaging\\([\w\\]+\.(?:py|iss))", text):
        assert (REPOSITORY / "packaging" / name.replace("\\", "/")).is_file(), name
    assert text.count("exit /b 1") >= 6


def test_pyinstaller_is_asked_for_by_developers_only() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    needs, extras = text.split("[project.optional-dependencies]", 1)
    assert "pyinstaller" not in needs
    assert '"pyinstaller' in extras
