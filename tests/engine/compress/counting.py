"""Counts what a technique does: looks of a network at data, samples of training, and the places where it could be stopped."""

from contextlib import contextmanager

import onnxruntime
from torch.nn.modules import module as torch_module

from engine.compress import observation, quality, teacher, training
from engine.events import Cancel

SMALL_BATCH = 8


class Work(Cancel):
    """A request to stop that comes by itself at a check, and the work between the checks.

    Args:
        stop_at: number of the check (from 1) that finds the request; None = never.
    """

    def __init__(self, stop_at=None):
        super().__init__()
        self.stop_at, self.checks = stop_at, 0
        self.runs, self._longest = 0, 0  # of a network on a batch
        self.trained = 0  # samples of weight updates

    def check(self):
        """As whoever works asks."""
        self._longest, self.runs = max(self._longest, self.runs), 0
        self.checks += 1
        if self.checks == self.stop_at:
            self.set()
        super().check()

    @property
    def longest(self):
        """The most runs of a network that a request to stop had to wait for."""
        return max(self._longest, self.runs)


@contextmanager
def counted(work):
    """Within the context every run of a torch module or an ONNX session is counted; batches of data are small."""
    depth = 0

    def before(module, inputs):
        nonlocal depth
        work.runs += depth == 0
        depth += 1

    def after(module, inputs, outputs):
        nonlocal depth
        depth -= 1

    plain = onnxruntime.InferenceSession.run

    def run(session, *arguments, **options):
        work.runs += 1
        return plain(session, *arguments, **options)

    update = training._Run._update

    def counted_update(run, batch, *arguments):
        work.trained += len(batch.inputs[0])
        return update(run, batch, *arguments)

    places = ((observation, "BATCH"), (quality, "_BATCH"), (teacher, "_BATCH"))
    sizes = {place: getattr(*place) for place in places}
    hooks = [
        torch_module.register_module_forward_pre_hook(before),
        torch_module.register_module_forward_hook(after, always_call=True),
    ]
    onnxruntime.InferenceSession.run, training._Run._update = run, counted_update
    for owner, name in sizes:
        setattr(owner, name, SMALL_BATCH)
    try:
        yield
    finally:
        onnxruntime.InferenceSession.run, training._Run._update = plain, update
        for hook in hooks:
            hook.remove()
        for (owner, name), size in sizes.items():
            setattr(owner, name, size)
