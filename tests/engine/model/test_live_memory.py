"""Memory of activations against intervals counted by hand."""

import numpy as np
import onnx
import pytest
from torch import nn

from engine.model.live_memory import most_alive, peak_activation_bytes
from engine.model.onnx_to_tflite import to_tflite
from engine.model.open import inspect, onnx_info
from engine.model.samples import sample
from engine.model.save import to_onnx
from engine.records import TensorSpec


def by_intervals(steps, sizes, inputs, outputs):
    """At every operator the tensors that were made before or now and are read now or later."""
    most = 0
    for now in range(len(steps)):
        alive = set(inputs)
        for name in sizes:
            made = next((i for i, (_, makes) in enumerate(steps) if name in makes), None)
            if made is None or made > now:
                continue
            reads = [i for i, (reads, _) in enumerate(steps) if name in reads]
            if name in outputs or made == now or any(i >= now for i in reads):
                alive.add(name)
        most = max(most, sum(sizes[name] for name in alive))
    return most


@pytest.mark.parametrize("seed", range(5))
def test_that_the_most_is_that_of_all_moments(seed):
    random = np.random.default_rng(seed)
    names, steps = ["x"], []
    for number in range(12):
        reads = list(random.choice(names, size=min(len(names), 2), replace=False))
        steps.append((reads, [f"t{number}"]))
        names.append(f"t{number}")
    sizes = {name: int(random.integers(1, 50)) for name in names}
    assert most_alive(steps, sizes.__getitem__, {"x"}, {"t11"}) == by_intervals(steps, sizes, {"x"}, {"t11"})


def test_that_a_skip_is_kept_until_the_sum():
    class Skip(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 8, 3, padding=1), nn.Conv2d(8, 2, 3, padding=1)

        def forward(self, x):
            return x.tanh() + self.b(self.a(x.tanh()).tanh())

    graph = to_onnx(Skip(), (TensorSpec("x", (None, 2, 10, 10), "float32"),))
    # the input, one tanh for the sum, and the wide tensor beside its own tanh
    assert peak_activation_bytes(graph) == 4 * 100 * (2 + 2 + 8 + 8)
    assert onnx_info(graph).peak_activation_bytes == 4 * 100 * 20


def test_that_integers_take_a_quarter_in_both_formats(tmp_path):
    net = sample("fashion-resnet")
    plain, small = (inspect(str(path)).peak_activation_bytes for path in (net.onnx, net.onnx_int8))
    assert 3.5 * small < plain
    path = tmp_path / "m.tflite"
    path.write_bytes(to_tflite(onnx.load(net.onnx)))
    assert inspect(str(path)).peak_activation_bytes == pytest.approx(plain, rel=0.35), "ReLU is fused there"


def test_that_what_is_known_only_at_run_time_has_no_figure():
    graph = to_onnx(nn.ReLU(), (TensorSpec("x", (None, 4), "float32"),))
    graph.graph.input[0].type.tensor_type.shape.dim[1].dim_param = "any"
    assert peak_activation_bytes(graph) is None
