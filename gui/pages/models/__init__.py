"""The models page: open a model, see what is in it."""

from .page import ModelsPage

__all__ = ["ModelsPage"]
