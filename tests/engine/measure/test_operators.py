"""Traced operators put back on the layers of the model."""

import pytest

from engine.measure.operators import by_layer


def told(name, op, median_us):
    return {"name": name, "op": op, "median_us": median_us, "provider": "CPUExecutionProvider", "runs": 25}


def test_that_fused_and_renamed_operators_come_back_to_their_layer():
    found = by_layer(
        [told("/conv1/Conv_nchwc", "Conv", 60.0), told("/conv1/Conv_quant", "QuantizeLinear", 10.0), 
         told("/fc/Gemm", "Gemm", 20.0), told("reorder", "ReorderOutput", 10.0)],
        ["/conv1/Conv", "/fc/Gemm", "/relu/Relu", ""],
    )  # fmt: skip
    assert [(row.layer, row.microseconds, row.added) for row in found] == [
        ("/conv1/Conv", 70.0, False),
        ("/fc/Gemm", 20.0, False),
        ("reorder", 10.0, True),
    ]
    assert found[0].operators == ("Conv", "QuantizeLinear")
    assert sum(row.share for row in found) == pytest.approx(1)


def test_that_conv1_does_not_take_the_time_of_conv10():
    found = by_layer([told("conv10", "Conv", 5.0), told("conv1_nchwc", "Conv", 3.0)], ["conv1", "conv10"])
    assert {row.layer: row.microseconds for row in found} == {"conv10": 5.0, "conv1": 3.0}
    assert by_layer([told("conv12", "Conv", 5.0)], ["conv1"])[0].added


def test_that_no_trace_gives_no_layers():
    assert by_layer([], ["conv"]) == ()
