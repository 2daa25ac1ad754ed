"""The repository checks its own promises."""

import re
import subprocess
from pathlib import Path

import typer

from engine.cli.main import app

ROOT = Path(__file__).parents[2]


def _tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name]


def test_that_the_top_level_holds_only_what_it_should():
    allowed = {
        "pyproject.toml", "gui", "engine", "device_agent", "profiles", "tests", "docs", "README.md", "Makefile", "CHANGELOG.md",
        "LICENSE", "NOTICE", "constraints.txt", ".ci", ".gitignore",
    }  # fmt: skip
    assert {p.relative_to(ROOT).parts[0] for p in _tracked()} <= allowed


def test_that_no_tracked_file_names_a_package_index_or_a_folder_of_one_machine():
    forbidden = re.compile(
        "|".join(("files\\.python" + "hosted", "py" + "pi\\.org", "/ro" + "ot/", "/wo" + "rk/", "index" + "-url"))
    )
    for path in _tracked():
        if (
            path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".cfg", ".ini", ".json", ".html"}
            or path.name == "Makefile"
        ):
            found = forbidden.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path}: {found}"


def test_that_every_version_is_pinned():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) > 80
    assert all(re.fullmatch(r"[a-z0-9._-]+==[0-9][0-9a-zA-Z.!]*( ;.*)?", line) for line in lines)
    assert "torch==2.13.0" in lines


def test_that_every_command_has_help_with_an_example():
    def walk(command, path):
        for name, item in getattr(command, "commands", {}).items():
            if hasattr(item, "commands"):
                yield from walk(item, f"{path} {name}")
            elif not item.hidden:
                yield f"{path} {name}", item.help or ""

    commands = dict(walk(typer.main.get_command(app), "flyweight"))
    assert len(commands) >= 20
    missing = [path for path, text in commands.items() if f"Example: {path}" not in text]
    assert missing == []


def _readme_commands() -> list[str]:
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_that_every_command_of_the_readme_exists_with_its_options():
    root = typer.main.get_command(app)
    seen = 0
    for line in _readme_commands():
        words = line.split()
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), line
            continue
        if words[0] != "flyweight":
            continue
        seen += 1
        command, rest = root, words[1:]
        while rest and hasattr(command, "commands"):
            assert rest[0] in command.commands, line
            command, rest = command.commands[rest[0]], rest[1:]
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        for word in rest:
            if word.startswith("-"):
                assert word.split("=")[0] in options, f"{line}: no option {word}"
    assert seen >= 8, "the tutorial is gone"


def test_that_the_readme_names_the_two_commands_first():
    text = (ROOT / "README.md").read_text()
    assert "make demo" in text
    assert text.index("make demo") < text.index("flyweight compress")
    assert "make test" in text
