"""Flyweight adapter: the reference evaluator of the package ``onnx``, on the CPU; slow, exact, and needs no runtime at all.

    flyweight device adapter add TARGET docs/adapters/onnx_reference.py
    flyweight deploy BUNDLE TARGET --runtime onnx-reference

The board's Python needs the package ``onnx``.
"""

from ..session import Session


class OnnxReferenceSession(Session):
    """Every operator as the ONNX standard defines it, in numpy."""

    runtime = "onnx-reference"
    formats = ("onnx",)

    @classmethod
    def version(cls):
        """Version of onnx."""
        import onnx
        import onnx.reference

        return onnx.__version__

    @classmethod
    def providers(cls):
        """Only the processor."""
        return ["CPU"]

    def __init__(self, path, provider, threads, options):
        import onnx
        from onnx.reference import ReferenceEvaluator

        if provider != "CPU":
            raise ValueError("the reference evaluator runs on the CPU, not on " + provider)
        model = onnx.load(path)
        self._evaluator = ReferenceEvaluator(model)
        known = {item.name for item in model.graph.initializer}
        self._inputs = [item for item in model.graph.input if item.name not in known]

    def run(self, inputs):
        """One inference."""
        return self._evaluator.run(None, {item.name: array for item, array in zip(self._inputs, inputs)})

    def shapes(self):
        """Input shapes; -1 for symbolic sizes."""
        return [
            [size.dim_value if size.HasField("dim_value") else -1 for size in item.type.tensor_type.shape.dim]
            for item in self._inputs
        ]

    def dtypes(self):
        """Input dtypes."""
        from onnx import helper

        return [str(helper.tensor_dtype_to_np_dtype(item.type.tensor_type.elem_type)) for item in self._inputs]

    @classmethod
    def placement(cls, path, provider, options, feed):
        """All nodes run here: there is nothing else they could run on."""
        import onnx

        return {"CPU": len(onnx.load(path).graph.node)}


ADAPTER = OnnxReferenceSession
