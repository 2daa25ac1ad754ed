"""What an accelerator needs from the agent: a place for the engines TensorRT builds, and limits that let it start.

    engines/<bundle>/<gpu>/<versions>/     engines of one bundle; they go when the bundle goes (the adapter adds versions)

Nothing of this was run on hardware yet.
"""

import glob
import os
import re
from typing import Dict

from .contract.errors import AgentError
from .contract.measuring import TENSORRT

ON_GPU = ("CUDAExecutionProvider", TENSORRT)


def gpu_name(root: str) -> str:
    """The GPU as a folder name: the model of a Jetson, or of the first card of NVIDIA's driver; "unknown" for none."""
    cards = sorted(glob.glob(os.path.join(root, "proc/driver/nvidia/gpus/*/information")))
    for path in [*cards, os.path.join(root, "proc/device-tree/model")]:
        try:
            with open(path, "rb") as stream:
                text = stream.read(4096).decode("utf-8", "replace")
        except OSError:
            continue
        named = re.search(r"^Model:\s*(.+)$", text, re.MULTILINE)
        return re.sub(r"[^a-z0-9]+", "-", (named.group(1) if named else text).lower()).strip("-")[:80] or "unknown"
    return "unknown"


def check_library(options: Dict[str, str], home: str) -> None:
    """AgentError for a delegate's library from the agent's own store: what a desktop pushed there is content, not code."""
    library = options.get("delegate", "")
    real = os.path.realpath(os.path.expanduser(library)) if library else ""
    relative = os.sep in library and not os.path.isabs(library)
    if relative or real.startswith(os.path.realpath(home) + os.sep):
        raise AgentError(
            "delegate-refused",
            "%s is no library that was installed on the board" % library[:200],
            "install the delegate on the board, outside of %s, and name its full path" % home,
        )


def cache_option(provider: str, bundle_folder: str, root: str) -> Dict[str, str]:
    """The adapter's option that says where engines of a verified bundle are kept."""
    if provider != TENSORRT:
        return {}
    bundles, bundle = os.path.split(bundle_folder)
    return {"engine_cache": os.path.join(os.path.dirname(bundles), "engines", bundle, gpu_name(root))}
