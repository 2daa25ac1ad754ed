"""What a stranger installs is what was tested: the built wheel, not only the checkout."""

import zipfile
from pathlib import Path

MAX_WHEEL_BYTES = 16_000_000


def test_that_the_wheel_claims_exactly_four_names(wheel: Path):
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    packages = {name for name in names if not name.endswith(".dist-info")}
    assert packages == {"engine", "device_agent", "profiles", "gui"}


def test_that_the_wheel_is_small_and_carries_samples_licence_and_migrations(wheel: Path):
    assert wheel.stat().st_size <= MAX_WHEEL_BYTES
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "samples/fashion-resnet.safetensors",
        "samples/fashion-mobilenet.onnx",
        "LICENSE",
        "NOTICE",
        "engine/sentences.zh_CN.json",
    ):
        assert any(name.endswith(needed) for name in names), needed
    for folder in ("profiles/migrations/versions/", "profiles/boards/", "gui/i18n/"):
        assert any(
            (name.startswith(folder) and not name.endswith((".py", "/"))) or name.startswith(folder) for name in names
        )
