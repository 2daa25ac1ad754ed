"""How far a board's outputs may be from the desktop's; pure functions on golden outputs.

The desktop decides and writes the result into the manifest, the board applies it (``within`` in the contract).
"""

from collections.abc import Sequence

import numpy as np

from device_agent.contract.manifest import Tolerance

FLOAT_SHARE = 1e-4
FLOAT_RELATIVE = 1e-3
INTEGER_FACTOR = 4.0
MIN_STEPS = 2.0
STEPS_OF_A_BYTE = 255.0


def float_tolerance(outputs: Sequence[np.ndarray]) -> Tolerance:
    """``atol`` = 1e-4 of the widest output's range, ``rtol`` = 1e-3.

    Args:
        outputs: of the golden inputs, one array per output.
    """
    return Tolerance("float", FLOAT_SHARE * max(_range(item) for item in outputs), FLOAT_RELATIVE)


def integer_tolerance(
    outputs: Sequence[np.ndarray], dequantized: Sequence[np.ndarray], steps: Sequence[float | None]
) -> Tolerance:
    """4 times the largest difference between both executions, at least 2 output steps.

    Args:
        outputs: of integer execution, one array per output.
        dequantized: of the same quantized model in float arithmetic (or other kernels where there is none).
        steps: the step of each quantized output; None where an output is real, then 1/255 of its range.
    """
    differences = [
        float(np.abs(a.astype(np.float64) - b.astype(np.float64)).max(initial=0.0))
        for a, b in zip(outputs, dequantized, strict=True)
    ]
    known = [
        _range(item) / STEPS_OF_A_BYTE if step is None else step for item, step in zip(outputs, steps, strict=True)
    ]
    step = max(known)
    return Tolerance("integer", max(INTEGER_FACTOR * max(differences), MIN_STEPS * step), 0.0, step)


def _range(output: np.ndarray) -> float:
    """Largest minus smallest value; for a constant its size, and never zero."""
    values = output.astype(np.float64)
    width = float(values.max() - values.min())
    return width or float(np.abs(values).max()) or 1.0
