"""What the About box says."""

from __future__ import annotations

from PySide6 import __version__ as qt_version
from PySide6.QtCore import QCoreApplication

from karyoview import __version__


def about_text() -> str:
    """Version, what the program is for, and its licences in short."""
    use = QCoreApplication.translate(
        "About",
        "Computer-assisted. For research and evaluation use; "
        "interpretation by qualified cytogenetic personnel is required.",
    )
    licence = QCoreApplication.translate(
        "About", "MIT licence. Qt for Python {0} is used under the LGPL; all licences are listed in the help (F1)."
    ).format(qt_version)
    return f"<h3>KaryoView {__version__}</h3><p>{use}</p><p>{licence}</p>"
