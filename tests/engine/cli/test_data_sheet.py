"""The printed data sheet, from rows as the verb gives them."""

import io
from types import SimpleNamespace

from rich.console import Console

from engine.cli.data_sheet import data_sheet
from engine.verbs.sheet import NO_SENSOR, NOT_MEASURED, cold_line, memory_line, thermal_line
from profiles.reading import MemoryMb

from ..report.sample import RESNET, reading


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


def test_that_a_board_without_a_sensor_says_so_once():
    row = _row("a", "n/a", NOT_MEASURED)
    row.details = lambda: (("trust", "good"), ("thermal", NO_SENSOR))
    assert _printed(row, row).count(NO_SENSOR) == 1


def test_that_cold_start_memory_and_heat_are_told_in_words():
    item = reading(
        "fashion-resnet",
        RESNET[0],
        0,
        load_ms=37.24,
        first_ms=0.781,
        temperature_c=61.04,
        throttled=False,
        memory_mb=MemoryMb(46.1, 13.9, 14.0, 30.5),
    )
    assert cold_line(item) == "load 37.2 ms, first inference 0.781 ms"
    assert memory_line(item) == "runtime 46.1 MB, + model 13.9 MB, + peak of the runs 14.0 MB, PSS in all 30.5 MB"
    assert thermal_line(item) == "61.0 C after the run, not throttled"
    missing = reading("fashion-resnet", RESNET[0], 0, load_ms=None, temperature_c=None, throttled=True)
    assert cold_line(missing).startswith("load unknown")
    assert thermal_line(missing) == "no temperature after the run, throttled"
    assert thermal_line(reading("fashion-resnet", RESNET[0], 0, temperature_c=None, throttled=None)) == NO_SENSOR
