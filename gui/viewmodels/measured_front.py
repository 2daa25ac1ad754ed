"""What a recipe of one's own made, among all that is measured of its network on the chosen board: the measured front."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QObject, Signal

from . import documents, scatter, wording
from .metrics import metric_name
from .query import Query
from .saying import with_remedy
from .scatter import Point
from .session import Session
from .steps import Document, Step, Steps, step
from .variants import VariantRow, read_variants
from .wizard_state import WizardState

HERE = "loopback"
"""Where it is measured when no board was chosen: this computer."""
CHANGES = ("compress", "choose", "measure", "profile_run", "demo")


class MeasuredFront(QObject):
    """Asks for the project's readings, and measures what has none yet."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project, self.steps = Query(session, "project_show", self), Steps(session, self)
        self.made: tuple[VariantRow, ...] = ()
        self.targets: tuple[str, ...] = (HERE,)
        self._asked = WizardState()
        for part in (self.project, self.steps):
            part.changed.connect(self.changed)
        session.changed.connect(self._stale)
        session.project_changed.connect(self.forget)

    def follow(self, made: Sequence[VariantRow], asked: WizardState) -> None:
        """Show these variants, measured on the first of the targets; the data gives the golden samples of what is packed."""
        self.made, self.targets = tuple(made), asked.targets or (HERE,)
        self._asked = asked
        self.project.load()

    def forget(self) -> None:
        """There is nothing to show."""
        self.made = ()
        self.project.forget()

    @property
    def rows(self) -> list[VariantRow]:
        """All variants of the network with their readings on the board."""
        names = {row.model for row in self.made}
        return [row for row in read_variants(self.project.document or {}, self.targets[0]) if row.model in names]

    @property
    def own(self) -> list[VariantRow]:
        """Those that were made now, with their readings where there are some."""
        known = {row.id: row for row in self.rows}
        return [known.get(row.id, row) for row in self.made]

    @property
    def missing(self) -> list[VariantRow]:
        """Those that were made now and are not measured on every board."""
        found = documents.objects((self.project.document or {}).get("readings"))
        known = {(documents.text(item.get("variant")), documents.text(item.get("target"))) for item in found}
        return [row for row in self.made if any((row.id, target) not in known for target in self.targets)]

    @property
    def points(self) -> list[Point]:
        """Latency against what was lost, or against the packed size where nothing was evaluated."""
        found = []
        for row in self.rows:
            y = self._height(row)
            if row.latency_ms is not None and y is not None:
                found.append((row, row.latency_ms, y))
        on = scatter.front([(x, y) for _, x, y in found], (False, False))
        return [
            Point(row.id, row.name, x, y, row.latency_ci95, front=best)
            for (row, x, y), best in zip(found, on, strict=True)
        ]

    def _height(self, row: VariantRow) -> float | None:
        if self._asked.data is None:
            return None if row.packed_bytes is None else row.packed_bytes / 1000
        return 0.0 if row.baseline is None else row.lost_of(self._asked.judged_by)

    @property
    def axes(self) -> tuple[str, str]:
        """Titles of the plot's axes."""
        below = QCoreApplication.translate("MeasuredFront", "Latency p50 (ms)   ← better")
        if self._asked.data is None:
            return below, QCoreApplication.translate("MeasuredFront", "Packed size (kB)   ← better")
        words = QCoreApplication.translate("MeasuredFront", "Points lost: {0}   ← better")
        return below, words.format(metric_name(self._asked.judged_by or "accuracy"))

    @property
    def words(self) -> str:
        """Where it was measured, or how far that is, or why it was not."""
        if self.steps.busy:
            return self.steps.words or wording.waiting()
        if self.steps.notice is not None:
            return with_remedy(self.steps.notice.message, self.steps.notice.remedy)
        if self.missing:
            return QCoreApplication.translate("MeasuredFront", "not measured yet")
        return self.targets[0]

    def measure(self) -> None:
        """Pack what is not packed, then measure all that was made beside each other on every board."""
        bundles = documents.objects((self.project.document or {}).get("bundles"))
        packed = {documents.text(item.get("variant")) for item in bundles}
        missing = [row.id for row in self.made if row.id not in packed]

        def run(answers: Sequence[Document]) -> dict[str, object]:
            made = {id_: documents.text(answer.get("id")) for id_, answer in zip(missing, answers, strict=True)}
            return {"bundles": [made.get(row.id, row.id) for row in self.made], "targets": list(self.targets)}

        packing = [step("bundle", variant=id_, data=self._asked.data, task=self._asked.asked_task) for id_ in missing]
        self.steps.start([*packing, Step("profile_run", run)])

    def _stale(self, verb: str) -> None:
        if self.made and verb in CHANGES:
            self.project.load()
