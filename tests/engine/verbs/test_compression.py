"""The verb itself: what it leaves behind when it cannot begin."""

import pytest

from engine.errors import RecipeError
from engine.jobs import list_jobs
from engine.verbs import compress
from engine.workspace import Workspace


def test_that_a_recipe_that_cannot_run_as_asked_leaves_no_job_to_resume(tmp_path):
    cases = {
        "needs data": [{"technique": "static-quantization"}],
        "integers": [{"technique": "half-precision"}, {"technique": "magnitude-pruning"}],
    }
    for said, steps in cases.items():
        with pytest.raises(RecipeError, match=said) as caught:
            compress("sample:fashion-resnet", recipes=[steps], project=tmp_path)
        assert caught.value.code == "bad-chain"
    assert list_jobs(Workspace.find(tmp_path)) == ()
