"""Device in the loop: quick interleaved timings of candidate graphs on the target, for techniques that let it decide.

All candidates of one call travel as one signed trial bundle and are measured in one plan of short blocks; they are never
put in a slot. The figures rank candidates and are not stored as readings.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule

from ..compress.processor import Processor
from ..compress.technique import Timed
from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..deploy.release import stage
from ..events import Cancel, Emit, ignore
from ..package.bundle import make_trial_bundle
from ..package.keys import signing_key
from .plan import fresh_nonce
from .statistics import median_interval
from .trust import check_answer, unpack_raw

QUICK = StopRule(min_n=40, min_s=0.05, max_s=0.15, half_width=0.01)
BLOCK_S = 0.01
MIN_BLOCKS = 8
WARMUP_MAX_S = 0.04


@dataclass(frozen=True)
class CandidateTimer:
    """Times ONNX files on a connected board; medians in milliseconds."""

    client: AgentClient
    threads: int
    seed: int
    cancel: Cancel

    def __call__(self, models: Sequence[bytes]) -> list[Timed]:
        """One timing a file, in their order."""
        return time_candidates(self.client, models, threads=self.threads, seed=self.seed, cancel=self.cancel)

    @property
    def processor(self) -> Processor:
        """The board's, as its agent tells."""
        machine = self.client.hello.machine
        return Processor.of(machine.arch, machine.isa)


@contextmanager
def candidate_timer(
    target: str, *, threads: int = 1, seed: int = 0, emit: Emit = ignore, cancel: Cancel | None = None
) -> Iterator[CandidateTimer]:
    """A function that times ONNX files on ``target`` while the connection is held."""
    with connect(target, emit=emit, cancel=cancel) as client:
        yield CandidateTimer(client, threads, seed, cancel or Cancel())


def time_candidates(
    client: AgentClient, models: Sequence[bytes], *, threads: int, seed: int, cancel: Cancel
) -> list[Timed]:
    """Time ONNX files in one interleaved plan; every one shares the child process, so only speed is comparable."""
    with TemporaryDirectory() as folder:
        bundle = make_trial_bundle(models, out_dir=Path(folder), signing_key=signing_key())
        stage(client, bundle, emit=ignore, cancel=cancel)
    choice = RuntimeChoice("onnxruntime")
    plan = MeasurePlan(
        [PlanEntry(bundle.sha256, f"candidate-{i}.onnx", choice, threads) for i in range(len(models))],
        nonce=fresh_nonce(),
        seed=seed,
        stop=QUICK,
        block_s=BLOCK_S,
        min_blocks=MIN_BLOCKS,
        warmup_max_s=WARMUP_MAX_S,
        shared_child=True,
    )
    result, raw = client.measure(plan)
    samples = unpack_raw(result, raw)
    check_answer(plan, result, samples, client.hello)
    return [_timed(values) for values in samples]


def _timed(samples: np.ndarray) -> Timed:
    low, high = median_interval(samples)
    return Timed(float(np.median(samples)) / 1e6, (low / 1e6, high / 1e6), len(samples))
