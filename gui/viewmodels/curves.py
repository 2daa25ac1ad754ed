"""Curves of a run: metric name -> points, thinned so that a plot never draws more than it has pixels. No Qt in here."""

from collections.abc import Iterator

MAX_POINTS = 600
KEPT_POINTS = 2 * MAX_POINTS


class Curves:
    """Points by metric. When a curve grows past twice the limit, every second point of it is dropped."""

    def __init__(self) -> None:
        self._points: dict[str, list[tuple[float, float]]] = {}
        self._strides: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._points)

    @property
    def names(self) -> tuple[str, ...]:
        """Metrics in the order they came."""
        return tuple(self._points)

    def add(self, name: str, step: float, value: float) -> None:
        """One more point; steps that do not grow (a second training run) go on behind the last one."""
        points = self._points.setdefault(name, [])
        seen = self._seen[name] = self._seen.get(name, 0) + 1
        if (seen - 1) % self._strides.setdefault(name, 1):
            return
        at = step if not points or step > points[-1][0] else points[-1][0] + 1
        points.append((at, value))
        if len(points) >= KEPT_POINTS:
            self._points[name] = points[::2]
            self._strides[name] *= 2

    def points(self, name: str) -> tuple[list[float], list[float]]:
        """Steps and values of a metric, at most ``MAX_POINTS``, the last one always among them."""
        points = self._points.get(name, [])
        stride = -(-len(points) // MAX_POINTS) or 1
        shown = points[::-stride][::-1]
        return [x for x, _ in shown], [y for _, y in shown]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)
