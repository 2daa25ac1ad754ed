"""``make faults``: all fault tests in full, with a table of what was seen in ``docs/faults.md``.

Writes docs/faults.md after every row; exits with 1 when anything was not as it should be. Rows that are not run keep their
line, which says of which day it is. What a row that failed said is kept whole in the user's cache, under faults/ID.log.
"""

import argparse
import functools
import itertools
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from engine.deploy import agent_archive
from engine.model.samples import sample
from engine.package.keys import signing_key
from tests.device_agent.session import KEY_ID, Agent, bundle, classifier, trust
from tests.engine.deploy.fleets import ordeal
from tests.engine.measure import test_traces
from tests.engine.measure.board import FakeBoard
from tests.profiles import corruptions

from . import bad_models, images, lab, lab_seeds, links, mutations, races, syscalls, tampering
from .table import QUICK, BrokeOffError, Row, attempted, kept, report

ROOT = Path(__file__).parents[2]
SCENARIOS = ("deploy", "resume", "rollback", "trial", "revert")
PLANTED = {
    "unlink-first": "deploy",
    "write-in-place": "deploy",
    "environment-deleted-in-place": "deploy",
    "hook-cleared-first": "hook",
}
"""Mistakes, and the scenario that must find each."""

ERRORS = ("ENOSPC", "EIO", "EROFS", "EDQUOT", "EMFILE", "EINTR")
POINTS_WITH_ERRORS = 75
DEBIANS = ("bullseye", "bookworm", "trixie")


@contextmanager
def work() -> Iterator[Path]:
    """A folder in memory where there is one."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="flyweight-faults-") as folder:
        yield Path(folder)


def drive(module: str, *arguments: str) -> dict[str, Any]:
    """Run a driver that changes its own process; its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise BrokeOffError(module, done)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def kills() -> Row:
    points = fired = converged = 0
    states: set[str] = set()
    for scenario in (*SCENARIOS, "hook"):
        with work() as folder:
            seen = drive("tests.device_agent.crash_points", str(folder), "kill", "none", "0", scenario)
        points += seen["points"] - 1
        fired, converged = fired + seen["fired"], converged + seen["converged"]
        states |= set(seen["seen"])
    allowed, caught = {"old", "new", "old, and its hook has to run"}, 0
    for bug, scenario in PLANTED.items():
        with work() as folder:
            seen = drive("tests.device_agent.crash_points", str(folder), "kill", bug, "0", scenario)
        caught += not set(seen["seen"]) <= allowed
    text = f"{points} points, {fired} fired, {converged} converged, states {sorted(states)}, "
    text += f"planted bugs caught {caught}/{len(PLANTED)}"
    return Row("R1", "kill at every change of the disk: " + ", ".join((*SCENARIOS, "hook")), text,
               points == fired == converged and points >= 150 and states <= allowed and caught == len(PLANTED))  # fmt: skip


def calls() -> Row:
    """R1 with the real agent: killed inside each of the kernel's calls while it switches."""
    if shutil.which("strace") is None:
        return Row("R1b", "kill inside the system calls of the real agent", "NOT RUN: strace is not installed", True)
    with work() as folder:
        trust(folder / "s")
        names = syscalls.CHANGING if QUICK else (*syscalls.CHANGING, *syscalls.LOOKING)
        seen = syscalls.everywhere(archive(), folder / "s", folder, names, 5 if QUICK else 400)
    text = f"{seen['fired']} kills in {', '.join(names)}; {seen['converged']} converged, states {seen['seen']}"
    return Row("R1b", "kill inside the system calls of the real agent", text,
               seen["fired"] == seen["converged"] >= 20 and set(seen["seen"]) <= {"old", "new"})  # fmt: skip


def mutants() -> Row:
    count = 300 if QUICK else 10_000
    net = sample("fashion-mobilenet")
    seen = {name: mutations.texts(name, count, 7) for name in mutations.seeds()}
    with work() as folder:
        seen["onnx"] = mutations.models("onnxruntime", net.onnx_int8, count, 7, folder)
        seen["tflite"] = mutations.models("litert", net.tflite_int8, count, 7, folder)
        seen["safetensors"] = mutations.weights(net.safetensors, count, 7, folder)
        state = folder / "weights.pt"
        torch.save(safetensors.torch.load_file(net.safetensors), state)
        seen["pt"] = mutations.weights(state, count, 7, folder)
    wrong = [name for name, found in seen.items() if not mutations.good(found)]
    text = f"{count:,} inputs each: " + "; ".join(
        f"{name} " + ", ".join(f"{number:,} {kind}" for kind, number in found.items())
        for name, found in mutations.summary(seen).items()
    )
    return Row("R7", "mutated inputs of every parser", text, not wrong)


def errors() -> Row:
    points = fired = converged = 0
    states: set[str] = set()
    for failure in ERRORS:
        with work() as folder:
            seen = drive(
                "tests.device_agent.crash_points", str(folder), failure, "none", str(POINTS_WITH_ERRORS), "trial"
            )
        points += seen["points"]
        fired, converged = fired + seen["fired"], converged + seen["converged"]
        states |= set(seen["seen"])
    text = f"{points} points, {fired} errors reached the caller, {converged} converged, states {sorted(states)}"
    return Row(
        "R2", f"{', '.join(ERRORS)} at every change of the disk", text, states <= {"old", "new"} and converged == points
    )


def cuts() -> Row:
    states = 200 if QUICK else 2100
    total = lost = tried = converged = 0
    seen: set[str] = set()
    for scenario in SCENARIOS:
        with work() as folder:
            found = drive("tests.faults.power_loss", str(folder), scenario, str(states))
        total, lost = total + found["states"], lost + found["lost"]
        tried, converged = tried + found["tried"], converged + found["converged"]
        seen |= set(found["seen"])
    wrong = []
    for without in ("sync-file", "sync-folder"):
        with work() as folder:
            bad = drive("tests.faults.power_loss", str(folder), "deploy", "300", without)["seen"]
        wrong.append(sum(count for name, count in bad.items() if name not in ("old", "new")))
    text = (f"{total} states, something lost in {lost}, states {sorted(seen)}, {converged}/{tried} converged; without syncs of "
            f"files {wrong[0]}/300 bad, of folders {wrong[1]}/300")  # fmt: skip
    return Row("R3", "power loss by model (ALICE)", text, seen <= {"old", "new"} and converged == tried and all(wrong))


def snapshots() -> Row:
    """R3 on a real file system: an ext4 image copied before every change, then mounted."""
    what = "power cut on a real ext4: " + ", ".join(SCENARIOS[:1] if QUICK else SCENARIOS)
    if images.why_not():
        return Row("R3b", what, f"NOT RUN: {images.why_not()}", True)
    found = []
    for scenario in SCENARIOS[:1] if QUICK else SCENARIOS:
        with work() as folder:
            found.append(drive("tests.faults.images", str(folder), scenario))
    with work() as folder:
        bad = drive("tests.faults.images", str(folder), "deploy", "no-sync")
    count, converged = sum(item["snapshots"] for item in found), sum(item["converged"] for item in found)
    states = {name: sum(item["seen"].get(name, 0) for item in found) for item in found for name in item["seen"]}
    kept, lost = all(item["acknowledged"] == item["goal"] for item in found), bad["acknowledged"] != bad["goal"]
    text = (f"{count} images mounted, states {states}, {converged} converged, what was acknowledged is there: {kept}; "
            f"without syncs it is lost: {lost}")  # fmt: skip
    return Row("R3b", what, text, set(states) <= {"old", "new"} and count == converged >= 50 and kept and lost)


def bad_links() -> Row:
    pyz = archive()
    frames = [(True, n) for n in (range(1, 12, 5) if QUICK else range(1, 11))] + [(False, n) for n in range(1, 5)]
    late, resent, lost, fired, count = 0.0, 0, 0, 0, 0
    for mode, (up, frame), repeat in itertools.product(links.MODES, frames, range(1 if QUICK else 4)):
        deadline_s = 20.0 if mode != "stall" else 6.0 if frame == 1 else 0.4 + 0.1 * repeat
        count += 1
        for _ in range(links.PATIENCE):
            with work() as folder:
                trust(folder / "s")
                seen = links.attempt(pyz, folder / "s", links.Fault(mode, up, frame), deadline_s)
            late, lost = max(late, seen["late_s"]), lost + (not seen["arrived"])
            resent = max(resent, seen["resent"] if mode != "garbage" else 0)
            if seen["fired"]:
                fired += 1
                break
            deadline_s *= 3  # it passed before the frame came, as it should: once more with more time
    text = f"{count} faults, {fired} fired, worst {max(late, 0):.2f} s after the deadline, {lost} lost, "
    text += f"at most {resent:,} bytes sent twice"
    return Row(
        "R4",
        f"link fails at a frame: {', '.join(links.MODES)}",
        text,
        fired == count and not lost and late < 2 and resent <= 262_144,
    )


def models() -> Row:
    with work() as folder:
        trust(folder / "s")
        agent, good = bad_models.serving(archive(), folder / "s")
        with agent:
            seen = bad_models.trial(agent, good)
    stopped = [item for item in seen if item["said"][0] == "rejected" and item["serves"]]
    slowest = max(item["seconds"] for item in seen)
    left = ", ".join(f"{item['name']}: {item['said'][0]}" for item in seen if item not in stopped)
    text = (
        f"{len(seen)} models, {len(stopped)} rejected while the good one served, slowest {slowest:.1f} s {left}".strip()
    )
    return Row("R5", "bad models", text, len(stopped) == len(seen) >= 25)


def fleets() -> Row:
    seeds = range(4 if QUICK else 20)
    kills = harmed = wrong = 0
    for seed in seeds:
        with work() as folder:
            seen = ordeal(folder, seed)
        kills, harmed, wrong = kills + seen["kills"], harmed + seen["harmed"], wrong + seen["wrong"]
    text = f"{len(seeds)} rollouts, desktop killed {kills} times, {harmed} boards harmed within the limits, {wrong} things wrong"
    return Row("R6", "50 simulated boards, random faults, killed desktop", text, wrong == 0 and kills > len(seeds))


def lab_fleets(count: int, first: int, seeds: int) -> Row:
    """R6 on boards with OpenSSH, the real agent, a network and a disk of their own; each rollout is kept when it ends."""
    if why := lab.why_not():
        return Row("R6b", lab_seeds.row(count, []).what, f"NOT RUN: {why}", True)
    with work() as folder:
        kept_in = folder / "quick.jsonl" if QUICK else lab_seeds.KEPT
        if seeds:
            command = lab.inside("tests.faults.lab_rollout", str(folder), str(count), str(first), str(seeds))
            with (
                (folder / "said").open("w+") as said,
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, cwd=ROOT) as running,
            ):
                for line in running.stdout or ():
                    seen = lab_seeds.stamped(json.loads(line), count)
                    lab_seeds.keep(kept_in, seen)
                    print(f"       seed {seen['seed']}: {seen['seconds']:.0f} s, wrong: {seen['wrong']}", flush=True)
                code = running.wait()
                said.seek(0)
                if code:
                    raise BrokeOffError("the lab", subprocess.CompletedProcess(command, code, "", said.read()))
        return lab_seeds.row(count, lab_seeds.load(kept_in, count))


def soaked(minutes: float) -> Row:
    with work() as folder:
        seen = drive("tests.faults.soak", str(folder), str(minutes))
    text = f"{seen['cycles']} cycles of deploy and measure in {seen['minutes']:g} minutes; grown between first and last third: "
    text += ", ".join(f"{name} {value:+,.0f}" for name, value in seen["grown"].items())
    text += f"; agent {seen['last']['agent_rss'] / 1e6:.1f} MB, desktop {seen['last']['desktop_rss'] / 1e6:.0f} MB"
    return Row("R14", "soak: deploy and measure without a leak", text, not seen["leaks"])


def liars() -> Row:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/engine/deploy/test_agent_client.py"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    found = re.search(r"(\d+) passed", done.stdout)
    count = int(found[1]) if found else 0
    if done.returncode:
        raise BrokeOffError("the tests", done)
    return Row(
        "R8",
        "a device that lies, floods or is silent",
        f"{count} behaviours refused",
        done.returncode == 0 and count >= 30,
    )


def tampered() -> Row:
    with work() as folder:
        trust(folder / "s")
        with Agent(archive(), folder / "s") as agent:
            made = bundle()
            for content in made.files.values():
                agent.put(content)
            step = 17 if QUICK else 1
            manifest = tampering.flip_manifest(agent, made, iter(range(0, len(made.manifest), step)))
            signature = tampering.flip_signature(agent, made, iter(range(64)))
            files = tampering.flip_files(agent, made)
            good, newer = tampering.board_with_two_releases(agent)
            answers = tampering.attacks(agent, good, newer)
    refused = sum(not answer.startswith("accepted") for answer in answers.values())
    flips = {**manifest, **signature, **files}
    count = sum(sum(item.values()) for item in (manifest, signature, files))
    text = f"{count} changed bytes refused ({', '.join(sorted(flips))}); {refused}/{len(answers)} named attacks refused"
    return Row("R9", "every byte of manifest and signature; attacks named by TUF", text,
               "verified" not in flips and refused == len(answers) >= 12)  # fmt: skip


def desktops() -> Row:
    rounds = 20 if QUICK else 200
    with work() as folder, tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", home)
        patch.setenv("XDG_DATA_HOME", home)
        key = signing_key()
        trust(folder / "s")
        (folder / "s" / "keys" / f"{key.id}.pub").write_text(key.public.hex() + "\n")
        made = [bundle(), bundle(classifier(seed=1), name="other")]
        with Agent(archive(), folder / "s") as agent:
            for item in made:
                agent.stage(item)
        seen = races.race(archive(), folder / "s", [item.id for item in made], rounds)
        whole = races.deploys(archive(), folder / "s", made, KEY_ID, rounds)
        planted = races.deploys(races.careless(archive(), folder), folder / "s", made, KEY_ID, 10)
    text = f"{seen['orders']} orders of two desktops, highest number {seen['highest']}, {len(seen['faults'])} faults; "
    text += f"{whole['deploys']} whole deploys under leases, the board changed hands {whole['turns']} times, "
    text += f"{len(whole['faults'])} faults; an agent without regard for leases is found: {bool(planted['faults'])}"
    good = seen["orders"] == whole["deploys"] == 2 * rounds and not seen["faults"] and not whole["faults"]
    return Row("R15", "two desktops at one board", text, good and whole["turns"] > 0 and bool(planted["faults"]))


def profile_writers() -> Row:
    rounds = 20 if QUICK else 200
    with work() as folder:
        seen = drive("tests.profiles.killed_writers", str(folder), "writers", str(rounds))
    acknowledged = sum(run["acknowledged"] for run in seen)
    lost = sum(run["lost"] + run["halves"] for run in seen)
    damaged = sum(run["damage"] for run in seen)
    text = (
        f"{len(seen)} writers killed, {acknowledged} runs acknowledged, {lost} lost or halved, {damaged} rows damaged"
    )
    return Row("R12", "kill -9 of writers of the profile store", text,
               len(seen) == rounds <= acknowledged and lost == damaged == 0)  # fmt: skip


def profile_corruptions() -> Row:
    count = 100 if QUICK else 1000
    logging.getLogger("profiles.store").setLevel(logging.ERROR)  # it names each of them
    with work() as folder:
        noticed, missed = corruptions.corrupt(folder, count)
    text = f"{noticed} of {count} changed values and missing rows noticed" + "".join(f"; {what}" for what in missed[:5])
    return Row("R12", "values of the profile store changed behind its back", text, noticed == count)


def traces() -> Row:
    clean = 50 if QUICK else 500
    caught = sum(
        test_traces.verdict(FakeBoard([median], drift=0.001, change=change)) in ("refused", "rejected")
        for median, change in test_traces.BAD.values()
    )
    alarms = sum(
        test_traces.verdict(FakeBoard([100 + 20 * (seed % 50)], seed=seed, drift=0.003)) != "ok"
        for seed in range(clean)
    )
    count = len(test_traces.BAD)
    text = f"{caught} of {count} bad traces flagged, {alarms} of {clean} clean ones suspected"
    return Row(
        "R13", "throttled, frozen and absurd measurements", text, caught == count >= 40 and alarms <= 0.02 * clean
    )


def emulated(id_: str, what: str, *chosen: str) -> Row:
    """What another processor runs, under its emulator: one row for each, because some take a quarter of an hour."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-rfEs", "-p", "no:cacheprovider", *chosen],
        capture_output=True, text=True, cwd=ROOT, check=False, env={**os.environ, "FLYWEIGHT_ARM64": "1"},
    )  # fmt: skip
    said = re.findall(r"^\.?((?:bullseye|bookworm|trixie)(?: armhf)?, Python .*)$", done.stdout, re.MULTILINE)
    skipped = re.search(r"NOT RUN.*", done.stdout)
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)$", done.stdout, re.MULTILINE)
    text = "; ".join([*said, *(item[:200] for item in failed)]) or (skipped[0] if skipped else done.stdout[-200:])
    if done.returncode:
        kept(id_, f"{done.stdout}\n{done.stderr}")
    return Row(id_, what, text, done.returncode == 0)


def arm64(debian: str) -> Row:
    chosen = ("tests/faults/test_arm64.py", "-k", debian)
    return emulated(f"arm64-{debian}", f"Debian {debian} on arm64, real aarch64 wheels", *chosen)


def armhf() -> Row:
    return emulated("armhf", "Debian bookworm on 32-bit Arm, real armv7 wheel", "tests/faults/test_armhf.py")


def arm_kernels() -> Row:
    what = "the wall around a model's process on Debian's own Arm kernels"
    return emulated("arm-kernel", what, "tests/faults/test_arm_kernel.py")


def archive() -> Path:
    """The agent, built once; in a folder where it keeps its compiled modules, as on a board."""
    path = Path(tempfile.gettempdir()) / f"flyweight-faults-{os.getpid()}" / "agent" / "agent.pyz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(agent_archive.content())
    return path


def options() -> argparse.Namespace:
    """What the command line asks for; anything it does not know ends it, before a page is touched."""
    parser = argparse.ArgumentParser("python -m tests.faults", description="Run the fault tests, write docs/faults.md.")
    parser.add_argument("--quick", action="store_true", help="a part of each, in minutes")
    parser.add_argument("--only", metavar="ID,ID", help="these rows alone; the others keep their line")
    parser.add_argument("--lab-boards", type=int, metavar="N", default=3 if QUICK else 12, help="boards of R6b")
    parser.add_argument(
        "--lab-seeds", type=int, metavar="N", default=1 if QUICK else 4, help="rollouts of R6b; 0: add up"
    )
    parser.add_argument(
        "--lab-from", type=int, metavar="SEED", default=0, help="first seed of R6b; others stay as kept"
    )
    parser.add_argument("--soak-minutes", type=float, metavar="N", default=0.1 if QUICK else 30, help="length of R14")
    return parser.parse_args()


def main() -> int:
    """Run all, print as it goes, write the page."""
    wanted = options()
    steps: dict[Callable[[], Row], str] = {
        kills: "R1", calls: "R1b", errors: "R2", cuts: "R3", snapshots: "R3b", bad_links: "R4", models: "R5", fleets: "R6",
        functools.partial(lab_fleets, wanted.lab_boards, wanted.lab_from, wanted.lab_seeds): "R6b", mutants: "R7", liars: "R8",
        tampered: "R9", profile_writers: "R12", profile_corruptions: "R12", traces: "R13",
        functools.partial(soaked, wanted.soak_minutes): "R14", desktops: "R15", armhf: "armhf",
        arm_kernels: "arm-kernel",
        **{functools.partial(arm64, debian): f"arm64-{debian}" for debian in DEBIANS},
    }  # fmt: skip
    page = ROOT / "docs" / "faults.md"
    page.parent.mkdir(exist_ok=True)
    before = page.read_text() if page.exists() else ""
    known = set(steps.values())
    only = set(wanted.only.split(",")) if wanted.only else known
    if only - known:
        sys.exit(f"no such row: {', '.join(sorted(only - known))}; there are {', '.join(sorted(known))}")
    rows = []
    for step in [step for step, id_ in steps.items() if id_ in only]:
        start = time.monotonic()
        row = attempted(step, steps[step], before)
        row.seconds = row.seconds or time.monotonic() - start
        rows.append(row)
        print(f"{row.id:6} {'ok' if row.good else 'NOT OK':7} {row.seconds:6.0f} s  {row.seen}", flush=True)
        page.write_text(report(rows, before))
    shutil.rmtree(archive().parents[1])
    print(f"written: {page}")
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
