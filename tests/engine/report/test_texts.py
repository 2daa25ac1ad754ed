"""The words of a report that the engine said when it compressed and measured, in the language of the report."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from engine.measure.trust import noted
from engine.records import Skip
from engine.report.data import sections
from engine.report.html import remarks, render
from engine.report.overview import caveats
from engine.report.texts import Texts
from engine.report.write import write_report

from .sample import MOBILENET, reading, report, variant

CHINESE, ENGLISH = Texts("zh_CN"), Texts("en")
RECORDED = Path(__file__).parents[2] / "gui" / "cases"
"""Answers of the engine as they were: what variants and readings of demos and board runs have to say."""
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
NAMES = ("No module named",)
"""What Python itself says."""


def said(value: object, key: str = "") -> Iterator[str]:
    """Notes of variants, reasons of readings, reasons why layers were left alone."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from said(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from said(item, key)
    elif isinstance(value, str) and key in ("notes", "reasons", "reason"):
        yield value


@pytest.fixture(scope="module")
def recorded():
    found = dict.fromkeys(
        text for path in sorted(RECORDED.glob("*.json")) for text in said(json.loads(path.read_text(encoding="utf-8")))
    )
    return [text for text in found if text]


def everywhere(sentences):
    """A report in which all of them stand as notes of the run, remarks of a reading, notes of a variant and reasons of layers."""
    model = "fashion-mobilenet"
    measured = reading(model, MOBILENET[1], 1, reasons=tuple(sentences))
    told = replace(
        variant(model, MOBILENET[1], 1),
        notes=tuple(sentences),
        skipped=tuple(Skip(f"conv{i}", text) for i, text in enumerate(sentences)),
    )
    plain = report()
    return report(
        notes=tuple(sentences),
        variants=tuple(told if item.id == told.id else item for item in plain.variants),
        readings=tuple(measured if item.bundle == measured.bundle else item for item in plain.readings),
        recommended=(told.id,),
    )


def english(document: str) -> set[str]:
    """What is left of English in a document."""
    plain = unescape(re.sub(r"<[^>]*>", "\n", re.sub(r"<style.*?</style>", "", document, flags=re.DOTALL)))
    return {text for text in SENTENCE.findall(plain) if text not in NAMES}


def test_that_no_english_sentence_is_left_in_the_chinese_report_in_any_form(recorded, tmp_path):
    data = everywhere(recorded)
    assert len(recorded) > 30
    assert english(render(data, "zh_CN")) == set()
    assert english(write_report(tmp_path / "report.md", data, language="zh_CN").read_text(encoding="utf-8")) == set()
    assert len(english(render(data, "en"))) > len(recorded), "what is looked for is found where it is"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contended: the model had 85–87% of the processor time of its threads",
         "争用：模型只得到其线程 85–87% 的处理器时间"),
        ("stale: kernel: 6.1 -> 6.6; power mode: 15W -> MAXN", "已过时：内核：6.1 → 6.6；功耗模式：15W → MAXN"),
        ("energy rejected: the sensor fell silent", "能耗不可信：传感器不再有读数"),
        ("channels 6 -> 3", "channels 6 → 3"),
    ],
)  # fmt: skip
def test_that_remarks_with_figures_are_translated_and_arrows_are_arrows(text, expected):
    assert ENGLISH.said(text) == text
    assert CHINESE.said(text) == expected


def test_that_remarks_reasons_and_caveats_are_in_the_language_of_the_report():
    hot = "the board throttled during the run"
    row = next(row for row in sections(report())[0].rows if row.reading is not None)
    warned = report(readings=tuple(noted(item, hot) for item in report().readings))
    section = sections(warned)[0]
    assert (hot in [text for text, _ in remarks(section, ENGLISH)], hot in dict(remarks(section, CHINESE))) == (
        True,
        False,
    )
    assert CHINESE.said(hot) in dict(remarks(section, CHINESE))
    assert caveats(section.rows[1], section.rows[0], CHINESE)[-1] == CHINESE.said(hot) != hot
    assert caveats(row, None, CHINESE) == []
