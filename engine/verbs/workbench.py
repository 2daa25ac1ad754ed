"""One model on the bench: opened, evaluated once, then turned into variants by recipes.

``compress`` and ``demo`` share it, so both do exactly the same work.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..compress.registry import find
from ..compress.run import apply_recipe
from ..compress.technique import Context, ModelState, Takes, Timed
from ..errors import ModelError
from ..evaluate.fidelity import fidelity
from ..evaluate.paired import lost
from ..evaluate.preparation_reason import preparation_notes
from ..evaluate.score import Evaluation, evaluate_file
from ..evaluate.size_reason import size_notes
from ..evaluate.speed_reason import speed_notes
from ..events import Artifact, Stage
from ..jobs import Job
from ..model.data import CALIBRATION, TRAIN
from ..model.datasets.stamp import data_stamp
from ..model.graph import input_specs
from ..model.open import OpenedModel, inspect, onnx_info
from ..model.packed_size import packed_size
from ..model.save import to_onnx
from ..model.task import Task, Unlabelled, target_of
from ..records import Format, ModelInfo, Recipe, Variant, content_id, sha256_hex
from ..workspace import Workspace

if TYPE_CHECKING:
    import torch
    from onnx import ModelProto

    from ..compress.processor import Processor
    from ..model.data import DataSet

Timer = Callable[[list[bytes]], list[Timed]]
"""Times ONNX files (their bytes) on the target, interleaved, in their order."""


class Workbench:
    """An opened model with its data, baseline and evaluation.

    Args:
        opened: from ``engine.model.open.open_model``.
        data: None means: compress what needs no data, evaluate nothing.
        timer: device in the loop for techniques that let measurements decide, or None.
        processor: of the device the results are for; None = this computer's.
        metric: which judges results and candidates; None = the main one of the task.
    """

    def __init__(
        self,
        workspace: Workspace,
        job: Job,
        opened: OpenedModel,
        data: "DataSet | None",
        *,
        seed: int = 0,
        timer: Timer | None = None,
        threads: int | None = None,
        test_split: str = "test",
        processor: "Processor | None" = None,
        metric: str | None = None,
    ) -> None:
        self.workspace = workspace
        self.job = job
        self.opened = opened
        self.data = data
        self.seed = seed
        self.timer = timer
        self.threads = threads
        self.test_split = test_split
        self.processor = processor
        self.metric = metric
        self._evaluation: Evaluation | None = None
        self._baseline: Variant | None = None

    @property
    def original(self) -> ModelState:
        """The model before the first step: as a module where there is one, else as its graph."""
        import onnx

        opened = self.opened
        if opened.module is not None:
            return ModelState(opened.inputs, module=opened.module)
        if opened.onnx is None:
            raise ModelError(
                "not-compressible",
                f"{opened.name} ({opened.info.format}) cannot be turned into an ONNX graph or a module",
                "give the ONNX file or the PyTorch code (module:factory) it was made from",
            )
        return ModelState(opened.inputs, onnx=onnx.load_from_string(opened.onnx))

    def teacher(self) -> "torch.nn.Module | None":
        """The original as a module; None where its operators cannot become one."""
        if self.opened.module is not None or self.opened.onnx is None or self.opened.info.quantized:
            return self.opened.module
        import onnx

        made = _module_or_none(onnx.load_from_string(self.opened.onnx))
        if made is None and (sized := self._of_data_sizes()) is not None:
            made = _module_or_none(sized)
        return made

    def _of_data_sizes(self) -> "ModelProto | None":
        """The graph with its open axes (steps of a sequence) as long as the data; None where none is open."""
        import onnx

        from ..model.open_axes import with_sizes

        if self.opened.onnx is None or self.data is None:
            return None
        return with_sizes(onnx.load_from_string(self.opened.onnx), self.data.contract.inputs)

    def _start(self, recipe: Recipe) -> ModelState:
        """The original; of the data's sizes where a step works on a module and none can be made of the open graph."""
        state = self.original
        if state.onnx is None or self.opened.info.quantized or not _makes_a_module(recipe):
            return state
        sized = self._of_data_sizes()
        if sized is None or _module_or_none(state.onnx) is not None or _module_or_none(sized) is None:
            return state
        shapes = "; ".join(f"{item.name} {' x '.join(map(str, item.shape[1:]))}" for item in input_specs(sized))
        note = f"open axes of the input became as long as the data, because a module is made of known sizes: {shapes}"
        return replace(state, onnx=sized, inputs=input_specs(sized), notes=(*state.notes, note))

    def graph(self, state: ModelState) -> "ModelProto":
        """The ONNX graph of a state."""
        if state.onnx is not None:
            return state.onnx
        assert state.module is not None
        return to_onnx(state.module, state.inputs)

    def baseline(self) -> Variant:
        """The original as a variant: the file every other one is compared with."""
        if self._baseline is None:
            content = self.opened.onnx or self.graph(self.original).SerializeToString()
            told = self.opened.info if self.opened.info.sha256 == sha256_hex(content) else None
            self._baseline = self.keep(content, Recipe((), "baseline"), name="baseline", info=told)
        return self._baseline

    def make(self, recipe: Recipe, name: str) -> Variant:
        """Apply a recipe to the original and keep the result as a variant."""
        import onnx

        emit = self.job.emit
        emit(Stage("compress", name))
        wall, cpu = time.monotonic(), time.process_time()
        context = Context(
            data=self._training_data(),
            seed=self.seed,
            scratch=self._steps(),
            teacher=self.teacher() if _wants_a_module(recipe) else None,
            emit=emit,
            cancel=self.job.cancel,
            threads=self.threads,
            score=self._score if self.data is not None else None,
            time=None if self.timer is None else self._time,
            processor=self.processor,
        )
        state = apply_recipe(self._start(recipe), recipe, context, self.graph)
        graph = self.graph(state)
        content = _file(graph, state.format)
        cost = {"wall_s": time.monotonic() - wall, "cpu_s": time.process_time() - cpu}
        peaks = [step.peak_rss_mb for step in state.costs if step.peak_rss_mb is not None]
        if peaks:
            cost["peak_rss_mb"] = max(peaks)
        if recipe.steps:
            before = onnx.load(self.baseline().path)
            grown = size_notes(before, graph, (self.baseline().size_bytes, len(content)))
            state = replace(state, notes=(*state.notes, *speed_notes(before, graph), *grown))
        made = self.keep(content, recipe, name=name, format_=state.format, state=state, cost=cost)
        if made.id == self.baseline().id:  # no step, so the same file: its record stays that of the original
            self.workspace.update_variant(self.baseline())
        return made

    def _steps(self) -> Path:
        """Where steps are kept: one folder for a model with its data, so that what recipes begin alike is trained once."""
        told: dict[str, Any] = {"product": version("flyweight-studio"), "model": self.opened.info.sha256}
        told |= {name: self.job.arguments.get(name) for name in ("data", "target")}
        told |= {} if self.metric is None else {"metric": self.metric}
        if self.data is not None:
            counts = [self.data.count(split) for split in (TRAIN, CALIBRATION)]
            told["seen"] = [self.data.name, target_of(self.data).task.value, *counts]
            told["stamp"] = data_stamp(self.job.arguments.get("data") or "", self.data)
        folder = self.workspace.steps_dir / content_id(told)
        folder.mkdir(exist_ok=True)
        return folder

    def _training_data(self) -> "DataSet | None":
        """The data; without labels where they are boxes or sequences, whose losses are those of each network's authors."""
        if self.data is None or target_of(self.data).task not in (Task.DETECTION, Task.SEQUENCE):
            return self.data
        return Unlabelled(self.data)

    def _score(self, state: ModelState) -> float:
        """The metric that judges, on the calibration split, never on the test split."""
        assert self.data is not None
        folder = self.job.scratch
        path = folder / "candidate.onnx"
        path.write_bytes(self.graph(state).SerializeToString())
        return evaluate_file(path, Format.ONNX, self.data, split="calibration").goodness(self.metric)

    def _time(self, states: list[ModelState]) -> list[Timed]:
        assert self.timer is not None
        return self.timer([self.graph(state).SerializeToString() for state in states])

    def keep(
        self,
        content: bytes,
        recipe: Recipe,
        *,
        name: str,
        format_: Format = Format.ONNX,
        info: ModelInfo | None = None,
        state: ModelState | None = None,
        cost: Mapping[str, float] | None = None,
    ) -> Variant:
        """Describe, evaluate and save a model file as a variant of this model."""
        if info is None:
            info = self._described(content, format_)
        sha256 = sha256_hex(content)
        packed = packed_size(content, format_)
        first = self._baseline is None
        variant = Variant(
            id=content_id({"model": self.opened.info.sha256, "recipe": recipe.sha256, "file": sha256}),
            name=name,
            model=self.opened.name,
            baseline=None if self._baseline is None else self._baseline.id,
            path="",
            format=format_,
            recipe=recipe,
            parameters=info.parameters,
            nonzero_parameters=info.nonzero_parameters,
            macs=info.macs,
            size_bytes=len(content),
            packed_bytes=packed.size_bytes,
            sha256=sha256,
            skipped=() if state is None else state.skipped,
            notes=() if state is None else tuple(dict.fromkeys(state.notes)),
            cost={**(cost or {}), "decode_cpu_s": packed.decode_cpu_s},
        )
        saved = self.workspace.save_variant(variant, {format_: content})
        if self.data is not None and self.data.count(self.test_split):
            saved = self._evaluated(saved, first)
        self.job.emit(Artifact("variant", saved.id, saved.path))
        return saved

    def _described(self, content: bytes, format_: Format) -> ModelInfo:
        if format_ is Format.ONNX:
            import onnx

            return onnx_info(onnx.load_from_string(content))
        path = self.job.scratch / f"made.{format_}"
        path.write_bytes(content)
        return inspect(str(path))

    def _evaluated(self, variant: Variant, first: bool) -> Variant:
        assert self.data is not None
        self.job.emit(Stage("evaluate", variant.name))
        found = evaluate_file(
            Path(variant.path), variant.format, self.data, split=self.test_split, cancel=self.job.cancel
        )
        if first:
            self._evaluation = found
            variant = replace(
                variant, score=found.score, notes=(*variant.notes, *preparation_notes(found.score, self.data))
            )
        else:
            assert self._evaluation is not None
            original = self._evaluation
            close = fidelity(original.outputs, found.outputs)
            by_other = None if self.metric is None else lost(original, found, self.metric)
            losses = {} if self.metric is None or by_other is None else {self.metric: by_other}
            variant = replace(
                variant, score=found.score, loss_points=lost(original, found), losses=losses, fidelity=close
            )
        self.workspace.update_variant(variant)
        return variant


def _wants_a_module(recipe: Recipe) -> bool:
    """False where every step works on the graph: then torch, 2 s and 300 MB with ResNet-50, need not be loaded."""
    steps = [(find(step.technique), step.knobs) for step in recipe.steps]
    return any(item.acting(item.configure(knobs)).takes is not Takes.ONNX for item, knobs in steps)


def _makes_a_module(recipe: Recipe) -> bool:
    """Whether a step trains a module, or changes what only a module shows."""
    for step in recipe.steps:
        technique = find(step.technique)
        config = technique.configure(step.knobs)
        takes = technique.acting(config).takes
        if takes is Takes.TORCH or (takes is Takes.EITHER and getattr(config, "epochs", 0) > 0):
            return True
    return False


def _module_or_none(graph: "ModelProto") -> "torch.nn.Module | None":
    from ..model.onnx_to_torch import to_module
    from ..model.present_form import present_form

    try:
        return to_module(present_form(graph)[0])
    except ModelError:
        return None


def _file(graph: "ModelProto", format_: Format) -> bytes:
    if format_ is Format.TFLITE:
        from ..model.onnx_to_tflite import to_tflite

        return to_tflite(graph)
    content: bytes = graph.SerializeToString()
    return content
