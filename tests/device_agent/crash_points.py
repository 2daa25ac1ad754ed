# It plants mistakes into code that is written with os, and must be written alike:
# ruff: noqa: PTH108, PTH118, PTH123, PTH211
"""Breaks a deployment at every change of the disk, one after the other, and looks at what is left. Run by test_crash.

Each attempt is a forked process that changes what a board runs and dies (or gets an error from the disk) at the n-th call
that changes something. The scenarios: ``deploy`` uploads, stages and activates bundle B on a board that runs bundle A and
cleans up; ``resume`` does so with half an upload there; ``rollback`` orders A again; ``trial`` switches to B on trial and
commits it; ``revert`` ends a trial; ``revert-anew`` ends one whose prepared way back was lost; ``hook`` starts the board anew
with one open, which goes back and runs the user's hook. On every board a third slot runs something else all the time. Prints one
JSON object with what was seen.
"""

import builtins
import errno
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parents[2]
sys.path.insert(0, str(HERE))

from device_agent import golden, releases, store, trial  # noqa: E402
from device_agent.contract.io import IoContract  # noqa: E402
from device_agent.contract.manifest import (  # noqa: E402
    BundleFile,
    GoldenSet,
    Manifest,
    ModelFile,
    Tolerance,
    to_bytes,
)
from device_agent.contract.messages import ActivateRequest, Golden, Machine, StageRequest  # noqa: E402

CHANGES = ("replace", "rename", "symlink", "link", "unlink", "mkdir", "rmdir", "fsync", "open")
EXIT_KILLED = 137
REVERTS = ("revert", "revert-anew", "hook")
HOOK = ["sh", "-c", "echo ran >> hooked"]
"""It runs in the home of the agent's user, which is the board's folder here."""
ENVIRONMENT = ("e" * 64, ("runtime.py", "numpy.py"))
"""A runtime that nothing needs any more, and its files: it is whole or not there."""
ALOOF = ("aloof", "Z")
"""A slot that no scenario touches, and the name of its bundle."""

MACHINE = Machine("x86_64", None, 1, [], 1 << 33, 1 << 33, "os", "kernel", "libc", "host", "boot")


class Content:
    """A bundle with two files whose bytes depend on its name."""

    def __init__(self, name: str) -> None:
        files = {"model.onnx": name.encode() * 5000, "golden.npz": b"shared"}
        listed = [BundleFile(k, hashlib.sha256(v).hexdigest(), len(v), "model") for k, v in files.items()]
        model = ModelFile("model.onnx", "onnx", "float", Tolerance("float", 0.0))
        self.manifest = to_bytes(Manifest(name, listed, [model], IoContract([]), GoldenSet("golden.npz", 16)))
        self.id = hashlib.sha256(self.manifest).hexdigest()
        self.blobs = {hashlib.sha256(data).hexdigest(): data for data in [*files.values(), self.manifest]}
        self.model = files["model.onnx"]


def deploy(home: str, content: Content, slots: dict[str, str], counter: int, on_trial: bool = False) -> str:
    """Everything the agent does for one deployment; signatures are not the subject here. Returns the order's name."""
    board = store.Store(home)
    trial.leave_watcher = lambda *arguments: None  # type: ignore[assignment]
    board.check_signature = lambda *arguments: None  # type: ignore[method-assign]
    golden.check = lambda *arguments: [Golden(True, 16, 1.0, 0.0, "fake")]
    for sha256, data in content.blobs.items():
        offset, complete = board.open_blob(sha256, len(data))
        if not complete:
            rest = data[offset:]
            board.receive(sha256, len(data), offset, iter([rest[:1000], rest[1000:]]))
    session = releases.Releases(board)
    result = session.stage(StageRequest(content.id, "00", "key"), MACHINE, list, [])
    assert result.state == "verified"
    value = {"schema": 1, "device": "d", "counter": counter, "slots": slots}
    order = json.dumps({**value, "trial": {"window_s": 3600, "hook": HOOK}} if on_trial else value)
    session.activate(ActivateRequest(order, "00", "key"), "d")
    return hashlib.sha256(order.encode()).hexdigest()


def arm(stop_at: int, failure: str) -> None:
    """Make the ``stop_at``-th change of the disk the last one, or fail with an error number."""
    seen = [0]

    def wrap(real):
        def call(*arguments, **named):
            if str(arguments[0]).startswith("/proc/"):  # no disk, and never as many processes as in the attempt before
                return real(*arguments, **named)
            seen[0] += 1
            if seen[0] == stop_at:
                if failure == "kill":
                    os._exit(EXIT_KILLED)
                raise OSError(getattr(errno, failure), os.strerror(getattr(errno, failure)))
            return real(*arguments, **named)

        return call

    for name in CHANGES:
        setattr(os, name, wrap(getattr(os, name)))
    builtins.open = wrap(builtins.open)  # type: ignore[assignment]


def plant(bug: str) -> None:
    """A mistake that the test must find, or it finds nothing."""
    if bug == "unlink-first":

        def link(target: str, path: str) -> None:
            if os.path.lexists(path):
                os.unlink(path)
            os.symlink(target, path)

        from device_agent import generations

        generations.link_durably = link
    if bug == "write-in-place":

        def write(path: str, content: bytes) -> None:
            with open(path, "wb", buffering=0) as stream:
                stream.write(content[: len(content) // 2])
                os.fsync(stream.fileno())
                stream.write(content[len(content) // 2 :])

        from device_agent import generations

        generations.write_durably = write
        generations.Generations.switch = _careless_switch  # type: ignore[method-assign]
    if bug == "environment-deleted-in-place":
        from device_agent import environments

        environments.remove = lambda board, name: store.remove_tree(board.path("env", name))  # type: ignore[assignment]
    if bug == "hook-cleared-first":

        def run_hook(board, *others) -> None:
            words, left = board.state().hook, board.hook_tries()
            board.end_hook(left)
            trial.run(words, trial.HOOK_S)

        trial.run_hook = run_hook
    if bug == "unreadable-is-empty":
        from device_agent import generations

        def state(self):
            try:
                with open(self.store.path("active", "state.json"), "rb") as stream:
                    return generations.State(json.loads(stream.read()))
            except OSError:
                return generations.State()

        generations.Generations.state = state  # type: ignore[method-assign]


def _careless_switch(self, following, back=None) -> None:
    """Changes the generation that is current instead of writing another."""
    from device_agent import generations

    board = self.store
    generations.write_durably(os.path.join(os.path.realpath(board.path("active")), "state.json"), following.to_bytes())


def state_of(home: str, old: Content, new: Content, slots: list[str], counters: tuple[int, int] = (1, 2)) -> str:
    """``old`` or ``new`` when every slot is whole and all agree, else what is wrong."""
    seen = set()
    for slot in slots:
        try:
            model = Path(home, "slots", slot, "current", "model.onnx").read_bytes()
        except OSError as error:
            return f"{slot}: {error.strerror}"
        seen.add({old.model: "old", new.model: "new"}.get(model, "torn"))
    if len(seen) > 1:
        return f"mixed: {sorted(seen)}"
    runtime = Path(home, "env", ENVIRONMENT[0])
    if runtime.exists() and {item.name for item in runtime.iterdir()} != set(ENVIRONMENT[1]):
        return "a runtime that is half deleted looks whole"
    (which,) = seen
    state = releases.Releases(store.Store(home)).generations.state()
    expected = {"old": (old.id, counters[0]), "new": (new.id, counters[1])}.get(which)
    if Path(home, "slots", ALOOF[0]).exists():
        if (state.current(ALOOF[0]), state.counters.get(ALOOF[0])) != (Content(ALOOF[1]).id, 1):
            return f"{which}, but a slot that was not touched runs {state.current(ALOOF[0])}"
        if not Path(home, "slots", ALOOF[0], "current", "model.onnx").exists():
            return f"{which}, but a slot that was not touched lost its model"
    for slot in slots:
        if slot not in state.slots or (state.current(slot), state.slots[slot].current) != expected:
            return f"{which}, but the state of {slot} says {state.current(slot)}"
        if state.counters.get(slot, 0) < max(item.release for item in state.slots[slot].releases):
            return f"{which}, but the counter went back"
    return which


class Scenario:
    """What is prepared, what is done and may be done again, and the release numbers of old and new.

    Args:
        name: of the scenario.
        old: what the board runs before.
        new: what it gets.
        slots: that switch.
    """

    def __init__(self, name: str, old: Content, new: Content, slots: list[str]) -> None:
        self.name, self.old, self.new, self.slots = name, old, new, slots
        self.counters = (3, 2) if name == "rollback" else (1, 2)
        self.goal = "old" if name == "rollback" or name in REVERTS else "new"

    def prepare(self, home: str) -> None:
        """On top of a board that runs the old bundle."""
        if self.name == "resume":
            digest = hashlib.sha256(self.new.model).hexdigest()
            Path(home, "staging", digest + ".part").write_bytes(self.new.model[:2000])
        if self.name == "rollback" or self.name in REVERTS:
            deploy(home, self.new, dict.fromkeys(self.slots, self.new.id), 2, self.name in REVERTS)
        if self.name == "revert-anew":
            Path(home, "active.back").unlink()

    def act(self, home: str) -> None:
        """The work that is broken."""
        new = dict.fromkeys(self.slots, self.new.id)
        if self.name == "rollback":
            deploy(home, self.old, dict.fromkeys(self.slots, self.old.id), 3)
        elif self.name == "trial":
            order = deploy(home, self.new, new, 2, on_trial=True)
            trial.commit(releases.Releases(store.Store(home)).generations, order)
        elif self.name == "hook":
            os.environ["HOME"] = home
            trial.boot_id = lambda root: "another start of the board"
            trial.recover(store.Store(home))
        elif self.name in REVERTS:
            trial.revert(releases.Releases(store.Store(home)).generations, "asked")
        else:
            deploy(home, self.new, new, 2)

    def found(self, home: str) -> str:
        """What is left."""
        which = state_of(home, self.old, self.new, self.slots, self.counters)
        if self.name == "hook" and which == "old" and not Path(home, "hooked").exists():
            return "old, and its hook has to run" if self._hook_tries(home) else "old, and its hook never runs"
        return which

    @staticmethod
    def _hook_tries(home: str) -> int | None:
        return releases.Releases(store.Store(home)).generations.hook_tries()


def make_prepared(prepared: Path, scenario: Scenario) -> None:
    """A board that runs the old bundle and has an old one to clean up."""
    gone = Content("C")
    for made in (gone, scenario.old):
        if made is scenario.old:
            aloof = Content(ALOOF[1])
            deploy(str(prepared), aloof, {ALOOF[0]: aloof.id}, 1)
        deploy(str(prepared), made, dict.fromkeys(scenario.slots, made.id), 1)
        if made is gone:
            shutil.rmtree(prepared / "generations")
            (prepared / "active").unlink()
            (prepared / "generations").mkdir()
    scenario.prepare(str(prepared))
    runtime = prepared / "env" / ENVIRONMENT[0]
    runtime.mkdir()
    for name in ENVIRONMENT[1]:
        (runtime / name).touch()
    for path in [*prepared.glob("blobs/*"), *prepared.glob("bundles/*/verified.json"), runtime]:
        os.utime(path, (1, 1))  # so that the clean-up after the switch has something to do


TOLD = ("agent-failed", "no-space", "disk-read-only", "disk-fault")
"""How the agent answers with an error of the system."""


def in_child(act) -> int:
    """Exit code of ``act`` in a process of its own; 0 for no error, 3 for an exception."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            act()
            code = 0
        except BaseException as error:
            if not isinstance(error, OSError) and getattr(error, "code", "") not in TOLD:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    work, failure, bug = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    scenario = Scenario(sys.argv[5] if len(sys.argv) > 5 else "deploy", Content("A"), Content("B"), ["main", "second"])
    prepared = work / "prepared"
    assert in_child(lambda: make_prepared(prepared, scenario)) == 0
    seen: dict[str, int] = {}
    points = converged = fired = 0
    while True:
        points += 1
        home = work / f"p{points}"
        shutil.copytree(prepared, home, symlinks=True)

        def attempt(home: Path = home, point: int = points) -> None:
            plant(bug)
            arm(point, failure)
            scenario.act(str(home))

        code = in_child(attempt)
        if code == 0 and failure == "kill":
            break
        fired += code != 0
        found = scenario.found(str(home))
        seen[found] = seen.get(found, 0) + 1
        if bug == "none":  # what a mistake leaves is only looked at
            again = in_child(lambda home=home: scenario.act(str(home)))
            converged += again == 0 and scenario.found(str(home)) == scenario.goal
        shutil.rmtree(home)
        if points > 400 or (failure != "kill" and points >= int(sys.argv[4])):
            break
    print(json.dumps({"points": points, "fired": fired, "seen": seen, "converged": converged}))


if __name__ == "__main__":
    main()
