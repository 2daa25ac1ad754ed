"""Every test has a home of its own: nothing is read from or written to the user's folders.

The quick demo runs once, from the installed wheel, for all tests that look at it: they are in one file, and a file
stays on one worker.
"""

import itertools
import json
import os
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers share the cores; threads that wait for one another waste them

ROOT = Path(__file__).parents[1]


LONGEST = (
    "tests/gui/test_walks.py",
    "tests/flow/test_demo.py",
    "tests/engine/deploy/test_flow.py",
    "tests/engine/verbs/test_tasks.py",
    "tests/gui/pages/test_compress.py",
    "tests/engine/model/test_hostile_files.py",
    "tests/device_agent/test_crash.py",
    "tests/engine/deploy/test_trial.py",
    "tests/device_agent/test_bench.py",
    "tests/faults/test_lab.py",
    "tests/engine/verbs/test_presets.py",
)
"""Files that take a minute or more begin first, so that no worker is left alone with one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files for the workers; within a file nothing moves."""
    ranks = {ROOT / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


_homes = itertools.count()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home with XDG folders inside it; the current folder is a fresh one too."""
    folder = tmp_path_factory.mktemp(f"home-{next(_homes)}", numbered=False)  # counted here: pytest lists all for that
    monkeypatch.setenv("HOME", str(folder))
    for name, sub in (("DATA", ".local/share"), ("CACHE", ".cache"), ("CONFIG", ".config"), ("STATE", ".local/state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / sub))
    for name in ("FLYWEIGHT_PROJECT", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def short_warmup(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model warms up for a second at most, not for ten: for measurements whose steadiness nobody judges."""
    monkeypatch.setattr("engine.measure.plan.WARMUP_MOST_S", 1.0)


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


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own that sees the libraries but not this checkout."""

    python: Path
    site: Path

    def environment(self, home: Path) -> dict[str, str]:
        """Variables of a process that has this environment first on its path and everything of the user in ``home``."""
        return {
            **os.environ,
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"),
        }


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The installed wheel."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    site = next((folder / "lib").iterdir()) / "site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    libraries = next(Path(p) for p in sys.path if p.endswith("site-packages") and (Path(p) / "torch").is_dir())
    # Libraries come last and without .pth files, so the editable checkout cannot be found through them.
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return Installed(folder / "bin" / "python", site)


@dataclass(frozen=True)
class Demo:
    """One run of ``flyweight demo --quick --json``: what it printed, its home, its working folder."""

    document: dict
    home: Path
    cwd: Path
    environment: dict[str, str]


@pytest.fixture(scope="session")
def demo(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The quick demo of the installed wheel, run once."""
    home, cwd = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cwd")
    environment = installed.environment(home)
    done = subprocess.run(
        [installed.python, "-m", "engine.cli.main", "demo", "--quick", "--json"],
        capture_output=True,
        text=True,
        timeout=400,
        cwd=cwd,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Demo(json.loads(done.stdout), home, cwd, environment)
