"""Scripts may name files and folders as plain text."""

import inspect
from pathlib import Path

import pytest

from engine import verbs

PATHS = [
    (name, parameter.name, str(parameter.annotation))
    for name in sorted(verbs.VERBS)
    for parameter in inspect.signature(getattr(verbs, name)).parameters.values()
    if "Path" in str(parameter.annotation)
]


@pytest.mark.parametrize(("verb", "parameter", "annotation"), PATHS)
def test_that_where_a_path_is_taken_text_is(verb, parameter, annotation):
    assert "str" in annotation, f"{verb}({parameter}=...) is declared {annotation}"


def test_that_a_project_and_an_output_folder_named_by_text_are_those_folders(tmp_path):
    recipe = [{"technique": "graph-fusion"}]
    project, out = tmp_path / "project", tmp_path / "out"
    made = verbs.compress("sample:fashion-resnet", recipes=[recipe], project=str(project), out=str(out)).variants[0]
    assert Path(made.path).is_relative_to(project)
    assert [path.name for path in out.iterdir()] == [f"{made.name}.onnx"]
    assert [item.id for item in verbs.project_show(project=str(project)).variants if item.name == made.name] == [
        made.id
    ]
    archive = verbs.bundle(made.id, project=str(project), out=str(out))
    assert Path(archive.path).is_relative_to(out)
