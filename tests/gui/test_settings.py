from gui.settings import Settings, load_settings, save_settings, settings_path
from gui.theme.tokens import Theme


def test_that_settings_come_back(tmp_path):
    path = tmp_path / "deep" / "window.toml"
    save_settings(path, Settings(Theme.DARK, "zh_CN"))
    assert load_settings(path) == Settings(Theme.DARK, "zh_CN")


def test_that_damaged_settings_are_the_defaults(tmp_path):
    path = tmp_path / "window.toml"
    for content in (b"", b"\xff\xfe", b"theme = 3", b'theme = "pink"\nlanguage = "../x"', b"theme = ["):
        path.write_bytes(content)
        assert load_settings(path) == Settings()


def test_that_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    save_settings(tmp_path / "file" / "window.toml", Settings(Theme.DARK, "en"))
    assert load_settings(tmp_path / "file" / "window.toml") == Settings()


def test_that_settings_live_in_the_configuration_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "flyweight" / "window.toml"
