"""Accuracy on the device: the board's own runtime answers the samples of a data set, and the answers are scored here.

Integer kernels differ between processors (saturating sums, rounding, what is fused), so the same file can answer otherwise on
another one, and only the board's own answers tell what the model is worth there. Samples go one at a time, as in use.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from device_agent.contract.errors import ContractError
from device_agent.contract.measuring import AnswersRequest, PlanEntry, RuntimeChoice

from ..deploy.agent_client import AgentClient
from ..deploy.release import stage_on
from ..deploy.run_on import USUAL, RunOn
from ..errors import DataError, RejectedError
from ..evaluate.runtime import Port
from ..events import Cancel, Emit, Progress, ignore
from ..model.child import INFER, run_limited, temporary_workdir
from ..package.bundle import make_trial_bundle
from ..package.golden import to_npz
from ..package.keys import signing_key
from ..records import Format, sha256_hex

if TYPE_CHECKING:
    from ..model.data import Batch

SINCE = 5
"""The minor version of the first agent that answers samples."""
FIRST, MOST = 8, 2048
"""Samples of the first turn, which tells how long one takes, and of any other."""
TURN_S, TURN_BYTES = 15.0, 16 << 20
"""A turn takes about so long, and no more of the link: what is lost with it is sent again."""
LIMIT_S = 160.0


@dataclass(frozen=True)
class OnBoard:
    """A model file on a board, ready to answer.

    Attributes:
        client: a session with the board, which holds the file.
        entry: the file, and on what it runs.
        runtime: with its version.
        inputs, outputs: of the file.
    """

    client: AgentClient
    entry: PlanEntry
    runtime: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]

    def answers(
        self, batches: "Iterable[Batch]", names: Sequence[str], *, total: int | None = None, emit: Emit = ignore
    ) -> list[np.ndarray]:
        """Every output for every sample, each ``[n, ...]``, as real numbers.

        Args:
            batches: of pre-processed arrays.
            names: of the data's inputs; where they are the model's own, they decide the order, else their order does.
            total: how many samples there are, for the progress.
            emit: receives it.

        Raises:
            DataError: there is no sample, or the arrays are not as many as the model's inputs.
            ContractError: the board's answers do not fit the samples.
        """
        if len(names) != len(self.inputs):
            raise DataError(
                "does-not-fit",
                f"the data has {len(names)} input(s), the model takes {len(self.inputs)}",
                "give an .npz with one array per model input, named like the inputs",
            )
        ports = [port.name for port in self.inputs]
        order = [list(names).index(name) for name in ports] if set(ports) == set(names) else list(range(len(names)))
        rows, found, size, done = _Rows(batches), [], FIRST, 0
        while (arrays := rows.take(size)) is not None:
            begin = time.monotonic()
            fitted = [port.fit(arrays[place]) for port, place in zip(self.inputs, order, strict=True)]
            found.append(self._turn(fitted))
            done += len(fitted[0])
            emit(Progress(float(done), float(total or done), "answers", None))
            each_s = (time.monotonic() - begin) / len(fitted[0])
            each_bytes = sum(array[:1].nbytes for array in fitted)
            size = max(1, min(MOST, int(TURN_S / max(each_s, 1e-6)), TURN_BYTES // max(each_bytes, 1)))
        if not found:
            raise DataError("no-samples", "there is no sample to predict on", "choose a split that has samples")
        joined = [np.concatenate(parts) for parts in zip(*found, strict=True)]
        return [port.real(array) for port, array in zip(self.outputs, joined, strict=True)]

    def _turn(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        content = to_npz(arrays, {})
        digest = sha256_hex(content)
        self.client.put_blob(content, digest)
        described, raw = self.client.answers(AnswersRequest(self.entry, digest), LIMIT_S)
        return unpacked(described, raw, len(arrays[0]), len(self.outputs))


def unpacked(described: Sequence[Any], raw: bytes, samples: int, outputs: int) -> list[np.ndarray]:
    """Arrays of a board's reply.

    Args:
        described: ``{"dtype", "shape"}`` of each output.
        raw: their bytes, one behind the other.
        samples: how many there were.
        outputs: of the model.

    Raises:
        ContractError: type, shape or size is not what it must be.
    """
    if len(described) != outputs:
        raise ContractError(f"the board gives {len(described)} outputs, the model has {outputs}")
    found, start = [], 0
    for item in described:
        try:
            dtype, shape = np.dtype(str(item["dtype"])).newbyteorder("<"), [int(size) for size in item["shape"]]
        except (TypeError, KeyError, ValueError):
            raise ContractError("the board does not say what its answers are") from None
        if dtype.kind not in "fiub" or not 0 < len(shape) <= 8 or shape[0] != samples or min(shape) < 0:
            raise ContractError("the board's answers are no numbers, or not one for each sample")
        count = int(np.prod(shape, dtype=object))
        if start + count * dtype.itemsize > len(raw):
            raise ContractError("the board's answers are shorter than it says")
        array = np.frombuffer(raw, dtype, count, start).reshape(shape)
        found.append(array.astype(dtype.newbyteorder("="), copy=False))
        start += count * dtype.itemsize
    if start != len(raw):
        raise ContractError("the board's answers are longer than it says")
    return found


class _Rows:
    """Batches, cut anew into turns."""

    def __init__(self, batches: "Iterable[Batch]") -> None:
        self._left = iter(batches)
        self._held: list[np.ndarray] = []

    def take(self, count: int) -> list[np.ndarray] | None:
        """The next ``count`` samples or what is left of them; None at the end."""
        while not self._held or len(self._held[0]) < count:
            item = next(self._left, None)
            if item is None:
                break
            held = self._held or [array[:0] for array in item.inputs]
            self._held = [np.concatenate(pair) for pair in zip(held, item.inputs, strict=True)]
        if not self._held or not len(self._held[0]):
            return None
        part, self._held = [array[:count] for array in self._held], [array[count:] for array in self._held]
        return part


def on_board(
    client: AgentClient,
    path: Path,
    format_: Format,
    *,
    run: RunOn = USUAL,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> OnBoard:
    """Bring a model file to a board, in a trial bundle that is never put in a slot.

    Args:
        client: a session with the board.
        path: of the ONNX or TFLite file.
        format_: of the file.
        run: on what.
        emit: receives progress.
        cancel: ends the work.

    Raises:
        RejectedError: the board has no runtime for the file, or its agent is too old.
        ModelError: the file cannot be read.
    """
    if client.hello.minor < SINCE:
        raise RejectedError(
            "old-agent", "the agent of this board cannot answer samples", "update it: flyweight device add NAME ADDRESS"
        )
    inputs, outputs = ports_of(path, format_, cancel)
    if inputs and inputs[0].shape and (inputs[0].shape[0] or 1) > 1:
        raise RejectedError(
            "fixed-batch", f"{path.name} takes {inputs[0].shape[0]} samples at once", "export it with a free batch axis"
        )
    with TemporaryDirectory() as folder:
        bundle = make_trial_bundle(
            [path.read_bytes()], out_dir=Path(folder), signing_key=signing_key(), name="answers", format_=str(format_)
        )
        result = stage_on(client, bundle, run, emit=emit, cancel=cancel).result
    if result.state != "verified":
        raise RejectedError("not-verified", f"the board rejects the model: {result.reason}", "check the model")
    runtime, named = run.entry([str(format_)], client.runtimes(), path.name)
    choice = RuntimeChoice(runtime.id, named, "as-is", dict(run.options))
    entry = PlanEntry(bundle.sha256, f"candidate-0.{format_}", choice, 1, runtime.env)
    return OnBoard(client, entry, f"{runtime.id} {runtime.version}", inputs, outputs)


def ports_of(path: Path, format_: Format, cancel: Cancel | None = None) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    """Inputs and outputs of a model file, from a limited child."""
    with temporary_workdir() as folder:
        answer = run_limited(
            "engine.evaluate.runtime:ports_task",
            stdin_json={"path": str(path.resolve()), "format": str(format_)},
            limits=INFER,
            workdir=folder,
            what=path.name,
            cancel=cancel,
        )
    inputs, outputs = ([Port.from_json(item) for item in answer[side]] for side in ("inputs", "outputs"))
    return tuple(inputs), tuple(outputs)
