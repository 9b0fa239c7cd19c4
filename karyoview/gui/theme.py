"""Light, dark and system themes: a palette and a short style sheet on Qt's Fusion style."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

_LIGHT = {
    "window": "#F3F4F6", "base": "#FFFFFF", "alternate": "#F7F8FA", "text": "#1F2328", "muted": "#59636E",
    "button": "#FFFFFF", "line": "#D0D7DE", "accent": "#0B57A4", "on_accent": "#FFFFFF", "tip": "#FFFFFF",
    "outline": "#B4BCC6", "progress": "#A8CCF0", "icon_ground": "#FFFFFF",
}  # fmt: skip
_DARK = {
    "window": "#202226", "base": "#17191C", "alternate": "#1D1F23", "text": "#E8EAED", "muted": "#A0A7B0",
    "button": "#2B2E33", "line": "#3C4046", "accent": "#4C9BE8", "on_accent": "#0B1015", "tip": "#2B2E33",
    "outline": "#9AA2AC", "progress": "#27527F", "icon_ground": "#B9C0CA",
}  # fmt: skip


def is_dark(theme: str, app: QApplication) -> bool:
    """Whether a theme (light, dark, system) means dark now."""
    if theme == "system":
        return app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return theme == "dark"


def apply_theme(app: QApplication, theme: str, points: int) -> None:
    """Colour the whole application; text of ``points`` points."""
    colours = _DARK if is_dark(theme, app) else _LIGHT
    app.setStyle("Fusion")
    font = QFont(app.font())
    font.setPointSize(points)
    app.setFont(font)
    palette = QPalette()
    role = QPalette.ColorRole
    for key, roles in {
        "window": (role.Window,), "base": (role.Base,), "alternate": (role.AlternateBase,),
        "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        "button": (role.Button,), "muted": (role.PlaceholderText,), "tip": (role.ToolTipBase,),
        "accent": (role.Highlight, role.Link, role.Accent), "on_accent": (role.HighlightedText,),
        "line": (role.Mid, role.Midlight),
    }.items():  # fmt: skip
        for each in roles:
            palette.setColor(each, QColor(colours[key]))
    for each in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours["muted"]))
    app.setPalette(palette)
    # Fusion outlines these by a darker window colour, which on a dark window cannot be seen.
    outlined = QPalette(palette)
    outlined.setColor(role.Window, QColor(colours["outline"]))
    views = ("QTableView", "QListView", "QTreeView")  # for the boxes that are ticked in them
    for name in ("QCheckBox", "QRadioButton", "QLineEdit", "QAbstractSpinBox", "QComboBox", *views):
        app.setPalette(outlined, name)  # type: ignore[arg-type]  # the stub wants bytes, Qt text
    app.setStyleSheet(_SHEET.format(**colours, small=max(points - 1, 8), total=points * 2 + 6))


_SHEET = """
QMainWindow::separator {{ background: {line}; width: 1px; height: 1px; }}
QDockWidget {{ font-weight: 600; }}
QDockWidget::title {{ padding: 5px 8px; background: {window}; text-align: left; }}
QToolTip {{ border: 1px solid {line}; padding: 4px; }}
QPushButton, QToolButton {{ border: 1px solid {line}; border-radius: 5px; padding: 4px 10px; background: {button}; }}
QPushButton:hover, QToolButton:hover {{ border-color: {accent}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 3px 9px; }}
QPushButton:default, QPushButton[primary="true"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QFileDialog QToolButton {{ padding: 2px; background: {icon_ground}; }}
QToolButton#qt_toolbar_ext_button, QTabBar QToolButton {{ padding: 0px; background: {icon_ground}; }}
QMenu {{ menu-scrollable: 1; }}
QToolButton:checked {{ background: {accent}; color: {on_accent}; }}
QPushButton:disabled {{ color: {muted}; }}
QPushButton:default:disabled, QPushButton[primary="true"]:disabled {{ background: {button}; border-color: {line}; }}
QTableView {{ gridline-color: {line}; }}
QListView {{ border: 1px solid {line}; background: {base}; outline: none; }}
QDockWidget QListView {{ border: none; }}
QPlainTextEdit, QTextEdit {{ border: 1px solid {line}; background: {base}; }}
QLabel[muted="true"] {{ color: {muted}; }}
QLabel[total="true"] {{ font-size: {total}pt; font-weight: 700; }}
QLabel[banner="true"] {{ padding: 2px; }}
QFrame#banner {{ background: {alternate}; border-bottom: 1px solid {line}; }}
QFrame#header {{ background: {base}; border-bottom: 1px solid {line}; }}
QStatusBar {{ border-top: 1px solid {line}; }}
QStatusBar::item {{ border: none; }}
QProgressBar {{ border: 1px solid {line}; border-radius: 4px; text-align: center; background: {base}; }}
QProgressBar::chunk {{ background: {progress}; border-radius: 3px; }}
"""
