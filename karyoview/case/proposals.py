"""What engines said: ``proposals/<image>.<engine>.json``, written by reviewers and batch workers alike."""

from __future__ import annotations

import re
from pathlib import Path

from karyoview.case.schema import check_file_name
from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.detection import Detections
from karyoview.io.annotation_json import detections_from_document, detections_to_document
from karyoview.io.documents import DocumentError, dump_document, parse_document
from karyoview.io.own_folder import OwnFolder


def proposals_path(store: Path, image: str, engine: str) -> Path:
    """The file of an engine's proposals; DocumentError for names that leave the folder."""
    check_file_name(image, "proposals")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}", engine):
        raise DocumentError(f"{engine!r} cannot name an engine; use letters, digits, '-', '_' and '.'.")
    return store / "proposals" / f"{image}.{engine}.json"


def write_proposals(store: Path, detections: Detections) -> Path:
    """Replace the proposals of that image and engine as a whole. Raises OSError or DocumentError."""
    path = proposals_path(store, detections.image, detections.provenance.engine)
    folder = OwnFolder(store)
    folder.make_part(path.parent.name)
    folder.write(f"{path.parent.name}/{path.name}", dump_document(detections_to_document(detections)))
    return path


def read_proposals(store: Path, image: str, engine: str) -> Detections | None:
    """The proposals of an engine for an image; None when there are none. Raises OSError or DocumentError."""
    path = proposals_path(store, image, engine)
    try:
        data = OwnFolder(store).read(f"{path.parent.name}/{path.name}", MAX_BYTES)
    except FileNotFoundError:
        return None
    found = detections_from_document(parse_document(data, path), str(path))
    if found.image != image or found.provenance.engine != engine:
        raise DocumentError(f"{path} is about {found.image!r} by {found.provenance.engine!r}; run the engine again.")
    return found
