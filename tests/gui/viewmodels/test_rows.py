import pytest

from gui.viewmodels import wording
from gui.viewmodels.rows import ROWS_A_TURN, ColumnSpec, RowsModel, alike, numbers

WORDS = ["one"]


@pytest.fixture
def model(qapp):
    columns = (
        ColumnSpec[int]("name", lambda: "Name", lambda row: f"{WORDS[0]} {row}"),
        numbers("half", lambda: "Half", lambda row: row / 2 if row % 2 else None, wording.points),
    )
    made = RowsModel(columns, str)
    made.show(range(3 * ROWS_A_TURN + 1))
    return made


def test_that_a_filter_finds_the_same_before_and_after_the_texts_were_written_ahead(qapp, qtbot, model):
    expected = [
        row for row in range(3 * ROWS_A_TURN + 1) if "17" in f"one {row}" or (row % 2 and "17" in f"{row / 2:.2f}")
    ]
    model.filter("17")
    early = list(model.rows)
    model.show(range(3 * ROWS_A_TURN + 1))
    qtbot.waitUntil(lambda: not model._reading.isActive(), timeout=2000)
    model.filter("")
    model.filter("17")
    assert early == list(model.rows) == expected


def test_that_a_filter_looks_through_the_texts_of_the_language_in_use(qtbot, model, monkeypatch):
    qtbot.waitUntil(lambda: not model._reading.isActive(), timeout=2000)
    monkeypatch.setitem(globals(), "WORDS", ["zwei"])
    model.retranslate()
    model.filter("zwei 300")
    assert list(model.rows) == [300]


def test_that_a_column_of_numbers_sorts_what_is_missing_to_the_end(model):
    model.sort(model.column("half"))
    assert [model.index(place, 1).data() for place in (0, -1 % len(model.rows))] == ["0.50", wording.NO_VALUE]
    assert (model.rows[0], model.rows[-1]) == (1, 300)


def test_that_a_column_of_sizes_has_one_unit_even_while_some_rows_are_hidden():
    column = alike("size", lambda: "Size", lambda row: row, wording.sizes)
    model = RowsModel((column,), str)
    model.show([1_240_000, 338_000, 79_200, None])
    assert [model.texts(n)[0].replace(",", "") for n in range(4)] == ["1240 kB", "338 kB", "79 kB", wording.NO_VALUE]
    model.filter("240 kB")
    assert [model.texts(n)[0].replace(",", "") for n in range(len(model.rows))] == ["1240 kB"]
    model.show([2_500_000, 1_240_000])
    model.filter("")
    assert [model.texts(n)[0] for n in range(2)] == ["2.50 MB", "1.24 MB"]
