"""Predictions on the board: files through the contract of a slot's current bundle, in a limited child."""

import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError
from .contract.manifest import Manifest, ModelFile
from .contract.measuring import PlanEntry, RuntimeChoice
from .contract.messages import Runtime, encode
from .contract.releasing import PredictRequest
from .engines import ON_GPU, cache_option
from .golden import Run, choose, no_runtime
from .releases import Releases

Folders = Callable[[Optional[str]], List[str]]
Runtimes = Callable[[Optional[str]], List[Runtime]]


def predict(
    releases: Releases,
    request: PredictRequest,
    environments: Tuple[Runtimes, Folders],
    ram_bytes: int,
    timeout_s: float,
    check: Callable[[], None],
    root: str = "/",
) -> List[Dict[str, Any]]:
    """One answer per input: ``{"name", "classes", "outputs"}``.

    Args:
        releases: of this board.
        request: slot and pushed files.
        environments: runtimes and folders by environment; None is the interpreter's own.
        ram_bytes: memory of the board.
        timeout_s: wall clock for all inputs together.
        check: called during the work; raises when it must stop.
        root: where the GPU's name is read.

    Raises:
        AgentError: the slot is empty, the board has no runtime for it, the bundle was not verified on what is asked for, or
            a file does not fit the contract.
    """
    state = releases.generations.state()
    bundle = state.current(request.slot)
    if bundle is None:
        known = ", ".join(sorted(state.slots)) or "none"
        raise AgentError(
            "slot-empty",
            "nothing runs in slot %s (slots: %s)" % (request.slot[:64], known),
            "deploy a bundle to it first",
        )
    manifest, folder = releases.manifest(bundle)
    run = request.run or state.run(request.slot)
    if request.run:
        releases.check_run(bundle, run)
    runtimes, folders = environments
    have: List[Runtime] = []
    for environment in [None, *releases.store.environments()]:
        have += runtimes(environment)
        found = _model(manifest, runtimes(environment), run)
        if found is None:
            continue
        model, choice = found
        on_gpu = choice.provider in ON_GPU
        with ChildProcess(folders(environment), int(timeout_s) + 1, ram_bytes, check, on_gpu=on_gpu) as child:
            question = _request(releases, request, manifest, os.path.join(folder, model.file), choice)
            question["options"] = {**choice.options, **cache_option(choice.provider, folder, root)}
            return list(child.ask(question, timeout_s)[0]["predictions"])
    raise AgentError("no-runtime", *no_runtime(manifest, have, run))


def entry_of(releases: Releases, slot: str, environments: Tuple[Runtimes, Folders]) -> PlanEntry:
    """What runs in a slot, as an entry of a plan.

    Raises:
        AgentError: the slot is empty, or the board has no runtime for it.
    """
    state = releases.generations.state()
    bundle = state.current(slot)
    if bundle is None:
        raise AgentError("slot-empty", "nothing runs in slot %s" % slot[:64], "deploy a bundle to it first")
    manifest, _ = releases.manifest(bundle)
    for environment in [None, *releases.store.environments()]:
        found = _model(manifest, environments[0](environment), state.run(slot))
        if found is not None:
            return PlanEntry(bundle, found[0].file, found[1], 1, environment)
    raise AgentError("no-runtime", "this board has no runtime for slot %s" % slot[:64], "deploy it again")


def _model(manifest: Manifest, runtimes: Sequence[Runtime], run: Run) -> "Optional[Tuple[ModelFile, RuntimeChoice]]":
    for model in manifest.models:
        choice = choose(model, runtimes, run)
        if choice is not None:
            return model, choice
    return None


def _request(
    releases: Releases, request: PredictRequest, manifest: Manifest, path: str, choice: RuntimeChoice
) -> Dict[str, Any]:
    inputs = []
    for item in request.inputs:
        blob = releases.store.blob(item.sha256)
        if not os.path.exists(blob):
            raise AgentError("blob-missing", "the file %s is not on the board" % item.name[:80], "send it again")
        inputs.append({"path": blob, "kind": item.kind, "name": item.name})
    return {
        "do": "predict",
        "runtime": choice.id,
        "provider": choice.provider,
        "threads": 1,
        "path": path,
        "io": encode(manifest.io),
        "inputs": inputs,
        "top_k": request.top_k,
    }
