"""Flyweight adapter: the NPU of Rockchip's RK3566, RK3568, RK3576 and RK3588 through RKNN-Toolkit-Lite2.

Written after Rockchip's public documentation of ``rknnlite.api``; NOT run on hardware yet. Tested with a stand-in of that API.

    flyweight bundle VARIANT --data DATA --attach rknn=model.rknn      (model.rknn made by rknn-toolkit2 from the variant)
    flyweight device adapter add rock5 docs/adapters/rknn.py
    flyweight deploy BUNDLE rock5 --runtime rknn
    flyweight measure BUNDLE rock5 --runtime rknn --against BASELINE

The board's Python needs ``rknn-toolkit-lite2`` and the system ``librknnrt.so``.
"""

from ..session import Session


class RknnSession(Session):
    """A ``.rknn`` file, converted for this very chip; the first core of the NPU."""

    runtime = "rknn"
    formats = ("rknn",)
    default_provider = "NPU"

    @classmethod
    def version(cls):
        """Version of rknn-toolkit-lite2."""
        from importlib.metadata import version

        import rknnlite.api  # noqa: F401 - says why, when a library is missing

        return version("rknn-toolkit-lite2")

    @classmethod
    def providers(cls):
        """What is not for the NPU is not in the file."""
        return ["NPU"]

    def __init__(self, path, provider, threads, options):
        from rknnlite.api import RKNNLite

        if provider != "NPU":
            raise ValueError("a .rknn file runs on the NPU, not on " + provider)
        self._rknn = RKNNLite()
        if self._rknn.load_rknn(path) != 0:
            raise RuntimeError("the file is not for this chip, or from another version of rknn-toolkit2")
        if self._rknn.init_runtime() != 0:
            raise RuntimeError("the NPU cannot be used: is librknnrt.so there, and may this user open the device?")

    def run(self, inputs):
        """One inference; images come as the bundle's contract has them, channels first."""
        layouts = ["nchw" if array.ndim == 4 else None for array in inputs]
        if any(layouts):
            outputs = self._rknn.inference(inputs=inputs, data_format=layouts)
        else:
            outputs = self._rknn.inference(inputs=inputs)
        if outputs is None:
            raise RuntimeError("the NPU gave no answer")
        return outputs

    def shapes(self):
        """The runtime does not tell; the bundle's golden samples have the shapes."""
        return []

    def dtypes(self):
        """It takes floats and quantizes them itself."""
        return ["float32"]


ADAPTER = RknnSession
