"""What is said about the program's parts: licences of all that is shipped, and where the weights learnt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from karyoview._resources import resource
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.registry import find_engines


@dataclass(frozen=True, slots=True)
class Source:
    """Where an engine's weights come from: its ``title``, name, and the ``citations`` of what it learnt from."""

    name: str
    title: str
    citations: tuple[str, ...]


def licence_text() -> str:
    """The gathered licences of this build, word by word; of an installation from packages, a list of them."""
    gathered = resource("licences", "licences.txt")
    if gathered.is_file():
        return gathered.read_text(encoding="utf-8", errors="replace")
    own = next((p for p in (resource().parent / "LICENSE", resource().parent.parent / "LICENSE") if p.is_file()), None)
    parts = [own.read_text(encoding="utf-8")] if own else []
    rows = [f"{name} {version}: {licence}" for name, version, licence in installed()]
    head = "KaryoView was installed from packages; each holds its own licence text. They are:"
    return "\n".join([*parts, head, "", *rows]) + "\n"


def installed() -> list[tuple[str, str, str]]:
    """Name, version and licence of every installed package that KaryoView needs, directly or not, by name."""
    found: dict[str, tuple[str, str, str]] = {}
    waiting = ["karyoview"]
    while waiting:
        name = waiting.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        found[key] = (package.metadata["Name"], package.version, _licence(package))
        for line in package.requires or ():
            # PyTorch, where it is, came by the extra "full" of this program itself
            if "extra ==" not in line or (name == "karyoview" and "full" in line.partition("extra ==")[2]):
                waiting.append(re.split(r"[\s<>=!~;\[(]", line, maxsplit=1)[0])
    return [found[key] for key in sorted(found) if key != "karyoview"]


def _licence(package: Distribution) -> str:
    known = dict(package.metadata.items())  # type: ignore[attr-defined]
    licence = known.get("License-Expression") or ""
    if not licence:
        kinds = [c.split(" :: ")[-1] for c in package.metadata.get_all("Classifier") or () if c.startswith("License")]
        licence = "; ".join(kinds) or (known.get("License") or "").strip().split("\n")[0]
    return licence or "see its licence file"


def component_count() -> int:
    """How many parts the bill of materials of this build lists; 0 where there is none."""
    path = resource("licences", "bom.json")
    try:
        return len(json.loads(path.read_text(encoding="utf-8"))["components"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def sources() -> list[Source]:
    """What the weights on this machine learnt from, as their cards say; engines without weights are left out."""
    return list(_sources())


def _sources() -> Iterator[Source]:
    for name, path in find_engines()[0].items():
        try:
            card = read_card(card_path(path))
        except KaryoViewError:
            continue
        data = card.get("data")
        section = data if isinstance(data, dict) else {}
        several = section.get("citations")
        listed = [*(several if isinstance(several, list) else ()), section.get("citation")]
        yield Source(name, str(card.get("title") or name), tuple(dict.fromkeys(str(c) for c in listed if c)))
