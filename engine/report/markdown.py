"""The report as a Markdown document; its plots are SVG files beside it, which any viewer can show."""

import re
from collections.abc import Callable, Collection, Iterable
from importlib import resources

from .data import ReportData, Section, sections
from .facts import machine_facts, method_facts
from .histogram_plot import section_histograms
from .html import SECTION_PARTS, limits, reason, remarks, section_plot
from .parts import ALL_PARTS, Part
from .rows import clean, markdown_table, markdown_text, model_name, step_text
from .tables import Table, beside_table, cover_table, effects_table, efficiency_table, services_table, sheet
from .texts import Texts

VARIABLE = re.compile(r"(--[a-z-]+):\s*(#[0-9A-Fa-f]{6})")
DRAWN = re.compile(r"svg (text|\.[a-z]+) (\{[^}]*\})")
PAPER_FAMILIES = "Noto Sans, Noto Sans CJK SC, sans-serif"


def to_markdown(
    data: ReportData, texts: Texts, keep_plot: Callable[[str], str], parts: Collection[Part] = ALL_PARTS
) -> str:
    """The whole document.

    Args:
        data: what it shows.
        texts: its words.
        keep_plot: keeps a stand-alone SVG document and answers how the Markdown refers to it.
        parts: what of it.
    """
    found = sections(data)
    lines = [f"# {markdown_text(texts('title'))}", ""]
    lines += [
        f"{texts('variants', count=len(data.variants))} · {texts('made', time=data.made_at[:16].replace('T', ' '))}",
        "",
    ]
    if Part.NOTES in parts:
        lines += [f"- {markdown_text(clean(texts.said(note)))}" for note in data.notes]
    for section in found if SECTION_PARTS & set(parts) else ():
        lines += _section(section, data, texts, keep_plot, parts)
    if Part.EFFECTS in parts:
        lines += _table("## " + texts("effects"), texts("effects_text"), effects_table(data, texts))
    if Part.COVER in parts:
        lines += _table("## " + texts("cover"), texts("cover_text"), cover_table(data, texts))
    if data.readings and Part.METHOD in parts:
        lines += _facts(texts("how"), method_facts(data, found, texts))
    if data.readings and Part.MACHINE in parts:
        lines += _facts(texts("machine"), machine_facts(data, texts))
    if Part.LIMITS in parts:
        said = [f"- {markdown_text(line)}" for line in limits(data, texts)]
        lines += ["", f"## {markdown_text(texts('limits'))}", "", *said]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(
    section: Section, data: ReportData, texts: Texts, keep_plot: Callable[[str], str], parts: Collection[Part]
) -> Iterable[str]:
    where = f", {texts('measured_on', target=clean(section.target))}" if section.target else ""
    yield from ("", f"## {markdown_text(model_name(section.model) + where)}", "")
    if Part.RESULT in parts:
        yield from _result(section, texts)
    plots = (section_plot(section, texts), section_histograms(section, texts)) if Part.PLOT in parts else ()
    for plot in plots:
        if plot is None or not plot.svg:
            continue
        yield from (f"### {markdown_text(plot.title)}", "", markdown_text(plot.conditions), "")
        yield from (f"![{markdown_text(plot.title)}]({keep_plot(standalone(plot.svg))})", "")
    if Part.TABLE in parts:
        yield from (f"### {markdown_text(texts('table'))}", "", *markdown_table(section, texts), "")
        served = services_table(section, data.services, texts)
        yield from _table("### " + texts("services"), texts("services_text"), served)
        shared = beside_table(section, data.services, texts)
        yield from _table("### " + texts("beside"), texts("beside_text"), shared)
    if Part.EFFICIENCY in parts:
        yield from _table("### " + texts("efficiency"), texts("efficiency_text"), efficiency_table(section, texts))
    said = remarks(section, texts) if Part.REMARKS in parts else ()
    if said:
        yield from (f"### {markdown_text(texts('warnings'))}", "")
        for sentence, names in said:
            yield f"- {markdown_text(clean(sentence))} ({', '.join(markdown_text(clean(item)) for item in names)})"
        yield ""
    if Part.RECIPES in parts:
        yield from (f"### {markdown_text(texts('recipes'))}", "")
        for row in section.rows:
            steps = " → ".join(step_text(step) for step in row.variant.recipe.steps)
            steps = steps or texts("no_steps" if row.baseline else "twin")
            yield f"- {markdown_text(clean(row.variant.name or row.variant.id))}: {markdown_text(clean(steps))}"


def _result(section: Section, texts: Texts) -> Iterable[str]:
    """The recommended variant, why it is, and its data sheet."""
    chosen = section.recommended
    name = "" if chosen is None else f"**{markdown_text(clean(chosen.variant.name or chosen.variant.id))}**: "
    yield from (name + markdown_text(reason(section, texts)), "")
    yield from _table("### " + texts("sheet"), "", sheet(section, texts))


def _table(heading: str, words: str, table: Table | None) -> Iterable[str]:
    if table is None:
        return
    heads, rows = table
    yield from ("", heading, "") if heading.startswith("## ") else (heading, "")
    if words:
        yield from (markdown_text(words), "")
    yield "| " + " | ".join(map(markdown_text, heads)) + " |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    yield from ("| " + " | ".join(map(markdown_text, row)) + " |" for row in rows)
    yield ""


def _facts(title: str, facts: Iterable[tuple[str, str]]) -> list[str]:
    listed = [f"- {markdown_text(name)}: {markdown_text(value)}" for name, value in facts if value]
    return ["", f"## {markdown_text(title)}", "", *listed]


def standalone(svg: str) -> str:
    """A plot as a document of its own, in the light colours of the report's style sheet.

    >>> standalone('<svg viewBox="0 0 20 10"><text>x</text></svg>')[:51]
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" '
    """
    sheet = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    colours: dict[str, str] = {}
    for name, colour in VARIABLE.findall(sheet):
        colours.setdefault(name, colour)  # the light theme comes first
    rules = []
    for selector, rule in DRAWN.findall(sheet):
        if selector == ".halo":  # drawn over its text where ``paint-order`` is not known
            continue
        for name, colour in colours.items():
            rule = rule.replace(f"var({name})", colour)
        rules.append(selector + " " + rule.replace("inherit", PAPER_FAMILIES))
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    width, height = ("1040", "400") if size is None else size.groups()
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    return svg.replace("<svg", head, 1).replace(">", f">\n<style>{' '.join(rules)}</style>", 1)
