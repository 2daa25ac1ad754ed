"""``--install-completion``, ``--show-completion``: Tab in bash, zsh and fish.

The parser's own scripts are not used: its script for zsh completes nothing at the first Tab of a terminal and breaks on an
apostrophe, its script for fish starts the program twice a Tab, and all of them need it on the path.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

ASKED = "_FLYWEIGHT_COMPLETE"
"""Set by the scripts below when the shell asks for candidates."""

_BASH = """\
_flyweight() {
    local IFS=$'\\n'
    COMPREPLY=($(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _FLYWEIGHT_COMPLETE=complete_bash PROGRAM 2>/dev/null))
}
complete -o default -F _flyweight flyweight
"""

_ZSH = """\
#compdef flyweight
_flyweight() {
    local line
    local -a found described
    found=("${(@f)$(_TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _TYPER_COMPLETE_FISH_ACTION=get-args \\
        _FLYWEIGHT_COMPLETE=complete_fish PROGRAM 2>/dev/null)}")
    for line in $found; do
        if [[ $line == *$'\\t'* ]]; then
            described+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
        else
            described+=("${line//:/\\\\:}")
        fi
    done
    if (( $#described )); then _describe -V flyweight described; else _files; fi
}
if [[ $funcstack[1] == _flyweight ]]; then _flyweight "$@"; else compdef _flyweight flyweight; fi
"""

_FISH = """\
function __flyweight_complete
    set -lx _TYPER_COMPLETE_ARGS (commandline -cp)
    set -lx _TYPER_COMPLETE_FISH_ACTION get-args
    set -lx _FLYWEIGHT_COMPLETE complete_fish
    set -l found (PROGRAM 2>/dev/null)
    if test -n "$found"
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command flyweight --no-files --arguments '(__flyweight_complete)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def _show(asked: bool) -> None:
    if asked:
        print(_script(_shell()), end="")
        raise typer.Exit


def _install(asked: bool) -> None:
    if not asked:
        return
    shell = _shell()
    try:
        path = _set_up(shell, Path.home())
    except OSError as error:
        from ..errors import WorkspaceError

        raise WorkspaceError(
            "not-writable",
            f"cannot write {error.filename}: {error.strerror}",
            "make it writable, or load by hand what this prints: flyweight --show-completion",
        ) from None
    print(f"Tab completes in every {shell} opened from now on ({path})")
    raise typer.Exit


def _set_up(shell: str, home: Path) -> Path:
    """Write the script where the shell finds it; returns its path."""
    if shell == "fish":
        config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        path = config / "fish" / "completions" / "flyweight.fish"
        _write(path, _script(shell))
    elif shell == "zsh":
        path = home / ".zfunc" / "_flyweight"
        _write(path, _script(shell))
        _add_line(home / ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit")
    else:
        path = home / ".bash_completions" / "flyweight.sh"
        _write(path, _script(shell))
        _add_line(home / ".bashrc", f"source {shlex.quote(str(path))}")
    return path


def _script(shell: str) -> str:
    return _SCRIPTS[shell].replace("PROGRAM", _program())


def _program() -> str:
    """How a shell calls this very program: by its name where the path leads to it, else by its place."""
    started = Path(sys.argv[0])
    found = shutil.which("flyweight")
    if started.name != "flyweight" or (found and Path(found).resolve() == started.resolve()):
        return "flyweight"
    return shlex.quote(str(started.absolute()))


def _shell() -> str:
    """The shell this was started from, else the user's own.

    Raises:
        UsageError: it is none of those with a script.
    """
    for name in _parents():
        if name in _SCRIPTS:
            return name
    name = Path(os.environ.get("SHELL") or "unknown").name
    if name not in _SCRIPTS:
        from ..errors import UsageError

        raise UsageError("shell", f"Tab completes in bash, zsh and fish, not in '{name}'", "run this in one of them")
    return name


def _parents() -> Iterator[str]:
    """Names of the processes above this one; none where the system does not tell."""
    process = os.getppid()
    while process > 1:
        try:
            name, fields = Path(f"/proc/{process}/stat").read_text(errors="replace").split("(", 1)[1].rsplit(")", 1)
        except (OSError, IndexError, ValueError):
            return
        yield name
        process = int(fields.split()[1])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _add_line(path: Path, line: str) -> None:
    """Append a line to a start file of the shell, once."""
    before = path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else ""
    if line not in before.splitlines():
        with path.open("a", encoding="utf-8") as stream:
            stream.write(("" if not before or before.endswith("\n") else "\n") + line + "\n")


Install = Annotated[
    bool,
    typer.Option(
        "--install-completion", callback=_install, is_eager=True, help="Set up Tab for this shell: bash, zsh or fish."
    ),
]
Show = Annotated[
    bool,
    typer.Option("--show-completion", callback=_show, is_eager=True, help="Print that script instead."),
]
