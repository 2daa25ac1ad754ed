"""The verb ``report``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.reading import Comparison, Quality, Reading
from profiles.stale import stale
from profiles.store import Filter, ProfileStore

from ..deploy.seen import last_seen
from ..errors import UsageError
from ..measure.trust import noted
from ..records import Variant
from ..report.data import DeviceFacts, ReportData
from ..report.parts import chosen_parts
from ..report.write import Form, write_report
from ..workspace import Workspace
from .knowledge import profile_cover


@dataclass(frozen=True)
class Reported:
    """Where the report is."""

    path: str

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight report --json``."""
        return {"path": self.path}


def report(
    *,
    out: str | Path | None = None,
    model: str | None = None,
    target: str | None = None,
    language: str = "en",
    sections: Sequence[str] | None = None,
    form: str | None = None,
    limits: Sequence[str] = (),
    project: str | Path | None = None,
) -> Reported:
    """Write one self-contained page about the variants of the project and the newest plan they were measured in.

    Args:
        out: file to write (default: report.html, or with the ending of ``form``, in the project).
        model: only variants of this model. target: only readings of this device.
        language: ``en`` or ``zh_CN``.
        sections: names of :class:`engine.report.parts.Part`; None = all of them.
        limits: of boards, as for :func:`profile_cover`: the report then also tells which variant suits which board.
        form: ``html``, ``markdown``, ``pdf`` or ``csv`` (default: by the ending of ``out``).

    Raises:
        UsageError: the project has no variants; there is no such section, form or ending.
        MissingExtraError: a PDF without the extra ``gui``.
    """
    parts = chosen_parts(sections)
    if form is not None and form not in list(Form):
        raise UsageError("unknown-form", f"there is no report as '{form}'", f"use: {', '.join(Form)}")
    wanted = None if form is None else Form(form)
    workspace = Workspace.find(project)
    variants = [v for v in workspace.variants() if model in (None, v.model)]
    if not variants:
        raise UsageError(
            "nothing-to-report",
            f"{workspace.folder} has no variants" + (f" of {model}" if model else ""),
            "make some: flyweight compress MODEL --preset size --data DATA",
        )
    readings, comparisons = newest(variants, target)
    served = newest_services(variants, target)
    facts = DeviceFacts.from_readings(readings)
    which = (
        profile_cover(model=model, boards=(target,) if target else (), limits=limits, project=project)
        if limits
        else None
    )
    data = ReportData.of(variants, readings, comparisons, facts, services=served, cover=which)
    place = Path(out) if out else workspace.reports_dir / f"report{(wanted or Form.HTML).ending}"
    path = write_report(place, data, language=language, parts=parts, form=wanted)
    return Reported(str(path))


def newest(variants: Sequence[Variant], target: str | None) -> tuple[tuple[Reading, ...], tuple[Comparison, ...]]:
    """The newest reading of each variant, and the comparison made in the same run; a stale one has a remark that says so."""
    wanted = {v.id for v in variants}
    with ProfileStore.open() as store:
        every = store.readings(Filter(target=target))
        found = [r for r in every if r.variant in wanted and r.plain]
        compared = store.comparisons(Filter(target=target))
    latest = {(r.variant, r.target, r.way): r for r in sorted(found, key=lambda r: r.measured_at)}
    runs = {(r.bundle, r.nonce) for r in latest.values()}
    changed = {id(item.reading): "; ".join(item.changed) for item in stale(every, last_seen())}
    told = (noted(r, f"stale: {changed[id(r)]}") if id(r) in changed else r for r in latest.values())
    return tuple(told), tuple(c for c in compared if (c.a, c.nonce) in runs)


def newest_services(variants: Sequence[Variant], target: str | None) -> tuple[Reading, ...]:
    """The newest reading of each scenario of each variant, and of each set of models beside; rejected ones are left out."""
    wanted = {v.id for v in variants}
    with ProfileStore.open() as store:
        found = [
            r
            for r in store.readings(Filter(target=target))
            if r.variant in wanted and (r.stream is not None or r.neighbours)
        ]
    trusted = sorted((r for r in found if r.quality is not Quality.REJECTED), key=lambda r: r.measured_at)
    keys = [(r.variant, r.target, r.way, r.scenario, *sorted(r.options.items())) for r in trusted]
    return tuple(dict(zip(keys, trusted, strict=True)).values())
