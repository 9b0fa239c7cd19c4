"""Metaphases and karyograms as DICOM secondary captures, by the extra ``karyoview[dicom]``.

Nothing of the patient is written but the pseudonymous id of the case. Every picture of a case is one series of one
study; identifiers are derived from the case and the picture, so that a second export gives the same ones.
"""

from __future__ import annotations

import io
import uuid
import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview import __version__
from karyoview.core.errors import KaryoViewError
from karyoview.io.own_pictures import MARK

_SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
_NAMESPACE: Final = uuid.UUID("5f3f0f0a-6d0e-4a52-9a52-6b2f0d3c8e11")


def _uid(*parts: str) -> str:
    """A unique identifier (2.25 and a number) that is the same for the same parts."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(parts)).int}"


def secondary_capture(
    pixels: npt.NDArray[np.uint8],
    *,
    case: str,
    name: str,
    kind: str,
    number: int = 1,
    um_per_pixel: float | None = None,
) -> bytes:
    """A DICOM file of one (H, W) uint8 picture; ``kind`` is metaphase or karyogram, ``number`` its place in the series.

    Raises KaryoViewError where the extra is missing.
    """
    try:
        from pydicom.dataset import FileDataset, FileMetaDataset
        from pydicom.uid import UID
    except ImportError:
        raise KaryoViewError("DICOM needs an extra: pip install 'karyoview[dicom]'") from None
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(_SECONDARY_CAPTURE)
    meta.MediaStorageSOPInstanceUID = UID(_uid(case, kind, name))
    meta.TransferSyntaxUID = UID(_EXPLICIT_LITTLE)
    meta.ImplementationClassUID = UID(_uid("KaryoView"))
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.ImageType = ["DERIVED", "SECONDARY", kind.upper()]
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.StudyInstanceUID, data.SeriesInstanceUID = _uid(case, "study"), _uid(case, kind, "series")
    data.StudyID, data.SeriesNumber, data.InstanceNumber = case[:16], 1 if kind == "metaphase" else 2, number
    data.StudyDate = data.StudyTime = data.AccessionNumber = data.ReferringPhysicianName = ""
    data.PatientName, data.PatientID, data.PatientBirthDate, data.PatientSex = "", case[:64], "", ""
    data.Modality, data.ConversionType = "OT", "WSD"
    data.Manufacturer, data.SoftwareVersions = "KaryoView", __version__
    data.SeriesDescription = "Metaphases" if kind == "metaphase" else "Karyograms"
    data.ImageComments = name[:10240]
    if kind != "metaphase":
        data.DerivationDescription = MARK
    data.PatientIdentityRemoved, data.DeidentificationMethod = "YES", "pseudonymous id of the case only"
    data.BurnedInAnnotation = "NO"
    data.PatientOrientation = ""
    _put_pixels(data, pixels, um_per_pixel)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _put_pixels(data: Any, pixels: npt.NDArray[np.uint8], um_per_pixel: float | None) -> None:
    data.Rows, data.Columns, data.SamplesPerPixel = *pixels.shape, 1
    data.PhotometricInterpretation, data.PixelRepresentation = "MONOCHROME2", 0
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit = 7
    if um_per_pixel:
        spacing = f"{um_per_pixel / 1000:.10g}"
        data.PixelSpacing = [spacing, spacing]
    content = np.ascontiguousarray(pixels).tobytes()
    data.PixelData = content + b"\0" * (len(content) % 2)
