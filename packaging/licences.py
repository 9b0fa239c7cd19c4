"""Licences of everything that is installed with KaryoView: one text, and a bill of materials in CycloneDX's form.

``python packaging/licences.py FOLDER`` writes ``licences.txt`` and ``bom.json`` from what is installed here,
without a network. Ends with 1 where a dependency stands under GPL or AGPL, or names no licence at all.
``--build FOLDER`` also looks through a finished build: for parts of Qt that stand under the GPL, and for every
shared library in it, which then stands in both files too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))

from bundled import Library, libraries, problems  # noqa: E402

LIGHT: Final = os.environ.get("KARYOVIEW_LIGHT") == "1"
"""Whether the light build is meant, which has no PyTorch and trains nothing."""
EXTRAS: Final = ("dicom", "hl7", "postgres", *(() if LIGHT else ("full",)))
"""What is shipped: the program and these extras, not what only tests and builds use."""
_TEXT: Final = re.compile(r"(licen[cs]e|copying|notice|copyright|authors)[^/]*$", re.IGNORECASE)
_GPL: Final = re.compile(r"(?<![L])A?GPL|GNU (Affero )?General Public", re.IGNORECASE)
_LESSER: Final = re.compile(r"LGPL|Lesser General Public", re.IGNORECASE)
_EXCEPTED: Final = re.compile(
    r"GPL-[\d.]+(-only|-or-later)? WITH (GCC|Font|LLVM|Classpath|Autoconf|Bison)[\w.-]*exception[\w.-]*", re.I
)
KNOWN: Final = {"cuda-toolkit": "an empty package that only names NVIDIA's others", "reportlab": "BSD-3-Clause"}
"""Licences read by hand where the metadata say nothing, or too much."""
_GPL_MODULES: Final = (
    "charts", "coap", "datavisualization", "graphs", "httpserver", "lottie", "mqtt", "networkauth", "quick3d",
    "quicktimeline", "shadertools", "virtualkeyboard", "vkb", "waylandcompositor",
)  # fmt: skip
"""Parts of Qt that are not under the LGPL, by their names in file names (Qt 6, "Licenses used in Qt")."""
_QT_NOTICE: Final = """Qt and Qt for Python (PySide6, shiboken6) are used under the GNU Lesser General Public
License, version 3. Their libraries lie in this program's folder as files of their own; you may replace them by your
own builds. Their source is at https://download.qt.io/official_releases/qt/ and
https://download.qt.io/official_releases/QtForPython/ under the version given below."""


@dataclass(frozen=True, slots=True)
class Component:
    """One installed package: ``licence`` as its metadata say it, ``texts`` by file name inside the package."""

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[tuple[str, str], ...]

    @property
    def problem(self) -> str:
        """Why it may not be shipped, in one sentence; empty when it may."""
        if not self.licence:
            return f"{self.name} {self.version} names no licence; read it and enter it in KNOWN."
        if not may_be_shipped(self.licence):
            return f"{self.name} {self.version} stands under {self.licence}, which may not be shipped; replace it."
        return ""


def may_be_shipped(licence: str) -> bool:
    """Whether a licence, as an SPDX expression or in words, can be met without GPL or AGPL.

    Of alternatives (OR) one is enough; of parts (AND) each must do. Runtime-library exceptions are
    made for this case and do.
    """
    text = _EXCEPTED.sub("exception", licence)
    if re.search(r"\sAND\s", text):
        parts, depth, start = [], 0, 0
        for found in re.finditer(r"\(|\)|\sAND\s", text):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if found[0].strip() == "AND" and depth == 0:
                parts.append(text[start : found.start()])
                start = found.end()
        if parts:
            return all(map(may_be_shipped, [*parts, text[start:]]))
    inner = text.strip()
    if inner.startswith("(") and inner.endswith(")"):
        return may_be_shipped(inner[1:-1])
    return any(_LESSER.search(each) or not _GPL.search(each) for each in re.split(r"\sOR\s|;|\sor\s", text))


def licence_of(package: Distribution) -> str:
    """The licence that a package's metadata name, else the one known by hand."""
    name = canonicalize_name(package.metadata["Name"])
    if name in KNOWN:
        return KNOWN[name]
    licence = package.metadata.get("License-Expression") or ""
    short = (package.metadata.get("License") or "").strip()
    if not licence and short and "\n" not in short and len(short) < 120 and short.upper() != "UNKNOWN":
        licence = short
    if not licence:
        kinds = [c.split(" :: ")[-1] for c in package.metadata.get_all("Classifier") or () if c.startswith("License")]
        licence = "; ".join(k for k in kinds if k != "OSI Approved")
    if not licence and short:
        licence = short.splitlines()[0].strip()
    return licence


def component(name: str) -> Component:
    """What is known of an installed package."""
    package = distribution(name)
    texts = []
    for file in package.files or ():
        if _TEXT.search(str(file)) and file.suffix not in (".py", ".pyc", ".pyi", ".so", ".h"):
            path = Path(str(package.locate_file(file)))
            if path.is_file():
                texts.append((str(file), path.read_text(encoding="utf-8", errors="replace").strip()))
    links = package.metadata.get_all("Project-URL") or []
    home = package.metadata.get("Home-page") or next((u.split(", ", 1)[1] for u in links if ", " in u), "")
    return Component(package.metadata["Name"], package.version, licence_of(package), home, tuple(texts))


def asked_for(extras: Iterable[str] = EXTRAS) -> list[str]:
    """What KaryoView itself asks for, as requirement lines."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(r for e in extras for r in project["optional-dependencies"][e])]


def shipped(lines: Iterable[str] | None = None) -> list[Component]:
    """Every installed package that these requirements need, directly or not, by name; those absent are left out."""
    found: dict[str, Component] = {}
    waiting = [Requirement(line) for line in (asked_for() if lines is None else lines)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        need = waiting.pop()
        key = canonicalize_name(need.name), frozenset(need.extras)
        if key in seen:
            continue
        seen.add(key)
        try:
            package = distribution(need.name)
        except PackageNotFoundError:
            continue
        found[key[0]] = component(need.name)
        for further in map(Requirement, package.requires or ()):
            if further.marker is None or any(further.marker.evaluate({"extra": e}) for e in ("", *need.extras)):
                waiting.append(further)
    return [found[k] for k in sorted(found)]


def gpl_files(folder: Path) -> list[Path]:
    """Libraries and plugins of Qt below ``folder`` that stand under the GPL and may not be in a build."""
    found = []
    for path in folder.rglob("*"):
        name = path.name.lower()
        if path.suffix in (".so", ".dll", ".dylib", ".pyd", ".qml") or ".so." in name:
            plain = name.replace("_", "")
            if re.search(r"qt|qml", plain) and any(m in plain for m in _GPL_MODULES):
                found.append(path)
    return sorted(found)


def bill(components: Iterable[Component], version: str, bundled: Iterable[Library] = ()) -> dict[str, Any]:
    """A bill of materials in CycloneDX 1.5's form (no serial number and no time, so that equal builds are equal)."""
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "karyoview", "version": version, "bom-ref": "karyoview"}
        },
        "components": [
            *(
                {
                    "type": "library", "name": c.name, "version": c.version,
                    "purl": f"pkg:pypi/{canonicalize_name(c.name)}@{c.version}",
                    "bom-ref": f"{canonicalize_name(c.name)}@{c.version}",
                    "licenses": [{"license": {"name": c.licence}}],
                    **({"externalReferences": [{"type": "website", "url": c.home}]} if c.home else {}),
                }
                for c in components
            ),
            *(
                {
                    "type": "file", "name": each.place, "bom-ref": f"file:{each.place}",
                    "description": f"{each.project}, brought by {each.brought_by}",
                    "licenses": [{"license": {"name": each.licence or "unknown"}}],
                }
                for each in bundled
            ),
        ],
    }  # fmt: skip


def resources() -> list[tuple[str, str]]:
    """Texts of what KaryoView ships beside code: its own licence, fonts, bands, and citations of the weights' data."""
    own = [("KaryoView", (ROOT / "LICENSE").read_text(encoding="utf-8").strip())]
    texts = ROOT / "packaging" / "texts"
    own.append(("Qt", _QT_NOTICE))
    own += [(f"Qt: {p.stem}", p.read_text(encoding="utf-8").strip()) for p in sorted(texts.glob("*GPL*.txt"))]
    own += [
        (p.name, p.read_text(encoding="utf-8", errors="replace").strip())
        for p in sorted((ROOT / "resources" / "fonts").glob("LICENSE*"))
    ]
    own.append(("Chromosome bands", (ROOT / "resources" / "bands" / "README.md").read_text(encoding="utf-8").strip()))
    for path in sorted((ROOT / "resources" / "weights").glob("*.card.json")):
        data = json.loads(path.read_text(encoding="utf-8")).get("data", {})
        source = data.get("citation") or "\n".join(data.get("citations", ()))
        own.append((f"Weights {path.name.removesuffix('.card.json')}: data", source or "The card names no source."))
    return own


def text(components: Iterable[Component], bundled: Iterable[Library] = ()) -> str:
    """All licences in one text."""
    parts = [f"{title}\n{'=' * len(title)}\n\n{body}" for title, body in resources()]
    for each in components:
        title = f"{each.name} {each.version} ({each.licence})"
        bodies = [f"--- {name}\n\n{body}" for name, body in each.texts] or ["The package holds no licence text."]
        parts.append("\n\n".join([f"{title}\n{'=' * len(title)}", *([each.home] if each.home else []), *bodies]))
    libraries = list(bundled)
    if libraries:
        rows = [f"{i.place}: {i.project}, {i.licence or 'unknown'} (brought by {i.brought_by})" for i in libraries]
        parts.append("\n".join(["Shared libraries of others in this program", "=" * 42, "", *rows]))
        texts = {i.brought_by: i.text for i in libraries if i.text}
        parts += [f"{who}\n{'=' * len(who)}\n\n{body.strip()}" for who, body in sorted(texts.items())]
    return "\n\n\n".join(parts) + "\n"


def collect_licences(folder: Path, build: Path | None = None, sources: Mapping[str, str] | None = None) -> list[str]:
    """Write ``licences.txt`` and ``bom.json`` into ``folder``; → a sentence for each thing that may not be shipped.

    With ``build`` its shared libraries are judged and listed too; ``sources`` says where each came from.
    """
    from karyoview import __version__

    components, bundled = shipped(), libraries(sources or {})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "licences.txt").write_text(text(components, bundled), encoding="utf-8")
    bom = json.dumps(bill(components, __version__, bundled), indent=1) + "\n"
    (folder / "bom.json").write_text(bom, encoding="utf-8")
    found = [c.problem for c in components if c.problem] + problems(bundled, may_be_shipped)
    if build is not None:
        found += [f"{p} stands under the GPL; leave it out." for p in gpl_files(build)]
    return found


def main(arguments: list[str]) -> int:
    """Write both files into the folder named; → 1 where something may not be shipped."""
    parser = argparse.ArgumentParser(description="Licences and bill of materials of what is installed here.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build" / "licences")
    parser.add_argument("--build", type=Path, help="a finished build to look through for parts that may not be shipped")
    parser.add_argument("--sources", type=Path, help="with --build: where its libraries came from (sources.json)")
    args = parser.parse_args(arguments)
    sources = json.loads(args.sources.read_text(encoding="utf-8")) if args.sources else None
    found = collect_licences(args.folder, args.build, sources)
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"{len(shipped())} packages, {len(found)} problems: {args.folder}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
