"""TFLite files on the interpreter that LiteRT (ai-edge-litert) and its predecessor tflite-runtime share."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Dict, List

from .session import Session

if TYPE_CHECKING:
    import numpy


class TfliteSession(Session):
    """Both runtimes have one interpreter interface."""

    formats = ("tflite",)

    def __init__(self, path: str, provider: str, threads: int, options: Dict[str, str]) -> None:
        self._interpreter = self._interpreter_class()(model_path=path, num_threads=threads)
        self._interpreter.allocate_tensors()
        self._inputs = self._interpreter.get_input_details()
        self._outputs = [item["index"] for item in self._interpreter.get_output_details()]

    @classmethod
    @abstractmethod
    def _interpreter_class(cls) -> Any:
        """The Interpreter of the installed package."""

    @classmethod
    def providers(cls) -> List[str]:
        """The CPU kernels (XNNPACK where the build has it)."""
        return ["CPU"]

    def run(self, inputs: "List[numpy.ndarray]") -> "List[numpy.ndarray]":
        """One inference; copying in and out belongs to it, as it does in any program."""
        for detail, array in zip(self._inputs, inputs):
            self._interpreter.set_tensor(detail["index"], array)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]

    def shapes(self) -> "List[List[int]]":
        """Input shapes; -1 where the signature says any."""
        return [[int(size) for size in item["shape_signature"]] for item in self._inputs]

    def dtypes(self) -> List[str]:
        """Input dtypes."""
        return [item["dtype"].__name__ for item in self._inputs]


def installed(name: str) -> str:
    """Version of an installed package."""
    from importlib.metadata import version

    return version(name)
