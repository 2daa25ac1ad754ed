"""Which sections a report has, and what it can be written as."""

import json
import subprocess
import sys

import pytest

from engine.errors import MissingExtraError, UsageError, WorkspaceError
from engine.report import pdf
from engine.report.html import render
from engine.report.markdown import to_markdown
from engine.report.parts import ALL_PARTS, Part, chosen_parts
from engine.report.texts import LANGUAGES, Texts
from engine.report.write import Form, write_report

from .sample import report

HEADINGS = {
    Part.RESULT: "sheet",
    Part.NOTES: None,
    Part.PLOT: "axis_latency",
    Part.TABLE: "table",
    Part.EFFICIENCY: "efficiency",
    Part.REMARKS: "warnings",
    Part.RECIPES: "recipes",
    Part.EFFECTS: "effects",
    Part.METHOD: "how",
    Part.MACHINE: "machine",
    Part.LIMITS: "limits",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", [part for part, heading in HEADINGS.items() if heading])
def test_that_each_section_can_be_left_out_and_stand_alone(part, language):
    data, texts = report(notes=("a note of the run",)), Texts(language)
    heading = texts(HEADINGS[part])
    for make in (
        lambda parts: render(data, language, parts),
        lambda parts: to_markdown(data, texts, lambda svg: svg, parts),
    ):
        without, alone, whole = make(ALL_PARTS - {part}), make({part}), make(ALL_PARTS)
        assert marks(heading, whole) == marks(heading, alone) > 0
        assert marks(heading, without) == 0
        others = [texts(key) for other, key in HEADINGS.items() if key and other is not part]
        assert [word for word in others if marks(word, alone)] == []


def marks(heading: str, document: str) -> int:
    """How often a text stands as a heading or as the axis of a plot."""
    return sum(document.count(form) for form in (f"<h2>{heading}</h2>", f"## {heading}\n", f">{heading}<"))


def test_that_notes_are_a_section_too():
    data = report(notes=("a note of the run",))
    assert "a note of the run" in render(data, "en", {Part.NOTES})
    assert "a note of the run" not in render(data, "en", ALL_PARTS - {Part.NOTES})


def test_that_a_section_nobody_knows_and_no_section_at_all_are_usage_errors():
    assert chosen_parts(None) == ALL_PARTS
    assert chosen_parts([" plot", "table"]) == {Part.PLOT, Part.TABLE}
    with pytest.raises(UsageError, match="no section 'plots'"):
        chosen_parts(["plots"])
    with pytest.raises(UsageError, match="no section was chosen"):
        chosen_parts([""])


def test_that_the_form_asked_for_wins_over_the_ending(tmp_path):
    assert (
        write_report(tmp_path / "page.txt", report(), form=Form.MARKDOWN).read_text().startswith("# Compression report")
    )
    assert write_report(tmp_path / "page.md", report()).read_text().startswith("# Compression report")
    with pytest.raises(UsageError, match=r"\.txt"):
        write_report(tmp_path / "page.txt", report())


def test_that_a_pdf_is_printed_with_its_fonts_and_its_lines(tmp_path):
    pytest.importorskip("PySide6")
    path = write_report(tmp_path / "new" / "report.pdf", report(), language="zh_CN", parts={Part.RESULT, Part.PLOT})
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"FontFile" in content
    assert b"/Subtype /Image" not in content, "plots stay lines"
    assert [item.name for item in path.parent.iterdir()] == ["report.pdf"], "no draft is left beside it"
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot write"):
        write_report(tmp_path / "file" / "report.pdf", report(), parts={Part.RESULT})


def test_that_a_pdf_where_qt_is_missing_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError) as caught:
        write_report(tmp_path / "report.pdf", report())
    assert "gui" in caught.value.remedy


def test_that_a_printer_that_fails_is_an_error_with_its_last_word(tmp_path, monkeypatch):
    program = "import sys; sys.exit('first\\nno paper')"
    monkeypatch.setattr(pdf, "PRINTER", "x")
    monkeypatch.setattr(
        pdf.subprocess,
        "run",
        lambda arguments, run=subprocess.run, **how: run([sys.executable, "-c", program], **how),
    )
    with pytest.raises(WorkspaceError, match="no paper"):
        write_report(tmp_path / "report.pdf", report())


def test_that_the_command_line_takes_sections_and_form(tmp_path, capsys):
    from engine.cli.main import main

    assert main(["report", "--project", str(tmp_path), "--sections", "plot,nothing", "--json"]) == 2
    assert "no section 'nothing'" in json.loads(capsys.readouterr().err)["error"]["message"]
