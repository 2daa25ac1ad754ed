"""How records look at a Python prompt: one short line, or a line for each part. Every figure in it is an attribute, too."""

from collections.abc import Iterable, Sequence

from profiles.columns import byte_counts

SHOWN = 20
"""Lines of a record; more are counted."""


def several(name: str, parts: Sequence[object], about: str = "") -> str:
    """A record as a line for each of its parts.

    >>> print(several("Compared", ["a", "b"]))
    Compared(
      'a',
      'b',
    )
    """
    lines = [f"  {part!r}," for part in parts[:SHOWN]]
    if len(parts) > SHOWN:
        lines.append(f"  ... and {len(parts) - SHOWN} more,")
    head = f"{name}({about}{',' if about and lines else ''}"
    return "\n".join([head, *lines, ")"]) if lines else f"{head})"


def one_line(name: str, parts: Iterable[str | None]) -> str:
    """A record as its figures, without those that are not known."""
    return f"{name}({', '.join(part for part in parts if part)})"


def interval(value: float | None, ci95: tuple[float, float] | None, decimals: int = 4) -> str:
    """A figure with its 95 % interval.

    >>> interval(0.94833, (0.9276, 0.96337))
    '0.9483 [0.9276, 0.9634]'
    """
    if value is None:
        return "unknown"
    bounds = "" if ci95 is None else f" [{ci95[0]:.{decimals}f}, {ci95[1]:.{decimals}f}]"
    return f"{value:.{decimals}f}{bounds}"


def size(count: int) -> str:
    """Bytes with a unit: ``259 kB``."""
    return byte_counts((count,)).text(count)


def macs(count: int | None) -> str | None:
    """Multiply-accumulates with a prefix: ``1.54 M MACs``; None where they are not known."""
    if count is None:
        return None
    value, prefix = float(count), ""
    for following in ("k", "M", "G", "T"):
        if float(f"{value:.3g}") < 1000:
            break
        value, prefix = value / 1000, f" {following}"
    return f"{value:.3g}{prefix} MACs"
