"""LiteRT (ai-edge-litert): TFLite files on the CPU."""

from typing import Any

from ..tflite import TfliteSession, installed


class LiteRtSession(TfliteSession):
    """ai-edge-litert."""

    runtime = "litert"

    @classmethod
    def _module(cls) -> Any:
        from ai_edge_litert import interpreter

        return interpreter

    @classmethod
    def version(cls) -> str:
        """Version of ai-edge-litert."""
        import ai_edge_litert
        import ai_edge_litert.interpreter

        return str(getattr(ai_edge_litert, "__version__", None) or installed("ai-edge-litert"))


ADAPTER = LiteRtSession
