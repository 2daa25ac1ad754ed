"""The messages about measuring and serving; only the operations that need them load them."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional

from .messages import Runtime, Sample
from .releasing import ActivateRequest

TENSORRT = "TensorrtExecutionProvider"
ENGINE_BUILD_S = 900
"""Wall clock and CPU time that TensorRT may take to build the engines of a model."""


@dataclass(frozen=True)
class RuntimeChoice:
    """A runtime adapter with its settings: what really executes a model."""

    id: str
    provider: str = "CPUExecutionProvider"
    precision: str = "as-is"
    options: Dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanEntry:
    """One variant of a plan: a verified bundle, the model file in it, and how to run it."""

    bundle: str
    file: str
    runtime: RuntimeChoice
    threads: int = 1
    env: Optional[str] = None


@dataclass(frozen=True)
class AnswersRequest:
    """What a verified model file answers to samples; 1.5.

    ``samples`` is a pushed ``.npz`` with one array ``input_<i>`` per input of the file, in its order and type, the samples on the
    first axis. The outputs come back in C order, little-endian, one behind the other.
    """

    entry: PlanEntry
    samples: str


@dataclass(frozen=True)
class StopRule:
    """Stop when the interval of the median is narrow AND min_n AND min_s hold, or at max_s (then noted)."""

    min_n: int = 299
    min_s: float = 2.0
    max_s: float = 20.0
    half_width: float = 0.01  # of the 95 % interval of the median, relative


@dataclass(frozen=True)
class EnergyPlan:
    """For each entry: power while its process idles, while it works back to back, and while it idles again."""

    window_s: float = 10.0
    idle_s: float = 10.0
    period_s: float = 0.1
    always: bool = False  # also on a board without a sensor: the desktop has a meter of its own


@dataclass(frozen=True)
class MeasurePlan:
    """Interleaved blocks in random order: every round runs one block of every entry.

    ``shared_child`` loads all entries into one process: quick, for ranking candidates; memory and where nodes ran are then
    unknown. ``processes``: so many per entry, one after another, share the rounds; fewer where starting them takes too long.
    """

    entries: List[PlanEntry]
    nonce: str
    seed: int
    stop: StopRule = field(default_factory=StopRule)
    block_s: float = 0.05
    min_blocks: int = 20
    warmup_max_s: float = 10.0
    shared_child: bool = False
    energy: Optional[EnergyPlan] = None
    operators: bool = False  # also a traced run per entry: the time of every operator
    beside: List[str] = field(default_factory=list)  # slots whose models run all the while in processes of their own
    service: Optional[ActivateRequest] = None  # a signed order of kind "service": what is paused meanwhile; 1.3
    processes: int = 1  # 1.7
    neighbours: bool = False  # also how fast the models beside ran, with and without the plan's; 1.8


@dataclass(frozen=True)
class Block:
    """A block of consecutive runs: which entry, which part of its samples, CPU and wall time."""

    round: int
    entry: int
    first: int
    count: int
    start_ns: int
    wall_ns: int
    cpu_ns: int
    disturbed: str = ""  # throttled | swap | steal | gap: what happened to the machine in its round; 1.2
    process: int = 0  # which of its entry's processes ran it; 1.7


@dataclass(frozen=True)
class Memory:
    """Resident memory of the child in bytes: after the runtime's import, after load, peak over the runs.

    ``pss`` is the whole child's after the runs, pages that others share counted by share; ``group_peak`` the peak of its control
    group since the model was loaded, where the kernel lets it be reset.
    """

    runtime_base: Optional[int]
    model_load: Optional[int]
    run_peak: Optional[int]
    pss: Optional[int] = None
    group_peak: Optional[int] = None


@dataclass(frozen=True)
class Trace:
    """What one sensor said over a while: watt as sampled, or joule since the first look."""

    sensor: str
    unit: str  # W | J
    source: str
    method: str
    quality: str
    scope: str
    t_ns: List[int]
    values: List[float]


@dataclass(frozen=True)
class EnergyRun:
    """Six instants: idle from [0] to [1], ``runs`` inferences from [2] to [3], idle again from [4] to [5].

    Without a sensor there are no instants and traces, and ``reason`` says why.
    """

    instants_ns: List[int] = field(default_factory=list)
    runs: int = 0
    traces: List[Trace] = field(default_factory=list)
    reason: Optional[str] = None


@dataclass(frozen=True)
class OperatorTime:
    """One operator of the model as the runtime executed it; ``median_us`` is from a traced run, which is slower."""

    name: str
    op: str
    provider: str
    median_us: float
    runs: int


@dataclass(frozen=True)
class Isolation:
    """What kept a model's process in, as that process found by trying; None is a wall that did not hold.

    ``network``: ``namespace`` (its own, without a way out) or ``filter`` (every socket but a local one is refused). Processor
    time and open files are as the kernel tells them.
    """

    network: Optional[str] = None
    memory_bytes: Optional[int] = None  # of addresses
    cpu_s: Optional[int] = None
    file_bytes: Optional[int] = None
    open_files: Optional[int] = None


@dataclass(frozen=True)
class EntryResult:
    """What one entry gave; its raw samples are ``samples`` int64 values in the chunks, in the order of the entries.

    An entry with an ``error`` keeps what it gave before.
    """

    samples: int
    load_ns: int
    first_ns: int
    warmup_runs: int
    warmup_steady: bool
    runtime: Runtime
    threads: int
    memory: Memory
    providers: Dict[str, int] = field(default_factory=dict)  # nodes by provider, where the runtime tells
    error: Optional[str] = None
    energy: Optional[EnergyRun] = None
    operators: List[OperatorTime] = field(default_factory=list)
    isolation: Optional[Isolation] = None  # None = the agent is too old to tell


@dataclass(frozen=True)
class NeighbourResult:
    """What a model beside did all the while; its raw samples follow those of the entries, in the order of the neighbours.

    ``blocks`` are of its own, with 0 for the entry; of a long run every other one is left out, as often as it takes.
    """

    slot: str
    samples: int
    blocks: List[Block]


@dataclass(frozen=True)
class Preflight:
    """The board just before something was measured; None is what it does not tell."""

    load_1min: Optional[float]
    cpus: int
    ram_available_bytes: Optional[int]
    ram_bytes: Optional[int]
    swap_used_bytes: Optional[int]
    power_source: str  # mains | battery | unknown
    governors: List[str] = field(default_factory=list)
    temperature_c: Optional[float] = None
    probe_ns: int = 0  # of a fixed piece of work; see probe_after_ns


@dataclass(frozen=True)
class Conditions:
    """State of the board around a run, for the reading and for trust."""

    before: List[Sample]
    after: List[Sample]
    governor: Optional[str]
    boot_id: str
    kernel: str
    load_1min: Optional[float]
    steal: Optional[float]  # share of CPU time the hypervisor gave to others, 0..1
    throttled: Optional[bool]
    preflight: Optional[Preflight] = None  # 1.2
    probe_after_ns: int = 0  # the preflight's probe once more after the run
    pinned_governor: Optional[str] = None  # set for the run and put back afterwards
    pinned_cpus: List[int] = field(default_factory=list)  # the models ran on these alone
    service: Optional[str] = None  # "paused and resumed", or why it was not resumed; 1.3
    agent_cpu_ns: int = 0  # of the agent's own process while the blocks ran; 1.6
    agent_wall_ns: int = 0  # how long they ran


@dataclass(frozen=True)
class MeasureResult:
    """Reply to a plan; ``raw_bytes`` of zlib-compressed samples follow as chunks."""

    nonce: str
    device_id: str
    entries: List[EntryResult]
    blocks: List[Block]
    conditions: Conditions
    stopped: str  # half-width | max-s
    raw_bytes: int = 0
    origin: str = "measured"  # or simulated
    ended_ns: int = 0  # when it was measured, by the board's clock; 0 = the agent does not tell
    warmth: List[Trace] = field(default_factory=list)  # temperature and clocks while the blocks ran; 1.7
    neighbours: List[NeighbourResult] = field(default_factory=list)  # 1.8
    alone_ns: List[int] = field(
        default_factory=list
    )  # begin and end of each time in which only the neighbours ran; 1.8


COLD_BURST = "cold-burst"
LEAST_BURSTS = 6
"""Below six first inferences their median has no 95 % interval."""


@dataclass(frozen=True)
class ScenarioPlan:
    """One model as a service.

    ``server``: queries at random times (Poisson). ``camera``: frames at a steady rate, made from the bundle's raw files where it
    has some; at most ``depth`` wait, older ones are dropped. ``multi-stream``: ``per_query`` samples, one query after another.
    ``offline``: all at once. ``cold-burst``: ``per_query`` samples back to back, each a query, after a rest of 1 / ``rate_hz``
    seconds, and again.
    """

    entry: PlanEntry
    nonce: str
    kind: str
    seconds: float = 10.0
    rate_hz: float = 0.0
    per_query: int = 8
    depth: int = 1
    seed: int = 0
    service: Optional[ActivateRequest] = None  # as in a MeasurePlan; 1.4
    columns: int = 4  # of the table that the desktop reads: 4, or 5 with decoding told apart; 1.6


@dataclass(frozen=True)
class ScenarioResult:
    """Reply; ``queries`` rows of ``columns`` int64 follow: latency from the due time, prepare, infer, finish, decode.

    -1 = dropped. In four columns, the last is missing and decoding is part of prepare.
    """

    nonce: str
    device_id: str
    queries: int
    wall_ns: int
    cpu_ns: int
    backlog: int  # the most queries that waited at once
    raw: bool  # whether real files were decoded
    entry: EntryResult
    conditions: Conditions
    raw_bytes: int = 0
    origin: str = "measured"
    ended_ns: int = 0
    columns: int = 4  # 1.6
    disturbed: str = ""  # as in a Block; 1.7
