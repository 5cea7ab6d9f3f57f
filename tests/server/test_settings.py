"""The settings: one documented file of defaults, the environment wins, mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from bot.settings import SHIPPED, Settings, SettingsError, load


def test_the_shipped_file_holds_every_setting_and_is_valid():
    assert set(tomli.loads(SHIPPED.read_text("utf-8"))) == set(Settings.__fields__)
    assert load({}).port == 5005


def test_each_key_of_the_shipped_file_has_a_comment_with_its_variable():
    lines = SHIPPED.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        key = line.partition(" =")[0]
        if key in Settings.__fields__:
            assert f"ZHIKE_{key.upper()}" in lines[number - 1], line


def test_the_environment_wins_over_the_homes_file(tmp_path: Path):
    (tmp_path / "settings.toml").write_text("port = 6000\ntoken_hours = 2\n", "utf-8")
    settings = load({"ZHIKE_HOME": str(tmp_path), "ZHIKE_PORT": "7000"})
    assert (settings.port, settings.token_hours) == (7000, 2)


def test_a_home_holds_everything_that_is_written(tmp_path: Path):
    settings = load({"ZHIKE_HOME": str(tmp_path)})
    assert settings.url == f"sqlite:///{tmp_path}/zhike.db"
    assert {settings.models.parent, settings.logs.parent, settings.cache.parent, settings.exports.parent} == {tmp_path}


def test_several_origins_are_parted_by_commas():
    assert load({"ZHIKE_ALLOWED_ORIGINS": "https://a.cn, https://b.cn"}).allowed_origins == (
        "https://a.cn",
        "https://b.cn",
    )


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path):
    (tmp_path / "settings.toml").write_text("prot = 6000\n", "utf-8")
    with pytest.raises(SettingsError) as told:
        load({"ZHIKE_HOME": str(tmp_path)})
    assert "prot" in str(told.value) and "“port”" in str(told.value) and told.value.code == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("DEMO", "maybe"),
        ("SECRET", "too short"),
        ("ACTION_URL", "localhost:5055"),
        ("TURN_SECONDS", "1"),
        ("BURST_SECONDS", "-1"),
        ("BURST_SECONDS", "4"),
        ("BURST_SECONDS", "一秒"),
    ],
)
def test_a_value_that_cannot_be_is_refused(key: str, value: str):
    with pytest.raises(SettingsError):
        load({f"ZHIKE_{key}": value})


def test_a_file_that_is_no_toml_is_named(tmp_path: Path):
    (tmp_path / "settings.toml").write_text("port == 1", "utf-8")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load({"ZHIKE_HOME": str(tmp_path)})
