"""The five phases a run goes through, read off the stages the worker reports. No Qt in here."""

from enum import IntEnum


class Phase(IntEnum):
    """Phases in their order."""

    DEVICE = 0
    COMPRESS = 1
    DEPLOY = 2
    MEASURE = 3
    FINISH = 4


_PHASE_OF_STAGE = {
    "device": Phase.DEVICE,
    "baseline": Phase.COMPRESS,
    "compress": Phase.COMPRESS,
    "train": Phase.COMPRESS,
    "evaluate": Phase.COMPRESS,
    "bundle": Phase.COMPRESS,
    "deploy": Phase.DEPLOY,
    "verify": Phase.DEPLOY,
    "measure": Phase.MEASURE,
    "report": Phase.FINISH,
}


class PhaseTracker:
    """Follows the stages; a phase never goes back, and what is deployed after measuring belongs to the finish."""

    def __init__(self) -> None:
        self.current: Phase | None = None

    def stage(self, name: str) -> Phase | None:
        """The phase after this stage began; stages of unknown name stay in the current phase."""
        found = _PHASE_OF_STAGE.get(name)
        if found is not None:
            if self.current is not None and self.current >= Phase.MEASURE and found < Phase.MEASURE:
                found = Phase.FINISH
            self.current = found if self.current is None else max(self.current, found)
        return self.current
