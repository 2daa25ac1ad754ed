"""Figures as text, and the table as CSV and Markdown."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from urllib.parse import unquote

import pytest

from engine.records import Estimate
from engine.report import rows
from engine.report.data import sections
from engine.report.parts import Part
from engine.report.texts import Texts
from engine.report.write import write_report

from .sample import report


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (94_500, "94.5 kB"), (118_000, "118 kB"),
     (1_240_000, "1.24 MB"), (97_500_000, "97.5 MB"), (5_200_000_000, "5.20 GB")],
)  # fmt: skip
def test_that_sizes_have_three_figures(count, expected):
    assert rows.size(count) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0699, "0.0699"), (0.093, "0.0930"), (11.52, "11.5"), (1234.5, "1234"), (None, "")]
)
def test_that_times_have_three_figures(value, expected):
    assert rows.milliseconds(value) == expected


def test_that_a_loss_is_shown_as_a_change_with_a_real_minus():
    assert rows.points(Estimate(0.8, (0.5, 1.1), 9)) == ("−0.80", "−1.10 … −0.50")
    assert rows.points(Estimate(-0.2, None, 9)) == ("+0.20", "")
    assert rows.points(Estimate(0.001, None, 9)) == ("0.00", "")
    assert rows.points(None) == ("", "")


def test_that_the_csv_holds_every_variant_with_numbers_as_numbers(tmp_path):
    path = write_report(tmp_path / "report.csv", report())
    found = list(csv.DictReader(io.StringIO(path.read_text())))
    assert len(found) == 12
    best = next(row for row in found if row["recommended"] == "yes")
    assert (best["variant"], float(best["speedup"]), int(best["packed_bytes"]), best["verdict"]) == (
        "half-guided",
        3.42,
        83_800,
        "PASS",
    )
    assert float(best["smaller"]) == pytest.approx(1_140_000 / 83_800)
    assert found[0]["verdict"] == "baseline"


def test_that_a_formula_in_a_name_is_not_run_by_a_spreadsheet():
    base = report()
    evil = replace(base, variants=(replace(base.variants[0], name='=HYPERLINK("x")'),))
    assert next(csv.DictReader(io.StringIO(rows.to_csv(sections(evil)))))["variant"] == '\'=HYPERLINK("x")'


def test_that_markdown_has_one_table_per_network_and_no_broken_cell(tmp_path):
    base = report()
    variants = (replace(base.variants[0], name="a|b<i>"), *base.variants[1:])
    data = replace(base, variants=variants)
    text = write_report(
        tmp_path / "report.md", data, parts=set(Part) - {Part.RESULT, Part.EFFICIENCY, Part.EFFECTS}
    ).read_text()
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 12 + 2 * 2
    assert {line.replace("\\|", "").count("|") for line in lines} == {11}
    assert "a\\|b\\<i\\>" in text
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[:2] == [f"## {name}, measured on loopback" for name in ("fashion-resnet", "fashion-mobilenet")]
    assert not any("measured on" in head for head in heads[2:])


def test_that_markdown_has_its_plots_beside_it_and_tells_how_it_was_measured(tmp_path):
    text = write_report(tmp_path / "a b.md", report(), language="zh_CN").read_text()
    names = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert [unquote(name) for name in names] == ["a b-1.svg", "a b-2.svg"]
    for name in names:
        drawn = ElementTree.parse(tmp_path / unquote(name)).getroot()
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
        style = drawn.findtext("{http://www.w3.org/2000/svg}style")
        assert ".front { fill: #2F5FDE;" in style
        assert "var(" not in style
        assert len(drawn.findall("{http://www.w3.org/2000/svg}circle[@class]")) >= 2
    texts = Texts("zh_CN")
    for key in ("how", "machine", "limits", "recipes", "warnings", "method_text", "limit_packed"):
        assert texts(key) in text.replace("\\", ""), key


def test_that_the_section_puts_the_original_first_and_then_the_fastest():
    section = sections(report())[0]
    assert [row.variant.name for row in section.rows][:3] == ["fp32", "half-guided", "half-int8"]
    assert section.recommended is not None
    assert section.recommended.variant.name == "half-guided"


def test_that_two_boards_give_two_sections():
    base = report()
    second = tuple(replace(r, target="pi5") for r in base.readings)
    found = sections(replace(base, readings=base.readings + second))
    assert [(s.model, s.target) for s in found] == [
        ("sample:fashion-resnet", "loopback"), ("sample:fashion-resnet", "pi5"),
        ("sample:fashion-mobilenet", "loopback"), ("sample:fashion-mobilenet", "pi5"),
    ]  # fmt: skip


def test_that_the_callers_choice_wins():
    base = report()
    wanted = base.variants[2].id
    chosen = sections(replace(base, recommended=(wanted,)))[0].recommended
    assert chosen is not None
    assert chosen.variant.id == wanted
