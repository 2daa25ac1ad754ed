"""Checkpoints of a training: the state after each epoch, then the finished weights, named by all that decides them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..records import canonical_json, sha256_hex
from ..workspace import write_atomic

if TYPE_CHECKING:
    from torch import Tensor, nn

    from .objectives import Objective


def masks_hash(masks: Mapping[str, Tensor]) -> str:
    """SHA-256 of masks by name."""
    digest = hashlib.sha256()
    for name in sorted(masks):
        digest.update(name.encode() + masks[name].cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _states(objectives: Sequence[Objective]) -> list[dict[str, Tensor]]:
    return [{name: tensor.detach().clone() for name, tensor in item.state().items()} for item in objectives]


def _load(objectives: Sequence[Objective], states: Sequence[Mapping[str, Tensor]]) -> None:
    for objective, state in zip(objectives, states, strict=True):
        objective.load(state)


@dataclass
class Progressed:
    """A training between two epochs: how many are done, the optimizer's state, the best weights so far."""

    done: int = 0
    updates: int = 0
    optimizer: dict[str, Any] | None = None
    best_score: float = float("-inf")  # R2 may be far below 0
    best: dict[str, Tensor] | None = field(default=None, repr=False)


class Checkpoint:
    """Where one training is kept; does nothing without a folder.

    Args:
        folder: scratch folder of the job, or None.
        key: everything that decides the result, as a JSON-able value.
    """

    def __init__(self, folder: Path | None, key: Any) -> None:
        self._folder = folder
        self._name = sha256_hex(canonical_json(key))[:24]

    def finished(self, student: nn.Module, objectives: Sequence[Objective] = ()) -> bool:
        """Load the finished weights into ``student`` and ``objectives``; False where there are none."""
        state = self._read("done.pt")
        if state is None:
            return False
        student.load_state_dict(state["student"])
        for objective in objectives:
            objective.attach(student)
        _load(objectives, state["objectives"])
        for objective in objectives:
            objective.detach()
        return True

    def finish(self, student: nn.Module, objectives: Sequence[Objective] = ()) -> None:
        """Keep the finished weights and drop the state between epochs."""
        self._write("done.pt", {"student": student.state_dict(), "objectives": _states(objectives)})
        if self._folder is not None:
            (self._folder / f"train-{self._name}-epoch.pt").unlink(missing_ok=True)

    def save(self, student: nn.Module, progressed: Progressed, objectives: Sequence[Objective] = ()) -> None:
        """Keep everything the next epoch needs."""
        content = {"student": student.state_dict(), "objectives": _states(objectives), **vars(progressed)}
        self._write("epoch.pt", content)

    def load(self, student: nn.Module, objectives: Sequence[Objective] = ()) -> Progressed:
        """Go on after the last epoch that was finished."""
        state = self._read("epoch.pt")
        if state is None:
            return Progressed()
        student.load_state_dict(state.pop("student"))
        _load(objectives, state.pop("objectives"))
        return Progressed(**state)

    def _write(self, what: str, value: Any) -> None:
        if self._folder is None:
            return
        import torch

        self._folder.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        torch.save(value, buffer)
        content = buffer.getvalue()
        digest = sha256_hex(content).encode()
        write_atomic(self._folder / f"train-{self._name}-{what}", digest + content)

    def _read(self, what: str) -> Any:
        """The value; None where there is none or the file is damaged (then the work is done again)."""
        if self._folder is None:
            return None
        import torch

        try:
            content = (self._folder / f"train-{self._name}-{what}").read_bytes()
        except OSError:
            return None
        if content[:64] != sha256_hex(content[64:]).encode():
            return None
        return torch.load(io.BytesIO(content[64:]), weights_only=True)
