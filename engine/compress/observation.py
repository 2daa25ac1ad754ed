"""What a network does on a few representative samples: its activations layer by layer, and gradients of its loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..model.data import CALIBRATION, TRAIN
from .losses import label_loss, label_tensor
from .teacher import first_output
from .technique import Context

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.utils.hooks import RemovableHandle

BATCH = 64

_ELEMENTWISE = {
    "relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "elu", "elu_", "selu", "celu", "gelu", "silu", "mish", "softplus",
    "hardswish", "hardsigmoid", "hardtanh", "hardtanh_", "sigmoid", "sigmoid_", "tanh", "tanh_", "logsigmoid", "softsign",
    "batch_norm", "instance_norm", "group_norm", "layer_norm", "dropout", "dropout1d", "dropout2d", "clamp", "clamp_", "prelu",
}  # fmt: skip


def calibration_batches(
    context: Context, what: str, samples: int = 512, *, labels: bool = False
) -> Iterator[tuple[tuple[Tensor, ...], Tensor | None]]:
    """Batches of the calibration split, of the training split where there is none.

    Raises:
        DataError: no data is given, or labels are wanted and the data has none.
    """
    import torch

    data = context.data
    split = CALIBRATION if data is not None and data.count(CALIBRATION) else TRAIN
    if data is None or data.count(split) == 0:
        raise DataError("needs-data", f"{what} looks at data, and none is given", "give --data")
    for batch in data.batches(split, BATCH, limit=samples):
        context.cancel.check()
        if labels and batch.labels is None:
            raise DataError("no-labels", f"{what} needs labels, and the data has none", "give labelled data")
        known = None if batch.labels is None else label_tensor(batch.labels)
        yield tuple(torch.from_numpy(array) for array in batch.inputs), known


def accumulate_gradients(
    module: nn.Module,
    context: Context,
    what: str,
    samples: int = 512,
    batches: Iterable[tuple[tuple[Tensor, ...], Tensor | None]] | None = None,
) -> float:
    """Leave the gradient of the mean loss over the samples in every parameter; returns that loss.

    Normalisation uses its stored statistics. Parameters that do not take part get zeros.
    """
    import torch

    module.eval().zero_grad(set_to_none=True)
    total, count = 0.0, 0
    given = calibration_batches(context, what, samples, labels=True) if batches is None else batches
    for inputs, labels in given:
        assert labels is not None
        loss = label_loss(first_output(module(*inputs)), labels) * len(labels)
        loss.backward()  # type: ignore[no-untyped-call]
        total, count = total + float(loss.detach()), count + len(labels)
    for parameter in module.parameters():
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        parameter.grad /= count
    return total / count


@contextmanager
def layer_activations(module: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Within the context, what the last forward pass made of every convolution and linear layer.

    The value of a layer is its output after the normalisations and activations that follow it, modules or functions,
    ``[n, channels, ...]`` for convolutions and ``[n, ..., channels]`` for linear layers.
    """
    import torch
    from torch import nn
    from torch.overrides import TorchFunctionMode

    values: dict[str, Tensor] = {}
    owners: dict[int, tuple[str, Tensor]] = {}

    class Follow(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = func(*args, **(kwargs or {}))
            first = args[0] if args else None
            known = owners.get(id(first))
            if known is not None and torch.is_tensor(result) and getattr(func, "__name__", "") in _ELEMENTWISE:
                owners[id(result)] = (known[0], result)
                values[known[0]] = result
            return result

    def note(name: str) -> Any:
        def hook(layer: nn.Module, inputs: Any, output: Tensor) -> None:
            owners[id(output)] = (name, output)
            values[name] = output

        return hook

    def fresh(layer: nn.Module, inputs: Any) -> None:
        values.clear()
        owners.clear()

    with ExitStack() as hooks, Follow(), torch.no_grad():
        hooks.enter_context(module.register_forward_pre_hook(fresh))
        for name, layer in module.named_modules():
            if isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd)):
                hooks.enter_context(layer.register_forward_hook(note(name)))
        yield values


@contextmanager
def answering(module: nn.Module, hooks: Iterable[RemovableHandle]) -> Iterator[None]:
    """Within the context a module only answers, without gradients; then its mode is as before and the hooks are gone."""
    import torch

    was_training = module.training
    try:
        with torch.no_grad():
            module.eval()
            yield
    finally:
        module.train(was_training)
        for hook in hooks:
            hook.remove()


def by_channel(layer: nn.Module, activation: Tensor) -> Tensor:
    """``[channels, values]`` of one layer's activation."""
    from torch import nn

    axis = 1 if isinstance(layer, nn.modules.conv._ConvNd) else -1
    return activation.detach().movedim(axis, 0).flatten(1)
