"""What importing the engine sets for the libraries it loads later."""

import os
import subprocess
import sys

import pytest

SEEN_BY_OPENMP = "import engine, torch; torch.ones(2).sum()"


@pytest.mark.parametrize(("given", "seen"), [(None, "1000"), ("7", "7")])
def test_that_waiting_threads_soon_sleep_unless_the_user_says_otherwise(given, seen):
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment |= {"OMP_DISPLAY_ENV": "verbose"} | ({} if given is None else {"GOMP_SPINCOUNT": given})
    told = subprocess.run(
        [sys.executable, "-c", SEEN_BY_OPENMP], env=environment, capture_output=True, text=True, check=True
    ).stderr
    lines = [line for line in told.splitlines() if "GOMP_SPINCOUNT" in line]
    if not lines:
        pytest.skip("this torch does not bring GNU's OpenMP, which tells what it reads")
    assert all(f"'{seen}'" in line for line in lines)
