"""``-q`` on the commands whose siblings have it: nothing is told on stderr but errors."""

import warnings

import pytest

from engine.cli.main import main
from engine.errors import DamagedRecordWarning, UsageError
from engine.events import Log
from engine.verbs import devices


@pytest.mark.parametrize("quiet", [(), ("-q",), ("--quiet",)])
def test_that_a_probe_tells_what_it_does_unless_it_is_to_be_quiet(quiet, capsys, monkeypatch):
    whole = devices.connect

    def connect(name, *, emit, **how):
        emit(Log("the agent is brought"))
        return whole(name, emit=emit, **how)

    monkeypatch.setattr(devices, "connect", connect)
    assert main(["device", "probe", "loopback", *quiet]) == 0
    said = capsys.readouterr()
    assert "loopback" in said.out
    assert ("the agent is brought" in said.err) is (not quiet)


@pytest.mark.filterwarnings("default::engine.errors.DamagedRecordWarning")
@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_that_a_report_tells_of_records_it_left_out_unless_it_is_to_be_quiet(quiet, tmp_path, capsys, monkeypatch):
    def report(**asked):
        warnings.warn("a damaged record is left out", DamagedRecordWarning, stacklevel=1)
        raise UsageError("nothing", "there is nothing to report", "compress a model")

    monkeypatch.setattr("engine.verbs.report", report)
    assert main(["report", *quiet, "--project", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "there is nothing to report" in told
    assert ("a damaged record is left out" in told) is (not quiet)
