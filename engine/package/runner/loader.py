"""Use the model of a slot from your own program; it follows every switch of the slot by itself.

    import sys; sys.path.insert(0, "/home/pi/.flyweight/slots/main/current")
    from loader import load

    model = load("/home/pi/.flyweight/slots/main/current")
    print(model.predict("photo.png"))

Needs Python 3.8, numpy and the runtime of the model file (onnxruntime, ai-edge-litert, tflite-runtime, or one whose adapter
you added); those that Flyweight put on the board are found, too. A slot runs on what it was deployed for. ``board.zip`` beside
this file holds the readers of the I/O contract.
"""

import glob
import hashlib
import json
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

HERE = os.path.dirname(os.path.abspath(__file__))
if TYPE_CHECKING:
    import numpy

    from device_agent.contract.errors import ContractError
    from device_agent.contract.io import postprocess, preprocess
    from device_agent.contract.manifest import MANIFEST, Manifest, ModelFile, parse

    def taking(format_: str, files: Sequence[str] = ()) -> List[Any]:
        """Adapters for a model format, from the registry in ``board.zip``."""
else:
    sys.path.insert(0, os.path.join(HERE, "board.zip"))
    from flyweight_board.contract.errors import ContractError
    from flyweight_board.contract.io import postprocess, preprocess
    from flyweight_board.contract.manifest import MANIFEST, parse
    from flyweight_board.runtimes.registry import taking

__all__ = ["HERE", "ContractError", "Model", "describe", "kind_of", "load"]

Sample = Union[str, bytes, "numpy.ndarray", Sequence["numpy.ndarray"]]
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
        self.manifest, self._session = self._open(self._identity[0], self._identity[2])

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

    def _identify(self) -> "tuple[str, int, Dict[str, str]]":
        folder = os.path.realpath(self._path)
        return folder, os.stat(os.path.join(folder, MANIFEST)).st_ino, _run_of(self._path)

    def _follow(self) -> None:
        """Load the new bundle when the slot was switched; all its files come from one folder."""
        try:
            identity = self._identify()
            if identity == self._identity:
                return
            self.manifest, self._session = self._open(identity[0], identity[2])
            self._identity, self.problem = identity, None
        except Exception as error:
            self.problem = str(error)

    def _open(self, folder: str, run: Dict[str, str]) -> "tuple[Manifest, Any]":
        with open(os.path.join(folder, MANIFEST), "rb") as stream:
            manifest = parse(stream.read(1 << 20))
        problems: List[str] = []
        for model in manifest.models:
            path = os.path.join(folder, model.file)
            with open(path, "rb") as stream:
                if hashlib.sha256(stream.read()).hexdigest() != manifest.file(model.file).sha256:
                    raise ContractError("%s is damaged" % path, "deploy the bundle again")
            session = self._session_for(model, path, folder, run, problems)
            if session is not None:
                return manifest, session
        formats = [model.format for model in manifest.models]
        known = dict.fromkeys(item.runtime for format_ in formats for item in taking(format_))
        raise ContractError(
            "this Python cannot run the model: " + ("; ".join(problems) or "no runtime for " + ", ".join(formats)),
            "install numpy and %s" % (" or ".join(known) or "add the adapter: flyweight device adapter add"),
        )

    def _session_for(self, model: "ModelFile", path: str, folder: str, run: Dict[str, str], problems: List[str]) -> Any:
        """The first runtime that opens the file: what this Python has, then what Flyweight put on the board."""
        store = os.path.dirname(os.path.dirname(folder))
        adapters = [
            item for item in taking(model.format, _added(store)) if run.get("runtime", "") in ("", item.runtime)
        ]
        options = {key: value for key, value in run.items() if key not in ("runtime", "provider")}
        for extra in ["", *sorted(glob.glob(os.path.join(store, "env", "*", "")))]:
            for adapter in adapters:
                try:
                    if extra:
                        sys.path.insert(0, extra)
                    adapter.version()
                    return adapter(path, run.get("provider") or adapter.default_provider, self._threads, options)
                except Exception as error:
                    problems.append("%s: %s" % (adapter.runtime, str(error)[:200]))
                    if extra:
                        sys.path.remove(extra)
        return None


def _run_of(path: str) -> Dict[str, str]:
    """On what a slot runs its bundle, as it was deployed; nothing for the folder of a bundle."""
    path = path.rstrip(os.sep)
    try:
        slot = os.path.basename(os.readlink(path))
        state = _read(os.path.join(os.path.dirname(path), "..", "..", "active", "state.json"))["slots"][slot]
        return next((item.get("run", {}) for item in state["releases"] if item["release"] == state["current"]), {})
    except (OSError, ValueError, KeyError):
        return {}


def _added(store: str) -> List[str]:
    """Files of the adapters that the user added to this board and that nobody changed since."""
    try:
        known = _read(os.path.join(store, "adapters", "index.json"))["adapters"]
    except (OSError, ValueError, KeyError):
        return []
    found = []
    for name, sha256 in known.items():
        path = os.path.join(store, "adapters", sha256, name + ".py")
        if os.path.isfile(path):
            with open(path, "rb") as stream:
                if hashlib.sha256(stream.read()).hexdigest() == sha256:
                    found.append(path)
    return found


def _read(path: str) -> Dict[str, Any]:
    with open(path, "rb") as stream:
        return dict(json.loads(stream.read().decode("utf-8")))


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
