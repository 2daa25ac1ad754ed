"""Two layers side by side whose outputs are added."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


class ParallelSum(nn.Module):
    """``low(x) + sparse(x)``: a low-rank pair, and a layer like the original without bias that is mostly zero.

    Args:
        low: the pair, with the bias.
        layer: the original.
        weight: of the sparse part, in the original's shape.
    """

    def __init__(self, low: nn.Module, layer: nn.Module, weight: np.ndarray) -> None:
        super().__init__()
        self.low = low
        sparse: Any = copy.deepcopy(layer)
        sparse.bias = None
        sparse.weight = nn.Parameter(torch.from_numpy(weight).to(sparse.weight.dtype))
        self.sparse = sparse

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both."""
        total: Tensor = self.low(x) + self.sparse(x)
        return total
