"""The report page: one self-contained page about the project."""

from .page import ReportPage

__all__ = ["ReportPage"]
