"""Readings as JSON, CSV, Markdown and Parquet."""

import csv
import io
import json

import pytest

from profiles.errors import ProfileError
from profiles.export import COLUMNS, to_parquet, to_text
from profiles.reading import Reading

from ..engine.report.sample import RESNET, reading


def some(**changes):
    return reading("fashion-resnet", RESNET[0], 0, **changes)


def test_that_json_keeps_everything():
    document = json.loads(to_text([some(), some(target="pi5")], "json"))
    assert [Reading.from_json(item) for item in document["readings"]] == [some(), some(target="pi5")]
    assert document["version"] == 1


def test_that_csv_has_units_in_its_head_and_numbers_below():
    (row,) = csv.DictReader(io.StringIO(to_text([some(reasons=("a", "b"))], "csv")))
    assert (float(row["p50_ms"]), int(row["n"]), row["temperature_c"], row["reasons"]) == (0.2391, 4210, "", "a; b")
    assert tuple(row) == COLUMNS


def test_that_parquet_holds_the_same_columns_with_numbers_as_numbers():
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(to_parquet([some(target="=a"), some(temperature_c=41.5)])))
    assert tuple(table.column_names) == COLUMNS
    first, second = table.to_pylist()
    assert (first["p50_ms"], first["n"], first["temperature_c"], first["target"]) == (0.2391, 4210, None, "=a")
    assert (second["temperature_c"], second["throttled"], second["origin"]) == (41.5, None, "measured")


def test_that_a_formula_in_a_name_is_not_run_by_a_spreadsheet():
    (row,) = csv.DictReader(io.StringIO(to_text([some(target="=cmd()")], "csv")))
    assert row["target"] == "'=cmd()"


def test_that_markdown_cells_hold_foreign_texts():
    lines = to_text([some(target="a|b\n<i>")], "markdown").splitlines()
    assert len(lines) == 3
    assert "a\\|b \\<i>" in lines[2]
    assert lines[2].replace("\\|", "").count("|") == len(COLUMNS) + 1


def test_that_nothing_is_written_as_a_head_alone_and_another_kind_is_refused():
    assert to_text([], "csv").strip() == ",".join(COLUMNS)
    with pytest.raises(ProfileError, match="xlsx"):
        to_text([], "xlsx")


def test_that_a_scenario_and_energy_are_told_apart_in_a_table():
    energy = {"total": {"value": 30.0, "ci95": [29.0, 31.0]}, "dynamic": {"value": 12.0, "ci95": [11.0, 13.0]}}
    energy |= {"scope": "module", "sensor": "s", "quality": "measured"}
    stream = {"throughput_per_s": 59.5, "deadline_met": {"value": 0.98, "ci95": [0.97, 0.99]}}
    camera = some(scenario="camera", options={"rate_hz": "60"}, stream=stream, energy_mj=energy, steal=0.02)
    row, bare = csv.DictReader(io.StringIO(to_text([camera, some()], "csv")))
    assert (row["scenario"], row["options"], bare["scenario"], bare["options"]) == (
        "camera", "rate_hz=60", "single-stream", ""
    )  # fmt: skip
    assert [float(row[name]) for name in ("energy_mj", "energy_low_mj", "energy_high_mj", "dynamic_energy_mj")] == [
        30.0, 29.0, 31.0, 12.0
    ]  # fmt: skip
    assert (row["energy_scope"], float(row["queries_per_s"]), float(row["deadline_met"])) == ("module", 59.5, 0.98)
    assert (bare["energy_mj"], bare["deadline_met"], bare["trust"]) == ("", "", "")
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(to_parquet([camera, some()]))).to_pylist()
    assert (table[0]["energy_mj"], table[0]["steal"], table[1]["energy_mj"]) == (30.0, 0.02, None)
