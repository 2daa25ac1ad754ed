"""The jobs page: what runs, what ran, what was interrupted."""

from .page import JobsPage

__all__ = ["JobsPage"]
