"""The messages between desktop and agent, as frozen records with one strict decoder.

A request is ``{"id", "op", "deadline_s", "args"}``; the answers to it are any number of ``{"id", "event": {...}}``
followed by one ``{"id", "reply": {...}}`` or ``{"id", "error": {"code", "message", "remedy"}}``. A reply with a third
key, ``{"id", "reply", "chunks": n}``, is followed by chunk frames of n bytes in total; a ``blob.put`` request is
followed by the chunk frames of the blob. ``id`` is chosen by the desktop and names the operation: a repeated id is
answered with the stored reply. The first request of a session is ``hello``.

Fields that a newer minor version adds are ignored by :func:`decode`; missing ones take their defaults. All times are
nanoseconds of CLOCK_MONOTONIC_RAW unless the name says otherwise.

Here is what every session needs. The records of rarer operations are in :mod:`.releasing` and :mod:`.measuring`; they can be
imported from here too and are loaded at the first use, because an agent that waits on a small board should hold little.
"""

import dataclasses
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Type, TypeVar, Union

from .errors import ContractError

if TYPE_CHECKING:
    from .measuring import Block as Block
    from .measuring import Conditions as Conditions
    from .measuring import EnergyPlan as EnergyPlan
    from .measuring import EnergyRun as EnergyRun
    from .measuring import EntryResult as EntryResult
    from .measuring import Isolation as Isolation
    from .measuring import MeasurePlan as MeasurePlan
    from .measuring import MeasureResult as MeasureResult
    from .measuring import Memory as Memory
    from .measuring import NeighbourResult as NeighbourResult
    from .measuring import OperatorTime as OperatorTime
    from .measuring import PlanEntry as PlanEntry
    from .measuring import Preflight as Preflight
    from .measuring import RuntimeChoice as RuntimeChoice
    from .measuring import ScenarioPlan as ScenarioPlan
    from .measuring import ScenarioResult as ScenarioResult
    from .measuring import StopRule as StopRule
    from .measuring import Trace as Trace
    from .releasing import ActivateRequest as ActivateRequest
    from .releasing import Adapter as Adapter
    from .releasing import Claim as Claim
    from .releasing import Golden as Golden
    from .releasing import PredictInput as PredictInput
    from .releasing import PredictRequest as PredictRequest
    from .releasing import Right as Right
    from .releasing import SlotList as SlotList
    from .releasing import StageRequest as StageRequest
    from .releasing import StageResult as StageResult
    from .releasing import Wheel as Wheel

T = TypeVar("T")

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
"""Names of devices, slots and files in a bundle; anything else is refused on both sides."""

SHA256 = re.compile(r"^[0-9a-f]{64}\Z")


class Op:
    """The operations of protocol 1.5. Arguments and replies are named beside each."""

    HELLO = "hello"  # HelloRequest -> Hello
    PING = "ping"  # {} -> {"t_ns"}; 1.4: and "written", bytes to its disks in this session
    RUNTIMES = "runtimes"  # {"env": hash | None} -> {"runtimes": [Runtime], "isolation": Isolation | None}
    SENSORS = "sensors"  # {} -> {"samples": [Sample]}; 1.4: with load and memory
    SELFTEST = "selftest"  # {} -> {"raw": {path: text}, "samples": [Sample], "differs": [sensor]}; 1.2
    RIGHTS = "rights"  # {} -> {"rights": [Right]}; 1.2
    BLOB_OPEN = "blob.open"  # {"sha256", "size"} -> {"offset", "complete"}; the prefix is re-hashed
    BLOB_PUT = "blob.put"  # {"sha256", "size", "offset"} + chunks -> {"bytes"}
    BLOB_UNPACK = (
        "blob.unpack"  # UnpackRequest -> {"bytes"}; 1.5; a blob that came packed is restored in a limited child
    )
    ENV_INSTALL = "env.install"  # {"env": hash, "wheels": [Wheel]} -> {"runtimes": [Runtime]}
    BUNDLE_STAGE = "bundle.stage"  # StageRequest -> StageResult; golden check in a limited child
    SLOT_ACTIVATE = "slot.activate"  # ActivateRequest -> {"placements": {slot: release}}
    SLOT_CHECK = "slot.check"  # {"order": sha256} -> {"healthy", "detail"}; 1.1; an unhealthy trial went back already
    SLOT_COMMIT = "slot.commit"  # {"order": sha256} -> {"placements": {slot: release}}; 1.1; ends a trial
    SLOT_REVERT = "slot.revert"  # {"order": sha256} -> {"placements": {slot: release | None}}; 1.1
    KEYS_CHANGE = "keys.change"  # ActivateRequest whose order is of kind "keys" -> {"keys": [id]}; 1.1
    SLOT_LIST = "slot.list"  # {} -> SlotList
    ADAPTERS = "adapters.list"  # {} -> {"counter", "adapters": [Adapter]}; 1.4; runtimes a user added
    ADAPTERS_CHANGE = "adapters.change"  # ActivateRequest whose order is of kind "adapters" -> as adapters.list; 1.4
    LOG_READ = "log.read"  # {"limit": bytes, "cursor"} -> {"now", "boot", "cursor"} + chunks: lines of JSON; 1.4
    PREDICT = "predict"  # PredictRequest -> {"predictions": [...]}
    ANSWERS = "answers"  # AnswersRequest -> {"outputs": [{"dtype", "shape"}]} + chunks: the outputs; 1.5
    MEASURE = "measure"  # MeasurePlan -> MeasureResult + chunks (zlib of little-endian int64 ns)
    SCENARIO = "scenario"  # ScenarioPlan -> ScenarioResult + chunks (zlib of a table of little-endian int64 ns)
    JOB_START = "job.start"  # {"job": id, "op", "args", "deadline_s"} -> {"state"}; 1.2; measure or scenario, detached
    JOB_READ = (
        "job.read"  # {"job", "offset", "wait_s"} -> {"state": running | done | interrupted} + chunks of its log; 1.2
    )
    JOB_CANCEL = "job.cancel"  # {"job"} -> {"state"}; 1.2
    JOB_DROP = "job.drop"  # {"job"} -> {}; 1.2
    LEASE_TAKE = "lease.take"  # {"who", "what", "desktop"} -> {"seconds"}; 1.4; until dropped, or silent so long
    LEASE_DROP = "lease.drop"  # {} -> {}; 1.4
    LEASE_SHOW = "lease.show"  # {} -> {"lease": Claim | None, "holder": text | None}; 1.4; of other sessions
    LEASE_BREAK = "lease.break"  # {} -> as lease.show, what there was before; 1.4
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
    """An inference runtime that a probe import found usable. ``env`` is the agent's own environment it lives in.

    Told since 1.4: the ``formats`` it takes, its ``default`` provider, and ``adapter``: the SHA-256 of a file a user added.
    """

    id: str  # onnxruntime | litert | tflite-runtime | what a user's adapter calls itself
    version: str
    providers: List[str] = field(default_factory=list)
    numpy: Optional[str] = None
    env: Optional[str] = None
    formats: List[str] = field(default_factory=list)
    default: str = ""
    adapter: Optional[str] = None


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
class Release:
    """One entry of a slot's history; ``run`` as in ``StageRequest`` (1.4)."""

    release: int
    bundle: str
    state: str  # committed | rolled-back
    name: str = ""
    run: Dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SlotState:
    """Current release of a slot and its history, newest first."""

    current: Optional[int]
    releases: List[Release] = field(default_factory=list)


RARE = {
    "measuring": "RuntimeChoice PlanEntry StopRule EnergyPlan MeasurePlan Block Memory Trace EnergyRun OperatorTime "
    "EntryResult Isolation Preflight Conditions NeighbourResult MeasureResult ScenarioPlan ScenarioResult",
    "releasing": "Adapter Right Wheel StageRequest Golden StageResult ActivateRequest SlotList PredictInput PredictRequest "
    "Claim",
}
"""Modules of this package by what is taken from them when it is asked for here."""


def __getattr__(name: str) -> Any:
    for module, names in RARE.items():
        if name in names.split():
            import importlib

            return getattr(importlib.import_module("." + module, __package__), name)
    raise AttributeError("module %r has no attribute %r" % (__name__, name))


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
