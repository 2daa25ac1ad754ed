"""L2r: low rank of convolution kernels. Tucker-2 (three convolutions) or CP (four thin ones)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob
from .replacement import LowRankKnobs, bias_of, factorized, is_plain_convolution, rank_of, weight_of

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class TensorFactorization(LowRankKnobs):
    """Knobs of the factorization of kernels."""

    form: str = knob(
        "tucker",
        "Two 1x1 convolutions around a small core, or (cp) a sum of products of vectors.",
        choices=("tucker", "cp"),
    )
    rounds: int = knob(30, "Rounds of alternating least squares.", unit="rounds", min=1, max=1000, advanced=True)


@technique(
    "tensor-factorization",
    name="Low rank of kernels (Tucker, CP)",
    family="lowrank",
    covers=("L2r",),
    summary="Splits convolutions with large kernels into three or four thin ones; smaller and fewer operations.",
    paper="Kim et al.: Compression of Deep CNNs for Fast and Low Power Mobile Applications, 2016 (arXiv:1511.06530, Tucker); "
    "Lebedev et al.: Speeding-up CNNs Using Fine-tuned CP-Decomposition, 2015 (arXiv:1412.6553)",
    config=TensorFactorization,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS, Effect.PATTERN),
)
def tensor_factorization(state: ModelState, config: TensorFactorization, context: Context) -> ModelState:
    """Factor ``K [out, in, h, w]`` of every plain two-dimensional convolution."""
    from torch import nn

    def factors(name: str, layer: nn.Module) -> nn.Module | str:
        if not isinstance(layer, nn.Conv2d) or not is_plain_convolution(layer) or max(layer.kernel_size) == 1:
            return "no plain two-dimensional convolution with a kernel larger than 1x1"
        kernel = weight_of(layer)
        if config.form == "cp":
            ranks = rank_of(np.linalg.svd(kernel.reshape(len(kernel), -1), compute_uv=False), config)
            return _cp_layers(layer, cp(kernel, ranks, config.rounds, context.seed))
        outputs = rank_of(np.linalg.svd(_unfold(kernel, 0), compute_uv=False), config)
        inputs = rank_of(np.linalg.svd(_unfold(kernel, 1), compute_uv=False), config)
        return _tucker_layers(layer, *tucker2(kernel, outputs, inputs, config.rounds))

    return factorized(state, config, context, "tensor-factorization", factors)


def _unfold(tensor: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(tensor, axis, 0).reshape(tensor.shape[axis], -1)


def tucker2(kernel: np.ndarray, outputs: int, inputs: int, rounds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Higher-order orthogonal iteration over the first two axes.

    Returns:
        ``core [outputs, inputs, h, w]``, ``left [out, outputs]``, ``right [in, inputs]`` with
        ``K ~ sum core[a, b] left[:, a] right[:, b]``.
    """
    left = np.linalg.svd(_unfold(kernel, 0), full_matrices=False)[0][:, :outputs]
    right = np.linalg.svd(_unfold(kernel, 1), full_matrices=False)[0][:, :inputs]
    for _ in range(rounds):
        left = np.linalg.svd(_unfold(np.einsum("oihw,ib->obhw", kernel, right), 0), full_matrices=False)[0][:, :outputs]
        right = np.linalg.svd(_unfold(np.einsum("oihw,oa->aihw", kernel, left), 1), full_matrices=False)[0][:, :inputs]
    return np.einsum("oihw,oa,ib->abhw", kernel, left, right), left, right


def cp(kernel: np.ndarray, rank: int, rounds: int, seed: int) -> list[np.ndarray]:
    """Alternating least squares.

    Returns:
        Four matrices ``[size of the axis, rank]`` with ``K ~ sum_r a_r x b_r x c_r x d_r``.
    """
    generator = np.random.default_rng([seed, 41])
    factors = [generator.normal(size=(size, rank)) for size in kernel.shape]
    for _ in range(rounds):
        for axis in range(4):
            others = [factors[other] for other in range(4) if other != axis]
            gram = np.prod([other.T @ other for other in others], axis=0)
            product = np.einsum("abcd,br,cr,dr->ar", np.moveaxis(kernel, axis, 0), *others, optimize=True)
            factors[axis] = np.linalg.solve(gram + 1e-10 * np.trace(gram) / rank * np.eye(rank), product.T).T
    return factors


def _tucker_layers(layer: Any, core: np.ndarray, left: np.ndarray, right: np.ndarray) -> nn.Module:
    from torch import nn

    inner = nn.Conv2d(
        core.shape[1], core.shape[0], layer.kernel_size, layer.stride, layer.padding, layer.dilation,
        bias=False, padding_mode=layer.padding_mode,
    )  # fmt: skip
    return _filled(
        [
            (nn.Conv2d(layer.in_channels, core.shape[1], 1, bias=False), right.T[:, :, None, None]),
            (inner, core),
            (nn.Conv2d(core.shape[0], layer.out_channels, 1, bias=layer.bias is not None), left[:, :, None, None]),
        ],
        bias_of(layer),
    )


def _cp_layers(layer: nn.Conv2d, factors: list[np.ndarray]) -> nn.Module | str:
    from torch import nn

    if layer.padding_mode != "zeros":
        return f"its padding repeats the image ({layer.padding_mode})"
    out, into, tall, wide = factors
    rank = out.shape[1]
    (kh, kw), (sh, sw), (dh, dw) = layer.kernel_size, layer.stride, layer.dilation
    ph, pw = (int(size) for size in layer.padding)
    return _filled(
        [
            (nn.Conv2d(layer.in_channels, rank, 1, bias=False), into.T[:, :, None, None]),
            (
                nn.Conv2d(rank, rank, (kh, 1), (sh, 1), (ph, 0), (dh, 1), groups=rank, bias=False),
                tall.T[:, None, :, None],
            ),
            (
                nn.Conv2d(rank, rank, (1, kw), (1, sw), (0, pw), (1, dw), groups=rank, bias=False),
                wide.T[:, None, None, :],
            ),
            (nn.Conv2d(rank, layer.out_channels, 1, bias=layer.bias is not None), out[:, :, None, None]),
        ],
        bias_of(layer),
    )


def _filled(parts: list[tuple[nn.Conv2d, np.ndarray]], bias: np.ndarray | None) -> nn.Module:
    import torch

    with torch.no_grad():
        for convolution, weight in parts:
            convolution.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        last = parts[-1][0]
        if bias is not None and last.bias is not None:
            last.bias.copy_(torch.from_numpy(bias))
    return torch.nn.Sequential(*[convolution for convolution, _ in parts])
