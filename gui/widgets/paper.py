"""A Markdown document with its drawings as it would look on paper, and the same as PDF. No browser is needed for either."""

import re
from pathlib import Path
from urllib.parse import unquote

from PySide6.QtCore import QByteArray, QMarginsF, QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QPyTextObject,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QTextBrowser, QWidget

from ..theme.style import font
from ..theme.tokens import LIGHT, TypeSize

PAPER, INK = LIGHT.surface, LIGHT.text
MARGIN_MM = 15.0
POINTS = 8.0
DRAWING = int(QTextFormat.ObjectTypes.UserObject) + 1
SVG_PROPERTY = int(QTextFormat.Property.UserProperty) + 1
WIDEST_SHARE = 0.96
CELL_PADDING = 4.0
INDENT = 14.0
ABOVE_HEADING = 15.0
# Qt would merge an empty cell with its neighbour, and figures would stand below the heads of others
_EMPTY_CELL = re.compile(r"(?<=\|) +(?=\|)")
_INTERVAL = re.compile(r"\[[^\[\]|\n]*\](?= *\|)")


class _Drawing(QPyTextObject):
    """Draws an SVG document as wide as the text, in lines and not in pixels."""

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:
        """As wide as the page, as high as the drawing then is."""
        size = QSizeF(_renderer(format).defaultSize())
        frame = doc.rootFrame().frameFormat()
        room = doc.textWidth() if doc.pageSize().width() <= 0 else doc.pageSize().width()
        room = (room - frame.leftMargin() - frame.rightMargin()) * WIDEST_SHARE
        return size if room <= 0 or size.isEmpty() else size * (room / size.width())

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,
        format: QTextFormat,
    ) -> None:
        _renderer(format).render(painter, QRectF(rect))


def _renderer(form: QTextFormat) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(form.property(SVG_PROPERTY)))


_DRAWING = _Drawing()


def fill(made: QTextDocument, markdown: str, folder: Path | None) -> None:
    """Put a document with its drawings into a text document; ``folder`` is where the drawings are."""
    made.setIndentWidth(INDENT)
    option = made.defaultTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)  # else the columns of a table break within words
    made.setDefaultTextOption(option)
    cells = _EMPTY_CELL.sub(" \N{NO-BREAK SPACE} ", _INTERVAL.sub(_whole, markdown))
    made.setMarkdown(cells)
    made.documentLayout().registerHandler(DRAWING, _DRAWING)
    edit = QTextCursor(made)
    edit.beginEditBlock()  # laid out once, not after every cell
    _draw(made, folder)
    _rule(made)
    _space(made)
    edit.endEditBlock()


def _whole(interval: re.Match[str]) -> str:
    """An interval in a cell of a table is not torn apart."""
    return interval[0].replace(" ", "\N{NO-BREAK SPACE}")


def _space(made: QTextDocument) -> None:
    """Air above headings."""
    block = made.begin()
    while block.isValid():
        form = block.blockFormat()
        if form.headingLevel():
            form.setTopMargin(ABOVE_HEADING if block.position() else 0)
            form.setBottomMargin(ABOVE_HEADING / 3)
            QTextCursor(block).setBlockFormat(form)
        block = block.next()


def _draw(made: QTextDocument, folder: Path | None) -> None:
    """Put the drawings in the place of their names. Only SVG files that lie beside the document are read."""
    places = []
    block = made.begin()
    while block.isValid():
        piece = block.begin()
        while not piece.atEnd():
            form = piece.fragment().charFormat()
            if form.isImageFormat():
                places.append((piece.fragment().position(), unquote(form.toImageFormat().name())))
            piece += 1
        block = block.next()
    for position, name in reversed(places):
        cursor = QTextCursor(made)
        cursor.setPosition(position)
        cursor.deleteChar()
        path = None if folder is None or Path(name).name != name or not name.endswith(".svg") else folder / name
        if path is not None and path.is_file():
            form = QTextCharFormat()
            form.setObjectType(DRAWING)
            form.setProperty(SVG_PROPERTY, QByteArray(path.read_bytes()))
            cursor.insertText("\ufffc", form)


def _rule(made: QTextDocument) -> None:
    """Tables with thin lines between their rows and a tinted head, as wide as the page."""
    for frame in made.rootFrame().childFrames():
        if not isinstance(frame, QTextTable):
            continue
        form = frame.format()
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderCollapse(True)
        form.setBorder(0.5)
        form.setBorderBrush(QBrush(QColor(LIGHT.border)))
        form.setCellPadding(CELL_PADDING)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100 * WIDEST_SHARE))
        frame.setFormat(form)
        for column in range(frame.columns()):
            cell = frame.cellAt(0, column)
            tinted = cell.format()
            tinted.setBackground(QBrush(QColor(LIGHT.page)))
            cell.setFormat(tinted)
            if frame.rows() > 1:  # heads stand over their figures
                block = QTextBlockFormat()
                block.setAlignment(frame.cellAt(1, column).firstCursorPosition().blockFormat().alignment())
                cell.firstCursorPosition().mergeBlockFormat(block)


def document(markdown: str, folder: Path | None = None) -> QTextDocument:
    """The document in black on white, whatever the theme of the window is."""
    made = QTextDocument()
    made.setDefaultFont(QFont(QFont().family(), round(POINTS)))
    fill(made, markdown, folder)
    return made


def write_pdf(markdown: str, path: Path, title: str, folder: Path | None = None) -> None:
    """Write an A4 PDF in landscape, for the tables are wide; fonts are embedded, drawings stay lines.

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
    document(markdown, folder).print_(writer)
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
        look = (
            f"background: {PAPER}; color: {INK}; border: 1px solid {LIGHT.border}; border-radius: 6px; padding: 16px;"
        )
        self.setStyleSheet(f"#paper {{ {look} }}")
        self.setFont(font(TypeSize.CAPTION))
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.markdown = ""
        self.folder: Path | None = None

    def show_markdown(self, markdown: str, folder: Path | None = None) -> None:
        """Show this text; its drawings lie in ``folder``."""
        self.markdown, self.folder = markdown, folder
        fill(self.document(), markdown, folder)
        self.moveCursor(QTextCursor.MoveOperation.Start)
