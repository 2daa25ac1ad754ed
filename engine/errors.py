"""The desktop's errors. Every one carries a code, a message and a remedy (what to do next).

FlyweightError (device_agent.contract.errors)
├── UsageError (ValueError)             a wrong argument or combination              exit 2
│   └── RecipeError                     a recipe or knob that cannot be used
├── ModelError (ValueError)             a model file that cannot be opened or converted
│   └── UnsupportedOperatorError        an operator the importer does not know
├── DataError (ValueError)              a data set that cannot be read or does not fit
├── TechniqueError (RuntimeError)       a technique that could not do its work
├── BundleError (ValueError)            a bundle that is damaged, unsigned or does not fit
├── WorkspaceError (OSError)            the project folder or a blob is damaged or not writable
├── LimitError                          a stated limit was not met                   exit 3
├── DeviceError (ConnectionError)
│   ├── HostKeyError                    unknown or changed host key                  exit 4
│   ├── AuthenticationError             no key was accepted                          exit 4
│   ├── UnreachableError                no answer, link lost, deadline passed        exit 5
│   └── RejectedError                   the board refused: verification failed, no space, ...
├── MissingExtraError (ImportError)     an optional dependency is not installed
└── Cancelled                           the user cancelled                           exit 130
"""

import errno

from device_agent.contract.errors import AgentError, ContractError, FlyweightError, VersionError

__all__ = [
    "AgentError",
    "AuthenticationError",
    "BundleError",
    "Cancelled",
    "ContractError",
    "DamagedRecordWarning",
    "DataError",
    "DeviceError",
    "FlyweightError",
    "HostKeyError",
    "LimitError",
    "MissingExtraError",
    "ModelError",
    "RecipeError",
    "RejectedError",
    "TechniqueError",
    "UnreachableError",
    "UnsupportedOperatorError",
    "UsageError",
    "VersionError",
    "WorkspaceError",
    "of_the_system",
]


class UsageError(FlyweightError, ValueError):
    """A wrong argument, value or combination of them."""

    exit_code = 2


class RecipeError(UsageError):
    """A recipe that cannot be read, or a knob outside its limits."""


class ModelError(FlyweightError, ValueError):
    """A model file that cannot be opened, described, converted or saved."""


class UnsupportedOperatorError(ModelError):
    """An operator the importer cannot turn into a module."""


class DataError(FlyweightError, ValueError):
    """A data set that cannot be read or does not fit the model."""


class TechniqueError(FlyweightError, RuntimeError):
    """A technique that could not do its work on this model."""


class BundleError(FlyweightError, ValueError):
    """A bundle that is damaged, unsigned, or does not fit its target."""


class WorkspaceError(FlyweightError, OSError):
    """The project folder, a blob or a journal is damaged or not writable."""


class LimitError(FlyweightError):
    """A limit the caller stated was not met; ``result`` is what was made or measured all the same, where there is any."""

    exit_code = 3

    def __init__(self, code: str, message: str, remedy: str, result: object = None) -> None:
        super().__init__(code, message, remedy)
        self.result = result


class DamagedRecordWarning(UserWarning):
    """A record of the project was left out of a list because it cannot be read; the others are in it."""


class DeviceError(FlyweightError, ConnectionError):
    """Talking to a board failed."""


class HostKeyError(DeviceError):
    """The host key is unknown or changed; nothing was sent."""

    exit_code = 4


class AuthenticationError(DeviceError):
    """The board accepted none of the offered keys."""

    exit_code = 4


class UnreachableError(DeviceError):
    """No answer, a lost link, or a deadline that passed."""

    exit_code = 5


class RejectedError(DeviceError):
    """The board itself refused: verification failed, no space, no runtime."""


class MissingExtraError(FlyweightError, ImportError):
    """An optional dependency is not installed.

    Args:
        extra: name of the extra (``"tflite"``).
        what: what needed it.
    """

    def __init__(self, extra: str, what: str) -> None:
        super().__init__(
            "missing-extra",
            f"{what} needs the extra '{extra}', which is not installed",
            f"in the clone: pip install -c constraints.txt '.[{extra}]'",
        )
        self.extra = extra
        self.what = what

    def __reduce__(self) -> tuple[type, tuple[str, str]]:  # type: ignore[override]
        return (type(self), (self.extra, self.what))


class Cancelled(FlyweightError):
    """The user cancelled; what was finished is kept."""

    exit_code = 130

    def __init__(
        self, what: str = "cancelled", remedy: str = "run the same command again to go on where it stopped"
    ) -> None:
        super().__init__("cancelled", what, remedy)

    def __reduce__(self) -> tuple[type, tuple[str, str]]:  # type: ignore[override]
        return (type(self), (self.message, self.remedy))


SYSTEM_WORDS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "no space left for this user (quota)",
    errno.EROFS: "the disk cannot be written to, it is read-only",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.ENAMETOOLONG: "this name is too long for the disk",
    errno.EMFILE: "too many files are open",
    errno.EIO: "the disk reports errors",
}
SYSTEM_NEEDS = {
    errno.ENOSPC: "free some space, or choose another place: --project DIR, TMPDIR",
    errno.EDQUOT: "free some space, or choose another place: --project DIR, TMPDIR",
    errno.EROFS: "choose a project folder that can be written: --project DIR",
    errno.EACCES: "check the permissions, or choose another project folder: --project DIR",
    errno.EPERM: "check the permissions, or choose another project folder: --project DIR",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.EMFILE: "raise the limit of open files: ulimit -n 4096",
    errno.EIO: "check the disk before you go on",
}
NAME_SHOWN = 200
"""Characters of a file's name an error shows."""


def of_the_system(error: BaseException) -> FlyweightError | None:
    """What the system refuses is no fault of this program: it says what and why; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in SYSTEM_NEEDS:
        return None
    name, what = str(error.filename or ""), SYSTEM_WORDS[error.errno]
    if name:
        what = f"{what}: {name if len(name) <= NAME_SHOWN else name[:NAME_SHOWN] + '...'}"
    return FlyweightError("system", what, SYSTEM_NEEDS[error.errno])
