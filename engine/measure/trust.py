"""How far a board's answer to a plan is believed.

What does not fit together (another plan's answer, missing samples, time that runs backwards) is refused with an error:
nothing can be computed from it. What fits but cannot be, or was taken under conditions that spoil it, becomes a reading
of quality ``rejected`` with its reasons; what merely deserves a remark is ``noted``.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from device_agent.contract.errors import ContractError
from device_agent.contract.messages import Block, EntryResult, Hello, MeasurePlan, MeasureResult
from profiles.reading import Quality, Reading

from ..errors import RejectedError
from .statistics import utilisation

CONTENDED = 0.9
STOLEN = 0.02
SLOWED = 0.1
MIN_QUARTER = 5
Z_999 = 3.090232306167813
MAX_SAMPLES = 50_000_000
MAX_BLOCKS = 2_000_000
FROZEN = 0.99
"""Share of runs that took exactly as long as the run before, from which on the clock is not believed."""
FROZEN_N = 50
LEAST_FILLED = 0.05
"""Share of a block that its runs take together: the loop around them costs a microsecond or so per run."""
CLOCK_SLACK = 1.02
"""CPU time is counted in coarser steps than wall time, so that it may seem a little above what is possible."""


def unpack_raw(result: MeasureResult, raw: bytes) -> list[np.ndarray]:
    """The samples of each entry and then of each neighbour in nanoseconds: int64 ``[n]``, in the order they were taken in.

    Raises:
        ContractError: the data does not have the announced length.
    """
    counts = [entry.samples for entry in result.entries] + [item.samples for item in result.neighbours]
    total = sum(counts)
    if any(count < 0 for count in counts) or total > MAX_SAMPLES:
        raise ContractError(f"the board announces {total} samples")
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(raw, 8 * total + 1)
    except zlib.error as error:
        raise ContractError(f"the samples cannot be unpacked: {error}") from None
    if len(data) != 8 * total or not inflater.eof or inflater.unused_data:
        raise ContractError(f"the board announced {total} samples and sent other data ({len(raw)} bytes)")
    values = np.frombuffer(data, dtype="<i8").astype(np.int64)
    cuts = np.cumsum(counts)[:-1]
    return [np.array(part) for part in np.split(values, cuts)]


def blocks_of(result: MeasureResult, index: int) -> list[Block]:
    """The blocks of one entry, in the order in which they ran."""
    return [block for block in result.blocks if block.entry == index]


def check_answer(plan: MeasurePlan, result: MeasureResult, samples: Sequence[np.ndarray], hello: Hello) -> None:
    """Refuse an answer that cannot belong to this plan or does not fit together.

    Raises:
        RejectedError: names what does not fit.
    """
    if len(result.entries) != len(plan.entries) or result.nonce != plan.nonce or result.device_id != hello.device_id:
        raise RejectedError("other-result", "the answer does not belong to this plan", "measure again")
    failed: dict[str, list[str]] = {}
    for spec, entry, values in zip(plan.entries, result.entries, samples, strict=True):
        if entry.error is not None or len(values) == 0:
            failed.setdefault(entry.error or "no samples", []).append(spec.file)
    if failed:
        said = (f"{files[0]}{f' and {len(files) - 1} more' * (len(files) > 1)}: {why}" for why, files in failed.items())
        raise RejectedError(
            "not-measured",
            f"the board could not measure {'; '.join(said)}",
            "see what the board lacks with: flyweight device selftest TARGET; or leave this model out",
        )
    if not _in_order(result):
        raise RejectedError("time-disorder", "the blocks of the run do not fit together in time", "measure again")
    for index, (spec, values) in enumerate(zip(plan.entries, samples, strict=True)):
        if (values <= 0).any():
            raise RejectedError(
                "impossible-time", f"{spec.file}: the board reports runs that took no time", "measure again"
            )
        if not covers(blocks_of(result, index), len(values)):
            raise RejectedError(
                "samples-mismatch", f"{spec.file}: the blocks do not account for every sample", "measure again"
            )


def _in_order(result: MeasureResult) -> bool:
    """Blocks ran one after another, at most one of each entry in a round."""
    blocks = result.blocks
    if len(blocks) > MAX_BLOCKS or len({(block.round, block.entry) for block in blocks}) != len(blocks):
        return False
    positive = all(block.wall_ns > 0 and block.cpu_ns >= 0 and block.start_ns >= 0 for block in blocks)
    pairs = pairwise(blocks)
    return positive and all(_follows(a, b) for a, b in pairs)


def _follows(a: Block, b: Block) -> bool:
    """Whether one block can come after another: processes change between rounds, and none comes back."""
    if b.start_ns < a.start_ns + a.wall_ns or b.round < a.round:
        return False
    return b.process == a.process if b.round == a.round else b.process >= a.process >= 0


def covers(blocks: Sequence[Block], count: int) -> bool:
    """The blocks of an entry or a neighbour cut its samples into consecutive parts."""
    reached = 0
    for block in blocks:
        if block.first != reached or block.count <= 0:
            return False
        reached += block.count
    return reached == count


def judge_quality(
    entry: EntryResult, blocks: Sequence[Block], samples: np.ndarray, result: MeasureResult, hello: Hello
) -> tuple[Quality, tuple[str, ...]]:
    """Quality of one entry's reading, and why.

    Args:
        entry: what the board says of it.
        blocks: its blocks.
        samples: int64 ``[n]``, nanoseconds.
        result: the whole answer, for the conditions.
        hello: the board.
    """
    rejected = _impossible(entry, blocks, samples, hello)
    if result.conditions.throttled:
        rejected.append("the board throttled during the run")
    if result.conditions.boot_id != hello.machine.boot_id:
        rejected.append("the board started anew during the run")
    remarks = _remarks(entry, blocks, samples, result)
    if rejected:
        return Quality.REJECTED, (*rejected, *remarks)
    return (Quality.NOTED if remarks else Quality.OK), tuple(remarks)


def _impossible(entry: EntryResult, blocks: Sequence[Block], samples: np.ndarray, hello: Hello) -> list[str]:
    found = []
    longer = sum(int(samples[b.first : b.first + b.count].sum()) > b.wall_ns for b in blocks)
    if longer:
        found.append(f"the runs of {longer} blocks together took longer than their block")
    filled = float(samples.sum()) / max(sum(b.wall_ns for b in blocks), 1)
    if len(samples) >= FROZEN_N and filled < LEAST_FILLED:
        found.append(f"the runs fill only {filled:.2%} of their blocks: their unit or clock is wrong")
    cpus = max(hello.machine.cpus, 1)
    if sum(b.cpu_ns for b in blocks) > CLOCK_SLACK * cpus * sum(b.wall_ns for b in blocks):
        found.append(f"more processor time than {cpus} processors have")
    if len(samples) >= FROZEN_N and float((samples[1:] == samples[:-1]).mean()) > FROZEN:
        found.append("the clock stood still: nearly all runs took exactly the same time")
    if entry.load_ns <= 0 or entry.first_ns <= 0:
        found.append("loading or the first run took no time")
    memory = (entry.memory.runtime_base, entry.memory.model_load, entry.memory.run_peak)
    if any(part is not None and not 0 <= part <= hello.machine.ram_bytes for part in memory):
        found.append("more memory than the board has, or less than none")
    return found


def _remarks(entry: EntryResult, blocks: Sequence[Block], samples: np.ndarray, result: MeasureResult) -> list[str]:
    found = []
    used = utilisation([b.cpu_ns for b in blocks], [b.wall_ns for b in blocks], entry.threads)
    if used is not None and used < CONTENDED:
        found.append(f"contended: the model had {used:.0%} of the processor time of its threads")
    slower = slowdown(blocks, samples)
    if slower is not None:
        found.append(
            f"the model became {slower:.0%} slower from the beginning to the end of the run: heat or other load"
        )
    steal = result.conditions.steal
    if steal is not None and steal >= STOLEN:
        found.append(f"{steal:.0%} of the processor time was taken by other machines on this host")
    if not entry.warmup_steady:
        found.append("the warm-up ended before the latency was steady")
    if result.stopped != "half-width":
        found.append("stopped at the time limit before the interval was as narrow as asked")
    return found


def slowdown(blocks: Sequence[Block], samples: np.ndarray) -> float | None:
    """How much slower the last quarter of the run was than its first; None where it was not, or where chance could do it.

    The medians of the blocks of both quarters are compared by their ranks (Mann and Whitney 1947, normal limit, one-sided
    0.1 %), because a machine that throttles without saying so gets slower from block to block.
    """
    medians = np.array([np.median(samples[b.first : b.first + b.count]) for b in blocks])
    part = len(medians) // 4
    if part < MIN_QUARTER:
        return None
    early, late = medians[:part], medians[-part:]
    wins = (late[:, None] > early[None, :]).sum() + 0.5 * (late[:, None] == early[None, :]).sum()
    z = (wins - part * part / 2) / math.sqrt(part * part * (2 * part + 1) / 12)
    slower = float(np.median(late) / np.median(early)) - 1
    return slower if z > Z_999 and slower > SLOWED else None


def noted(reading: Reading, reason: str) -> Reading:
    """The reading with one more remark."""
    quality = Quality.NOTED if reading.quality is Quality.OK else reading.quality
    return replace(reading, quality=quality, reasons=(*reading.reasons, reason))
