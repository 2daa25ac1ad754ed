"""The house keeps its shape: layers, lazy imports, names on disk."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "onnx", "onnxruntime", "PySide6", "paramiko", "asyncssh", "sklearn", "sqlalchemy", "rich", "pydantic")


def _loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted({{m.partition('.')[0] for m in sys.modules}}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.splitlines()[-1].split())


def test_that_help_loads_nothing_heavy():
    loaded = _loaded_by("from engine.cli.main import main\nassert main(['--help']) == 0")
    assert loaded.isdisjoint(HEAVY), loaded.intersection(HEAVY)
    assert "typer" in loaded, "the probe itself must see what is loaded"


def test_that_the_help_of_every_command_loads_nothing_heavy():
    loaded = _loaded_by(
        "from engine.cli.main import main, app\nimport typer\n"
        "for name in typer.main.get_command(app).commands: assert main([name, '--help']) == 0, name"
    )
    assert loaded.isdisjoint(HEAVY), loaded.intersection(HEAVY)


def test_that_the_techniques_and_their_knobs_need_no_torch():
    loaded = _loaded_by("from engine.verbs import techniques\nassert len(techniques().to_json()['techniques']) >= 6")
    assert loaded.isdisjoint({"torch", "onnx", "onnxruntime"}), loaded


def test_that_the_imports_follow_the_layers():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", "pyproject.toml", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("package", ["engine", "device_agent", "profiles", "gui"])
def test_that_no_module_has_a_name_that_says_nothing(package: str):
    nothing = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [p for p in (ROOT / package).rglob("*.py") if p.stem in nothing or p.parent.name in nothing] == []


def test_that_a_file_above_500_lines_says_why():
    for package in ("engine", "device_agent", "profiles", "gui"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text()
            if text.count("\n") > 500:
                assert "500 lines" in text.split('"""')[1], f"{path} is long and its docstring does not say why"


def test_that_every_test_file_mirrors_a_package():
    top = {
        "engine",
        "device_agent",
        "profiles",
        "gui",
        "architecture",
        "contract",
        "flow",
        "cases",
        "benchmarks",
        "documents",
        "faults",
        "lab",
    }
    found = {p.relative_to(ROOT / "tests").parts[0] for p in (ROOT / "tests").rglob("test_*.py")}
    assert found <= top
