"""The variants page: what was made, what it costs, what it gains."""

from .page import VariantsPage

__all__ = ["VariantsPage"]
