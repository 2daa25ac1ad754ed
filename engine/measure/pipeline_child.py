"""The child's half of :mod:`.pipeline`: runs a model whole and as a pipeline of threads, in turns, and reports nanoseconds.

onnxruntime gives the interpreter lock back while it computes, so every stage has a core to itself.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import Any

import numpy as np

_DEPTH = 2
"""Samples that may wait before a stage: enough to keep it busy, few enough to keep them fresh."""


def measure_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Nanoseconds per sample and of single samples, block by block.

    Args:
        payload: ``whole`` and ``stages`` (paths), ``inputs`` (path of an .npz), ``seconds`` of all, ``rounds``.

    Returns:
        For ``one``, ``threads`` and ``pipeline``: ``per_sample_ns`` of every round at full flow; ``alone_ns`` of samples
        that pass with nothing else under way; and ``max_abs_diff`` of the pipeline from the whole model.
    """
    stages = payload["stages"]
    with np.load(payload["inputs"], allow_pickle=False) as held:
        feed = {name: held[name] for name in held.files}
    one, many = _session(payload["whole"], 1), _session(payload["whole"], len(stages))
    line = _Line([_session(path, 1) for path in stages], [item.name for item in one.get_outputs()])
    runs: dict[str, _Whole | _Line] = {"one": _Whole(one), "threads": _Whole(many), "pipeline": line}
    try:
        expected = one.run(None, feed)
        found = line.run([feed])[0]
        apart = max(
            (
                float(np.abs(a.astype(np.float64) - b.astype(np.float64)).max())
                for a, b in zip(expected, found, strict=True)
            ),
            default=0.0,
        )
        scale = max((float(np.abs(item).max()) for item in expected if item.size), default=0.0)
        start = time.monotonic_ns()
        for run in runs.values():
            run.run([feed] * 4)
        once = max((time.monotonic_ns() - start) / 12, 1.0)
        count = int(np.clip(payload["seconds"] * 1e9 / (3 * payload["rounds"] * once), 4, 2000))
        flow: dict[str, list[float]] = {name: [] for name in runs}
        alone: dict[str, list[float]] = {name: [] for name in runs}
        names = list(runs)
        for number in range(payload["rounds"]):
            for name in names[number % 3 :] + names[: number % 3]:
                start = time.monotonic_ns()
                runs[name].run([feed] * count)
                flow[name].append((time.monotonic_ns() - start) / count)
                start = time.monotonic_ns()
                runs[name].run([feed])
                alone[name].append(float(time.monotonic_ns() - start))
    finally:
        line.close()
    return {
        "max_abs_diff": apart,
        "scale": scale,
        "samples": count,
        "flow_ns": flow,
        "alone_ns": alone,
    }


def _session(path: str, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class _Whole:
    """The model in one session, sample after sample."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, feeds: list[dict[str, np.ndarray]]) -> list[list[np.ndarray]]:
        """Outputs of every sample."""
        return [self._session.run(None, feed) for feed in feeds]


class _Line:
    """Stages in threads, joined by short queues; values travel by reference."""

    def __init__(self, sessions: list[Any], outputs: list[str]) -> None:
        self._outputs = outputs
        self._queues: list[queue.Queue[Any]] = [queue.Queue(_DEPTH) for _ in sessions] + [queue.Queue()]
        self._threads = [
            threading.Thread(target=self._work, args=(session, number), daemon=True)
            for number, session in enumerate(sessions)
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, session: Any, number: int) -> None:
        reads = [item.name for item in session.get_inputs()]
        makes = [item.name for item in session.get_outputs()]
        while (values := self._queues[number].get()) is not None:
            if not isinstance(values, Exception):
                try:
                    made = session.run(makes, {name: values[name] for name in reads})
                    values = {**values, **dict(zip(makes, made, strict=True))}
                except Exception as error:  # told by whoever waits at the end
                    values = error
            self._queues[number + 1].put(values)
        self._queues[number + 1].put(None)

    def run(self, feeds: list[dict[str, np.ndarray]]) -> list[list[np.ndarray]]:
        """Outputs of every sample, in order."""

        def feed_all() -> None:
            for feed in feeds:
                self._queues[0].put(feed)

        feeder = threading.Thread(target=feed_all, daemon=True)
        feeder.start()
        results = []
        for _ in feeds:
            values = self._queues[-1].get()
            if isinstance(values, Exception):
                raise values
            results.append([values[name] for name in self._outputs])
        feeder.join()
        return results

    def close(self) -> None:
        """End the threads."""
        self._queues[0].put(None)
        for thread in self._threads:
            thread.join(5)
