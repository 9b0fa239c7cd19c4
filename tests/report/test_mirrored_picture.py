"""A mirrored chromosome is marked where the karyogram is printed."""

from __future__ import annotations

import numpy as np

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.report.pictures import karyogram_picture, karyogram_svg
from karyoview.review.karyogram_edits import mirror


def test_a_mirror_image_has_a_sign_and_the_sign_is_explained() -> None:
    pixels = np.full((120, 200), 225, np.uint8)
    items = []
    for k in range(4):
        pixels[20:90, 20 + 45 * k : 32 + 45 * k] = 80
        items.append(ReviewedChromosome(f"c{k}", Box.rotated(26 + 45 * k, 55, 14, 74, 0.0), k // 2))
    plain = ImageAnnotation("a.png", (120, 200), chromosomes=tuple(items))
    before = karyogram_picture(pixels, plain)
    after = karyogram_picture(pixels, mirror(plain, "c2", "ana", confirmed=True))
    assert not any("†" in text for text, _, _ in before.labels)
    signs = [text for text, _, _ in after.labels if "†" in text]
    assert signs == ["†", "† mirror image"]
    assert after.pixels.shape[0] > before.pixels.shape[0]
    assert all(0 <= y <= after.pixels.shape[0] for _, _, y in after.labels)
    assert "mirror image" in karyogram_svg(after)
