"""TFLite files on the interpreter that LiteRT (ai-edge-litert) and its predecessor tflite-runtime share."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from ..contract.errors import AgentError
from .session import Session

if TYPE_CHECKING:
    import numpy


CPU, XNNPACK, DELEGATE = "CPU", "XNNPACK", "DELEGATE"
"""Providers: the interpreter as it comes (with XNNPACK where the build has it), XNNPACK for certain, a library of the board."""

LIBRARY, OPTION = "delegate", "delegate."
"""Options of a run: the library's path or name ("none" = plain kernels without XNNPACK), and one option of it each.

Besides, ``outputs=leave`` copies no outputs out.
"""


class TfliteSession(Session):
    """Both runtimes have one interpreter interface."""

    formats = ("tflite",)

    def __init__(self, path: str, provider: str, threads: int, options: Dict[str, str]) -> None:
        self._interpreter = self._open(path, provider, threads, options)
        self._inputs = self._interpreter.get_input_details()
        outputs = [] if options.get("outputs") == "leave" else self._interpreter.get_output_details()
        self._outputs = [item["index"] for item in outputs]

    @classmethod
    def _open(cls, path: str, provider: str, threads: int, options: Dict[str, str], alone: bool = False) -> Any:
        """An interpreter that really has the delegate; ``alone``: without XNNPACK for what the delegate leaves."""
        library = options.get(LIBRARY, "")
        if provider not in (CPU, XNNPACK, DELEGATE) or (provider == DELEGATE) != (library not in ("", "none")):
            raise AgentError(
                "no-provider",
                "%s has no %s%s, only: CPU, XNNPACK, DELEGATE"
                % (cls.runtime, provider, " of " + library if library else ""),
                "use --delegate xnnpack, none, or the path of a delegate's library",
            )
        module = cls._module()
        plain = provider != XNNPACK and (alone or library == "none")
        more: Dict[str, Any] = {}
        if plain:
            more["experimental_op_resolver_type"] = module.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        if provider == DELEGATE:
            more["experimental_delegates"] = [_delegate(module, library, options)]
        interpreter = module.Interpreter(model_path=path, num_threads=threads, **more)
        interpreter.allocate_tensors()
        return interpreter

    @classmethod
    def placement(
        cls, path: str, provider: str, options: Dict[str, str], feed: "List[numpy.ndarray]"
    ) -> Dict[str, int]:
        """Operators the delegate took, from the interpreter's own list; empty for the interpreter as it comes."""
        if provider == CPU:
            return {}
        interpreter = cls._open(path, provider, 1, options, alone=True)
        taken, others = count_taken(interpreter._get_ops_details())
        return {name: count for name, count in ((provider, taken), (CPU, others)) if count}

    @classmethod
    @abstractmethod
    def _module(cls) -> Any:
        """The installed package's module with the Interpreter."""

    @classmethod
    def providers(cls) -> List[str]:
        """The CPU kernels (XNNPACK where the build has it), XNNPACK for certain, and delegates of the board."""
        return [CPU, XNNPACK, DELEGATE]

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


def count_taken(operators: "List[Dict[str, Any]]") -> "Tuple[int, int]":
    """How many operators delegates took, and how many they left.

    The interpreter lists every operator of the model and behind them a node for each part that a delegate took. Those from
    which a node's outputs come, back to its inputs, are the ones it stands for.

    Args:
        operators: of ``_get_ops_details``: ``op_name``, ``inputs`` and ``outputs`` (indices of tensors).
    """
    own = [item for item in operators if item["op_name"] != "DELEGATE"]
    maker = {int(tensor): place for place, item in enumerate(own) for tensor in item["outputs"]}
    taken = set()
    for node in operators:
        if node["op_name"] != "DELEGATE":
            continue
        given = {int(tensor) for tensor in node["inputs"]}
        pending = [int(tensor) for tensor in node["outputs"]]
        while pending:
            place = maker.get(pending.pop())
            if place is None or place in taken:
                continue
            taken.add(place)
            pending += [int(tensor) for tensor in own[place]["inputs"] if int(tensor) not in given]
    return len(taken), len(own) - len(taken)


def _delegate(module: Any, library: str, options: Dict[str, str]) -> Any:
    own = {key[len(OPTION) :]: value for key, value in options.items() if key.startswith(OPTION)}
    try:
        return module.load_delegate(library, own)
    except (OSError, AttributeError, ValueError, RuntimeError) as error:
        raise AgentError(
            "delegate-unusable",
            "the delegate %s cannot be used: %s" % (library[:200], " ".join(str(error).split())[:300]),
            "install the delegate's library and what it needs on the board, check its options, or use --delegate xnnpack",
        ) from None


def installed(name: str) -> str:
    """Version of an installed package."""
    from importlib.metadata import version

    return version(name)
