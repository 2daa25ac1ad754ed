"""tflite-runtime: TFLite files on the CPU of boards that LiteRT has no wheel for."""

from typing import Any

from ..tflite import TfliteSession, installed


class TfliteRuntimeSession(TfliteSession):
    """tflite-runtime, the predecessor of LiteRT."""

    runtime = "tflite-runtime"

    @classmethod
    def _module(cls) -> Any:
        from tflite_runtime import interpreter

        return interpreter

    @classmethod
    def version(cls) -> str:
        """Version of tflite-runtime."""
        import tflite_runtime
        import tflite_runtime.interpreter

        return str(getattr(tflite_runtime, "__version__", None) or installed("tflite-runtime"))


ADAPTER = TfliteRuntimeSession
