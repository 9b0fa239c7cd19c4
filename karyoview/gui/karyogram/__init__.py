"""The karyogram board and its dialogs."""

from karyoview.gui.karyogram.board import KaryogramBoard

__all__ = ["KaryogramBoard"]
