"""What a verified model answers to samples of the desktop: accuracy on this board is computed there from nothing else."""

import os
from typing import Any, Callable, Dict, List, Tuple

from .children import ChildProcess
from .contract.errors import AgentError
from .contract.manifest import Manifest
from .contract.measuring import PlanEntry
from .engines import ON_GPU, cache_option

MAX_BYTES = 64 << 20


def answers(
    entry: PlanEntry,
    place: Tuple[Manifest, str],
    samples: str,
    limits: Tuple[List[str], int, float],
    check: Callable[[], None],
    root: str,
) -> Tuple[Dict[str, Any], bytes]:
    """Run samples through a model file in a limited child.

    Args:
        entry: the file, and on what it runs.
        place: manifest and folder of its bundle.
        samples: path of the pushed ``.npz``.
        limits: folders of the environment, memory of the board, seconds of wall clock.
        check: called during the work; raises when it must stop.
        root: where the GPU's name is read.

    Returns:
        Type and shape of every output, and their bytes one behind the other.

    Raises:
        AgentError: the samples are not there or do not fit the file, or its answers are too large for one reply.
    """
    if not os.path.exists(samples):
        raise AgentError("blob-missing", "the samples are not on the board", "send them again")
    (manifest, folder), (folders, ram_bytes, timeout_s) = place, limits
    choice = entry.runtime
    question = {
        "runtime": choice.id,
        "provider": choice.provider,
        "options": {**choice.options, **cache_option(choice.provider, folder, root)},
        "threads": entry.threads,
        "path": folder + "/" + manifest.file(entry.file).name,
        "file": entry.file,
        "samples": samples,
    }
    seconds = int(timeout_s * max(entry.threads, 1)) + 1
    with ChildProcess(folders, seconds, ram_bytes, check, on_gpu=choice.provider in ON_GPU) as child:
        found = child.ask({"do": "answers", **question}, timeout_s)[0]
        size = int(found["bytes"])
        if size > MAX_BYTES:
            raise AgentError("too-large", "the answers take %d MB" % (size >> 20), "send fewer samples at once")
        return {"outputs": found["outputs"]}, child.ask({"do": "fetch"}, timeout_s, size)[1]
