"""``flyweight doctor`` where something is wrong."""

from engine.cli.main import main


def test_that_a_folder_that_cannot_be_made_is_a_line_of_its_own_and_not_the_end(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "FAIL cache folder: cannot create" in said
    assert "set XDG_CACHE_HOME" in said
    assert "ok   signing key" in said
    assert "FAIL agent: cannot create" in said


def test_that_a_whole_installation_is_fine(capsys):
    assert main(["doctor"]) == 0
    assert "FAIL" not in capsys.readouterr().out
