"""KaryoView: review of metaphases, karyograms and karyotypes."""

__version__ = "0.1.0"
