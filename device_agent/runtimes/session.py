"""What every runtime adapter offers: open a model file, run it, say what it is and where a model really ran.

An adapter is one Python file with the name ``ADAPTER``, a class derived from :class:`Session`. Those that come with the agent lie
in ``adapters/``; a vendor's own file is put on a board with ``flyweight device adapter add`` and is loaded the same way, in the
limited child process alone. Nothing heavy is imported at the top of such a file, and it runs on Python 3.8.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

if TYPE_CHECKING:
    import numpy


class Session(ABC):
    """A loaded model. Inputs and outputs are numpy arrays with the batch axis, in the order of the model file.

    Attributes:
        runtime: id of the adapter (letters, digits, ``. _ -``), as in ``--runtime ID`` and in every reading.
        formats: of model files it takes.
        default_provider: where it runs a model unless told otherwise; one of ``providers()``.
    """

    runtime = ""
    formats: Tuple[str, ...] = ()
    default_provider = "CPU"

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Version of the runtime; ImportError, or an error whose text says why, when it cannot be used here."""

    @classmethod
    @abstractmethod
    def providers(cls) -> List[str]:
        """What the runtime can run a model on here: execution providers, delegates, an NPU."""

    @abstractmethod
    def __init__(self, path: str, provider: str, threads: int, options: Dict[str, str]) -> None:
        """Open a model file with ``threads`` threads on one provider; an error where it would run anywhere else."""

    @abstractmethod
    def run(self, inputs: "List[numpy.ndarray]") -> "List[numpy.ndarray]":
        """One inference."""

    @abstractmethod
    def shapes(self) -> "List[List[int]]":
        """Input shapes; -1 where any size goes."""

    @abstractmethod
    def dtypes(self) -> List[str]:
        """Input dtypes as numpy names."""

    @classmethod
    def placement(
        cls, path: str, provider: str, options: Dict[str, str], feed: "List[numpy.ndarray]"
    ) -> Dict[str, int]:
        """How many nodes of the model each provider really ran; empty where the runtime does not tell."""
        return {}

    @classmethod
    def operators(
        cls, path: str, provider: str, threads: int, options: Dict[str, str], feed: "List[numpy.ndarray]"
    ) -> "List[Dict[str, Any]]":
        """Median time of every operator, as ``OperatorTime``; empty where the runtime does not tell."""
        return []
