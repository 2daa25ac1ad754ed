"""The golden check: a bundle is believed only after this board's own runtime gave the expected outputs."""

import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .children import ChildProcess
from .contract.errors import AgentError
from .contract.manifest import Manifest, ModelFile, runtimes_for
from .contract.measuring import RuntimeChoice
from .contract.messages import Runtime, decode, encode
from .contract.releasing import Golden
from .engines import ON_GPU

ON_CPU = ("CPU", "CPUExecutionProvider")
"""Providers that need no proof: what runs nowhere else runs there."""

Run = Dict[str, str]
"""On what a bundle runs: ``runtime``, ``provider`` and the adapter's own options; what is left open is the board's usual."""


def choose(model: ModelFile, runtimes: Sequence[Runtime], run: Run) -> Optional[RuntimeChoice]:
    """How this board runs a model file; None when it has no runtime for it."""
    fitting = runtimes_for(model.format, runtimes, run.get("runtime", ""))
    wanted = run.get("provider", "")
    have = next((item for item in fitting if wanted in ("", *item.providers)), None)
    if have is None:
        return None
    options = {key: value for key, value in run.items() if key not in ("runtime", "provider")}
    return RuntimeChoice(have.id, wanted or have.default, options=options)


def check(
    folder: str,
    manifest: Manifest,
    runtimes: Sequence[Runtime],
    folders: Sequence[str],
    ram_bytes: int,
    timeout_s: float,
    stop: Callable[[], None] = lambda: None,
    run: Optional[Run] = None,
    more: Callable[[RuntimeChoice], Run] = lambda choice: {},
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
        run: on what; any provider but the CPU must have run nodes of the model, where the runtime tells.
        more: options the agent itself adds for a choice.

    Raises:
        AgentError: the board has no runtime for any of the files.
    """
    results, run = [], run or {}
    for model in manifest.models:
        choice = choose(model, runtimes, run)
        if choice is None:
            continue
        try:
            on_gpu = choice.provider in ON_GPU
            with ChildProcess(folders, int(timeout_s) + 1, ram_bytes, stop, on_gpu=on_gpu) as child:
                request = _request(folder, manifest, model, choice)
                request["options"] = {**choice.options, **more(choice)}
                answer, _ = child.ask({**request, "prove": choice.provider not in ON_CPU}, timeout_s)
            results.append(decode(Golden, answer))
        except AgentError as error:
            if error.code == "deadline":
                raise
            known = error.code.startswith("model-")
            reason = error.message if known else "%s; %s" % (error.message, error.remedy)
            results.append(Golden(False, 0, None, None, choice.id, reason, choice.provider))
    if not results:
        raise AgentError("no-runtime", *no_runtime(manifest, runtimes, run))
    return results


def no_runtime(manifest: Manifest, runtimes: Sequence[Runtime], run: Run) -> "Tuple[str, str]":
    """What to say when nothing here takes a bundle: message and remedy."""
    from .runtimes.registry import built_in

    formats = list(dict.fromkeys(model.format for model in manifest.models))
    known = [item.runtime for item in built_in().values() if set(item.formats) & set(formats)]
    have = ", ".join(sorted({"%s (%s)" % (item.id, " ".join(item.formats)) for item in runtimes})) or "none"
    if run.get("provider"):
        have = ", ".join(sorted({"%s (%s)" % (item.id, " ".join(item.providers)) for item in runtimes})) or "none"
        formats.append("with " + run["provider"][:40])
    wanted = run.get("runtime") or " or ".join(known) or "an adapter for " + " or ".join(formats)
    return (
        "this board has no runtime for the bundle (%s); it needs %s and has: %s"
        % (", ".join(formats), wanted[:80], have),
        "deploy from a desktop that can bring the wheels, install the runtime on the board, or add its adapter: "
        "flyweight device adapter add",
    )


def _request(folder: str, manifest: Manifest, model: ModelFile, choice: RuntimeChoice) -> Dict[str, Any]:
    return {
        "do": "golden",
        "runtime": choice.id,
        "provider": choice.provider,
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
