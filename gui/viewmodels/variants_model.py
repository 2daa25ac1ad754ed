"""The variants page: rows, axes, limits, one selection, a comparison."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from ..settings import state_dir
from . import wording
from .damage import damaged_records
from .query import Query
from .rows import RowsModel
from .scatter import Point
from .selection import Selection
from .session import Session
from .variants import (
    QUANTITIES,
    Quantity,
    VariantRow,
    points,
    quantity,
    read_variants,
    row_id,
    targets,
    variant_columns,
)
from .views import MAX_NAME, SavedView, Views

MAX_COMPARED = 4
FEW_ROWS = 300
"""Are read in the turn of the event loop that brings them; more are read in portions, a turn each."""
ROWS_A_TURN = 200


@dataclass(frozen=True)
class Difference:
    """One line of a comparison: what, and its value for every compared variant."""

    what: str
    values: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True when all say the same."""
        return len(set(self.values)) == 1


class VariantsModel(QObject):
    """Asks for the project's variants and answers what plot, table and detail show."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.query = Query(session, "project_show", self)
        self.exporting = Query(session, "export", self)
        self.exporting.changed.connect(self.changed)
        self.table: RowsModel[VariantRow] = RowsModel(variant_columns(), row_id, self)
        self.selection = Selection(self)
        self.x, self.y = quantity("latency"), quantity("accuracy")
        self.target: str | None = None
        self.targets: list[str] = []
        self.model: str | None = None
        self.models: list[str] = []
        self.max_lost: float | None = None
        self.max_latency_ms: float | None = None
        self.max_packed_bytes: float | None = None
        self.hidden: frozenset[str] = frozenset()
        self.views = Views(state_dir() / "views.json")
        self.all: list[VariantRow] = []
        self.rows: list[VariantRow] = []  # those within the limits
        self.points: list[Point] = []
        self._by_id: dict[str, VariantRow] = {}
        self._known: list[Quantity] = []
        self._steps: Iterator[None] = iter(())
        self._reading = QTimer(self, interval=0)
        self._reading.timeout.connect(self._read_some)
        self.query.answered.connect(self._answered)
        self.query.changed.connect(self.changed)
        self.selection.changed.connect(self._selected)
        self._arranging = False
        session.changed.connect(self._stale)
        session.project_changed.connect(self._forget)

    def export(self, path: str) -> None:
        """Write the selected variant as a file; its suffix says in which form."""
        if self.selected:
            self.exporting.load(model=self.selected[0].id, out=path, force=True)

    def _within_limits(self) -> list[VariantRow]:
        return [
            row
            for row in self.all
            if self.model in (None, row.model)
            and _within(row.lost_points, self.max_lost)
            and _within(row.latency_ms, self.max_latency_ms)
            and _within(row.packed_bytes, self.max_packed_bytes)
        ]

    @property
    def selected(self) -> list[VariantRow]:
        """The selected variants that are shown, in the order they were selected."""
        return [self._by_id[id_] for id_ in self.selection.ids if id_ in self._by_id]

    @property
    def reading(self) -> bool:
        """True while the rows of a large project are read, a portion a turn."""
        return self._reading.isActive()

    @property
    def compared(self) -> list[VariantRow]:
        """The selected variants side by side: originals first, because the others are judged against them."""
        return sorted(self.selected, key=lambda row: row.baseline is not None)[:MAX_COMPARED]

    @property
    def damaged(self) -> list[str]:
        """Why records of the project cannot be read and what helps, a sentence each."""
        return damaged_records(self.query.document)

    def refresh(self) -> None:
        """Ask again."""
        self.query.load()

    def show(
        self,
        *,
        x: Quantity | None = None,
        y: Quantity | None = None,
        target: str | None = None,
        model: str | None = None,
    ) -> None:
        """Choose axes, device or network; an empty ``model`` means all of them."""
        self.x, self.y = x or self.x, y or self.y
        if model is not None:
            self.model = model or None
        if target is not None and target != self.target:
            self.target = target
            self._read()
        elif not self.reading:
            self._arrange()

    def limit_latency(self, most: float | None) -> None:
        """Show only variants of at most this many milliseconds; None shows all."""
        self.max_latency_ms = most
        self._arrange()

    def limit_packed(self, most: float | None) -> None:
        """Show only variants of at most this many bytes, packed; None shows all."""
        self.max_packed_bytes = most
        self._arrange()

    def hide_column(self, id_: str, hidden: bool) -> None:
        """Hide a column of the table, or bring it back."""
        self.hidden = self.hidden | {id_} if hidden else self.hidden - {id_}
        self.changed.emit()

    def keep_view(self, name: str) -> None:
        """Save what is shown under a name."""
        self.views.keep(
            SavedView(
                name.strip()[:MAX_NAME],
                self.x.id,
                self.y.id,
                self.max_lost,
                self.max_latency_ms,
                self.max_packed_bytes,
                tuple(sorted(self.hidden)),
            )
        )
        self.changed.emit()

    def drop_view(self, name: str) -> None:
        """Forget a view."""
        self.views.drop(name)
        self.changed.emit()

    def use_view(self, name: str) -> None:
        """Show what was saved under this name; axes nobody knows any more stay as they are."""
        view = next((item for item in self.views.all if item.name == name), None)
        if view is None:
            return
        known = {item.id: item for item in QUANTITIES}
        self.x, self.y = known.get(view.x, self.x), known.get(view.y, self.y)
        self.max_lost, self.max_latency_ms = view.max_lost, view.max_latency_ms
        self.max_packed_bytes, self.hidden = view.max_packed_bytes, frozenset(view.hidden)
        self._arrange()

    def limit(self, max_lost: float | None) -> None:
        """Show only variants that lose at most this many points; None shows all."""
        self.max_lost = max_lost
        self._arrange()

    def quantities(self) -> list[Quantity]:
        """Quantities that at least one variant has."""
        return self._known

    def comparison(self, only_differences: bool) -> list[Difference]:
        """The selected variants side by side, two to four of them."""
        rows = self.compared
        if len(rows) < 2:
            return []
        lines = [Difference(name, tuple(value(row) for row in rows)) for name, value in _lines(rows)]
        return [line for line in lines if not (only_differences and line.same)]

    def confusions(self) -> list[tuple[int, int, int]]:
        """Where the first two compared variants mistake classes differently: true, predicted, change; largest first."""
        rows = self.compared[:2]
        if len(rows) < 2 or rows[0].confusion is None or rows[1].confusion is None:
            return []
        first, second = rows[0].confusion, rows[1].confusion
        if [len(line) for line in first] != [len(line) for line in second]:
            return []
        found = [
            (i, j, second[i][j] - first[i][j])
            for i, line in enumerate(first)
            for j in range(len(line))
            if i != j and second[i][j] != first[i][j]
        ]
        return sorted(found, key=lambda item: (-abs(item[2]), item))

    def _answered(self) -> None:
        document = self.query.document or {}
        self.targets = targets(document)
        if self.target not in self.targets:
            self.target = self.targets[0] if self.targets else None
        self._read()

    def _read(self) -> None:
        """Take the rows of the document; then show them, when what plot and limits ask of each is read."""
        self.all = read_variants(self.query.document or {}, self.target)
        self._known = []
        self._steps = self._read_on()
        if len(self.all) > FEW_ROWS:
            self._reading.start()
            return
        self._reading.stop()
        for _ in self._steps:
            pass
        self.changed.emit()

    def _read_on(self) -> Iterator[None]:
        """Read, sort out and show; each step is short enough for a turn of the event loop."""
        for start in range(0, len(self.all), ROWS_A_TURN):
            for row in self.all[start : start + ROWS_A_TURN]:
                row.read()
            yield
        self._known = [q for q in QUANTITIES if any(q.value(row) is not None for row in self.all)]
        self.models = list(dict.fromkeys(row.model for row in self.all))
        if self.model not in self.models:
            self.model = None
        yield
        self._choose_rows()
        yield
        self._fill_table()

    def _read_some(self) -> None:
        if next(self._steps, self) is self:  # the last step was done in the turn before
            self._reading.stop()
            self.changed.emit()

    def _arrange(self) -> None:
        self._choose_rows()
        self._fill_table()
        self.changed.emit()

    def _choose_rows(self) -> None:
        self.rows = self._within_limits()
        self.points = points(self.rows, self.x, self.y)
        self._by_id = {row.id: row for row in self.rows}

    def _fill_table(self) -> None:
        self._arranging = True
        self.table.show(self.rows)
        if not self.selected and self.rows:
            self.selection.select([self.rows[0].id])
        self._arranging = False

    def _selected(self) -> None:
        if not self._arranging:  # else it is told with all the rest
            self.changed.emit()

    def _stale(self, verb: str) -> None:
        if verb in ("demo", "compress", "choose", "measure", "profile_run") and self.query.document is not None:
            self.refresh()

    def _forget(self) -> None:
        self._reading.stop()
        self._known = []
        self.all, self.target, self.targets = [], None, []
        self.rows, self.points, self._by_id = [], [], {}
        self.table.show([])
        self.query.forget()


def _within(value: float | None, most: float | None) -> bool:
    """A variant whose value is not known stays visible."""
    return most is None or value is None or value <= most * (1 + 1e-9)


def _lines(rows: Sequence[VariantRow]) -> list[tuple[str, Callable[[VariantRow], str]]]:
    return [
        (QCoreApplication.translate("Variants", "Network"), lambda r: r.model),
        (
            QCoreApplication.translate("Variants", "Recipe"),
            lambda r: wording.recipe(r.recipe),
        ),
        *((q.name, q.beside(rows)) for q in QUANTITIES),
        (
            QCoreApplication.translate("Variants", "Points lost"),
            lambda r: wording.with_interval(r.lost_points, r.lost_ci95, 2),
        ),
        (
            QCoreApplication.translate("Variants", "Speed-up"),
            lambda r: wording.with_interval(r.speedup, r.speedup_ci95, 2, "×"),
        ),
        (QCoreApplication.translate("Variants", "Parameters"), lambda r: wording.count(r.parameters)),
        (QCoreApplication.translate("Variants", "Zero weights"), lambda r: wording.share(r.sparsity)),
        (QCoreApplication.translate("Variants", "Layers left alone"), lambda r: str(len(r.skipped))),
        (QCoreApplication.translate("Variants", "Runtime"), lambda r: r.runtime or wording.NO_VALUE),
    ]
