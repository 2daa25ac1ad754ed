"""Several small tables, one below the other or in tabs, made anew for every answer."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ..theme.style import Style
from ..theme.tokens import Space
from ..viewmodels.findings import Line, Sheet
from ..viewmodels.rows import RowsModel
from ..viewmodels.spread import Spread
from .layout import clear_layout, column
from .spread import SpreadView
from .table import Table, cell_width
from .tabs import Tabs
from .text import Text

LEAST_ROWS = 80


class SheetView(QWidget):
    """One sheet: its words and its table; below it how the runs of the chosen line are spread, where lines are readings."""

    def __init__(self, sheet: Sheet, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        places = {id(line): str(place) for place, line in enumerate(sheet.lines)}
        self.rows: RowsModel[Line] = RowsModel(sheet.columns(), lambda line: places[id(line)], self)
        self.table = Table(self.rows, style, wide=sheet.wide)
        self.table.setAccessibleName(sheet.title)
        words = Text("caption", wrap=True)
        words.setText(sheet.words)
        words.setVisible(bool(sheet.words))
        self.whole = Text("caption", wrap=True)
        self.whole.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.whole.hide()
        self.spread = SpreadView(style)
        self.spread.setVisible(bool(sheet.spreads))
        self.table.setMinimumHeight(LEAST_ROWS)
        inside = column(words, self.table, self.whole, self.spread, gap=Space.S)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self.rows.show(sheet.lines)
        chosen = self.table.selectionModel().selectionChanged
        chosen.connect(lambda: self._tell(sheet.wide, named=bool(sheet.spreads)))
        if sheet.spreads:
            spreads = {id(line): spread for line, spread in zip(sheet.lines, sheet.spreads, strict=True)}
            chosen.connect(lambda: self._show_spread(spreads))
            self.table.selectRow(0)

    @property
    def _chosen(self) -> Line | None:
        rows = self.table.selectionModel().selectedRows()
        return self.rows.row(rows[0].row()) if rows else None

    def _tell(self, place: int, *, named: bool) -> None:
        """Texts that may be cut are told in full below; those of the first column only where they are, and not named there."""
        line = self._chosen
        words = "" if line is None else f"{line[0].text}: {line[place].text}"
        if line is not None and place == 0:
            words = line[0].text if not named and cell_width(line[0].text) > self.table.columnWidth(0) else ""
        self.whole.setText(words)
        self.whole.setVisible(bool(words))

    def _show_spread(self, spreads: Mapping[int, Spread | None]) -> None:
        line = self._chosen
        self.spread.setVisible(line is not None)
        if line is not None:
            self.spread.show_spread(spreads[id(line)], line[0].text)


class Sheets(QWidget):
    """Shows sheets; several stand in tabs."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._inside = column()
        self.setLayout(self._inside)
        self._shown: tuple[Sheet, ...] = ()
        self.views: list[SheetView] = []
        self.tabs: Tabs | None = None

    def show_sheets(self, sheets: Sequence[Sheet]) -> None:
        """Replace all, unless these are there already."""
        if tuple(sheets) == self._shown:
            return
        self._shown = tuple(sheets)
        clear_layout(self._inside)
        self.views = [SheetView(sheet, self._style) for sheet in sheets]
        self.tabs = None
        if len(self.views) > 1:
            self.tabs = Tabs(self.views)
            self.tabs.name(*(sheet.title for sheet in sheets))
            self._inside.addWidget(self.tabs)
        elif self.views:
            self._inside.addWidget(self.views[0])
