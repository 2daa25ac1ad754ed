"""A Markdown document as it would look on paper, and the same as PDF. No browser is needed for either."""

from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPalette, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from ..theme.style import font
from ..theme.tokens import TypeSize

PAPER, INK = "#FFFFFF", "#1B1F27"
MARGIN_MM = 15.0
POINTS = 8.0
SHEET = "table { border-collapse: collapse; } td, th { padding: 2px 6px; }"


def document(markdown: str) -> QTextDocument:
    """The document in black on white, whatever the theme of the window is."""
    made = QTextDocument()
    made.setDefaultStyleSheet(SHEET)
    made.setDefaultFont(QFont(QFont().family(), round(POINTS)))
    made.setMarkdown(markdown)
    return made


def write_pdf(markdown: str, path: Path, title: str) -> None:
    """Write an A4 PDF in landscape, for the tables are wide; fonts are embedded.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")  # a writer of Qt does not tell why it cannot write
    writer = QPdfWriter(str(path))
    writer.setTitle(title)
    writer.setCreator("Flyweight")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM), QPageLayout.Unit.Millimeter)
    document(markdown).print_(writer)
    if not path.stat().st_size:
        raise OSError(5, "nothing was written")


class Paper(QTextBrowser):
    """Shows a Markdown document on a white sheet; links are not followed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setObjectName("paper")
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(PAPER))
        palette.setColor(QPalette.ColorRole.Text, QColor(INK))
        self.setPalette(palette)
        self.setStyleSheet(f"#paper {{ background: {PAPER}; color: {INK}; padding: 12px; }}")
        self.setFont(font(TypeSize.CAPTION))
        self.markdown = ""

    def show_markdown(self, markdown: str) -> None:
        """Show this text."""
        if markdown != self.markdown:
            self.markdown = markdown
            self.setMarkdown(markdown)
