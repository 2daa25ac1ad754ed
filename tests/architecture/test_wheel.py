"""What a stranger installs is what was tested: the built wheel, not only the checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_WHEEL_BYTES = 16_000_000


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tracked files so that the checkout stays clean."""
    source = tmp_path_factory.mktemp("source")
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, names.decode().split("\0")):
        if name.startswith("tests/") or not (ROOT / name).is_file():
            continue
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, source],
        check=True,
        capture_output=True,
        timeout=300,
    )
    (path,) = out.glob("*.whl")
    return path


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
def test_that_the_installed_wheel_runs_the_demo(wheel: Path, tmp_path: Path, home: Path):
    """In an environment of its own that sees the libraries but not this checkout."""
    venv.create(tmp_path / "env", symlinks=True)
    env_python = tmp_path / "env" / "bin" / "python"
    site = next((tmp_path / "env" / "lib").iterdir()) / "site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    libraries = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    # Libraries come last and without .pth files, so the editable checkout cannot be found through them.
    (site / "libraries.pth").write_text(f"{libraries}\n")
    environment = {**os.environ, "PATH": f"{tmp_path / 'env' / 'bin'}:{os.environ['PATH']}"}
    where = subprocess.run(
        [env_python, "-c", "import engine; print(engine.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=tmp_path,
    ).stdout
    assert str(site) in where, where
    done = subprocess.run(
        [env_python, "-m", "engine.cli.main", "demo", "--quick", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    import json

    document = json.loads(done.stdout)
    assert all(p["verified"] for p in document["placements"])
    assert all(r["latency_ms"]["n"] >= 299 for r in document["readings"])
    assert Path(document["report"]).stat().st_size > 10_000
