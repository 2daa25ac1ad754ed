"""What a model is worth on a board, as ``evaluate(on=...)`` says it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profiles.board import identify

from ..deploy.connect import connect
from ..deploy.run_on import RunOn
from ..evaluate.fidelity import fidelity
from ..evaluate.paired import lost
from ..evaluate.score import Evaluation, evaluate_answers
from ..events import Cancel, Emit, Stage
from ..measure.accuracy import on_board
from ..records import Estimate, Fidelity, Format

if TYPE_CHECKING:
    from ..model.data import DataSet


@dataclass(frozen=True)
class OnDevice:
    """Where the answers came from, and how they differ from those this computer gives with the same file.

    ``loss_points`` is what the board loses against this computer, on the same samples.
    """

    target: str
    board: str
    runtime: str
    provider: str
    samples: int
    fidelity: Fidelity
    loss_points: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """The entry ``device`` of ``flyweight evaluate --json``."""
        return {
            **vars(self),
            "fidelity": self.fidelity.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
        }


def judge_on(
    target: str,
    file: tuple[Path, Format],
    data: "DataSet",
    split: str,
    limit: int | None,
    here: Evaluation,
    wanted: tuple[str | None, str | None],
    emit: Emit,
    cancel: Cancel | None,
) -> tuple[Evaluation, OnDevice]:
    """Score a model file by the answers of a board.

    Args:
        target: the device.
        file: the model, and its format.
        data: that fits it.
        split, limit: which samples.
        here: the same, answered by this computer.
        wanted: runtime and provider of the board; None = what it prefers.
        emit: receives progress.
        cancel: ends the work.
    """
    emit(Stage("evaluate", f"{file[0].name} on {target}"))
    with connect(target, emit=emit, cancel=cancel) as client, client.lease("an evaluation"):
        model = on_board(client, *file, run=RunOn.of(*wanted), emit=emit, cancel=cancel)
        names, total = [item.name for item in data.contract.inputs], len(here.outputs)
        there = evaluate_answers(
            lambda batches: model.answers(batches, names, total=total, emit=emit), data, split, limit
        )
        board = identify(client.hello.board, client.hello.machine).id
    close = fidelity(here.outputs, there.outputs)
    provider = model.entry.runtime.provider
    return there, OnDevice(target, board, model.runtime, provider, total, close, lost(here, there))
