"""Which axis holds the channels is what the network's first layer with weights does with it, whatever the sizes are."""

import pytest
import torch
from torch import nn

from engine.compress.channel_axis import channels_are_last
from engine.model.onnx_to_torch import to_module
from engine.model.save import to_onnx
from engine.records import TensorSpec


class Turned(nn.Module):
    """Scaled, turned, then read."""

    def __init__(self, reader, *order):
        super().__init__()
        self.reader, self.order = reader, order

    def forward(self, x):
        read = self.reader((torch.relu(x) * 2 - 1).permute(*self.order))
        return (read[0] if isinstance(read, tuple) else read).flatten(1)


NETWORKS = {
    "convolution over time": (nn.Conv1d(6, 4, 3), (6, 20), False),
    "convolution of a turned series": (Turned(nn.Conv1d(6, 4, 3), 0, 2, 1), (20, 6), True),
    "as many channels as steps": (Turned(nn.Conv1d(8, 4, 3), 0, 2, 1), (8, 8), True),
    "as many steps as channels": (nn.Conv1d(8, 4, 3), (8, 8), False),
    "one channel, last": (Turned(nn.LSTM(1, 5, batch_first=True), 0, 1, 2), (20, 1), True),
    "one channel, first": (nn.Conv1d(1, 4, 3), (1, 20), False),
    "recurrent, batch first": (Turned(nn.LSTM(3, 5, batch_first=True), 0, 1, 2), (9, 3), True),
    "recurrent, time first": (Turned(nn.GRU(3, 5), 1, 0, 2), (9, 3), True),
    "recurrent over channels first": (Turned(nn.LSTM(3, 5, batch_first=True), 0, 2, 1), (3, 9), False),
    "linear at each step": (Turned(nn.Linear(3, 5), 0, 1, 2), (9, 3), True),
    "image": (nn.Conv2d(3, 4, 3), (3, 8, 8), False),
    "image, channels last": (Turned(nn.Conv2d(3, 4, 3), 0, 3, 1, 2), (8, 8, 3), True),
    "a perceptron of all pixels": (nn.Sequential(nn.Flatten(), nn.Linear(18, 4)), (6, 3), False),
    "no weights": (nn.AdaptiveAvgPool1d(1), (9, 3), False),
    "vectors": (nn.Linear(9, 3), (9,), False),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_that_the_axis_of_channels_is_the_one_the_network_reads_as_features(name):
    network, shape, last = NETWORKS[name]
    assert channels_are_last(network, [TensorSpec("input", (None, *shape), "float32")]) is last


@pytest.mark.parametrize("name", ["recurrent, batch first", "recurrent over channels first", "image, channels last"])
def test_that_a_network_read_from_a_file_tells_the_same(name):
    network, shape, last = NETWORKS[name]
    specs = [TensorSpec("input", (None, *shape), "float32")]
    assert channels_are_last(to_module(to_onnx(network, specs)), specs) is last
