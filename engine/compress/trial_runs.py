"""Trial runs of networks that may fail: what they print about it is no news for the user."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr


@contextmanager
def quiet_failures() -> Iterator[None]:
    """Keep back what ``torch.fx`` prints of a failing graph; the exception itself goes on."""
    with redirect_stderr(io.StringIO()):
        yield
