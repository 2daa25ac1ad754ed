"""What static quantization holds, as the kernel counts it: in a process of its own, because a peak is never taken back."""

import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, LAYERS = 2048, 4
STEP = """
import sys
from pathlib import Path

import onnx
import onnxruntime.quantization.qdq_quantizer

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.datasets import open_data
from engine.model.graph import input_specs

model = onnx.load(sys.argv[1])
technique, data = find("static-quantization"), open_data(sys.argv[2], input_specs(model))

def kb(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


before_kb = kb("VmRSS")
made = technique.apply(ModelState(input_specs(model), onnx=model), technique.configure({}), Context(data, 0, threads=1))
print(made.onnx.ByteSize(), 1024 * (kb("VmHWM") - before_kb))
"""


def test_that_a_large_network_is_quantized_in_less_than_four_and_a_half_times_its_weights(tmp_path):
    rng = np.random.default_rng(0)
    weights = [numpy_helper.from_array(rng.standard_normal((SIDE, SIDE), np.float32), f"w{n}") for n in range(LAYERS)]
    nodes = [helper.make_node("MatMul", [f"x{n}", f"w{n}"], [f"x{n + 1}"], name=f"product{n}") for n in range(LAYERS)]
    ends = [helper.make_tensor_value_info(f"x{n}", TensorProto.FLOAT, [None, SIDE]) for n in (0, LAYERS)]
    graph = helper.make_graph(nodes, "products", ends[:1], ends[1:], weights)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "net.onnx"
    )
    np.savez(tmp_path / "data.npz", train_x=rng.standard_normal((4, SIDE), np.float32))
    command = [sys.executable, "-c", STEP, str(tmp_path / "net.onnx"), str(tmp_path / "data.npz")]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    made_bytes, grown_bytes = map(int, found.stdout.split())
    own_bytes = 4 * SIDE * SIDE * LAYERS
    assert made_bytes < 0.26 * own_bytes
    assert grown_bytes < 4.5 * own_bytes, f"{grown_bytes / own_bytes:.2f} times; 5.5 while the calibrator kept its copy"
