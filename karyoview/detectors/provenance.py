"""Where the detections of an engine come from."""

from __future__ import annotations

from collections.abc import Mapping

from karyoview import __version__
from karyoview.core.detection import Provenance
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import EngineInfo


def provenance_of(
    image: MetaphaseImage, info: EngineInfo, *, device: object, threshold: float, settings: Mapping[str, object]
) -> Provenance:
    """This version's engine ``info`` on ``image``; ``settings`` are kept as text, sorted by name."""
    return Provenance(
        engine=info.name,
        weights_hash=info.weights_hash,
        program_version=__version__,
        device=str(device),
        threshold=threshold,
        image_sha256=image.sha256,
        settings=tuple(sorted((name, str(value)) for name, value in settings.items())),
    )
