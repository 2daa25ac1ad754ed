"""Walks over every page filled with recorded data, in both themes and languages: what a person would stumble over."""

import json
import re
from collections import Counter, defaultdict

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSlider,
    QTableView,
    QWidget,
)

from gui.i18n import Language
from gui.pages import PAGES
from gui.theme.tokens import Theme, contrast
from gui.widgets.palette import CommandPalette
from gui.widgets.plots import LINE_COLOURS
from tests.gui import pictures
from tests.gui.answering_worker import CASES
from tests.gui.gallery import Gallery
from tests.gui.pictures import clipped, misplaced
from tests.gui.scenes import KEY, SCENES

pytestmark = pytest.mark.ui
TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
SAYINGS = {
    "name",
    "family",
    "summary",
    "help",
    "unit",
    "detail",
    "remedy",
    "reason",
    "reasons",
    "notes",
    "facts",
    "why",
}
SAYINGS |= {"address", "board_name"}
"""Keys under which the engine speaks; ``name`` only where techniques, knobs and checks have theirs."""


def names(value: object, key: str = "", names_too: bool = False) -> list[str]:
    """Texts of a recording that are nobody's language: names, ids, versions, paths."""
    if isinstance(value, dict):
        speaks = {"knobs", "summary", "detail", "help"} & set(value)
        return [text for k, v in value.items() for text in names(v, k, not speaks)]
    if isinstance(value, list):
        return [text for item in value for text in names(item, key, names_too)]
    return [] if key in SAYINGS and not (key == "name" and names_too) else [str(value)]


RECORDED = " ".join(text for path in CASES.glob("*.json") for text in names(json.loads(path.read_text())))
OWN = {"English", "中文", "SHA-256", "Python", "Apache-2.0", "SAFETENSORS", "p50", "p99", "shelf-camera"}
OWN |= {"/home/user/projects/shelf-camera", "digits", "kB", "mJ", "module:factory", "int8-per-tensor", "quarter-guided"}
OWN |= {"student-guided-int8"}
OWN |= {"python", "torch", "onnx", "onnxruntime", "ai-edge-litert", "torch-pruning", "paramiko", "asyncssh", "numpy"}
OWN |= {"PDF", "Markdown", "CSV", "pi@raspberrypi.local", KEY}
FIGURES = re.compile(r"[~N\d][\d.,× ]*( [kM]?B| ms)?|[\w-]+ \d+(\.\d+)+|(Ctrl\+(Shift\+)?|F)[\w,.]")
WORD = re.compile(r"(?<![\w./-])[A-Za-z]{4,}(?![\w/])")


@pytest.fixture(scope="module")
def gallery(qapp, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, "")
        made = Gallery(qapp, tmp_path_factory.mktemp("gallery"))
        yield made
        made.look(Theme.LIGHT, Language.ENGLISH)
        made.close()


def visible(page: QWidget, kind=QWidget) -> list:
    return [widget for widget in page.findChildren(kind) if widget.isVisibleTo(page)]


def unnamed(page: QWidget) -> list[str]:
    """Widgets that take the focus and of which a screen reader has nothing to say."""
    found = []
    for widget in visible(page):
        inner = widget.objectName() == "qt_spinbox_lineedit" or isinstance(widget.parent(), QLineEdit)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
            known = QAccessible.queryAccessibleInterface(widget)
            if not known.text(QAccessible.Text.Name):
                found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def nameless(page: QWidget) -> list[str]:
    """Buttons of which a screen reader has nothing to say, with the focus or without it; two that answer to one letter."""
    found, letters = [], Counter()
    for made in visible(page, QAbstractButton):
        if not QAccessible.queryAccessibleInterface(made).text(QAccessible.Text.Name):
            found.append(f"nameless {type(made).__name__} in {type(made.parent()).__name__}")
        letters.update(re.findall(r"&(\w)", made.text().replace("&&", "").casefold()))
    return found + [f"several answer to Alt+{letter}" for letter, count in letters.items() if count > 1]


def tabbed(page: QWidget) -> list[str]:
    """What is wrong with the way of the Tab key."""
    order = tab_order(page)
    return [*jumps(page, order), *unreachable(page, order)]


def unreachable(page: QWidget, order: list[QWidget]) -> list[str]:
    """What acts and is not met by the Tab key."""
    met, found = set(order), []
    for widget in visible(page):
        inner = isinstance(widget.parent(), QComboBox | QAbstractSpinBox | QLineEdit) or isinstance(widget, QHeaderView)
        acts = isinstance(widget, QAbstractButton | QComboBox | QLineEdit | QAbstractItemView | QSlider)
        if acts and widget.isEnabled() and not inner and widget not in met and page is not widget:
            found.append(f"unreachable {type(widget).__name__} {widget.accessibleName()}")
    return [] if isinstance(page, CommandPalette) else found  # its field keeps the focus, and the arrows its list


def tab_order(page: QWidget) -> list[QWidget]:
    """Where the Tab key goes on this page, in its order."""
    window = page.window()
    order, widget = [], window.nextInFocusChain()
    while widget is not window:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and widget.isEnabled() and widget.isVisibleTo(window) and page.isAncestorOf(widget):
            order.append(widget)
        widget = widget.nextInFocusChain()
    return order


def card_of(widget: QWidget) -> QWidget | None:
    while widget is not None and not (isinstance(widget, QFrame) and widget.property("card")):
        widget = widget.parentWidget()
    return widget


def jumps(page: QWidget, order: list[QWidget]) -> list[str]:
    """Steps of the Tab key that go back within a card, or into a card that was left before."""
    found, left, last = [], [], None
    for widget in order:
        card = card_of(widget)
        box = QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())
        if last is not None:
            before, of = last
            if card is not of and of is not None:
                left.append(of)
            if card is not None and card in left:
                found.append(f"back into a card at {box}")
            above = box.bottom() < before.top()
            left_of = box.right() < before.left() and box.top() < before.bottom() and before.top() < box.bottom()
            if card is of and card is not None and (above or left_of):
                found.append(f"{type(widget).__name__} at {box} after {before}")
        last = (box, card)
    return found


def painted(image: QImage, box: QRect) -> tuple[str, str, float]:
    """The colour most of a box has, the one that stands out most against it, and their contrast."""
    ratio = image.devicePixelRatio()
    part = image.copy(QRect(box.topLeft() * ratio, box.size() * ratio)).convertToFormat(QImage.Format.Format_RGB32)
    colours = Counter(memoryview(part.constBits()).cast("I"))
    if not colours:
        return "", "", 21.0
    back = f"#{colours.most_common(1)[0][0] & 0xFFFFFF:06x}"
    front = max((f"#{colour & 0xFFFFFF:06x}" for colour in colours), key=lambda colour: contrast(colour, back))
    return back, front, contrast(back, front)


def pale(image: QImage, page: QWidget) -> list[str]:
    """Texts whose painted colour has too little contrast against what is painted behind it."""
    window, found = page.window(), []
    for widget in visible(page):
        if not isinstance(widget, QLabel | QAbstractButton) or not widget.text() or not widget.isEnabled():
            continue
        part = widget.visibleRegion().boundingRect()
        if part.height() < 0.75 * widget.height() or part.width() < 8:
            continue
        inset = 6 if isinstance(widget, QAbstractButton) else 0
        box = part.adjusted(inset, inset, -inset, -inset).translated(widget.mapTo(window, QPoint(0, 0)))
        looked_at = QRect(box.topLeft(), QSize(160, 40))
        if isinstance(widget, QLabel) and widget.alignment() & Qt.AlignmentFlag.AlignHCenter:
            looked_at.moveCenter(box.center())
        back, front, found_contrast = painted(image, box.intersected(looked_at))
        if found_contrast < TEXT_CONTRAST:
            found.append(f"{widget.text()!r}: {front} on {back} is {found_contrast:.2f}")
    return found


def dim(image: QImage, page: QWidget) -> list[str]:
    """Edges of fields, marks of boxes and icons that stand out too little from what is painted around them."""
    found = []
    for widget in visible(page):
        corner, height = widget.mapTo(page.window(), QPoint(0, 0)), widget.height()
        if not widget.isEnabled() or widget.visibleRegion().boundingRect().size() != widget.size():
            continue
        if isinstance(widget, QComboBox | QAbstractSpinBox | QLineEdit):
            if isinstance(widget.parent(), QComboBox | QAbstractSpinBox):
                continue
            box = QRect(corner.x(), corner.y() + height // 2 - 2, 4, 4)
        elif isinstance(widget, QCheckBox | QRadioButton):
            box = QRect(corner.x(), corner.y() + height // 2 - 9, 18, 18)
        elif isinstance(widget, QAbstractButton) and not widget.icon().isNull():
            box = QRect(corner, widget.size())
        else:
            continue
        back, front, found_contrast = painted(image, box)
        if found_contrast < GRAPHIC_CONTRAST:
            found.append(
                f"{type(widget).__name__} {widget.accessibleName()!r}: {front} on {back} is {found_contrast:.2f}"
            )
    return found


def ring(gallery: Gallery, widget: QWidget) -> float:
    """How much the left edge changes its colour when the keyboard brings the focus: the contrast where it is least."""
    strip = QRect(widget.mapTo(gallery.window, QPoint(-1, 2)), QSize(6, widget.height() - 4))
    pictures_ = []
    for focused in (False, True):
        if focused:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            gallery.window.setFocus(Qt.FocusReason.OtherFocusReason)
        gallery.application.processEvents()
        image = gallery.window.grab(strip).toImage().convertToFormat(QImage.Format.Format_RGB32)
        pictures_.append([f"#{colour & 0xFFFFFF:06x}" for colour in memoryview(image.constBits()).cast("I")])
    lines = (
        [pictures_[0][n : n + 6] for n in range(0, len(pictures_[0]), 6)],
        [pictures_[1][n : n + 6] for n in range(0, len(pictures_[1]), 6)],
    )
    return min(max(map(contrast, before, after)) for before, after in list(zip(*lines, strict=True))[6:-6])


def words(page: QWidget) -> set[str]:
    """All texts of labels, buttons, choices, lists and tables with their heads, and of what fields wait for."""
    texts = {widget.text() for kind in (QLabel, QAbstractButton) for widget in visible(page, kind)}
    texts |= {box.itemText(n) for box in visible(page, QComboBox) for n in range(box.count())}
    texts |= {field.placeholderText() for field in visible(page, QLineEdit)}
    for view in visible(page, QListView) + visible(page, QTableView):
        model = view.model()
        columns = range(model.columnCount() if isinstance(view, QTableView) else 1)
        texts |= {str(model.index(row, column).data() or "") for row in range(model.rowCount()) for column in columns}
        if isinstance(view, QTableView):
            texts |= {str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in columns}
    return {line.strip() for text in texts for line in text.splitlines()}


def untranslated(texts: dict[Language, set[str]]) -> set[str]:
    """Texts that are the same in both languages and are neither data of a recording nor names and units."""
    same = {t for t in texts[Language.ENGLISH] & texts[Language.CHINESE] if any(c.isalpha() for c in t)}
    foreign = {t for t in same - OWN if not all(word.strip("()·:,≥–→") in RECORDED for word in t.split())}
    return {
        t
        for t in foreign
        if not FIGURES.fullmatch(t)
        and (WORD.search(t) or not t[0].isdigit())
        and "fashion" not in t
        and "float32" not in t
    }


@pytest.fixture(scope="module")
def walked(gallery):
    """One walk through all scenes in all looks: kind of trouble -> scene and look -> what is wrong."""
    found = {"layout": {}, "contrast": {}, "baseline": {}, "language": {}}
    texts = defaultdict(dict)
    most = pictures.allowed()
    for language in Language:
        gallery.look(Theme.LIGHT, language)
        for spec in PAGES[1:]:  # as they are before anything was done there
            gallery.window.go(spec.id)
            gallery.settle()
            page, look = gallery.window.current, f"fresh {spec.id}"
            texts[look][language] = words(page)
            if troubles := [*clipped(page), *unnamed(page)]:
                found["layout"][f"{look} {language}"] = troubles
    for scene, theme, language in gallery.walk():
        look, page = f"{scene} {theme} {language}", gallery.front or gallery.window.current
        if theme is Theme.LIGHT and (troubles := [*clipped(page), *unnamed(page), *tabbed(page), *nameless(page)]):
            found["layout"][look] = troubles
        if theme is Theme.LIGHT:
            texts[scene][language] = words(page)
        number = list(SCENES).index(scene)  # Chinese in one theme of each scene: colours are those of the theme
        looked_at = language is Language.ENGLISH or list(Theme)[number % 2] is theme
        image = pictures.painted(gallery.top, 2.0) if looked_at else None
        if image is not None and (lines := [*pale(image, page), *dim(image, page)]):
            found["contrast"][look] = lines
        whole = image if image is not None and gallery.top is gallery.window else gallery.picture()
        kept = pictures.baseline(scene).copy(pictures.place(theme, language))
        share = 1.0 if kept.isNull() else pictures.difference(pictures.shrunk(whole), kept)
        if share > most:
            found["baseline"][look] = round(share, 3)
    for scene, both in texts.items():
        if len(both) == len(Language) and (left := untranslated(both)):
            found["language"][scene] = sorted(left)
    return found


def test_that_no_page_cuts_a_text_forgets_a_name_or_jumps_with_the_tab_key(walked):
    assert walked["layout"] == {}


def test_that_every_text_has_a_chinese_twin(walked):
    assert walked["language"] == {}


def test_that_every_text_is_painted_with_enough_contrast(walked):
    assert walked["contrast"] == {}


@pytest.fixture(scope="module", params=tuple(reversed(Theme)), ids=str)
def themed(gallery, walked, request):
    """The gallery in a theme; the walk ends in the dark one, and to change it costs seconds."""
    gallery.look(request.param, Language.ENGLISH)
    return gallery


def test_that_the_keyboard_focus_is_painted_so_that_it_can_be_seen(themed):
    gallery = themed
    page = gallery.show("variants")
    gallery.window.activateWindow()
    kinds = {type(widget).__name__: widget for widget in tab_order(page) if not isinstance(widget, QSlider)}
    assert {"QPushButton", "QComboBox", "Table", "QCheckBox", "QLineEdit"} <= set(kinds)
    rings = {name: round(ring(gallery, widget), 2) for name, widget in kinds.items()}
    assert {name: found for name, found in rings.items() if found < GRAPHIC_CONTRAST} == {}


def test_that_lines_and_points_of_the_plot_are_painted_so_that_they_can_be_seen(themed):
    gallery = themed
    page = gallery.show("variants")
    image = gallery.picture(2.0)
    corner = page.plot.mapTo(gallery.window, QPoint(0, 0))
    part = image.copy(QRect(corner * 2, page.plot.size() * 2)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = Counter(memoryview(part.constBits()).cast("I"))
    counted = Counter({f"#{colour & 0xFFFFFF:06x}": count for colour, count in pixels.items()})
    back, tokens = counted.most_common(1)[0][0], gallery.style.tokens
    assert counted[tokens.accent.lower()] > 500, "the line along the front"
    assert contrast(tokens.accent, back) >= GRAPHIC_CONTRAST
    for colour in LINE_COLOURS[gallery.style.theme]:
        assert contrast(colour, back) >= GRAPHIC_CONTRAST


def test_that_every_page_looks_like_its_baseline(walked):
    """Renew them with ``python -m tests.gui.gallery --renew`` after a page changed on purpose, and look at them."""
    assert walked["baseline"] == {}


def test_that_these_walks_find_what_is_wrong(gallery):
    """The control: each kind of fault, planted, is found."""
    gallery.look(Theme.LIGHT, Language.ENGLISH)
    page = gallery.show("variants")
    both = {Language.ENGLISH: {"Forgotten", "p50", "Jobs"}, Language.CHINESE: {"Forgotten", "p50", "任务"}}
    assert untranslated(both) == {"Forgotten"}
    help_of_a_knob = "Share of the channels that leave."  # a text of the engine that stands in a recording is no name
    for planted in (
        help_of_a_knob,
        "Channel pruning",
        "the kernel shows no thermal zone",
        "host key",
        "127.0.0.1 (this computer)",
    ):
        assert untranslated({language: {planted} for language in Language}) == {planted}
    label, field, item = QLabel("Planted label", page), QLineEdit(page), QListWidget(page)
    field.setPlaceholderText("planted hint")
    item.addItem("Planted line\nand its second")
    for widget in (label, field, item):
        widget.show()
    both = {language: words(page) for language in Language}
    for widget in (label, field, item):
        widget.setParent(None)
    assert untranslated(both) >= {"Planted label", "planted hint", "Planted line", "and its second"}
    page.title.setMaximumWidth(20)
    page.refresh_button.setMaximumWidth(30)
    page.table.setAccessibleName("")
    bare = QPushButton(page)
    bare.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    bare.show()
    assert nameless(page) == ["nameless QPushButton in VariantsPage"]
    assert unreachable(page, tab_order(page)) == ["unreachable QPushButton "]
    bare.setParent(None)
    page.sentence.setStyleSheet("color: #c0c4cc")
    page.x_axis.setStyleSheet("border: 1px solid #E1E4EA")
    QWidget.setTabOrder(page.table, page.x_axis)
    page.table.setColumnWidth(4, 20)
    gallery.settle()
    page.export_button.move(page.refresh_button.pos())
    page.device.move(page.device.parentWidget().width() - 5, page.device.y())
    try:
        assert {"label Variants", "button Refresh", "head Latency"} <= set(clipped(page))
        assert {"overlap QPushButton Refresh with QPushButton Save the plot…", "outside QComboBox Device"} <= set(
            misplaced(page)
        )
        assert unnamed(page) == ["Table "]
        assert jumps(page, tab_order(page))
        image = pictures.painted(gallery.top, 2.0)
        assert any(page.sentence.text() in line for line in pale(image, page))
        assert [page.x_axis.accessibleName() in line for line in dim(image, page)] == [True]
    finally:
        page.title.setMaximumWidth(16_777_215)
        page.refresh_button.setMaximumWidth(16_777_215)
        page.sentence.setStyleSheet("")
        page.x_axis.setStyleSheet("")
        QWidget.setTabOrder(page.x_axis, page.view_button)
        page.table._fit()
        page.retranslate()
        gallery.settle()


def test_that_a_broken_page_differs_from_its_baseline_and_another_antialiasing_does_not(gallery):
    gallery.look(Theme.LIGHT, Language.ENGLISH)
    page = gallery.show("variants")
    kept = pictures.baseline("variants").copy(pictures.place(Theme.LIGHT, Language.ENGLISH))
    whole = gallery.picture()
    softened = whole.scaled(whole.size() * 0.9).scaled(whole.size(), mode=Qt.TransformationMode.SmoothTransformation)
    assert pictures.difference(pictures.shrunk(softened), kept) <= pictures.SHARE_ALLOWED
    for broken in (page.detail, page.plot, page.table):
        broken.hide()
        gallery.settle()
        share = pictures.difference(pictures.shrunk(gallery.picture()), kept)
        broken.show()
        gallery.settle()
        assert share > pictures.SHARE_ALLOWED, type(broken).__name__
