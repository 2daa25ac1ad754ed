"""A property that is worked out once: ``functools.cached_property`` without its lock, which costs more than what rows read."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class once(Generic[Value]):  # used like ``property``
    """The first look keeps the value in the object, where Python finds it the next time.

    >>> class Row:
    ...     @once
    ...     def number(self) -> int:
    ...         print("worked out")
    ...         return 3
    >>> row = Row()
    >>> row.number, row.number
    worked out
    (3, 3)
    """

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """The name it is kept under."""
        self._name = name

    @overload
    def __get__(self, row: None, owner: type) -> "once[Value]": ...
    @overload
    def __get__(self, row: object, owner: type) -> Value: ...
    def __get__(self, row: object | None, owner: type) -> "once[Value] | Value":
        """The value."""
        if row is None:
            return self
        found = row.__dict__[self._name] = self._work_out(row)
        return found
