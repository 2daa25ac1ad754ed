"""What a plain script makes of the same file with the same data: onnxruntime's quantizers, torch-pruning with fine-tuning."""

import copy
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime import quantization
from torch import nn

from engine.model.data import CALIBRATION, TRAIN, DataSet
from engine.model.onnx_to_torch import to_module
from engine.model.open import open_model
from engine.model.save import to_onnx


@dataclass(frozen=True)
class Peer:
    """A name and a script: (original ONNX, original as named, data, folder) to an ONNX file."""

    name: str
    make: Callable[[Path, str, DataSet, Path], Path]


class Reader(quantization.CalibrationDataReader):
    """300 calibration samples."""

    def __init__(self, path: Path, data: DataSet) -> None:
        name = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).get_inputs()[0].name
        self.left = iter([{name: batch.inputs[0]} for batch in data.batches(CALIBRATION, 50, limit=300)])

    def get_next(self) -> dict | None:
        """The next batch, or None."""
        return next(self.left, None)


def static(*, per_channel: bool) -> Peer:
    """onnxruntime's quantize_static with the defaults of a plain script: QDQ, min-max."""

    def make(path: Path, _original: str, data: DataSet, folder: Path) -> Path:
        out = folder / f"peer-static-{per_channel}.onnx"
        quantization.quantize_static(str(path), str(out), Reader(path, data), per_channel=per_channel)
        return out

    return Peer(f"onnxruntime quantize_static, per {'channel' if per_channel else 'tensor'}", make)


NNCF_PYTHON = os.environ.get("FLYWEIGHT_NNCF_PYTHON")


def nncf() -> tuple[Peer, ...]:
    """NNCF's quantize with its defaults; nothing unless $FLYWEIGHT_NNCF_PYTHON names a Python that has it."""
    if NNCF_PYTHON is None:
        return ()
    python = NNCF_PYTHON

    def make(path: Path, _original: str, data: DataSet, folder: Path) -> Path:
        out, samples = folder / "peer-nncf.onnx", folder / "peer-nncf.npy"
        np.save(samples, np.concatenate([batch.inputs[0] for batch in data.batches(CALIBRATION, 50, limit=300)]))
        script = Path(__file__).with_name("nncf_script.py")
        environment = {**os.environ, "NNCF_CI": "1"}  # it reports its use to its makers otherwise
        subprocess.run([python, str(script), str(path), str(samples), str(out)], check=True, env=environment)
        return out

    return (Peer("NNCF quantize", make),)


def dynamic() -> Peer:
    """onnxruntime's quantize_dynamic with its defaults (matrix products and embeddings)."""

    def make(path: Path, _original: str, _data: DataSet, folder: Path) -> Path:
        out = folder / "peer-dynamic.onnx"
        quantization.quantize_dynamic(
            str(path), str(out), op_types_to_quantize=["MatMul", "Gemm", "Gather", "LSTM", "Attention"]
        )
        return out

    return Peer("onnxruntime quantize_dynamic", make)


def pruned(ratio: float, *, epochs: int = 2, quantized: bool) -> Peer:
    """torch-pruning's magnitude pruner at a ratio, fine-tuning towards the original's outputs, then quantize_static."""

    def make(path: Path, original: str, data: DataSet, folder: Path) -> Path:
        out = folder / f"peer-pruned-{ratio}.onnx"
        small = folder / f"peer-pruned-{ratio}-int8.onnx"
        if not out.exists():
            out.write_bytes(_pruned(path, original, data, ratio, epochs))
        if not quantized:
            return out
        quantization.quantize_static(str(out), str(small), Reader(out, data), per_channel=True)
        return small

    return Peer(
        f"torch-pruning {ratio:.0%} + {epochs} epochs distilled{' + quantize_static' if quantized else ''}", make
    )


def _pruned(path: Path, original: str, data: DataSet, ratio: float, epochs: int) -> bytes:
    """The ONNX file of a narrower, fine-tuned network."""
    import torch_pruning

    torch.manual_seed(0)
    opened = open_model(original)
    teacher = opened.module if opened.module is not None else to_module(onnx.load(path))
    student, spec = copy.deepcopy(teacher), opened.inputs
    example = torch.zeros(1, *spec[0].shape[1:])
    heads = [module for module in student.modules() if isinstance(module, nn.Linear)][-1:]
    pruner = torch_pruning.pruner.MagnitudePruner(
        student,
        example,
        importance=torch_pruning.importance.MagnitudeImportance(p=2),
        pruning_ratio=ratio,
        ignored_layers=heads,
    )
    pruner.step()
    _distil(teacher.eval(), student, data, epochs)
    return bytes(to_onnx(student.eval(), spec).SerializeToString())


def _distil(teacher: nn.Module, student: nn.Module, data: DataSet, epochs: int, temperature: float = 4.0) -> None:
    """Hinton's loss, SGD with momentum, one cycle: what a tutorial does."""
    batches = [batch for batch in data.batches(TRAIN, 128) if len(batch.inputs[0]) == 128]
    optimizer = torch.optim.SGD(student.parameters(), 0.05, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=epochs * len(batches))
    student.train()
    for _ in range(epochs):
        for index in torch.randperm(len(batches)).tolist():
            inputs = torch.from_numpy(batches[index].inputs[0])
            with torch.no_grad():
                wanted = torch.softmax(teacher(inputs) / temperature, 1)
            loss = nn.functional.kl_div(
                torch.log_softmax(student(inputs) / temperature, 1), wanted, reduction="batchmean"
            )
            optimizer.zero_grad()
            (loss * temperature**2).backward()
            optimizer.step()
            schedule.step()
