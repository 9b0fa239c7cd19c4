"""Metaphases and karyograms as DICOM: read again as they were, with no more of the patient than the case's id."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from karyoview.io.images import read_image
from karyoview.services.dicom_export import secondary_capture

pydicom = pytest.importorskip("pydicom")


@pytest.mark.parametrize("shape", [(48, 64), (47, 63)])
@pytest.mark.parametrize("kind", ["metaphase", "karyogram"])
def test_what_is_written_is_read_again(tmp_path: Path, shape: tuple[int, int], kind: str) -> None:
    grey = np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8)
    data = secondary_capture(grey, case="KV-1", name="c1 é.png", kind=kind, number=3, um_per_pixel=0.1)
    (tmp_path / "a.dcm").write_bytes(data)
    image = read_image(tmp_path / "a.dcm")
    assert np.array_equal(image.pixels, grey)
    assert image.um_per_pixel == pytest.approx(0.1)


def test_tags() -> None:
    grey = np.zeros((10, 12), np.uint8)
    made = [
        secondary_capture(grey, case="KV-1", name=n, kind=k) for n in ("a", "b") for k in ("metaphase", "karyogram")
    ]
    sets = [pydicom.dcmread(io.BytesIO(m)) for m in made]
    assert len({d.SOPInstanceUID for d in sets}) == 4
    assert len({d.StudyInstanceUID for d in sets}) == 1
    assert len({d.SeriesInstanceUID for d in sets}) == 2
    assert all(len(d.SOPInstanceUID) <= 64 for d in sets)
    first = sets[0]
    assert first.SOPClassUID == pydicom.uid.SecondaryCaptureImageStorage
    assert (str(first.PatientName), first.PatientID, first.PatientBirthDate) == ("", "KV-1", "")
    assert first.ImageComments == "a"
    assert secondary_capture(grey, case="KV-1", name="a", kind="metaphase") == made[0]
