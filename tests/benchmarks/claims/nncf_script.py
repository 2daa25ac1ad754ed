"""NNCF's post-training quantization as its guide shows it; run by the Python that has NNCF: MODEL SAMPLES.npy OUT."""

import sys

import nncf
import numpy as np
import onnx


def main() -> None:
    """Quantize a file with one input to int8, calibrated on samples ``[n, ...]``."""
    model, samples, out = sys.argv[1:]
    graph = onnx.load(model)
    name = graph.graph.input[0].name
    calibration = nncf.Dataset([{name: sample[None]} for sample in np.load(samples)])
    onnx.save(nncf.quantize(graph, calibration, subset_size=300), out)


if __name__ == "__main__":
    main()
