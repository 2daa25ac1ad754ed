"""The golden tolerance against its definition."""

import numpy as np
import pytest

from device_agent.contract.manifest import within
from engine.package.tolerance import float_tolerance, integer_tolerance

OUT = np.array([[0.0, 1.0], [-3.0, 5.0]], np.float32)


def test_that_a_float_model_gets_a_ten_thousandth_of_its_range():
    found = float_tolerance([OUT, OUT / 2])
    assert (found.kind, found.atol, found.rtol) == ("float", pytest.approx(8e-4), 1e-3)


def test_that_a_constant_output_still_gets_a_tolerance():
    assert float_tolerance([np.full((4, 1), 7.0)]).atol == pytest.approx(7e-4)
    assert float_tolerance([np.zeros((4, 1))]).atol > 0


def test_that_an_integer_model_gets_four_times_the_largest_difference():
    other = OUT.copy()
    other[1, 0] += 0.3
    found = integer_tolerance([OUT], [other], [0.1])
    assert (found.kind, found.atol, found.rtol, found.output_step) == ("integer", pytest.approx(1.2), 0.0, 0.1)


def test_that_equal_executions_still_allow_two_steps():
    found = integer_tolerance([OUT], [OUT], [0.1])
    assert found.atol == pytest.approx(0.2)
    assert within(OUT, OUT + 0.1, found).passed
    assert not within(OUT, OUT + 0.25, found).passed


def test_that_a_real_output_counts_as_a_byte_of_its_range():
    assert integer_tolerance([OUT], [OUT], [None]).atol == pytest.approx(2 * 8 / 255)


def test_that_differences_of_unsigned_outputs_do_not_wrap():
    assert integer_tolerance([np.array([[1]], np.uint8)], [np.array([[3]], np.uint8)], [1.0]).atol == 8
