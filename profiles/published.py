"""Latencies that others published: for orientation and for transfer between boards, never mixed with what was measured.

Each file ``published/*.csv`` names its repository, path and licence in comment lines, and in each row a commit of the repository,
or of a copy of it, at which that row was found to stand with these figures; where a row has none, the comments say why. A figure
is a mean over an unknown number of runs under conditions nobody recorded; it has no interval and is no
:class:`~profiles.reading.Reading`.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

from .errors import ProfileError
from .reading import Origin

FIXED = ("board", "device", "processor", "threads", "cores", "rounded", "date", "held_by", "commit")
NAMED = ("repository", "path", "licence")
COMMIT = re.compile(r"[0-9a-f]{40}")
CORES = ("all", "big", "little", "gpu")


@dataclass(frozen=True)
class Source:
    """Where figures come from."""

    name: str
    repository: str
    path: str
    licence: str


@dataclass(frozen=True)
class Published:
    """One figure.

    Attributes:
        board: id of the board, as in ``profiles/boards`` where it is described there.
        device: its name.
        processor: the cores that computed.
        threads: of the runtime.
        cores: all, big, little or gpu.
        model: as the source names it.
        latency_ms: mean.
        rounded: whether only two or three digits are known.
        source: name of the :class:`Source`, which is the runtime's too.
        date: of the benchmark, empty where the source does not say.
        repository: that holds the commit: the source's, or a copy of it.
        commit: at which the file of the source holds this figure; None where none was found.
    """

    board: str
    device: str
    processor: str
    threads: int
    cores: str
    model: str
    latency_ms: float
    rounded: bool
    source: str
    date: str = ""
    repository: str = ""
    commit: str | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON form, with its origin."""
        return {**asdict(self), "origin": str(Origin.PUBLISHED)}


def parse(name: str, text: str) -> tuple[Source, tuple[Published, ...]]:
    """The source and the figures of one file.

    Args:
        name: of the file without its ending.
        text: comment lines ``# key: value``, then CSV with one configuration a line and one model a column.

    Raises:
        ProfileError: a key, column or value is missing or of the wrong kind.
    """
    lines = text.splitlines()
    said = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line)
    try:
        source = Source(name, *(said[key] for key in NAMED))
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return source, tuple(item for row in rows for item in _figures(source, row))
    except (KeyError, ValueError, TypeError) as error:
        raise ProfileError("published-file", f"published/{name}.csv: {error}", "install Flyweight again") from None


def _figures(source: Source, row: Mapping[str, str]) -> Iterable[Published]:
    fixed = (row["board"], row["device"], row["processor"], int(row["threads"]), row["cores"])
    if row["cores"] not in CORES:
        raise ValueError(f"'{row['cores']}' is none of {', '.join(CORES)}")
    commit, held_by = row["commit"] or None, row["held_by"] or source.repository
    if commit is not None and not COMMIT.fullmatch(commit):
        raise ValueError(f"'{commit}' is no commit")
    for model, value in row.items():
        if model in FIXED or not value:
            continue
        if not 0 < float(value) < 1e6:
            raise ValueError(f"{row['board']} {model}: {value} ms")
        yield Published(
            *fixed, model, float(value), row["rounded"] == "1", source.name, row.get("date") or "", held_by, commit
        )


@cache
def _all() -> tuple[tuple[Source, tuple[Published, ...]], ...]:
    files = sorted(resources.files(__package__).joinpath("published").iterdir(), key=lambda item: item.name)
    return tuple(parse(f.name[:-4], f.read_text(encoding="utf-8")) for f in files if f.name.endswith(".csv"))


def sources() -> Mapping[str, Source]:
    """All sources by name."""
    return {source.name: source for source, _ in _all()}


def published(board: str | None = None) -> tuple[Published, ...]:
    """Figures of a board (by id), or all."""
    return tuple(item for _, figures in _all() for item in figures if board in (None, item.board))


@dataclass(frozen=True)
class PublishedRatio:
    """How many times faster ``b`` ran a model than ``a`` by one source, each with the fastest threads and cores published."""

    model: str
    source: str
    a: Published
    b: Published

    @property
    def ratio(self) -> float:
        """Time on ``a`` by time on ``b``."""
        return self.a.latency_ms / self.b.latency_ms

    def to_json(self) -> dict[str, Any]:
        """JSON form; there is no interval, since the sources give none."""
        return {
            "model": self.model, "source": self.source, "a": self.a.to_json(), "b": self.b.to_json(),
            "speedup": self.ratio, "ci95": None, "origin": str(Origin.PUBLISHED),
        }  # fmt: skip


def compare_published(a: str, b: str) -> tuple[PublishedRatio, ...]:
    """Models that one source published for the processors of both boards (GPU figures stay out)."""
    left, right = _fastest(published(a)), _fastest(published(b))
    return tuple(PublishedRatio(m, s, left[s, m], right[s, m]) for s, m in left if (s, m) in right)


def _fastest(figures: Iterable[Published]) -> dict[tuple[str, str], Published]:
    found: dict[tuple[str, str], Published] = {}
    for item in figures:
        known = found.get((item.source, item.model))
        if item.cores != "gpu" and (known is None or item.latency_ms < known.latency_ms):
            found[item.source, item.model] = item
    return found


def table(source: str) -> tuple[tuple[Published, ...], ...]:
    """The figures of a source by configuration: those with one board, processor, thread count and cores together."""
    found: dict[tuple[Any, ...], list[Published]] = {}
    for item in published():
        if item.source == source:
            key = (item.board, item.device, item.processor, item.threads, item.cores)
            found.setdefault(key, []).append(item)
    return tuple(tuple(items) for items in found.values())
