import ast
import re
import shutil
import xml.etree.ElementTree as ElementTree

import pytest

from engine.saying import translations
from engine.verbs import techniques
from gui.i18n import CATALOGUES, FOLDER, Language
from gui.i18n.sentences import sentences, texts_of
from gui.i18n.update import (
    PACKAGE,
    collect,
    collect_engine,
    compile_,
    engine_catalogue,
    engine_table,
    engine_table_path,
    sources,
)

OTHERS = [language for language in Language if language is not Language.ENGLISH]


def messages(path):
    root = ElementTree.parse(path).getroot()
    return {
        (context.findtext("name"), message.findtext("source")): message.find("translation")
        for context in root.iter("context")
        for message in context.iter("message")
    }


@pytest.mark.parametrize("language", OTHERS)
def test_that_nothing_is_unfinished_and_no_text_is_missing(language, tmp_path):
    catalogue = FOLDER / f"flyweight_{language}.ts"
    copy = shutil.copy(catalogue, tmp_path)
    collect(tmp_path / catalogue.name)
    fresh, kept = messages(copy), messages(catalogue)
    assert set(fresh) == set(kept), "run: python -m gui.i18n.update"
    assert [key for key, node in fresh.items() if node.get("type") or not node.text] == []


def test_that_no_text_stands_where_lupdate_does_not_look():
    hidden = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in sources()
        for joined in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("tr", "translate")
    ]
    assert hidden == [], "a text inside an f-string is not collected and stays English"


@pytest.fixture(scope="module")
def spoken():
    return engine_catalogue(techniques().to_json())


@pytest.mark.parametrize("language", OTHERS)
def test_that_everything_the_engine_says_has_a_translation(language, spoken, tmp_path):
    kept = messages(FOLDER / f"engine_{language}.ts")
    said = {(context, text) for context, texts in spoken.items() for text in texts}
    assert set(kept) - said == set(), "left over; run: python -m gui.i18n.update"
    assert said - set(kept) == set(), "new sentences of the engine; run: python -m gui.i18n.update, and translate them"
    assert [key for key, node in kept.items() if node.get("type") or not node.text] == []
    catalogue = shutil.copy(FOLDER / f"engine_{language}.ts", tmp_path)
    more = {**spoken, "Engine": [*spoken["Engine"], "New <text> & more"]}
    collect_engine(more, tmp_path / f"engine_{language}.ts")
    fresh = messages(catalogue)
    assert fresh.pop(("Engine", "New <text> & more")).get("type") == "unfinished"
    assert {key: node.text for key, node in fresh.items()} == {key: node.text for key, node in kept.items()}


def test_that_the_sentences_of_errors_remarks_and_log_lines_are_found_in_the_source():
    found = set(sentences())
    for expected in (
        "there is no device '{0}'",  # an f-string
        "the bundle {0} is not verified on {1}",  # a format of the agent, which runs on old Pythons
        "raise the limit, or give a smaller network",  # a remedy
        "excluded by the recipe",  # a layer that was left alone
        "{0}; connecting again",  # a line of a log
        "the board throttled during the run",  # a reason of a reading
        "the kernel shows no thermal zone",  # a sensor that is not there
        "leave one of the two steps out",  # what a function answers with
        "pip install scikit-learn",
    ):
        assert expected in found
    assert not [text for text in found if "\0" in text or "  " in text]


def test_that_a_planted_sentence_is_found_wherever_it_stands():
    source = """
REMEDY = "do this"
REASONS = {"a": "because of this"}
def refuse(name):
    message = f"the {name} is wrong" if name else "nothing is wrong"
    raise UsageError("code", message, REMEDY + ", or that")
def more(reasons, emit):
    reasons.append("the %s became %d slower" % (1, 2))
    emit(Log("a line of the log"))
    return Outcome(1, reason="a named reason")
def why(): return f"because {1} is"
def read(count): raise ContractError(f"a frame of {count} bytes", "send less")
"""
    assert set(texts_of(source)) == {
        "because of this",
        "the {0} is wrong",
        "nothing is wrong",
        "do this, or that",
        "the {0} became {1} slower",
        "a line of the log",
        "a named reason",
        "because {0} is",
        "a frame of {0} bytes",
        "send less",
    }


@pytest.mark.parametrize("name", CATALOGUES)
@pytest.mark.parametrize("language", OTHERS)
def test_that_the_compiled_catalogue_is_that_of_the_source(language, name, tmp_path):
    compile_(FOLDER / f"{name}_{language}.ts", tmp_path / "fresh.qm")
    assert (tmp_path / "fresh.qm").read_bytes() == (FOLDER / f"{name}_{language}.qm").read_bytes()


@pytest.mark.parametrize("language", OTHERS)
def test_that_the_engine_s_own_table_is_that_of_the_catalogue(language):
    catalogue = FOLDER / f"engine_{language}.ts"
    kept = {text: node.text for (context, text), node in messages(catalogue).items() if context == "Engine"}
    assert engine_table_path(language).read_text(encoding="utf-8") == engine_table(catalogue), (
        "run: python -m gui.i18n.update"
    )
    assert translations(language) == kept


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", CATALOGUES)
def test_that_translations_keep_the_fields_of_their_source(name, language):
    for (_, source), node in messages(FOLDER / f"{name}_{language}.ts").items():
        given, kept = (set(re.findall(r"\{\d\}", text)) for text in (source, node.text))
        plurals = set(re.findall(r"(?<=[a-z])\{\d\}", source))  # "thread{3}": Chinese has none
        assert given - plurals <= kept <= given, source
