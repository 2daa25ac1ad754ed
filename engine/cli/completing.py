"""What Tab completes: techniques, devices, groups, variants and bundles that are there.

Each function answers with all candidates; what begins like the word is chosen by :func:`beginning`. Only light modules are
loaded, and what cannot be read completes nothing: an error has no place on a half-written command line.
"""

from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout

from ..errors import FlyweightError

Candidates = Callable[[], Iterable[str]]


def beginning(candidates: Candidates) -> Callable[[str], list[str]]:
    """A completion for typer: the candidates that begin with the word so far, each once."""

    def complete(incomplete: str) -> list[str]:
        try:
            return [name for name in dict.fromkeys(candidates()) if name.startswith(incomplete)]
        except (FlyweightError, OSError):
            return []

    return complete


def _techniques() -> Iterable[str]:
    from ..compress.registry import names

    with redirect_stdout(None), redirect_stderr(None):  # plug-ins may print while they are loaded
        return names()


def _devices() -> Iterable[str]:
    from ..deploy.inventory import Inventory

    return ["loopback", *(device.name for device in Inventory.load().all())]


def _targets() -> Iterable[str]:
    from ..deploy.inventory import Inventory

    inventory = Inventory.load()
    return [*_devices(), "@all", *(f"@{name}" for name in (*inventory.groups(), *inventory.tags()))]


def _variants() -> Iterable[str]:
    from ..workspace import Workspace

    return [variant.name or variant.id for variant in Workspace.find().read_variants()[0]]


def _bundles() -> Iterable[str]:
    from ..workspace import Workspace

    return [bundle.name for bundle in Workspace.find().read_bundles()[0]]


def _groups() -> Iterable[str]:
    from ..deploy.inventory import Inventory

    return Inventory.load().groups()


def _rollouts() -> Iterable[str]:
    from ..deploy.rollout_store import RolloutStore
    from ..workspace import Workspace

    return [row.id for row in reversed(RolloutStore.of(Workspace.find()).all())]


def _slots() -> Iterable[str]:
    from ..deploy.rollout_store import RolloutStore
    from ..workspace import Workspace

    return ["main", *(row.slot for row in RolloutStore.of(Workspace.find()).all())]


technique = beginning(_techniques)
device = beginning(_devices)
target = beginning(_targets)
variant = beginning(_variants)
bundle = beginning(_bundles)
preset = beginning(lambda: ("size", "latency", "accuracy"))
group = beginning(_groups)
at_group = beginning(lambda: (f"@{name}" for name in _groups()))
rollout = beginning(_rollouts)
slot = beginning(_slots)
