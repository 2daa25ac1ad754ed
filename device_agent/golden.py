"""The golden check: a bundle is believed only after this board's own runtime gave the expected outputs."""

import os
from typing import Any, Callable, Dict, List, Optional, Sequence

from .children import ChildProcess
from .contract.errors import AgentError
from .contract.manifest import RUNTIMES, Manifest, ModelFile
from .contract.messages import Runtime, decode, encode
from .contract.releasing import Golden


def choose_runtime(model: ModelFile, runtimes: Sequence[Runtime]) -> Optional[Runtime]:
    """The preferred runtime of this board for a model file, None when it has none."""
    for name in RUNTIMES[model.format]:
        for item in runtimes:
            if item.id == name:
                return item
    return None


def default_provider(runtime: str) -> str:
    """The provider that every build of a runtime has."""
    return "CPUExecutionProvider" if runtime == "onnxruntime" else "CPU"


def check(
    folder: str,
    manifest: Manifest,
    runtimes: Sequence[Runtime],
    folders: Sequence[str],
    ram_bytes: int,
    timeout_s: float,
    stop: Callable[[], None] = lambda: None,
) -> List[Golden]:
    """Run the golden samples of every model file this board has a runtime for, each in its own limited child.

    A model that crashes, hangs, or gives other outputs is a result that did not pass, not an error.

    Args:
        folder: of the bundle's files.
        manifest: of the bundle.
        runtimes: of the board.
        folders: of the environment they live in.
        ram_bytes: memory of the board.
        timeout_s: wall clock for each model file.
        stop: called during the work; raises when it must stop.

    Raises:
        AgentError: the board has no runtime for any of the files.
    """
    results = []
    for model in manifest.models:
        runtime = choose_runtime(model, runtimes)
        if runtime is None:
            continue
        try:
            with ChildProcess(folders, int(timeout_s) + 1, ram_bytes, stop) as child:
                answer, _ = child.ask(_request(folder, manifest, model, runtime), timeout_s)
            results.append(decode(Golden, answer))
        except AgentError as error:
            if error.code == "deadline":
                raise
            results.append(Golden(False, 0, None, None, runtime.id, error.message))
    if not results:
        wanted = sorted({name for model in manifest.models for name in RUNTIMES[model.format]})
        raise AgentError(
            "no-runtime",
            "this board has no runtime for the bundle; it needs one of: " + ", ".join(wanted),
            "deploy from a desktop that can bring the wheels, or install the runtime on the board",
        )
    return results


def _request(folder: str, manifest: Manifest, model: ModelFile, runtime: Runtime) -> Dict[str, Any]:
    return {
        "do": "golden",
        "runtime": runtime.id,
        "provider": default_provider(runtime.id),
        "threads": 1,
        "path": os.path.join(folder, model.file),
        "file": model.file,
        "golden": os.path.join(folder, manifest.golden.file),
        "tolerance": encode(model.tolerance),
        "io": encode(manifest.io),
        "raw": [
            {"path": os.path.join(folder, item.file), "kind": item.kind, "index": item.index}
            for item in manifest.golden.raw
        ],
    }
