"""The compress page: a wizard from a model to measured variants."""

from .page import CompressPage

__all__ = ["CompressPage"]
