"""A teacher's outputs, computed once per augmented view and shared by every student."""

from __future__ import annotations

import copy
import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import TechniqueError
from ..events import Cancel, Emit, Eta, Progress, Stage, ignore
from ..records import TensorSpec
from ..workspace import write_atomic
from .memory_order import channels_last
from .module_state import module_sha256
from .training_data import HeldSamples, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor, nn

    from .technique import Context

_BATCH = 100


class TeacherOutputs:
    """Outputs of the original model on all rows of the samples.

    Args:
        teacher: never trained nor changed; used in evaluation mode.
        samples: all of them in memory.
        cache: folder that keeps the outputs by content; None keeps them in memory only.
    """

    def __init__(
        self, teacher: nn.Module, samples: HeldSamples, cache: Path | None, cancel: Cancel, emit: Emit = ignore
    ) -> None:
        import torch

        frozen = copy.deepcopy(teacher).eval()
        self._teacher: nn.Module = frozen.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._samples, self._cache, self._cancel, self._emit = samples, cache, cancel, emit
        digest = hashlib.sha256(module_sha256(teacher).encode() + str(teacher).encode())
        for tensor in samples.inputs:
            digest.update(tensor.numpy().tobytes())
        self._key = digest.hexdigest()
        self._known: dict[View, Tensor] = {}

    def of(self, view: View) -> Tensor:
        """``[samples, ...]`` for one view of all rows."""
        import torch

        if view not in self._known:
            self._known[view] = torch.from_numpy(self._stored(view))
        return self._known[view]

    def _stored(self, view: View) -> np.ndarray:
        if self._cache is None:
            return self._computed(view)
        name = hashlib.sha256(f"{self._key}|{view}".encode()).hexdigest()[:32]
        path = self._cache / "teacher" / f"{name}.npy"
        try:
            loaded: np.ndarray = np.load(path, allow_pickle=False)
            if len(loaded) == len(self._samples.inputs[0]):
                return loaded
        except (OSError, ValueError, EOFError):
            pass  # not there yet, or cut by a crash: computed again
        outputs = self._computed(view)
        buffer = io.BytesIO()
        np.save(buffer, outputs, allow_pickle=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, buffer.getvalue())
        return outputs

    def _computed(self, view: View) -> np.ndarray:
        parts = []
        run = self._runner()
        count = len(self._samples.inputs[0])
        self._emit(Stage("teacher", f"outputs of the original for {count:,} samples"))
        eta = Eta(count)
        for start in range(0, count, _BATCH):
            self._cancel.check()
            rows = np.arange(start, min(start + _BATCH, count))
            inputs = self._samples.at(rows).inputs
            parts.append(run((view.apply(inputs[0], rows), *inputs[1:])))
            done = float(rows[-1] + 1)
            self._emit(Progress(done, count, "samples", eta.at(done)))
        return np.concatenate(parts)

    def _runner(self) -> Callable[[tuple[Tensor, ...]], np.ndarray]:
        """The runtime's fused kernels answer two to four times as fast as the module does; the outputs agree to 1e-5."""
        session = _session(self._teacher, self._samples.inputs)
        if session is None:
            return lambda inputs: teacher_outputs(self._teacher, inputs).numpy()
        names = [item.name for item in session.get_inputs()]

        def answer(inputs: tuple[Tensor, ...]) -> np.ndarray:
            feed = {name: value.numpy() for name, value in zip(names, inputs, strict=True)}
            first: np.ndarray = session.run(None, feed)[0]
            return first.astype(np.float32)

        return answer


def _session(teacher: nn.Module, samples: Sequence[Tensor]) -> Any:
    """The teacher in onnxruntime; None where it cannot be exported."""
    import torch

    from ..errors import FlyweightError
    from ..model.save import to_onnx

    shapes = [(None, *tensor.shape[1:]) for tensor in samples]
    kinds = [str(tensor.dtype).removeprefix("torch.") for tensor in samples]
    names = [f"input_{number}" for number in range(len(samples))]
    specs = tuple(TensorSpec(*item) for item in zip(names, shapes, kinds, strict=True))
    plain: nn.Module = copy.deepcopy(teacher).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    try:
        graph = to_onnx(plain, specs)
    except FlyweightError:
        return None
    return session_beside_torch(graph.SerializeToString())


def session_beside_torch(model: bytes) -> Any:
    """A session of onnxruntime on as many threads as torch has.

    Its threads do not spin while they wait: torch's do, between the calls, and on a busy computer each would keep the
    other from the cores.
    """
    import onnxruntime
    import torch

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def required_teacher(context: Context) -> nn.Module:
    """The original as a module.

    Raises:
        TechniqueError: it cannot be one.
    """
    if context.teacher is None:
        raise TechniqueError(
            "no-teacher",
            "distillation needs the original as a torch module",
            "give the PyTorch code, or an ONNX file of known operators",
        )
    return context.teacher


def teacher_outputs(teacher: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
    """First output of a teacher in evaluation mode, without gradients."""
    import torch

    was_training = teacher.training
    teacher.eval()
    with torch.no_grad():
        outputs = teacher(*channels_last(inputs))
    teacher.train(was_training)
    return first_output(outputs).float()


def first_output(outputs: Any) -> Tensor:
    """The first output of a module: a tensor, or the head of a tuple."""
    tensor: Tensor = outputs[0] if isinstance(outputs, (tuple, list)) else outputs
    return tensor
