"""Runs one technique on one small network; what the tests of this folder share."""

import numpy as np
import torch

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.data import Batch
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.model.zoo import build


class Noise:
    """Random inputs of one shape, with labels of a fixed linear rule, as every split."""

    name = "noise"

    def __init__(self, shape, classes=4, count=96):
        random = np.random.RandomState(0)
        self.x = random.randn(count, *shape).astype(np.float32)
        self.y = (self.x.reshape(count, -1) @ random.randn(int(np.prod(shape)), classes)).argmax(1)

    def count(self, split):
        return len(self.x)

    def batches(self, split, size, *, seed=0, limit=None, shuffle=False):
        for start in range(0, len(self.x[:limit]), size):
            rows = slice(start, min(start + size, limit or len(self.x)))
            yield Batch((self.x[rows],), self.y[rows])


def of_zoo(name):
    """State and data of a network of the zoo, as a graph."""
    network, shape = build(name)
    spec = TensorSpec("input", (None, *shape), "float32")
    return ModelState((spec,), onnx=to_onnx(network, [spec])), Noise(shape)


def of_module(module, shape):
    """State and data of a module, as a module."""
    torch.manual_seed(0)
    spec = TensorSpec("input", (None, *shape), "float32")
    return ModelState((spec,), module=module.eval()), Noise(shape)


def apply(technique, state, context=None, **knobs):
    """The state after one technique."""
    found = find(technique)
    return found.apply(state, found.configure(knobs), context or Context(data=None, seed=0))
