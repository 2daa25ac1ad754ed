"""Execution providers of a runtime: which one is asked for, whether a board offers it, and where the nodes really ran.

CUDA and TensorRT follow onnxruntime's documentation and were not run on hardware yet.
"""

from collections.abc import Mapping, Sequence

from device_agent.contract.messages import Runtime

from ..errors import RejectedError, UsageError

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider"}
"""What a user says -> what onnxruntime calls it. Others, as those of vendors' NPUs, are asked for by onnxruntime's own name."""
CPU = ("CPUExecutionProvider", "CPU")
"""What runtimes call the processor itself."""
ENDING = "ExecutionProvider"


def known_provider(name: str) -> str:
    """The name, if a provider can have it: a short one, or onnxruntime's own.

    Raises:
        UsageError: it is neither.

    >>> known_provider("QNNExecutionProvider")
    'QNNExecutionProvider'
    """
    if name in PROVIDERS or (name.endswith(ENDING) and name.isalnum()):
        return name
    raise UsageError(
        "provider-unknown",
        f"no provider '{name[:40]}'",
        f"use {', '.join(PROVIDERS)}, or onnxruntime's own name: ...{ENDING}",
    )


OF_TFLITE = ("DELEGATE", "XNNPACK")
"""What runtimes of TFLite call a delegate."""


def offering(name: str, runtimes: Sequence[Runtime], subject: str) -> tuple[Runtime, str]:
    """The first of a board's runtimes for a model that offers a provider, and the provider's id in it.

    Args:
        name: a key of ``PROVIDERS``, or what the runtime calls a provider; "" = what it uses by itself.
        runtimes: those that take the model, preferred first.
        subject: name of the model, for the error.

    Raises:
        RejectedError: none of them offers it; says what the board has and what to install.
    """
    wanted = PROVIDERS.get(name, name)
    for item in runtimes:
        own = next((provider for provider in CPU if provider in item.providers), None)
        if not name:
            return item, item.default or own or wanted
        if wanted == PROVIDERS["cpu"] and own is not None:
            return item, own
        if wanted in item.providers:
            return item, wanted
    if not runtimes:
        raise RejectedError(
            "no-runtime",
            f"the board has no runtime for {subject}",
            "deploy the bundle first; that brings one; or add its adapter: flyweight device adapter add",
        )
    if wanted in OF_TFLITE and not any("tflite" in item.formats for item in runtimes):
        raise RejectedError(
            "no-delegate",
            f"a delegate is TFLite's, and the board runs {subject} by {' or '.join(item.id for item in runtimes)}",
            "bring the TFLite form along: flyweight bundle VARIANT --twin; or leave out --delegate",
        )
    have = "; ".join(f"{item.id} {item.version} has {', '.join(item.providers) or 'none'}" for item in runtimes)
    raise RejectedError(
        "no-provider",
        f"the board cannot run {subject} with {name}: {have}",
        f"install an onnxruntime built with {wanted} for the board's own Python (Jetson: NVIDIA's wheel for its "
        "JetPack), or use --provider cpu",
    )


def ran(provider: str, nodes: Mapping[str, int]) -> bool:
    """Whether the provider ran any node; a runtime that does not tell is not accused.

    >>> ran("CUDAExecutionProvider", {"CPUExecutionProvider": 40}), ran("CUDAExecutionProvider", {})
    (False, True)
    """
    return not nodes or nodes.get(provider, 0) > 0


def fallback(provider: str, nodes: Mapping[str, int]) -> str | None:
    """What to say of nodes that other providers ran than the one asked for; None where there is nothing to say.

    >>> fallback("CUDAExecutionProvider", {"CUDAExecutionProvider": 28, "CPUExecutionProvider": 12})
    '12 of 40 nodes fell back to CPU'
    """
    others = {name: count for name, count in nodes.items() if name != provider and count > 0}
    if provider in CPU:
        return None
    if not nodes:
        return f"the board does not tell which nodes ran on {short(provider)}"
    if not others:
        return None
    where = ", ".join(short(name) for name in sorted(others, key=lambda name: (-others[name], name)))
    return f"{sum(others.values())} of {sum(nodes.values())} nodes fell back to {where}"


def short(provider: str) -> str:
    """A provider's id without its ending.

    >>> short("CUDAExecutionProvider")
    'CUDA'
    """
    return provider.removesuffix(ENDING)
