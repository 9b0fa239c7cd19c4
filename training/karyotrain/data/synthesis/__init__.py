"""Metaphases made by the project itself: any karyotype, unlimited cells, exact truth.

:func:`make_cell` draws cells from the ISCN band tables; :mod:`karyotrain.data.synthesis.paste` puts
cells together from real chromosomes.
"""

from karyotrain.data.synthesis.cell import STYLES, Style, draw_style, drawn_cell, drawn_cells, make_cell
from karyotrain.data.synthesis.karyotype import KaryotypeError, read_clones
from karyotrain.data.synthesis.truth import ChromosomeTruth, CocoTruth, SyntheticCell, truth_hash, write_case

__all__ = [
    "STYLES", "ChromosomeTruth", "CocoTruth", "KaryotypeError", "Style", "SyntheticCell", "draw_style", "drawn_cell",
    "drawn_cells", "make_cell", "read_clones", "truth_hash", "write_case",
]  # fmt: skip
