"""The messages between desktop and agent, as frozen records with one strict decoder.

A request is ``{"id", "op", "deadline_s", "args"}``; the answers to it are any number of ``{"id", "event": {...}}``
followed by one ``{"id", "reply": {...}}`` or ``{"id", "error": {"code", "message", "remedy"}}``. A reply with a third
key, ``{"id", "reply", "chunks": n}``, is followed by chunk frames of n bytes in total; a ``blob.put`` request is
followed by the chunk frames of the blob. ``id`` is chosen by the desktop and names the operation: a repeated id is
answered with the stored reply. The first request of a session is ``hello``.

Fields that a newer minor version adds are ignored by :func:`decode`; missing ones take their defaults. All times are
nanoseconds of CLOCK_MONOTONIC_RAW unless the name says otherwise.

More than 500 lines in one file, because everything that can be on the wire is read and versioned together.
"""

import dataclasses
import re
import sys
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Type, TypeVar, Union

from .errors import ContractError

T = TypeVar("T")

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
"""Names of devices, slots and files in a bundle; anything else is refused on both sides."""

SHA256 = re.compile(r"^[0-9a-f]{64}\Z")


class Op:
    """The operations of protocol 1.2. Arguments and replies are named beside each."""

    HELLO = "hello"  # HelloRequest -> Hello
    PING = "ping"  # {} -> {"t_ns"}
    RUNTIMES = "runtimes"  # {"env": hash | None} -> {"runtimes": [Runtime]}
    SENSORS = "sensors"  # {} -> {"samples": [Sample]}
    SELFTEST = "selftest"  # {} -> {"raw": {path: text}, "samples": [Sample], "differs": [sensor]}; 1.2
    RIGHTS = "rights"  # {} -> {"rights": [Right]}; 1.2
    BLOB_OPEN = "blob.open"  # {"sha256", "size"} -> {"offset", "complete"}; the prefix is re-hashed
    BLOB_PUT = "blob.put"  # {"sha256", "size", "offset"} + chunks -> {"bytes"}
    ENV_INSTALL = "env.install"  # {"env": hash, "wheels": [Wheel]} -> {"runtimes": [Runtime]}
    BUNDLE_STAGE = "bundle.stage"  # StageRequest -> StageResult; golden check in a limited child
    SLOT_ACTIVATE = "slot.activate"  # ActivateRequest -> {"placements": {slot: release}}
    SLOT_CHECK = "slot.check"  # {"order": sha256} -> {"healthy", "detail"}; 1.1; an unhealthy trial went back already
    SLOT_COMMIT = "slot.commit"  # {"order": sha256} -> {"placements": {slot: release}}; 1.1; ends a trial
    SLOT_REVERT = "slot.revert"  # {"order": sha256} -> {"placements": {slot: release | None}}; 1.1
    KEYS_CHANGE = "keys.change"  # ActivateRequest whose order is of kind "keys" -> {"keys": [id]}; 1.1
    SLOT_LIST = "slot.list"  # {} -> SlotList
    PREDICT = "predict"  # PredictRequest -> {"predictions": [...]}
    MEASURE = "measure"  # MeasurePlan -> MeasureResult + chunks (zlib of little-endian int64 ns)
    SCENARIO = "scenario"  # ScenarioPlan -> ScenarioResult + chunks (zlib of a table of little-endian int64 ns)
    JOB_START = "job.start"  # {"job": id, "op", "args", "deadline_s"} -> {"state"}; 1.2; measure or scenario, detached
    JOB_READ = (
        "job.read"  # {"job", "offset", "wait_s"} -> {"state": running | done | interrupted} + chunks of its log; 1.2
    )
    JOB_CANCEL = "job.cancel"  # {"job"} -> {"state"}; 1.2
    JOB_DROP = "job.drop"  # {"job"} -> {}; 1.2
    SHUTDOWN = "shutdown"  # {} -> {}


@dataclass(frozen=True)
class HelloRequest:
    """First request of a session."""

    major: int
    minor: int
    desktop: str = ""


@dataclass(frozen=True)
class Sample:
    """One sensor value. A missing sensor is ``unavailable`` with a reason; its value is None, never 0."""

    sensor: str
    value: Optional[float]
    unit: str
    source: str
    method: str
    t_monotonic_ns: int
    quality: str = "measured"  # measured | estimated | unavailable | rejected
    scope: str = "soc"  # soc | module | board | wall
    reason: Optional[str] = None


@dataclass(frozen=True)
class Board:
    """Raw strings that identify the board; the desktop's board table maps them to a board id."""

    model: Optional[str] = None
    compatible: List[str] = field(default_factory=list)
    serial: Optional[str] = None
    dmi: Optional[str] = None


@dataclass(frozen=True)
class Machine:
    """The computer the agent runs on."""

    arch: str
    cpu_model: Optional[str]
    cpus: int
    isa: List[str]
    ram_bytes: int
    disk_free_bytes: int
    os: str
    kernel: str
    libc: str
    hostname: str
    boot_id: str
    machine_id: Optional[str] = None
    governor: Optional[str] = None
    power_mode: Optional[str] = None
    l4t: Optional[str] = None  # release of NVIDIA's Linux for Tegra, as "36.4.4"; 1.2


@dataclass(frozen=True)
class Runtime:
    """An inference runtime that a probe import found usable. ``env`` is the agent's own environment it lives in."""

    id: str  # onnxruntime | litert | tflite-runtime
    version: str
    providers: List[str] = field(default_factory=list)
    numpy: Optional[str] = None
    env: Optional[str] = None


@dataclass(frozen=True)
class Hello:
    """What the agent says of itself and its board. ``root`` other than ``/`` makes every reading ``simulated``."""

    major: int
    minor: int
    agent_id: str
    device_id: str
    device_id_source: str  # serial | random
    board: Board
    machine: Machine
    python: str
    store: str
    root: str = "/"
    keys: List[str] = field(default_factory=list)  # ids of trusted signing keys
    counters: Dict[str, int] = field(default_factory=dict)  # slot -> last release counter
    samples: List[Sample] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)  # what a person should know about this agent


@dataclass(frozen=True)
class Right:
    """Something the system lets only some users do, and what it is good for."""

    id: str  # governor | pmic | rapl | gpu
    unlocks: str
    state: str  # granted | missing | absent (this board has no such thing)
    paths: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wheel:
    """One wheel of an environment, already pushed as a blob."""

    name: str
    sha256: str


@dataclass(frozen=True)
class RuntimeChoice:
    """A runtime adapter with its settings: what really executes a model."""

    id: str
    provider: str = "CPUExecutionProvider"
    precision: str = "as-is"
    options: Dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StageRequest:
    """Verify a pushed bundle. ``manifest`` is the blob of the manifest, ``signature`` its ed25519 signature in hex."""

    manifest: str
    signature: str
    key: str
    env: Optional[str] = None
    timeout_s: float = 120.0


@dataclass(frozen=True)
class Golden:
    """Result of running the golden inputs on the board."""

    passed: bool
    samples: int
    top1_agreement: Optional[float]
    max_abs_diff: Optional[float]
    runtime: str
    reason: Optional[str] = None


@dataclass(frozen=True)
class StageResult:
    """``state`` is ``verified`` or ``rejected``; one golden result per model file of the bundle."""

    bundle: str
    state: str
    golden: List[Golden] = field(default_factory=list)
    reason: Optional[str] = None


@dataclass(frozen=True)
class ActivateRequest:
    """Switch slots to verified bundles.

    ``order`` is the canonical JSON text of ``{"schema": 1, "device", "counter", "slots": {slot: bundle}}``, signed like
    a manifest. The counter must be above every counter the named slots have seen: old content returns under a new one.
    All named slots switch at once; the order that made the present state is answered again without effect.

    With ``"trial": {"window_s", "health": [word, ...], "hook": [word, ...]}`` the slots go back by themselves unless
    ``slot.commit`` comes within the window; commands are lists of words, run without a shell.

    An order of ``keys.change`` is ``{"schema": 1, "kind": "keys", "device", "add": [public key in hex], "revoke": [id]}``.
    """

    order: str
    signature: str
    key: str


@dataclass(frozen=True)
class Release:
    """One entry of a slot's history."""

    release: int
    bundle: str
    state: str  # committed | rolled-back
    name: str = ""


@dataclass(frozen=True)
class SlotState:
    """Current release of a slot and its history, newest first."""

    current: Optional[int]
    releases: List[Release] = field(default_factory=list)


@dataclass(frozen=True)
class SlotList:
    """All slots of the board, the bundles that are verified but in no slot, and whether a trial is open."""

    slots: Dict[str, SlotState] = field(default_factory=dict)
    verified: List[str] = field(default_factory=list)
    trial_left_s: Optional[float] = None  # seconds until what is on trial goes back; None = nothing is


@dataclass(frozen=True)
class PredictInput:
    """One file to predict on: a pushed blob and the kind the contract decodes (``png``, ``npy``, ``csv``, ...)."""

    sha256: str
    kind: str
    name: str = ""


@dataclass(frozen=True)
class PredictRequest:
    """Run the slot's current bundle through its own I/O contract."""

    slot: str
    inputs: List[PredictInput]
    top_k: int = 5


@dataclass(frozen=True)
class PlanEntry:
    """One variant of a plan: a verified bundle, the model file in it, and how to run it."""

    bundle: str
    file: str
    runtime: RuntimeChoice
    threads: int = 1
    env: Optional[str] = None


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

    ``shared_child`` loads all entries into one process: quick, for ranking candidates; memory is then unknown.
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
    disturbed: str = ""  # throttled | swap | steal: what happened to the machine in its round; 1.2


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


@dataclass(frozen=True)
class ScenarioPlan:
    """One model as a service.

    ``server``: queries at random times (Poisson). ``camera``: frames at a steady rate, made from the bundle's raw files where it
    has some; at most ``depth`` wait, older ones are dropped. ``multi-stream``: ``per_query`` samples, one query after another.
    ``offline``: all at once.
    """

    entry: PlanEntry
    nonce: str
    kind: str
    seconds: float = 10.0
    rate_hz: float = 0.0
    per_query: int = 8
    depth: int = 1
    seed: int = 0


@dataclass(frozen=True)
class ScenarioResult:
    """Reply; ``queries`` rows of four int64 (latency from the due time, prepare, infer, finish; -1 = dropped) follow."""

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


def encode(record: Any) -> Dict[str, Any]:
    """A record as plain JSON values."""
    return dataclasses.asdict(record)


def decode(cls: Type[T], value: Any, where: str = "") -> T:
    """Build ``cls`` from JSON values, checking every type on the way.

    Raises:
        ContractError: names the field that is missing or of the wrong type.
    """
    where = where or cls.__name__
    if not isinstance(value, dict):
        raise ContractError("%s: expected an object, got %s" % (where, type(value).__name__))
    hints = _hints(cls)
    arguments = {}
    for item in dataclasses.fields(cls):  # type: ignore[arg-type]
        if item.name in value:
            arguments[item.name] = _convert(hints[item.name], value[item.name], where + "." + item.name)
        elif item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
            raise ContractError("%s: the field '%s' is missing" % (where, item.name))
    return cls(**arguments)


_HINTS: Dict[type, Dict[str, Any]] = {}


def _hints(cls: type) -> Dict[str, Any]:
    if cls not in _HINTS:
        from typing import get_type_hints

        _HINTS[cls] = get_type_hints(cls, vars(sys.modules[cls.__module__]))
    return _HINTS[cls]


def _convert(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    origin = getattr(hint, "__origin__", None)
    if origin is Union:
        if value is None:
            return None
        return _convert(hint.__args__[0], value, where)
    if origin is list:
        if not isinstance(value, list):
            raise ContractError("%s: expected a list" % where)
        return [_convert(hint.__args__[0], item, "%s[%d]" % (where, i)) for i, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise ContractError("%s: expected an object" % where)
        return {key: _convert(hint.__args__[1], item, where + "." + key) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return decode(hint, value, where)  # type: ignore[arg-type]
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ContractError("%s: expected %s, got %s" % (where, hint.__name__, type(value).__name__))
    return value
