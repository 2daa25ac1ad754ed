"""Time per operator where a runtime does not tell it (TFLite): models cut after each operator, timed side by side.

All cuts of a model run in one process, in interleaved blocks in random order; an operator's time is the difference of two cuts in
the same round, its interval that of the median of these differences. Outputs are not copied out. What a delegate fuses across a
cut it computes apart in the shorter file, so the parts need not add up to the whole; a difference whose interval holds zero says
"below noise" and stands for nothing.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule

from ..deploy.agent_client import AgentClient
from ..deploy.release import stage_on
from ..deploy.run_on import SINCE, RunOn
from ..errors import RejectedError
from ..events import Cancel, Emit, Stage, ignore
from ..model.tflite_cutting import Part, cut
from ..package.bundle import make_trial_bundle
from ..package.keys import signing_key
from .operators import LayerTime
from .plan import fresh_nonce
from .statistics import median_interval
from .trust import blocks_of, check_answer, unpack_raw

MOST_CUTS = 60
"""A plan has at most 64 entries."""
RULE = StopRule(min_n=100, min_s=0.1, max_s=1.0, half_width=0.005)
BLOCK_S = 0.005
MIN_BLOCKS = 30
WARMUP_S = 0.1
MIN_ROUNDS = 10
NOISE = "difference below noise"
FIRST = "with the call itself"


@dataclass(frozen=True)
class Asked:
    """What is timed: the model's file here, the threads of the runtime, and on what."""

    path: Path
    threads: int
    run: RunOn


def time_parts(
    client: AgentClient, asked: Asked, *, emit: Emit = ignore, cancel: Cancel | None = None
) -> tuple[LayerTime, ...]:
    """The time of every operator of a TFLite file on a board, the slowest first.

    Raises:
        RejectedError: the board's agent is too old, it has no such runtime, or a cut cannot run there.
    """
    if client.hello.minor < SINCE:
        raise RejectedError(
            "old-agent",
            "the agent there cannot time parts of TFLite models",
            "update it: flyweight device add NAME ADDRESS",
        )
    cuts = cut(asked.path, MOST_CUTS, cancel=cancel)
    runtime, provider = asked.run.entry(["tflite"], client.runtimes(), asked.path.name)
    emit(Stage("operators", f"{len(cuts.models)} cuts of {asked.path.name}, interleaved"))
    with TemporaryDirectory() as folder:
        bundle = make_trial_bundle(cuts.models, out_dir=Path(folder), signing_key=signing_key(), format_="tflite")
        stage_on(client, bundle, RunOn(), emit=ignore, cancel=cancel)
    choice = RuntimeChoice(runtime.id, provider, options={**asked.run.options, "outputs": "leave"})
    files = [f"candidate-{number}.tflite" for number in range(len(cuts.models))]
    plan = MeasurePlan(
        [PlanEntry(bundle.sha256, file, choice, asked.threads, runtime.env) for file in files],
        nonce=fresh_nonce(),
        seed=0,
        stop=RULE,
        block_s=BLOCK_S,
        min_blocks=MIN_BLOCKS,
        warmup_max_s=WARMUP_S,
        shared_child=True,
    )
    result, raw = client.measure(plan)
    samples = unpack_raw(result, raw)
    check_answer(plan, result, samples, client.hello)
    rounds = [
        {item.round: float(np.median(samples[number][item.first : item.first + item.count])) for item in blocks}
        for number, blocks in enumerate(blocks_of(result, index) for index in range(len(files)))
    ]
    return differences(cuts.parts, rounds)


def differences(parts: tuple[Part, ...], rounds: list[dict[int, float]]) -> tuple[LayerTime, ...]:
    """Times of parts from those of the cuts.

    Args:
        parts: in the model's order.
        rounds: for each cut the median time of its block in every round, in ns.
    """
    found: list[LayerTime] = []
    before: dict[int, float] = {}
    for number, (part, now) in enumerate(zip(parts, rounds, strict=True)):
        common = sorted(set(now) & set(before)) if number else sorted(now)
        if len(common) < MIN_ROUNDS:
            few = f"only {len(common)} rounds fitted into the time"
            found.append(LayerTime(part.name, part.operators, 0.0, 0.0, False, None, few))
        else:
            values = np.array([now[item] - before.get(item, 0.0) for item in common]) / 1e3
            low, high = median_interval(values)
            note = NOISE if low <= 0.0 else FIRST if number == 0 else None
            found.append(LayerTime(part.name, part.operators, float(np.median(values)), 0.0, False, (low, high), note))
        before = now
    total = sum(row.microseconds for row in found if row.note != NOISE) or 1.0
    shared = [replace(row, share=0.0 if row.note == NOISE else row.microseconds / total) for row in found]
    return tuple(sorted(shared, key=lambda row: -row.microseconds))
