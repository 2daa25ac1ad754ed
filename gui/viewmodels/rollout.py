"""Rollouts in waves: start one, follow it, pause, resume, cancel it, and look at the earlier ones with their reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QDateTime, QObject, Qt, QTimer, Signal

from ..protocol import Outcome
from . import documents, wording
from .query import Query
from .rows import ColumnSpec, RowsModel, numbers
from .run import Run
from .saying import said, trouble
from .selection import Selection
from .session import Session

FOLLOW_MS = 1000
DEFAULT_WAVES = "1, 10%, 50%, 100%"
BAD = ("failed", "rejected", "rolled-back")


@dataclass(frozen=True)
class RolloutRow:
    """A rollout in the list: its id, when it began, and how it stands."""

    id: str
    slot: str
    state: str
    created: str


@dataclass(frozen=True)
class BoardState:
    """One board of a rollout."""

    name: str
    state: str
    release: int | None
    attempts: int
    reason: str


@dataclass(frozen=True)
class RolloutFacts:
    """A rollout as it stands; ``log`` are lines of the audit, the newest last."""

    id: str
    slot: str
    state: str
    reason: str
    waves: tuple[str, ...]
    boards: tuple[BoardState, ...]
    log: tuple[str, ...]

    @property
    def done(self) -> int:
        """Boards that run the release."""
        return sum(board.state == "committed" for board in self.boards)


def read_rollouts(document: Mapping[str, Any] | None) -> list[RolloutRow]:
    """The document of ``flyweight fleet status --json``, the newest first."""
    rows = [
        RolloutRow(*(documents.text(item.get(key)) for key in ("rollout", "slot", "state", "created")))
        for item in documents.objects((document or {}).get("rollouts"))
    ]
    return rows[::-1]


def read_rollout(document: Mapping[str, Any]) -> RolloutFacts:
    """The document of ``flyweight fleet status ROLLOUT --json``."""
    boards = tuple(
        BoardState(
            documents.text(item.get("name")),
            documents.text(item.get("state")),
            documents.whole(item.get("release")),
            documents.whole(item.get("attempts")) or 0,
            documents.text(item.get("reason")),
        )
        for item in documents.objects(document.get("boards"))
    )
    log = tuple(
        "  ".join(
            filter(
                None,
                (moment(documents.text(item.get("t"))), *(documents.text(item.get(key)) for key in ("board", "what"))),
            )
        )
        for item in documents.objects(document.get("audit"))
    )
    return RolloutFacts(
        documents.text(document.get("rollout")),
        documents.text(document.get("slot")),
        documents.text(document.get("state")),
        documents.text(document.get("reason")),
        documents.texts(documents.object_(document.get("plan")).get("waves")),
        boards,
        log,
    )


def moment(stamp: str) -> str:
    """An ISO time to the second in the zone of the desktop; what is no time stays as it is."""
    found = QDateTime.fromString(stamp, Qt.DateFormat.ISODate)
    return found.toLocalTime().toString("yyyy-MM-dd HH:mm:ss") if found.isValid() else stamp


def rollout_state(state: str) -> tuple[str, str]:
    """Kind of pill and word of a rollout's state."""
    return {
        "running": ("info", QCoreApplication.translate("Rollout", "Running")),
        "paused": ("warn", QCoreApplication.translate("Rollout", "Paused")),
        "stopped": ("bad", QCoreApplication.translate("Rollout", "Stopped: too many failed")),
        "cancelled": ("idle", QCoreApplication.translate("Rollout", "Cancelled")),
        "waiting": ("warn", QCoreApplication.translate("Rollout", "Waits for boards that are offline or in use")),
        "finished": ("ok", QCoreApplication.translate("Rollout", "Finished")),
        "interrupted": ("warn", QCoreApplication.translate("Rollout", "Interrupted")),
    }.get(state, ("idle", state))


def board_state(state: str) -> tuple[str, str]:
    """Kind of pill and word of a board's state."""
    return {
        "pending": ("idle", QCoreApplication.translate("Rollout", "Waits for its wave")),
        "uploading": ("info", QCoreApplication.translate("Rollout", "Uploading")),
        "measuring": ("info", QCoreApplication.translate("Rollout", "Measuring")),
        "staged": ("info", QCoreApplication.translate("Rollout", "Verified, not switched")),
        "trial": ("info", QCoreApplication.translate("Rollout", "On trial")),
        "committed": ("ok", QCoreApplication.translate("Rollout", "Runs it")),
        "rejected": ("bad", QCoreApplication.translate("Rollout", "Rejected")),
        "rolled-back": ("bad", QCoreApplication.translate("Rollout", "Went back")),
        "failed": ("bad", QCoreApplication.translate("Rollout", "Failed")),
        "offline": ("warn", QCoreApplication.translate("Rollout", "Offline")),
        "busy": ("warn", QCoreApplication.translate("Rollout", "In use")),
        "superseded": ("idle", QCoreApplication.translate("Rollout", "Has a later release")),
    }.get(state, ("idle", state))


def board_columns() -> tuple[ColumnSpec[BoardState], ...]:
    """Columns of the table of boards."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Rollout", "Device"), lambda row: row.name),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("Rollout", "State"),
            lambda row: board_state(row.state)[1],
            pill=lambda row: board_state(row.state)[0],
        ),
        numbers(
            "release",
            lambda: QCoreApplication.translate("Rollout", "Release"),
            lambda row: row.release,
            str,
        ),
        numbers(
            "attempts",
            lambda: QCoreApplication.translate("Rollout", "Attempts"),
            lambda row: row.attempts,
            str,
        ),
        ColumnSpec(
            "reason",
            lambda: QCoreApplication.translate("Rollout", "Reason"),
            lambda row: said(row.reason) or wording.NO_VALUE,
        ),
    )


class RolloutModel(QObject):
    """Packs a variant and brings it to boards in waves; what is known of it comes from the project's database."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = Query(session, "fleet_status", self)
        self.status = Query(session, "fleet_status", self)
        self.pausing = Query(session, "fleet_pause", self)
        self.ending = Query(session, "fleet_cancel", self)
        self.back = Query(session, "rollback", self)
        self.boards: RowsModel[BoardState] = RowsModel(board_columns(), lambda row: row.name, self)
        self.selection = Selection(self)
        self.trouble = ""
        self.chosen = ""
        self._run: Run | None = None
        self._newest = False
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self.refresh)
        self.list.answered.connect(self._listed)
        self.status.answered.connect(self._answered)
        for query in (self.pausing, self.ending):
            query.answered.connect(self.refresh)
        self._asked = (self.list, self.status, self.pausing, self.ending, self.back)
        for query in self._asked:
            query.changed.connect(self.changed)
        self.selection.changed.connect(self.changed)

    @property
    def rollouts(self) -> list[RolloutRow]:
        """All rollouts of the project, the newest first."""
        return read_rollouts(self.list.document)

    @property
    def facts(self) -> RolloutFacts | None:
        """The rollout that is shown."""
        return None if self.status.document is None else read_rollout(self.status.document)

    @property
    def busy(self) -> bool:
        """Whether this window packs, or works on a rollout."""
        return self._run is not None and self._run.state.busy

    @property
    def failure(self) -> str:
        """Why something did not go; empty when all is well."""
        failure = next((query.failure for query in self._asked if query.failure), None)
        return said(self.trouble) or ("" if failure is None else trouble(failure))

    def refresh(self) -> None:
        """Read the rollouts and the one that is shown."""
        if not self.list.loading:
            self.list.load()

    def choose(self, rollout: str) -> None:
        """Show another rollout."""
        self.chosen, self._newest = rollout, False
        self.status.load(rollout=rollout)

    def start(
        self,
        variant: str,
        targets: Sequence[str],
        *,
        slot: str = "main",
        data: str | None = None,
        waves: str = DEFAULT_WAVES,
        max_failures: int = 0,
        gate: bool = False,
        on: Mapping[str, Any] | None = None,
    ) -> None:
        """Pack a variant, then bring it to these boards in waves.

        Args:
            waves: numbers of boards or shares, separated by commas.
            max_failures: more than so many boards that fail stop it.
            gate: measure against what runs on each board before the switch.
            on: what the boards run it on: ``runtime``, ``provider``, ``delegate``, ``delegate_options``; else their usual.
        """
        if self.busy or not targets:
            return
        plan = {
            "targets": list(targets),
            "slot": slot,
            **(on or {}),
            "waves": [part.strip() for part in waves.split(",") if part.strip()],
            "max_failures": max_failures,
            "gate": gate,
        }

        def packed(outcome: Outcome) -> None:
            if outcome.result is None:
                self._ended(outcome)
            else:
                self._work("fleet_rollout", {"bundle": documents.text(outcome.result.get("id")), **plan}, self._ended)

        self._newest = True
        self._work("bundle", {"variant": variant, "data": data}, packed)

    def pause(self) -> None:
        """Boards under way finish, no more are begun."""
        self.pausing.load(rollout=self.chosen)

    def end(self) -> None:
        """End it for good; boards that run the release keep it."""
        self.ending.load(rollout=self.chosen)

    def resume(self, retry_failed: bool = False) -> None:
        """Go on, also with boards that were offline; ``retry_failed`` tries those again that failed."""
        if not self.busy:
            self._work("fleet_resume", {"rollout": self.chosen, "retry_failed": retry_failed}, self._ended)

    def roll_back(self, board: str) -> None:
        """Return the slot of one board to the bundle it ran before."""
        if self.facts is not None:
            self.back.load(targets=[board], slot=self.facts.slot)

    def _work(self, verb: str, arguments: Mapping[str, Any], ended: Any) -> None:
        self.trouble = ""
        self._run = Run(self._session.operation(verb), self)
        self._run.operation.ended.connect(ended)
        self._session.start(self._run, arguments)
        if verb != "bundle":
            self._timer.start()
        self.changed.emit()

    def _ended(self, outcome: Outcome) -> None:
        self._timer.stop()
        if outcome.failure is not None:
            self.trouble = f"{outcome.failure.message}; {outcome.failure.remedy}"
        elif outcome.crash is not None:
            self.trouble = wording.crash(outcome.crash)
        self.refresh()
        self.changed.emit()

    def _listed(self) -> None:
        known = [row.id for row in self.rollouts]
        if known and (self._newest or self.chosen not in known):
            self.chosen = known[0]
        if self.chosen in known and not self.status.loading:
            self.status.load(rollout=self.chosen)

    def _answered(self) -> None:
        if self.facts is not None:
            self.boards.show(list(self.facts.boards))
