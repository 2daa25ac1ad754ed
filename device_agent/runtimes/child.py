"""The child process that touches models: commands in, answers out, one model or several.

It is started by the agent with limits already set, turns the network off where it can, and is the only place where
numpy and a runtime are imported. Whatever a runtime prints goes to stderr; the channel is a private copy of stdout.
"""

import gc
import os
import sys
import time
from array import array
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Sequence

from ..contract import codec
from ..contract.errors import AgentError, FlyweightError
from ..contract.io import IoContract, postprocess, preprocess
from ..contract.manifest import Tolerance, within
from ..contract.messages import Runtime, decode, encode
from .isolation import what_holds
from .network import wall_off
from .registry import Adapter, built_in, find, plug_in
from .session import Session

STEADY = 0.02
STEADY_TIMES = 3
MIN_WINDOW_RUNS = 10
CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
PR_SET_PDEATHSIG, SIGKILL = 1, 9
SETTLE_RUNS = 4
FIRST_TO_GO = "1000"
"""The system then ends a model that is tried before the board's own services and its SSH server."""


def now_ns() -> int:
    """Nanoseconds of the raw monotonic clock, which no time server steers."""
    return time.clock_gettime_ns(CLOCK)


def resident_bytes(field: str = "VmRSS") -> Optional[int]:
    """VmRSS or VmHWM of this process."""
    try:
        with open("/proc/self/status", "rb") as stream:
            for line in stream:
                if line.startswith(field.encode() + b":"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return None


def reset_peak() -> None:
    """Bring VmHWM down to the present VmRSS, so that a later peak belongs to the model."""
    try:
        with open("/proc/self/clear_refs", "w") as stream:
            stream.write("5")
    except OSError:
        pass


def proportional_bytes() -> Optional[int]:
    """PSS: this process' memory, pages it shares counted by its share of them."""
    try:
        with open("/proc/self/smaps_rollup", "rb") as stream:
            for line in stream:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return None


class GroupPeak:
    """Peak memory of this process' control group since now, where the kernel keeps one per open file (6.12 and later)."""

    def __init__(self) -> None:
        self._file: Any = None
        try:
            with open("/proc/self/cgroup", "rb") as stream:
                lines = stream.read().decode().splitlines()
            path = next(line[3:] for line in lines if line.startswith("0::"))
            self._file = open("/sys/fs/cgroup%s/memory.peak" % path, "r+b", buffering=0)  # noqa: SIM115 - kept open
            self._file.write(b"reset")
        except (OSError, StopIteration, ValueError):
            self._file = None

    def bytes(self) -> Optional[int]:
        """The peak; None where the kernel keeps none."""
        if self._file is None:
            return None
        try:
            self._file.seek(0)
            return int(self._file.read(64))
        except (OSError, ValueError):
            return None


def _confine(parent: int) -> Dict[str, Any]:
    """End with the agent, go first where memory runs out, and no network (see ``network.py``); what keeps this process in."""
    try:
        with open("/proc/self/oom_score_adj", "w") as stream:
            stream.write(FIRST_TO_GO)
    except OSError:
        pass  # a system that does not let it: the limit on addresses is left
    wall = None
    try:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        wall = wall_off(library)
    except (OSError, AttributeError, ImportError):
        pass  # no libc to ask: the end of stdin still ends the child
    if os.getppid() != parent:
        sys.exit(1)
    return what_holds(wall)


class Child:
    """State of the child: open sessions by index, and what they are fed.

    Args:
        files: adapters that a user put on this board.
        isolation: what keeps this process in.
    """

    def __init__(self, files: Sequence[str] = (), isolation: Optional[Dict[str, Any]] = None) -> None:
        self._files, self._isolation = files, isolation
        self._sessions: Dict[int, Session] = {}
        self._feeds: Dict[int, List[List[Any]]] = {}
        self._base: Optional[int] = None
        self._group: Optional[GroupPeak] = None
        self._answers = b""

    def do_unpack(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Restore a packed file."""
        from ..contract.packed import unpack

        with open(request["path"], "rb") as stream:
            content = unpack(stream.read(), int(request["size"]))
        with open(request["out"], "wb") as stream:
            stream.write(content)
        return {}

    def do_probe(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Which runtimes import here, with what they offer; nothing is imported where the mark is the one that was told."""
        from .mark import mark

        seen, usable = mark(), []
        if request.get("mark") == seen:
            return {"mark": seen, "runtimes": None, "isolation": self._isolation}
        for kind in built_in().values():
            try:
                usable.append(encode(_runtime(kind)))
            except Exception:
                # A broken installation of one runtime must not hide the others.
                continue
        return {"mark": seen, "runtimes": usable, "isolation": self._isolation}

    def do_describe(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """What the adapter in a file is, and whether its runtime can be used here; an error when it is no adapter."""
        kind = plug_in(request["path"])
        facts: Dict[str, Any] = {"id": kind.runtime, "formats": list(kind.formats), "reason": None}
        try:
            return {**facts, **encode(_runtime(kind))}
        except Exception as error:
            reason = "%s: %s" % (type(error).__name__, str(error)[:300])
            return {**facts, "version": None, "providers": [], "reason": reason}

    def do_load(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Import the runtime, open the model, run it once."""
        index, kind = int(request["index"]), find(request["runtime"], self._files)
        described = _runtime(kind)
        if self._base is None:
            self._base = resident_bytes()
            self._group = GroupPeak()
            reset_peak()
        start = now_ns()
        session = kind(request["path"], request["provider"], int(request["threads"]), request.get("options") or {})
        loaded = now_ns()
        self._sessions[index] = session
        self._feeds[index] = feeds = self._inputs(request, session)
        first_start = now_ns()
        session.run(feeds[0])
        first = now_ns()
        after = resident_bytes()
        return {
            "load_ns": loaded - start,
            "first_ns": first - first_start,
            "runtime": encode(described),
            "base": self._base,
            "isolation": self._isolation,
            "load": None if after is None or self._base is None else max(after - self._base, 0),
        }

    def _inputs(self, request: Dict[str, Any], session: Session) -> "List[List[Any]]":
        import numpy

        if request.get("golden"):
            arrays = _golden_inputs(request["golden"], request["file"])
            return [[item[i : i + 1] for item in arrays] for i in range(len(arrays[0]))]
        generator = numpy.random.Generator(numpy.random.PCG64(0))
        feed = []
        for shape, dtype in zip(session.shapes(), session.dtypes()):
            full = [1 if size < 1 else size for size in shape]
            feed.append(_random(generator, full, numpy.dtype(dtype)))
        return [feed]

    def do_warm(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Run until the medians of three successive windows agree within 2 %, or ``max_s`` is over."""
        index, limit = int(request["index"]), float(request["max_s"])
        end = now_ns() + int(limit * 1e9)
        window_ns = int(min(0.25, limit / 6) * 1e9)
        medians: List[int] = []
        runs = agree = 0
        while now_ns() < end and agree < STEADY_TIMES:
            samples = self._window(index, min(now_ns() + window_ns, end), end)
            runs += len(samples)
            medians.append(sorted(samples)[len(samples) // 2])
            close = len(medians) > 1 and abs(medians[-1] / medians[-2] - 1) < STEADY
            agree = agree + 1 if close else 0
        return {"runs": runs, "steady": agree >= STEADY_TIMES, "median_ns": medians[-1] if medians else None}

    def _window(self, index: int, soft_end_ns: int, hard_end_ns: int) -> "array[int]":
        """Runs until the soft end, then on to a minimum of runs, but never beyond the hard end."""
        samples = self._block(index, 1)
        while now_ns() < hard_end_ns and (len(samples) < MIN_WINDOW_RUNS or now_ns() < soft_end_ns):
            samples.extend(self._block(index, 1))
        return samples

    def _block(self, index: int, count: int) -> "array[int]":
        run, feeds = self._sessions[index].run, self._feeds[index]
        clock, number = time.clock_gettime_ns, len(feeds)
        samples = array("q", bytes(8 * count))
        for i in range(count):
            feed = feeds[i % number]
            start = clock(CLOCK)
            run(feed)
            samples[i] = clock(CLOCK) - start
        return samples

    def do_block(self, request: Dict[str, Any]) -> "tuple[Dict[str, Any], bytes]":
        """``count`` consecutive runs: their nanoseconds, and the CPU and wall time of the block.

        Before a block of many runs a few are not counted: they bring the model back into the caches that the blocks of
        the other entries have filled.
        """
        index, count = int(request["index"]), int(request["count"])
        gc.disable()
        if count >= 8 * SETTLE_RUNS:
            self._block(index, SETTLE_RUNS)
        cpu, start = time.process_time_ns(), now_ns()
        samples = self._block(index, count)
        wall, cpu = now_ns() - start, time.process_time_ns() - cpu
        gc.enable()
        if sys.byteorder == "big":
            samples.byteswap()
        return {"count": count, "start_ns": start, "wall_ns": wall, "cpu_ns": cpu}, samples.tobytes()

    def do_stream(self, request: Dict[str, Any]) -> "tuple[Dict[str, Any], bytes]":
        """Queries at their own times; see :mod:`device_agent.runtimes.stream`."""
        from .stream import Stream

        index = int(request["index"])
        return Stream(self._sessions[index], self._feeds[index], request).run()

    def do_spin(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Runs back to back for ``max_s``; only their number is kept."""
        run, feeds = self._sessions[int(request["index"])].run, self._feeds[int(request["index"])]
        end, count = now_ns() + int(float(request["max_s"]) * 1e9), 0
        while now_ns() < end:
            run(feeds[count % len(feeds)])
            count += 1
        return {"count": count}

    def do_memory(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Peak resident memory since the runtime was imported, above what the runtime alone took."""
        peak = resident_bytes("VmHWM")
        return {
            "peak": None if peak is None or self._base is None else max(peak - self._base, 0),
            "pss": proportional_bytes(),
            "group_peak": None if self._group is None else self._group.bytes(),
        }

    def do_placement(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Nodes by provider, from a traced run of the loaded model; empty where the runtime does not tell."""
        feed = self._feeds[int(request["index"])][0]
        kind = find(request["runtime"], self._files)
        options = request.get("options") or {}
        return {"providers": kind.placement(request["path"], request["provider"], options, feed)}

    def do_operators(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Median time of every operator in traced runs; empty where the runtime does not tell."""
        feed = self._feeds[int(request["index"])][0]
        kind, options = find(request["runtime"], self._files), request.get("options") or {}
        threads = int(request["threads"])
        return {"operators": kind.operators(request["path"], request["provider"], threads, options, feed)}

    def do_golden(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Run the golden samples of one model file and compare; a provider that was asked for must have run nodes of it."""
        import numpy

        kind, provider, options = (
            find(request["runtime"], self._files),
            request["provider"],
            request.get("options") or {},
        )
        session = kind(request["path"], provider, int(request["threads"]), options)
        tolerance = decode(Tolerance, request["tolerance"])
        arrays = _golden_inputs(request["golden"], request["file"])
        expected = _golden_outputs(request["golden"], request["file"])
        outputs = [session.run([item[i : i + 1] for item in arrays]) for i in range(len(arrays[0]))]
        verdicts = [
            within(wanted, numpy.concatenate([item[number] for item in outputs]), tolerance)
            for number, wanted in enumerate(expected)
        ]
        reason = next((item.reason for item in verdicts if not item.passed), None)
        if reason is None:
            reason = _check_raw(request, session, arrays, expected, tolerance)
        nodes: Dict[str, int] = {}
        if reason is None and request.get("prove"):
            nodes = kind.placement(request["path"], provider, options, [item[:1] for item in arrays])
            if nodes and not nodes.get(provider):
                reason = "nothing of it ran on %s, all on %s" % (provider, ", ".join(sorted(nodes)))
        worst = [item.max_abs_diff for item in verdicts if item.max_abs_diff is not None]
        return {
            "passed": reason is None,
            "samples": len(arrays[0]),
            "top1_agreement": verdicts[0].top1_agreement,
            "max_abs_diff": max(worst) if worst else None,
            "runtime": "%s %s" % (kind.runtime, kind.version()),
            "reason": reason,
            "provider": provider,
            "nodes": nodes,
        }

    def do_answers(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Outputs of one model file for samples that go through it one at a time; ``fetch`` hands them out."""
        import numpy

        kind = find(request["runtime"], self._files)
        options = request.get("options") or {}
        session = kind(request["path"], request["provider"], int(request["threads"]), options)
        arrays = _arrays(request["samples"], request["file"], "input")
        parts: "List[List[Any]]" = []
        for i in range(len(arrays[0])):
            outputs = [numpy.asarray(item) for item in session.run([item[i : i + 1] for item in arrays])]
            parts.append([item if item.shape[:1] == (1,) else item[None] for item in outputs])
        found = [numpy.concatenate([row[number] for row in parts]) for number in range(len(parts[0]))]
        found = [item.astype(item.dtype.newbyteorder("<"), copy=False) for item in found]
        self._answers = b"".join(item.tobytes() for item in found)
        described = [{"dtype": str(item.dtype.name), "shape": list(item.shape)} for item in found]
        return {"outputs": described, "bytes": len(self._answers)}

    def do_fetch(self, request: Dict[str, Any]) -> "tuple[Dict[str, Any], bytes]":
        """What ``answers`` found."""
        return {}, self._answers

    def do_predict(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Raw files through the I/O contract: pre-process, infer, post-process."""
        import numpy

        contract = decode(IoContract, request["io"])
        kind = find(request["runtime"], self._files)
        session = kind(request["path"], request["provider"], int(request["threads"]), request.get("options") or {})
        answers = []
        for item in request["inputs"]:
            with open(item["path"], "rb") as stream:
                content = stream.read()
            tensor = preprocess(contract.inputs[0], content, item["kind"])[None]
            outputs = session.run([tensor.astype(session.dtypes()[0], copy=False)])
            classes = postprocess(contract.output, [value[0] for value in outputs], int(request["top_k"]))
            plain = (
                []
                if classes
                else [numpy.asarray(value[0]).astype(float).reshape(-1)[:1000].tolist() for value in outputs]
            )
            answers.append({"name": item["name"], "classes": classes, "outputs": plain})
        return {"predictions": answers}


def _runtime(kind: Adapter) -> Runtime:
    """What an adapter offers here; an error where its runtime cannot be used."""
    import numpy

    version, formats = kind.version(), list(kind.formats)
    return Runtime(
        kind.runtime, version, kind.providers(), str(numpy.__version__), formats=formats, default=kind.default_provider
    )


def _random(generator: Any, shape: List[int], dtype: Any) -> Any:
    import numpy

    if dtype.kind == "f":
        return generator.standard_normal(shape).astype(dtype)
    if dtype.kind == "b":
        return numpy.zeros(shape, dtype)
    high = 2 if dtype.itemsize > 1 else 100
    return generator.integers(0, high, shape).astype(dtype)


def _golden_inputs(path: str, file: str) -> "List[Any]":
    return _arrays(path, file, "input")


def _golden_outputs(path: str, file: str) -> "List[Any]":
    return _arrays(path, file, "output")


def _arrays(path: str, file: str, what: str) -> "List[Any]":
    import numpy

    found = []
    with numpy.load(path, allow_pickle=False) as archive:
        for number in range(64):
            for key in ("%s/%s_%d" % (file, what, number), "%s_%d" % (what, number)):
                if key in archive.files:
                    found.append(archive[key])
                    break
            else:
                break
    if not found:
        raise AgentError(
            "golden-missing", "%s holds no %s for %s" % (os.path.basename(path), what, file), "bundle again"
        )
    return found


def _check_raw(
    request: Dict[str, Any], session: Session, arrays: "List[Any]", expected: "List[Any]", tolerance: Tolerance
) -> Optional[str]:
    """Raw golden samples go through this board's pre-processing; their outputs must agree, too."""
    import numpy

    contract = decode(IoContract, request["io"])
    for raw in request["raw"]:
        with open(raw["path"], "rb") as stream:
            tensor = preprocess(contract.inputs[0], stream.read(), raw["kind"])
        index = int(raw["index"])
        tensor = tensor.astype(arrays[0].dtype, copy=False)
        if tensor.shape != arrays[0][index].shape or not numpy.allclose(tensor, arrays[0][index], rtol=1e-4, atol=1e-4):
            return "pre-processing of %s on this board differs from the desktop's" % os.path.basename(raw["path"])
        output = session.run([tensor[None], *(item[index : index + 1] for item in arrays[1:])])[0]
        verdict = within(expected[0][index : index + 1], output, tolerance)
        if not verdict.passed:
            return "%s: %s" % (os.path.basename(raw["path"]), verdict.reason)
    return None


def serve(read: Callable[[int], bytes], out: BinaryIO, child: Child) -> None:
    """Answer commands until the channel closes. An error is an answer, not the end."""
    while True:
        try:
            request = codec.read_json(read)
        except EOFError:
            return
        payload = b""
        try:
            answer = getattr(child, "do_" + str(request["do"]))(request)
            if isinstance(answer, tuple):
                answer, payload = answer
            reply = {"reply": answer}
        except FlyweightError as error:
            reply = {"error": error.to_json()}
        except MemoryError:
            reply = {
                "error": {"code": "memory", "message": "not enough memory for the model", "remedy": "use a smaller one"}
            }
        except Exception as error:
            text = "%s: %s" % (type(error).__name__, str(error)[:500])
            reply = {"error": {"code": "model-rejected", "message": text, "remedy": "check the model on the desktop"}}
        codec.write_json(out, reply)
        for start in range(0, len(payload), codec.MAX_CHUNK_BYTES):
            codec.write_chunk(out, payload[start : start + codec.MAX_CHUNK_BYTES])
        out.flush()


def main(arguments: List[str]) -> int:
    """Entry of the child.

    Args:
        arguments: process id of the agent, then folders of unzipped wheels, which come first on the path, and adapters' files.
    """
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    files = [path for path in arguments[1:] if path.endswith(".py")]
    sys.path[:0] = [path for path in arguments[1:] if path not in files]
    serve(lambda count: os.read(0, count), channel, Child(files, _confine(int(arguments[0]))))
    return 0
