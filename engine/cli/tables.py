"""Tables on a terminal: columns where there is room for them, else each row as a name with its values below it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table

GAP = 2
INDENT = "  "
BETWEEN = "  ·  "


def print_table(table: "Table", console: "Console") -> None:
    """Print a table without cutting a word or a figure.

    Columns may break between words; where even that is wider than the terminal, rich would break names in the middle and
    end figures in dots. Each row is then a paragraph: its first cell, and below it the others with their titles.
    """
    if _least_width(table) <= console.width:
        _fit(table, console.width)
        console.print(table)
        return
    from rich.text import Text

    if table.title is not None:
        console.print(table.title, style="italic")
    titles = [str(column.header) for column in table.columns]
    for cells in zip(*([str(cell) for cell in column.cells] for column in table.columns), strict=True):
        console.print(Text(cells[0], "bold"), soft_wrap=True)
        pairs = [f"{title} {cell}".strip() for title, cell in zip(titles[1:], cells[1:], strict=True) if cell.strip()]
        for line in _lines(pairs, console.width - len(INDENT)):
            console.print(Text(INDENT + line), soft_wrap=True)


def _fit(table: "Table", width: int) -> None:
    """Give each column its longest word first, then what is left of the line in turns; rich narrows wide ones below a word."""
    widths, wished = [_least(column) for column in table.columns], [_whole(column) for column in table.columns]
    room = width - GAP * (len(widths) - 1) - sum(widths)
    if sum(wished) - sum(widths) <= room:
        return
    while room > 0:
        for place in [place for place, wish in enumerate(wished) if widths[place] < wish][:room]:
            widths[place] += 1
            room -= 1
    for column, chosen in zip(table.columns, widths, strict=True):
        column.width = chosen


def _whole(column: "Column") -> int:
    """What a column needs without breaking a line."""
    from rich.cells import cell_len

    texts = [str(cell) for cell in (column.header, *column.cells)]
    return max(cell_len(line) for text in texts for line in text.splitlines() or [""])


def _least_width(table: "Table") -> int:
    return sum(_least(column) for column in table.columns) + GAP * (len(table.columns) - 1)


def _least(column: "Column") -> int:
    """What a column needs: its longest word, or its longest cell where it must not break."""
    from rich.cells import cell_len

    texts = [str(cell) for cell in (column.header, *column.cells)]
    parts = (line for text in texts for line in (text.splitlines() if column.no_wrap else text.split()))
    return max(map(cell_len, parts), default=0)


def _lines(pairs: list[str], width: int) -> list[str]:
    """Pairs beside each other in as few lines as they fit in; one that is too long has a line of its own."""
    lines: list[str] = []
    for pair in pairs:
        if lines and len(lines[-1]) + len(BETWEEN) + len(pair) <= width:
            lines[-1] += BETWEEN + pair
        else:
            lines.append(pair)
    return lines
