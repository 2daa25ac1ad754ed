"""The messages about environments, bundles, slots, rights and predictions; only the operations that need them load them."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional

from .messages import SlotState


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
class Adapter:
    """A runtime adapter that the user put on the board; one that cannot be used there has no version but a ``reason``."""

    id: str
    sha256: str
    formats: List[str] = field(default_factory=list)
    version: Optional[str] = None
    providers: List[str] = field(default_factory=list)
    reason: Optional[str] = None


@dataclass(frozen=True)
class StageRequest:
    """Verify a pushed bundle. ``manifest`` is the blob of the manifest, ``signature`` its ed25519 signature in hex.

    ``run`` (1.4) says on what: ``runtime``, ``provider``, and the adapter's own options under their names; what it leaves open
    is the board's usual.
    """

    manifest: str
    signature: str
    key: str
    env: Optional[str] = None
    timeout_s: float = 120.0
    run: Dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UnpackRequest:
    """Restore the blob ``packed`` as the blob ``sha256`` of ``size`` bytes with the numpy of ``env``; then delete ``packed``."""

    packed: str
    sha256: str
    size: int
    env: Optional[str] = None


@dataclass(frozen=True)
class Golden:
    """Result of running the golden inputs on the board; where the runtime tells, with its nodes by provider (1.4)."""

    passed: bool
    samples: int
    top1_agreement: Optional[float]
    max_abs_diff: Optional[float]
    runtime: str
    reason: Optional[str] = None
    provider: str = ""
    nodes: Dict[str, int] = field(default_factory=dict)


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
    ``slot.commit`` comes within the window; commands are lists of words, run without a shell. The hook runs after the switch
    (``slot.check``) and at least once after the slots went back.

    An order of a plan's ``service`` is ``{"schema": 1, "kind": "service", "device", "pause": [word, ...],
    "resume": [word, ...]}``.

    With ``"run": {slot: {...}}`` (1.4) a slot runs its bundle as said there; the bundle must be verified so.

    An order of ``adapters.change`` is ``{"schema": 1, "kind": "adapters", "device", "counter", "add": [hash of a pushed file],
    "remove": [id]}``; its counter must be above that of ``adapters.list``.

    An order of ``keys.change`` is ``{"schema": 1, "kind": "keys", "device", "add": [public key in hex], "revoke": [id]}``.
    """

    order: str
    signature: str
    key: str


@dataclass(frozen=True)
class SlotList:
    """All slots of the board, the bundles that are verified but in no slot, and whether a trial is open."""

    slots: Dict[str, SlotState] = field(default_factory=dict)
    verified: List[str] = field(default_factory=list)
    trial_left_s: Optional[float] = None  # seconds until what is on trial goes back; None = nothing is


@dataclass(frozen=True)
class Claim:
    """A desktop has the board for more than one operation."""

    who: str
    what: str
    held_s: float
    left_s: float  # until it ends, unless more comes from there


@dataclass(frozen=True)
class PredictInput:
    """One file to predict on: a pushed blob and the kind the contract decodes (``png``, ``npy``, ``csv``, ...)."""

    sha256: str
    kind: str
    name: str = ""


@dataclass(frozen=True)
class PredictRequest:
    """Run the slot's current bundle through its own I/O contract; on what it was deployed for, unless ``run`` (1.4) says."""

    slot: str
    inputs: List[PredictInput]
    top_k: int = 5
    run: Dict[str, str] = field(default_factory=dict)
