"""The deploy page: variants onto devices."""

from .page import DeployPage

__all__ = ["DeployPage"]
