"""Sequences: word and character error rates, the edits (Levenshtein, 1966) that turn an answer into the reference."""

from collections.abc import Sequence

import numpy as np

from ..errors import DataError
from ..model.task import Decoding
from .resampling import Sampled

SPACE = " "


class Sequences(Sampled):
    """Symbols against symbols.

    Where the vocabulary has a space its symbols are characters: their edits give the character error rate, those of the
    words between spaces the word error rate. Without a space every symbol is a word.

    Args:
        answers: symbols of each sample.
        references: of each sample.
        vocabulary: names of the symbols; may be empty.
    """

    main = "wer"
    shares = frozenset({"exact"})

    def __init__(
        self, answers: Sequence[Sequence[int]], references: Sequence[Sequence[int]], vocabulary: Sequence[str] = ()
    ) -> None:
        pairs = list(zip(answers, references, strict=True))
        space = list(vocabulary).index(SPACE) if SPACE in vocabulary else None
        words = pairs if space is None else [(words_of(a, space), words_of(b, space)) for a, b in pairs]
        self._counts = {"wer": _edits(words)}
        if space is not None:
            self._counts["cer"] = _edits(pairs)
        self._exact = np.array([list(a) == list(b) for a, b in pairs], dtype=np.float64)

    @property
    def n(self) -> int:
        """Number of sequences."""
        return len(self._exact)

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Edits over the symbols of all references; above 1 where answers are longer than their references."""
        found = {}
        for name, (edits, lengths) in self._counts.items():
            with np.errstate(divide="ignore", invalid="ignore"):
                found[name] = (weights @ edits) / (weights @ lengths)
        return found | {"exact": weights @ self._exact / weights.sum(axis=1)}

    def goodness(self, weights: np.ndarray, metric: str | None = None) -> np.ndarray:
        """1 - error rate, or the share of exact answers."""
        value = self.values(weights)[metric or self.main]
        return value if metric in self.shares else 1 - value


def edit_distance(answer: Sequence[object], reference: Sequence[object]) -> int:
    """Fewest insertions, deletions and replacements.

    >>> edit_distance("kitten", "sitting")
    3
    """
    row = list(range(len(reference) + 1))
    for i, symbol in enumerate(answer, start=1):
        corner, row[0] = row[0], i
        for j, wanted in enumerate(reference, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (symbol != wanted))
    return row[-1]


def words_of(symbols: Sequence[int], space: int) -> list[tuple[int, ...]]:
    """Runs of symbols between spaces."""
    words: list[tuple[int, ...]] = []
    run: list[int] = []
    for symbol in [*symbols, space]:
        if symbol != space:
            run.append(symbol)
        elif run:
            words.append(tuple(run))
            run = []
    return words


def decoded(output: np.ndarray, decoding: Decoding) -> list[list[int]]:
    """The symbols of each sample.

    Args:
        output: scores ``[n, steps, symbols]``, or symbols ``[n, steps]`` where a negative one fills up.
        decoding: ``ctc`` joins repeats and drops symbol 0 (Graves et al., 2006; the best path).

    Raises:
        DataError: the output has another shape.
    """
    if output.ndim == 3:
        symbols = output.argmax(axis=2)
    elif output.ndim == 2 and output.dtype.kind in "iu":
        symbols = output.astype(np.int64)
    else:
        raise DataError(
            "not-a-sequence",
            f"the model's output of shape {list(output.shape[1:])} is no sequence of symbols",
            "export scores of shape [n, steps, symbols] or whole numbers of shape [n, steps]",
        )
    if decoding is Decoding.CTC:
        fresh = np.diff(symbols, axis=1, prepend=-1) != 0
        return [row[keep & (row > 0)].tolist() for row, keep in zip(symbols, fresh, strict=True)]
    return [row[row >= 0].tolist() for row in symbols]


def _edits(pairs: Sequence[tuple[Sequence[object], Sequence[object]]]) -> tuple[np.ndarray, np.ndarray]:
    edits = [edit_distance(answer, reference) for answer, reference in pairs]
    return np.array(edits, dtype=np.float64), np.array([len(reference) for _, reference in pairs], dtype=np.float64)
