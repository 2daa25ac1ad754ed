"""What a stranger installs is what was tested: the built wheel, not only the checkout."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from ..conftest import Demo, Installed

pytestmark = pytest.mark.xdist_group("demo")

MAX_WHEEL_BYTES = 16_000_000


def test_that_the_wheel_claims_exactly_four_names(wheel: Path):
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    packages = {name for name in names if not name.endswith(".dist-info")}
    assert packages == {"engine", "device_agent", "profiles", "gui"}


def test_that_the_wheel_is_small_and_carries_samples_licence_and_migrations(wheel: Path):
    assert wheel.stat().st_size <= MAX_WHEEL_BYTES
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("samples/fashion-resnet.safetensors", "samples/fashion-mobilenet.onnx", "LICENSE", "NOTICE"):
        assert any(name.endswith(needed) for name in names), needed
    for folder in ("profiles/migrations/versions/", "profiles/boards/", "gui/i18n/"):
        assert any(
            (name.startswith(folder) and not name.endswith((".py", "/"))) or name.startswith(folder) for name in names
        )


@pytest.mark.device
@pytest.mark.slow
def test_that_the_installed_wheel_is_not_the_checkout_and_runs_the_demo(installed: Installed, demo: Demo):
    where = subprocess.run(
        [installed.python, "-c", "import engine; print(engine.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        env=demo.environment,
        cwd=demo.cwd,
    ).stdout
    assert str(installed.site) in where, where
    assert all(p["verified"] for p in demo.document["placements"])
    assert all(r["latency_ms"]["n"] >= 299 for r in demo.document["readings"])
    assert Path(demo.document["report"]).stat().st_size > 10_000
