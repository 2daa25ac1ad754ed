import shutil
import xml.etree.ElementTree as ElementTree

import pytest

from gui.i18n import FOLDER, Language
from gui.i18n.update import collect, compile_

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
def test_that_the_compiled_catalogue_is_that_of_the_source(language, tmp_path):
    compile_(FOLDER / f"flyweight_{language}.ts", tmp_path / "fresh.qm")
    assert (tmp_path / "fresh.qm").read_bytes() == (FOLDER / f"flyweight_{language}.qm").read_bytes()


@pytest.mark.parametrize("language", OTHERS)
def test_that_translations_keep_the_fields_of_their_source(language):
    for (_, source), node in messages(FOLDER / f"flyweight_{language}.ts").items():
        fields = [f"{{{n}}}" for n in range(3) if f"{{{n}}}" in source]
        assert [f for f in fields if f not in node.text] == [], source
