from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from karyoview.core.errors import KaryoViewError
from karyoview.core.runlength import decode_mask, encode_mask


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_the_same_string_as_the_coco_tools(share: float) -> None:
    rng = np.random.default_rng(0)
    for size in [(1, 1), (7, 5), (60, 90)]:
        mask = rng.random(size) < share
        mask[: size[0] // 2, : size[1] // 3] = share > 0.4
        text = encode_mask(mask)
        assert text == coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
        np.testing.assert_array_equal(decode_mask(text, size), mask)


@pytest.mark.parametrize("text", ["", "zz", "03", "~", "\n", "o" * 40])
def test_a_damaged_string_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(KaryoViewError, match="run-length"):
        decode_mask(text, (4, 4))
