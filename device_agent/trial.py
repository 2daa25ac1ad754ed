"""A release on trial: it serves at once, and goes back by itself unless the desktop commits it in time.

The generation that an order with a trial makes carries the trial: where each slot goes back to, which boot it belongs to
and until when (seconds of the monotonic clock of that boot, so that no wall clock matters). Whoever looks first decides:
the watcher, a process that the agent leaves behind, or the next agent that starts. After a reboot nothing is on trial any
more: what was not committed goes back. Committing and going back are one rename each, like the switch itself.

After a way back the user's hook runs at least once, so that a program which loaded what was tried loads what serves now. That it
still has to run is part of the way back; whoever was killed in between leaves it to the watcher or to the next agent that starts.
"""

import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional, Tuple

from .board import read_text
from .contract.errors import AgentError
from .contract.messages import SlotState, decode, encode
from .generations import HOOK_TRIES, KEPT_RELEASES, Generations, State
from .journal import note
from .store import Store

MAX_WINDOW_S = 86_400.0
MAX_WORDS = 64
MAX_WORD = 4096
MAX_REVERTS = 20
"""So many trials in a row that were not committed are a loop; a person has to look before the next one."""

HEALTHY_IN_A_ROW = 3
SAID_KEPT = 500
LOOK_S = 0.25
AGAIN_S = 2.0
"""After a disk did not let the watcher go back."""

HOOK_S = 30.0
"""What the hook may take after the way back."""


def boot_id(root: str = "/") -> str:
    """Which boot this is; CLOCK_MONOTONIC means nothing in another one."""
    return read_text(root, "proc/sys/kernel/random/boot_id") or "unknown"


def parse(value: object) -> Optional[Dict[str, Any]]:
    """The trial an order asks for: ``{"window_s", "health", "hook"}``; None when it asks for none."""
    if value is None:
        return None
    if isinstance(value, dict):
        window = value.get("window_s")
        words = [value.get("health", []), value.get("hook", [])]
        if (
            isinstance(window, (int, float))
            and not isinstance(window, bool)
            and 1 <= window <= MAX_WINDOW_S
            and all(is_command(item) for item in words)
        ):
            return {"window_s": float(window), "health": words[0], "hook": words[1]}
    raise AgentError("bad-order", "the trial of the order is not of its form", "update Flyweight on both sides")


def is_command(words: object) -> bool:
    """Whether it is a list of words, possibly empty, that can be run."""
    if not isinstance(words, list) or len(words) > MAX_WORDS:
        return False
    return all(isinstance(item, str) and 0 < len(item) <= MAX_WORD and "\0" not in item for item in words)


def begin(following: State, before: State, wanted: Dict[str, Any], boot: str) -> State:
    """Put a state on trial; AgentError when too many trials in a row went back. Returns the state it goes back to."""
    if before.reverts >= MAX_REVERTS:
        raise AgentError(
            "trial-loop",
            "the last %d trials on this board all went back; something here is wrong" % before.reverts,
            "look at the board, then deploy once without a trial",
        )
    back = {slot: encode(before.slots[slot]) if slot in before.slots else None for slot in following.placed}
    following.trial = {**wanted, "back": back, "boot_id": boot, "until_s": time.monotonic() + wanted["window_s"]}
    return _returned(following)


def is_over(state: State, boot: str) -> bool:
    """Whether an uncommitted trial has to go back now."""
    trial = state.trial
    return trial is not None and (trial["boot_id"] != boot or time.monotonic() > trial["until_s"])


def commit(generations: Generations, order: str) -> Dict[str, int]:
    """End the trial of an order: its releases stay. Asked again it answers the same."""
    state = generations.state()
    if state.order != order:
        raise AgentError("trial-over", "this order is not on trial any more: the board went back", "deploy again")
    if state.trial is not None:
        stays = state.copied(trial=None, reverts=0)
        stays.number += 1  # the number between is the way back, which has to stay until this is done
        generations.switch(stays)
        note(generations.store, "commit", releases=state.placed)
    return state.placed


def _returned(state: State) -> State:
    """What a state on trial goes back to."""
    following = state.copied(trial=None, reverts=state.reverts + 1)
    following.order, following.placed = "", {}
    following.hook = list((state.trial or {}).get("hook", []))
    for slot, earlier in (state.trial or {})["back"].items():
        tried = state.slots[slot].releases[0]
        was = SlotState(None) if earlier is None else decode(SlotState, earlier)
        gone = replace(tried, state="rolled-back")
        following.slots[slot] = SlotState(was.current, [gone, *was.releases][:KEPT_RELEASES])
    return following


def revert(generations: Generations, why: str) -> Dict[str, Optional[int]]:
    """Go back to what every slot ran before the trial; the counters stay, so that the order cannot come again."""
    state = generations.state()
    if state.trial is None:
        return {}
    following = _returned(state)
    if not generations.go_back(following):
        generations.switch(following)
    back = {slot: following.slots[slot].current for slot in state.trial["back"]}
    note(generations.store, "revert", tried=state.placed, back=back, said=why)
    return back


def run_hook(generations: Generations, check: Callable[[], None] = lambda: None, timeout_s: float = HOOK_S) -> None:
    """Run the hook of a way back unless it has ended; what comes of it stands in the log. The caller holds the lock."""
    state, left = generations.state(), generations.hook_tries()
    if left is None:
        return
    if left > 0 and state.hook:
        generations.begin_hook(left)
        left -= 1
        good, said = run(state.hook, timeout_s, check)
        if not good:
            note(generations.store, "hook-failed", said=said)
    else:
        note(generations.store, "hook-failed", said="it did not end in %d attempts" % HOOK_TRIES)
    generations.end_hook(left)


def recover(store: Store, root: str = "/") -> None:
    """The start-up rule, asked by every agent that starts: a trial that is over goes back, and its hook runs."""
    generations = Generations(store)
    if not is_over(generations.state(), boot_id(root)) and generations.hook_tries() is None:
        return
    try:
        store.lock()
    except AgentError:
        return  # whoever holds it began with this rule, too
    try:
        state = generations.state()
        if state.trial is not None and is_over(state, boot_id(root)):
            anew = state.trial["boot_id"] != boot_id(root)
            revert(generations, "the board was started anew meanwhile" if anew else "it was not committed in time")
        run_hook(generations)
    finally:
        store.unlock()


def run(
    words: List[str], timeout_s: float, check: Callable[[], None] = lambda: None, inherited: Tuple[int, ...] = ()
) -> Tuple[bool, str]:
    """Run a command the signed order names, without a shell: whether it ended with 0 in time, and its last words.

    Args:
        words: of the command.
        timeout_s: it is killed after this.
        check: called meanwhile; raises when it must stop.
        inherited: descriptors the command holds open as long as it runs.
    """
    if not words:
        return True, ""
    end = time.monotonic() + timeout_s
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=os.path.expanduser("~"),
            start_new_session=True,
            pass_fds=inherited,
        )
    except OSError as error:
        return False, "%s: %s" % (words[0][:80], error.strerror)
    try:
        while True:
            try:
                said = process.communicate(timeout=min(max(end - time.monotonic(), 0.0), LOOK_S))[0]
                break
            except subprocess.TimeoutExpired:
                check()
                if time.monotonic() >= end:
                    return False, "%s did not end within %.3g s" % (words[0][:80], timeout_s)
    finally:
        if process.poll() is None:
            _end(process)
    last = said[-SAID_KEPT:].decode("utf-8", "replace").strip().splitlines()[-1:]
    return process.returncode == 0, last[0] if last else "exit code %d" % process.returncode


def _end(process: "subprocess.Popen[bytes]") -> None:
    import signal

    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.communicate()


def examine(trial: Dict[str, Any], check: Callable[[], None]) -> Tuple[bool, str]:
    """Hook, then health until it was well three times in a row or the window is over."""
    left = trial["until_s"] - time.monotonic()
    good, said = run(trial["hook"], left, check)
    if not good:
        return False, "hook: " + said
    row, said = 0 if trial["health"] else HEALTHY_IN_A_ROW, ""
    pause = min(1.0, trial["window_s"] / 20)
    while row < HEALTHY_IN_A_ROW:
        left = trial["until_s"] - time.monotonic()
        if left <= 0:
            return False, "health: " + (said or "not well three times in a row within the window")
        good, answer = run(trial["health"], left, check)
        cut = not good and time.monotonic() >= trial["until_s"]  # by the window's end: an earlier answer says more
        said = said if cut and said else answer
        row = row + 1 if good else 0
        check()
        time.sleep(pause)
    return True, said


def leave_watcher(home: str, root: str) -> None:
    """Start the process that makes the trial go back when nobody commits it; it outlives this session."""
    container = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    arguments = ["watch", "--home", home, "--root", root]
    if os.path.isfile(container):
        command = [sys.executable, "-I", "-S", container, *arguments]
    else:
        start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from device_agent.__main__ import main; main()"
        command = [sys.executable, "-I", "-S", "-c", start, container, *arguments]
    null = subprocess.DEVNULL
    subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True, cwd="/")


def watch(home: str, root: str) -> int:
    """The watcher: waits until the trial was decided and its hook has run, or sees to both; a disk that fails is tried again."""
    store = Store(home)
    generations, order = Generations(store), ""
    while True:
        try:
            state = generations.state()
            order = order or state.order
            decided = state.trial is None or state.order != order
            if decided and generations.hook_tries() is None:
                return 0
            if decided or is_over(state, boot_id(root)):
                recover(store, root)
        except OSError:
            time.sleep(AGAIN_S)
        time.sleep(LOOK_S)
