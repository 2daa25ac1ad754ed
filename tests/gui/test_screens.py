"""All scenes on a screen with twice the pixels, and on a small one: a file of its own, so that it runs beside the walks."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.ui


@pytest.mark.parametrize(
    ("screen", "ratio", "size"), [("desk", 2.0, [1360, 860]), ("small", 1.0, [1024, 640])], ids=["twice", "small"]
)
def test_that_nothing_is_cut_covered_or_hangs_out_at_twice_the_pixels_or_on_a_small_screen(screen, ratio, size):
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.gallery", "--clipped", screen],
        env={**os.environ, "QT_SCALE_FACTOR": str(ratio)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"ratio": ratio, "window": size, "clipped": {}}
