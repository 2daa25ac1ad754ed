"""A Markdown document as it looks on paper."""

from PySide6.QtGui import QTextDocument, QTextTable

from engine.report.texts import Texts
from engine.report.write import write_report
from gui.widgets.paper import fill
from tests.engine.report.sample import report


def test_that_every_figure_of_a_table_stands_below_its_own_head_however_many_cells_are_empty(qapp, tmp_path):
    """The original has no savings: its bytes for each point of score must not slide to the right."""
    path = write_report(tmp_path / "report.md", report())
    markdown = path.read_text(encoding="utf-8")
    made = QTextDocument()
    fill(made, markdown, path.parent)
    head = Texts("en")("per_score")
    written = next(line for line in markdown.partition(head)[2].splitlines() if line.startswith("| fp32 "))
    expected = [text.strip() for text in written.strip("|").split("|")]
    tables = [frame for frame in made.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    table = next(one for one in tables if cell(one, 0, 2) == head)
    assert [cell(table, 1, column) for column in range(table.columns())] == expected
    assert expected.count("") > 3, "the original saves nothing"


def cell(table, row, column):
    found = table.cellAt(row, column)
    assert found.columnSpan() == 1
    return found.firstCursorPosition().block().text().strip()
