"""The window on a real screen: mouse and keys go the whole way, from the start to a saved report, over the real engine."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.ui, pytest.mark.slow]
PATIENCE_S = 300  # on a busy computer; alone it takes half a minute


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen without a monitor."""
    for tool in ("Xvfb", "xdotool"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    for _ in range(3):
        read, write = os.pipe()
        server = subprocess.Popen(
            # without -noreset it starts anew when the client that asks below leaves, and refuses others meanwhile
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        try:
            with os.fdopen(read) as line:
                display = f":{line.readline().strip()}"
            if answers(display):  # another server may have taken the same number in the same moment
                yield display
                return
        finally:
            server.kill()
            server.wait()
    pytest.fail("no screen could be started in three tries")


def answers(display: str) -> bool:
    """Whether a client reaches the screen."""
    asked = ["xdotool", "getdisplaygeometry"]
    return (
        subprocess.run(asked, env={**os.environ, "DISPLAY": display}, capture_output=True, check=False).returncode == 0
    )


def test_that_a_person_goes_from_a_sample_to_a_measured_variant_and_its_report(screen, tmp_path):
    kept = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    places = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("DATA", "CACHE", "CONFIG", "STATE")}
    project = tmp_path / "project"
    project.mkdir()
    window = subprocess.Popen(
        [sys.executable, "-m", "tests.gui.real_window", str(project)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, **places, "DISPLAY": screen, "HOME": str(tmp_path)},
    )
    try:
        said, trouble = window.communicate(timeout=PATIENCE_S)
    finally:
        if window.poll() is None:
            window.send_signal(signal.SIGTERM)
            window.wait(20)
    if "system library" in trouble:
        pytest.skip(trouble.splitlines()[0])
    assert window.returncode == 0, f"{said}\n{trouble}"
    first, *steps = said.splitlines()
    assert first == "xcb 1360 Flyweight"
    told = dict(step.split(" ", 1) for step in steps)
    ways = ("wizard", "compressed", "measured", "variants", "histogram", "verified", "profiles", "report", "written")
    assert [step for step in told if step in ways] == list(ways)
    made = [json.loads(path.read_text()) for path in (project / ".flyweight" / "variants").glob("*/variant.json")]
    assert sorted(len(item["recipe"]["steps"]) for item in made) == [0, 1]
    report = Path(told["in"])
    assert report.is_relative_to(project)
    assert "graph-fusion" in report.read_text()
