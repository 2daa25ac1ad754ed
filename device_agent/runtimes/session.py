"""What every runtime adapter offers: open a model file, run it, say what it is."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Dict, List

if TYPE_CHECKING:
    import numpy

RUNTIME_IDS = ("onnxruntime", "litert", "tflite-runtime")


class Session(ABC):
    """A loaded model. Inputs and outputs are numpy arrays with the batch axis, in the order of the model file."""

    runtime = ""

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Version of the runtime; ImportError when it is not installed."""

    @classmethod
    @abstractmethod
    def providers(cls) -> List[str]:
        """Execution providers or delegates that the runtime was built with."""

    @abstractmethod
    def __init__(self, path: str, provider: str, threads: int, options: Dict[str, str]) -> None:
        """Open a model file with ``threads`` threads on one provider."""

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
