"""The printed data sheet, from rows as the verb gives them."""

import io
from types import SimpleNamespace

from rich.console import Console

from engine.cli.data_sheet import data_sheet
from engine.verbs.sheet import NOT_MEASURED


def _row(name: str, energy_mj: str, sustained: str) -> SimpleNamespace:
    cells = (name, "onnxruntime 1.32.0", "1", "0.38", "[0.37, 0.39]", "0.5", "14.3", energy_mj, "900/1", "1 min", "ok")
    facts = (("trust", "good"), ("sustained", sustained), ("energy", NOT_MEASURED))
    newest = SimpleNamespace(runtime="onnxruntime", threads=1, name=name, model=name)
    return SimpleNamespace(cells=lambda: cells, details=lambda: facts, newest=newest, changed=())


def _printed(*rows: SimpleNamespace) -> str:
    told = io.StringIO()
    document = SimpleNamespace(name="pi5", facts=("board  Raspberry Pi 5",), rows=rows, published=())
    data_sheet(document, Console(file=told, width=120))
    return told.getvalue()


def test_that_what_no_row_has_is_said_once_with_how_to_get_it():
    told = _printed(_row("a", "n/a", NOT_MEASURED), _row("b", "n/a", NOT_MEASURED))
    assert told.count(NOT_MEASURED) == 1
    assert "flyweight measure BUNDLE TARGET --sustained 10 --energy" in told
    assert "mJ" not in told


def test_that_what_one_row_has_is_shown_for_all():
    told = _printed(_row("a", "12", "1.02x the first minute"), _row("b", "n/a", NOT_MEASURED))
    assert "mJ" in told
    assert "1.02x the first minute" in told
    assert [line.split()[0] for line in told.splitlines() if NOT_MEASURED in line] == ["sustained", "energy:"]
