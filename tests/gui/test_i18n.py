import shutil
import xml.etree.ElementTree as ElementTree

import pytest

from engine.verbs import techniques
from gui.i18n import CATALOGUES, FOLDER, Language
from gui.i18n.update import collect, collect_engine, compile_, engine_texts

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


@pytest.mark.parametrize("language", OTHERS)
def test_that_every_text_of_the_techniques_has_a_translation(language, tmp_path):
    texts = engine_texts(techniques().to_json())
    kept = messages(FOLDER / f"engine_{language}.ts")
    assert {source for _, source in kept} == set(texts), "run: python -m gui.i18n.update"
    assert [source for (_, source), node in kept.items() if node.get("type") or not node.text] == []
    catalogue = shutil.copy(FOLDER / f"engine_{language}.ts", tmp_path)
    collect_engine([*texts, "New <text> & more"], tmp_path / f"engine_{language}.ts")
    fresh = messages(catalogue)
    assert fresh.pop(("Engine", "New <text> & more")).get("type") == "unfinished"
    assert {key: node.text for key, node in fresh.items()} == {key: node.text for key, node in kept.items()}


@pytest.mark.parametrize("name", CATALOGUES)
@pytest.mark.parametrize("language", OTHERS)
def test_that_the_compiled_catalogue_is_that_of_the_source(language, name, tmp_path):
    compile_(FOLDER / f"{name}_{language}.ts", tmp_path / "fresh.qm")
    assert (tmp_path / "fresh.qm").read_bytes() == (FOLDER / f"{name}_{language}.qm").read_bytes()


@pytest.mark.parametrize("language", OTHERS)
def test_that_translations_keep_the_fields_of_their_source(language):
    for (_, source), node in messages(FOLDER / f"flyweight_{language}.ts").items():
        fields = [f"{{{n}}}" for n in range(3) if f"{{{n}}}" in source]
        assert [f for f in fields if f not in node.text] == [], source
