"""Device in the loop: quick interleaved timings of candidate graphs on the target, for techniques that let it decide.

All candidates of one call travel as one signed trial bundle and are measured in one plan of short blocks; they are never
put in a slot. The figures rank candidates and are not stored as readings. On several boards the figure of a candidate is the
geometric mean over the boards, so that their ratios count alike whichever board is the slower one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean
from tempfile import TemporaryDirectory

import numpy as np

from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule

from ..compress.processor import Processor
from ..compress.technique import Timed
from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..deploy.release import stage
from ..deploy.run_on import RunOn
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
    """Times ONNX files on connected boards, ``clients`` by the boards' names; medians in milliseconds."""

    clients: Mapping[str, AgentClient]
    threads: int
    seed: int
    stop: StopRule
    cancel: Cancel

    def __call__(self, models: Sequence[bytes]) -> list[Timed]:
        """One timing a file, in their order."""
        return [_together(timed) for timed in zip(*self.on_each(models).values(), strict=True)]

    def on_each(self, models: Sequence[bytes]) -> Mapping[str, list[Timed]]:
        """The timings of each board by its name."""
        return {
            name: time_candidates(
                client, models, threads=self.threads, seed=self.seed, stop=self.stop, cancel=self.cancel
            )
            for name, client in self.clients.items()
        }

    @property
    def processor(self) -> Processor:
        """The board's, as its agent tells; of several boards the first whose sums of bytes saturate: it suits all of them."""
        machines = [client.hello.machine for client in self.clients.values()]
        found = [Processor.of(machine.arch, machine.isa) for machine in machines]
        return next((item for item in found if item.saturates), found[0])


@contextmanager
def candidate_timer(
    *targets: str,
    threads: int = 1,
    seed: int = 0,
    stop: StopRule = QUICK,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Iterator[CandidateTimer]:
    """A function that times ONNX files on every one of ``targets`` while the connections are held."""
    with ExitStack() as stack:
        clients = {name: stack.enter_context(connect(name, emit=emit, cancel=cancel)) for name in targets}
        yield CandidateTimer(clients, threads, seed, stop, cancel or Cancel())


def time_candidates(
    client: AgentClient,
    models: Sequence[bytes],
    *,
    threads: int,
    seed: int,
    cancel: Cancel,
    stop: StopRule = QUICK,
) -> list[Timed]:
    """Time ONNX files in one interleaved plan; every one shares the child process, so only speed is comparable."""
    with TemporaryDirectory() as folder:
        bundle = make_trial_bundle(models, out_dir=Path(folder), signing_key=signing_key())
        stage(client, bundle, emit=ignore, cancel=cancel)
    runtime, _ = RunOn("onnxruntime").entry(["onnx"], client.runtimes(), bundle.name)
    choice = RuntimeChoice(runtime.id)
    plan = MeasurePlan(
        [PlanEntry(bundle.sha256, f"candidate-{i}.onnx", choice, threads, runtime.env) for i in range(len(models))],
        nonce=fresh_nonce(),
        seed=seed,
        stop=stop,
        block_s=BLOCK_S,
        min_blocks=MIN_BLOCKS,
        warmup_max_s=WARMUP_MAX_S,
        shared_child=True,
    )
    result, raw = client.measure(plan)
    samples = unpack_raw(result, raw)
    check_answer(plan, result, samples, client.hello)
    return [_timed(values) for values in samples]


def _together(timed: Sequence[Timed]) -> Timed:
    """The timings of one file on several boards as one."""
    if len(timed) == 1:
        return timed[0]
    low, high = (geometric_mean([item.ci95_ms[end] for item in timed]) for end in (0, 1))
    return Timed(geometric_mean([item.p50_ms for item in timed]), (low, high), min(item.n for item in timed))


def _timed(samples: np.ndarray) -> Timed:
    low, high = median_interval(samples)
    return Timed(float(np.median(samples)) / 1e6, (low / 1e6, high / 1e6), len(samples))
