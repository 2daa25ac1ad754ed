"""Use the model of a slot from your own program; it follows every switch of the slot by itself.

    import sys; sys.path.insert(0, "/home/pi/.flyweight/slots/main/current")
    from loader import load

    model = load("/home/pi/.flyweight/slots/main/current")
    print(model.predict("photo.png"))

Needs Python 3.8, numpy and the runtime of the model file (onnxruntime, ai-edge-litert or tflite-runtime); those that
Flyweight put on the board are found, too. ``board.zip`` beside this file holds the readers of the I/O contract.
"""

import glob
import hashlib
import importlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

HERE = os.path.dirname(os.path.abspath(__file__))
if TYPE_CHECKING:
    import numpy

    from device_agent.contract.errors import ContractError
    from device_agent.contract.io import postprocess, preprocess
    from device_agent.contract.manifest import MANIFEST, RUNTIMES, Manifest, ModelFile, parse
else:
    sys.path.insert(0, os.path.join(HERE, "board.zip"))
    from flyweight_board.contract.errors import ContractError
    from flyweight_board.contract.io import postprocess, preprocess
    from flyweight_board.contract.manifest import MANIFEST, RUNTIMES, parse

__all__ = ["HERE", "ContractError", "Model", "describe", "kind_of", "load"]

Sample = Union[str, bytes, "numpy.ndarray", Sequence["numpy.ndarray"]]
_ADAPTERS = {
    "onnxruntime": ("onnxruntime_", "OnnxRuntimeSession", "CPUExecutionProvider"),
    "litert": ("tflite", "LiteRtSession", "CPU"),
    "tflite-runtime": ("tflite", "TfliteRuntimeSession", "CPU"),
}
_MAGIC = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"\x93NUMPY", "npy"))


def load(path: str, threads: int = 1) -> "Model":
    """Open the model of a slot (``.../slots/NAME/current``) or of a bundle folder.

    Raises:
        ContractError: the bundle is damaged, or this Python has no runtime for it.
    """
    return Model(path, threads)


def kind_of(content: bytes) -> str:
    """png, jpeg, npy or wav by the first bytes, else csv."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    return "wav" if content[:4] == b"RIFF" and content[8:12] == b"WAVE" else "csv"


class Model:
    """A loaded model. Safe to use from several threads.

    Attributes:
        manifest: of the bundle that is loaded now.
        problem: why a newer bundle could not be loaded; the one before stays in use then.
    """

    def __init__(self, path: str, threads: int = 1) -> None:
        self._path = path
        self._threads = threads
        self._lock = threading.Lock()
        self.problem: Optional[str] = None
        self._identity = self._identify()
        self.manifest, self._session = self._open(self._identity[0])

    def predict(self, sample: Sample, top_k: int = 5) -> List[Any]:
        """The answer for one sample.

        Args:
            sample: path or bytes of a PNG, JPEG, .wav, .npy or .csv file; an array (uint8 pixels, or the finished tensor); or a
                list of arrays for models with several inputs.
            top_k: how many classes.

        Returns:
            ``[{"label", "index", "probability"}, ...]``, likeliest first; for models without classes the output arrays.
        """
        import numpy

        with self._lock:
            self._follow()
            inputs = self.manifest.io.inputs
            samples = list(sample) if isinstance(sample, (list, tuple)) else [sample]
            if len(samples) != len(inputs):
                raise ContractError(
                    "the model takes %d inputs, not %d" % (len(inputs), len(samples)), "give one array for each"
                )
            feeds = []
            for contract, item, dtype in zip(inputs, samples, self._session.dtypes()):
                kind, content = _content(item)
                feeds.append(preprocess(contract, content, kind)[None].astype(numpy.dtype(dtype), copy=False))
            outputs = [output[0] for output in self._session.run(feeds)]
            return postprocess(self.manifest.io.output, outputs, top_k) or outputs

    def _identify(self) -> "tuple[str, int]":
        folder = os.path.realpath(self._path)
        return folder, os.stat(os.path.join(folder, MANIFEST)).st_ino

    def _follow(self) -> None:
        """Load the new bundle when the slot was switched; all its files come from one folder."""
        try:
            identity = self._identify()
            if identity == self._identity:
                return
            self.manifest, self._session = self._open(identity[0])
            self._identity, self.problem = identity, None
        except Exception as error:
            self.problem = str(error)

    def _open(self, folder: str) -> "tuple[Manifest, Any]":
        with open(os.path.join(folder, MANIFEST), "rb") as stream:
            manifest = parse(stream.read(1 << 20))
        problems: List[str] = []
        for model in manifest.models:
            path = os.path.join(folder, model.file)
            with open(path, "rb") as stream:
                if hashlib.sha256(stream.read()).hexdigest() != manifest.file(model.file).sha256:
                    raise ContractError("%s is damaged" % path, "deploy the bundle again")
            session = self._session_for(model, path, folder, problems)
            if session is not None:
                return manifest, session
        raise ContractError(
            "this Python cannot run the model: " + "; ".join(problems),
            "install numpy and %s" % " or ".join(name for model in manifest.models for name in RUNTIMES[model.format]),
        )

    def _session_for(self, model: "ModelFile", path: str, folder: str, problems: List[str]) -> Any:
        """The first runtime that opens the file: what this Python has, then what Flyweight put on the board."""
        store = os.path.dirname(os.path.dirname(folder))
        for extra in ["", *sorted(glob.glob(os.path.join(store, "env", "*", "")))]:
            for name in RUNTIMES[model.format]:
                module, kind, provider = _ADAPTERS[name]
                try:
                    if extra:
                        sys.path.insert(0, extra)
                    adapter = getattr(importlib.import_module("flyweight_board.runtimes." + module), kind)
                    adapter.version()
                    return adapter(path, provider, self._threads, {})
                except Exception as error:
                    problems.append("%s: %s" % (name, str(error)[:200]))
                    if extra:
                        sys.path.remove(extra)
        return None


def _content(item: Any) -> "tuple[str, bytes]":
    import io

    import numpy

    if isinstance(item, str):
        with open(item, "rb") as stream:
            item = stream.read()
    if isinstance(item, bytes):
        return kind_of(item), item
    out = io.BytesIO()
    numpy.save(out, numpy.asarray(item), allow_pickle=False)
    return "npy", out.getvalue()


def describe(model: Model) -> Dict[str, Any]:
    """Name, inputs and labels of the loaded bundle, for logs."""
    contract = model.manifest.io
    return {
        "name": model.manifest.name,
        "inputs": {item.name: list(item.shape) for item in contract.inputs},
        "labels": list(contract.output.labels),
    }
