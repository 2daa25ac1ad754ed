"""The window over the real worker: a sample becomes a variant in the wizard, is deployed over SSH, verified and measured."""

import pytest

from gui.operations import OperationState
from gui.viewmodels.deploy import STEP_OF, CellState, DeployModel, DeployStep
from gui.viewmodels.job_list import JobsModel
from gui.viewmodels.session import Session
from gui.viewmodels.variants_model import VariantsModel
from gui.viewmodels.wizard import WizardModel, WizardStep

pytestmark = [pytest.mark.ui, pytest.mark.slow]


def test_that_the_way_from_a_sample_to_a_measured_variant_is_walked_with_the_real_engine(qtbot, tmp_path, monkeypatch):
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    session = Session(tmp_path / "project")
    wizard = WizardModel(session)
    wizard.set(model="sample:fashion-resnet")
    wizard.load()
    qtbot.waitUntil(lambda: wizard.models.facts is not None and wizard.catalogue is not None, timeout=120_000)
    wizard.add("graph-fusion")
    qtbot.waitUntil(lambda: not wizard.checking, timeout=60_000)
    wizard.go(WizardStep.REVIEW)
    assert wizard.step is WizardStep.REVIEW, [wizard.lacks(step) for step in WizardStep]
    wizard.start()
    qtbot.waitUntil(lambda: not wizard.run.state.busy, timeout=180_000)
    assert wizard.run.state is OperationState.SUCCEEDED, wizard.run.notice
    assert [row.recipe for row in wizard.variants] == [(), ("graph-fusion",)]
    variants, jobs = VariantsModel(session), JobsModel(session)
    variants.refresh()
    jobs.refresh()
    qtbot.waitUntil(lambda: not session.busy, timeout=60_000)
    assert [row.id for row in variants.all] == [row.id for row in wizard.variants]
    job = jobs.table.row(0)
    assert (job.verb, job.state) == ("compress", "finished")
    assert job.request["recipes"] == wizard.state.request()["recipes"]
    made = [row.id for row in wizard.variants]
    deploy, campaigns = DeployModel(session), []
    deploy.measuring.connect(campaigns.append)
    told: list[str] = []
    session.run_started.connect(lambda run: run.operation.stage.connect(lambda stage: told.append(stage.name)))
    deploy.deploy(made[1:], ["loopback"])
    qtbot.waitUntil(lambda: not deploy.busy, timeout=180_000)
    cell = deploy.cells[(made[1], "loopback")]
    assert (cell.state, cell.release) == (CellState.VERIFIED, 1), cell.reason
    passed = list(dict.fromkeys(STEP_OF[name] for name in told if name in STEP_OF))
    assert passed == list(DeployStep)[1:], "the engine tells of every step behind packing, in this order"
    deploy.measure(made[1:], ["loopback"])
    qtbot.waitUntil(lambda: bool(campaigns) and not campaigns[0].state.busy, timeout=300_000)
    assert campaigns[0].state is OperationState.SUCCEEDED, campaigns[0].notice
    variants.refresh()
    qtbot.waitUntil(lambda: not session.busy, timeout=60_000)
    original, measured = variants.all
    assert original.latency_ms is None
    assert measured.latency_ms is not None
    assert measured.runs
