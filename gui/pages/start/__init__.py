"""The start page: run the sample project, watch it, read what it gained."""

from .page import StartPage

__all__ = ["StartPage"]
