"""Why an original answers few images of a folder right: most often it was trained on images prepared in another way."""

from ..model.data import DataSet
from ..model.datasets.folder import SETTINGS_FILE, ImageFolder
from ..records import Score

FEW = 0.5
"""Share of right answers below which an original that is worth compressing is hardly found."""


def preparation_notes(score: Score, data: DataSet) -> tuple[str, ...]:
    """What to state about the images, where the original answers fewer than half of them right; else nothing."""
    right = score.metrics.get("accuracy")
    if not isinstance(data, ImageFolder) or right is None or right.value is None or right.value >= FEW:
        return ()
    return (
        f"the original answers {right.value:.1%} right: if it did better where it was trained, say in {SETTINGS_FILE} of "
        f"{data.name} how images were prepared there (mean and std of values from 0 to 1, resize, size, colour), and name "
        "the folders so that their order is that of its classes",
    )
