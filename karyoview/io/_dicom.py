"""DICOM pictures, by the extra ``karyoview[dicom]``; no tag about the patient is read."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np

from karyoview.io._samples import DecodeError, Samples, check_size, plausible_scale

_PIXEL_TAGS = [
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "PlanarConfiguration", "PixelSpacing", "ImagerPixelSpacing", "PixelData",
    "SharedFunctionalGroupsSequence", "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "RescaleSlope", "PresentationLUTShape", "PixelPaddingValue",
    "PixelPaddingRangeLimit", "ModalityLUTSequence",
]  # fmt: skip


def count_dicom_frames(data: bytes) -> int:
    """Frames in a DICOM file."""
    return _frames(_dataset(data))


def decode_dicom(data: bytes, page: int) -> Samples:
    """One frame of a DICOM file, compressed or not; ``page`` counts frames from 0."""
    dataset = _dataset(data)
    frames = _frames(dataset)
    if not 0 <= page < frames:
        raise DecodeError(f"it has {frames} frame{'s' * (frames != 1)}, so there is no frame {page + 1}")
    if "PixelData" not in dataset:
        raise DecodeError("it is a DICOM file without a picture")
    samples = int(dataset.get("SamplesPerPixel", 1))
    check_size(int(dataset.Columns), int(dataset.Rows), samples * int(dataset.BitsAllocated) // 8)
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import pixel_array

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = np.asarray(pixel_array(dataset, index=page))
        kind = str(dataset.PhotometricInterpretation)
        if kind == "PALETTE COLOR":
            values = np.asarray(apply_color_lut(values, dataset))
    bits = int(dataset.get("BitsStored", 8 * values.dtype.itemsize))
    notes: tuple[str, ...] = ()
    if values.ndim == 2 and dataset.get("ModalityLUTSequence"):
        from pydicom.pixels.processing import apply_modality_lut

        values = np.asarray(apply_modality_lut(values, dataset))
        bits = 8 * values.dtype.itemsize
    # INVERSE says of MONOCHROME2 what MONOCHROME1 says by itself, and a negative slope turns the greys once more.
    white_is_zero = kind == "MONOCHROME1" or str(dataset.get("PresentationLUTShape", "")).upper() == "INVERSE"
    if values.ndim == 2 and _slope(dataset) < 0:
        white_is_zero = not white_is_zero
    if values.ndim == 2:
        values, notes = _without_padding(values, dataset, white_is_zero)
    compressed = bool(dataset.file_meta.TransferSyntaxUID.is_compressed)
    return Samples(
        values,
        "rgb" if values.ndim == 3 else "grey",
        16 if kind == "PALETTE COLOR" and values.dtype.itemsize == 2 else bits,
        white_is_zero=white_is_zero,
        notes=notes,
        um_per_pixel=plausible_scale(_um_per_pixel(dataset)),
        payload=len(dataset.PixelData) // frames if compressed else None,
    )


def _slope(dataset: Any) -> float:
    try:
        return float(dataset.get("RescaleSlope", 1) or 1)
    except (TypeError, ValueError):
        return 1.0


def _without_padding(
    values: np.ndarray[Any, Any], dataset: Any, white_is_zero: bool
) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
    """Greys with padding (pixels outside the picture) brought to the light end of the others, and a note."""
    first = dataset.get("PixelPaddingValue")
    if first is None:
        return values, ()
    last = dataset.get("PixelPaddingRangeLimit", first)
    low, high = sorted((int(first), int(last)))
    padding = (values >= low) & (values <= high)
    if not padding.any() or padding.all():
        return values, ()
    rest = values[~padding]
    filled = values.copy()
    filled[padding] = rest.min() if white_is_zero else rest.max()
    return filled, ("Padding around the picture is shown as light ground.",)


def _dataset(data: bytes) -> Any:
    try:
        import pydicom
    except ImportError:
        raise DecodeError("DICOM needs an extra: pip install 'karyoview[dicom]'") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(io.BytesIO(data), specific_tags=_PIXEL_TAGS)


def _frames(dataset: Any) -> int:
    return max(int(dataset.get("NumberOfFrames", 1) or 1), 1)


def _um_per_pixel(dataset: Any) -> float | None:
    """Pixel spacing in µm (DICOM gives millimetres)."""
    for holder in _spacing_holders(dataset):
        for name in ("PixelSpacing", "ImagerPixelSpacing"):
            spacing = holder.get(name)
            if spacing:
                return float(spacing[0]) * 1000.0
    return None


def _spacing_holders(dataset: Any) -> list[Any]:
    holders = [dataset]
    for group in dataset.get("SharedFunctionalGroupsSequence") or []:
        holders += list(group.get("PixelMeasuresSequence") or [])
    return holders
