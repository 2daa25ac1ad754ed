"""Predictions on the board: files through the contract of a slot's current bundle, in a limited child."""

import os
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from . import environments
from .children import ChildProcess
from .contract.errors import AgentError
from .contract.messages import PredictRequest, encode
from .golden import choose_runtime, default_provider

if TYPE_CHECKING:
    from .server import Server


def predict(server: "Server", request: PredictRequest, timeout_s: float) -> List[Dict[str, Any]]:
    """One answer per input: ``{"name", "classes", "outputs"}``.

    Raises:
        AgentError: the slot is empty, the board has no runtime for it, or a file does not fit the contract.
    """
    bundle = server.releases.current_bundle(request.slot)
    if bundle is None:
        known = ", ".join(server.releases.slots()) or "none"
        raise AgentError(
            "slot-empty",
            "nothing runs in slot %s (slots: %s)" % (request.slot[:64], known),
            "deploy a bundle to it first",
        )
    manifest, folder = server.releases.manifest(bundle)
    candidates: List[Optional[str]] = [None, *server.store.environments()]
    for environment in candidates:
        for model in manifest.models:
            runtime = choose_runtime(model, server.runtimes(environment))
            if runtime is None:
                continue
            with ChildProcess(
                environments.folders(server.store, environment), int(timeout_s) + 1, server.machine.ram_bytes
            ) as child:
                answer, _ = child.ask(
                    {
                        "do": "predict",
                        "runtime": runtime.id,
                        "provider": default_provider(runtime.id),
                        "threads": 1,
                        "path": os.path.join(folder, model.file),
                        "io": encode(manifest.io),
                        "inputs": [
                            {"path": server.store.blob(item.sha256), "kind": item.kind, "name": item.name}
                            for item in request.inputs
                        ],
                        "top_k": request.top_k,
                    },
                    timeout_s,
                )
            return list(answer["predictions"])
    raise AgentError(
        "no-runtime", "this board has no runtime for the slot's bundle", "deploy it again from the desktop"
    )
