"""What can be wrong with training data."""

from __future__ import annotations

from karyoview.core.errors import KaryoViewError


class DataError(KaryoViewError):
    """Training data that cannot be read or used."""


class NoCellsError(DataError):
    """Data that can be read and hold no cell for what is asked: another split of them may."""
