"""The commands a merchant types: help, exit codes, the terminal talk, training that is not done twice."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bot import fingerprint, training
from bot.cli import COMMANDS
from bot.errors import Problem
from bot.runtime.models import current, publish
from bot.settings import load
from tests.homes import ZHIKE, clean_environment, copy_home, zhike


def test_help_lists_every_command_in_chinese(tmp_path: Path):
    done = zhike("--help", home=tmp_path)
    assert done.returncode == 0 and all(
        name in done.stdout and about in done.stdout for name, (_, about) in COMMANDS.items()
    )


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_explains_itself(command: str, tmp_path: Path):
    done = zhike(command, "--help", home=tmp_path)
    assert done.returncode == 0 and any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout)


def test_an_unknown_command_is_a_sentence_and_exit_code_2(tmp_path: Path):
    done = zhike("trian", home=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "怎么修" in done.stderr


# --- zhike shell ----------------------------------------------------------------------------------------


def talk(home: Path, *lines: str, args: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [ZHIKE, "shell", *args],
        input="\n".join([*lines, "/stop", ""]).encode("utf-8"),
        capture_output=True,
        timeout=240,
        env={**clean_environment(ZHIKE_HOME=str(home)), **environment},
    )


def test_a_talk_through_a_pipe_on_a_posix_locale(trained_home: Path, tmp_path: Path, people: list[str]):
    home = copy_home(trained_home, tmp_path / "home")
    done = talk(
        home, "你好", "推荐几款蓝牙耳机", "1", "/restart", args=("--customer", people[0]), LC_ALL="POSIX", LANG="POSIX"
    )
    out = done.stdout.decode("utf-8")
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert people[0] in out and "耳机" in out and "￥" in out and "1. " in out
    assert "Custom json" not in out and "Traceback" not in out + done.stderr.decode("utf-8", "replace")


def test_an_unknown_customer_is_told(trained_home: Path, tmp_path: Path):
    done = talk(copy_home(trained_home, tmp_path / "home"), args=("--customer", "no-such"))
    assert done.returncode == 2 and "没有顾客" in done.stderr.decode("utf-8")


# --- recommend, feedback, doctor ----------------------------------------------------------------------------


def test_recommend_gives_goods_with_reasons_as_one_json_document(trained_home: Path, people: list[str]):
    done = zhike("recommend", "--customer", people[0], "-n", "5", "--json", home=trained_home)
    document = json.loads(done.stdout)
    assert len(document["items"]) == 5 and document["strategy"]
    assert all(
        item["product_id"] and item["title"] and item["price"] > 0 and item["reason"] for item in document["items"]
    )
    assert zhike("recommend", "--customer", "no-such", "--json", home=trained_home).returncode == 2


def test_recommend_keeps_to_kind_and_price(trained_home: Path, people: list[str]):
    done = zhike(
        "recommend",
        "--customer",
        people[0],
        "--category",
        "蓝牙耳机",
        "--max-price",
        "300",
        "--json",
        home=trained_home,
    )
    document = json.loads(done.stdout)
    assert not document["exact"] or all(item["price"] <= 300 for item in document["items"])


def test_doctor_finds_nothing_wrong_with_a_trained_home(trained_home: Path):
    done = zhike("doctor", "--json", home=trained_home)
    findings = json.loads(done.stdout)
    assert done.returncode == 0 and all(finding["well"] for finding in findings)


def test_doctor_says_what_to_paste_where_something_is_wrong(tmp_path: Path):
    done = zhike("doctor", home=tmp_path, ZHIKE_PROT="1")
    assert (
        done.returncode == 1
        and "ZHIKE_PORT" in done.stdout
        and "zhike train" in done.stdout
        and "zhike demo" in done.stdout
    )


# --- training -----------------------------------------------------------------------------------------------


def test_a_valid_model_is_not_trained_again(trained_home: Path):
    done = zhike("train", "--if-needed", "--json", home=trained_home)
    assert done.returncode == 0 and json.loads(done.stdout) == {"trained": False}


def test_training_again_takes_the_language_model_over_and_learns_the_shop_anew(trained_home: Path, tmp_path: Path):
    home = copy_home(trained_home, tmp_path / "home")
    done = zhike("train", "--json", home=home)
    document = json.loads(done.stdout)
    assert document["language_trained"] is False and document["recommender_trained"] and document["customers"] >= 1000
    assert current(home / "models").version == document["version"]


def test_a_shop_without_goods_is_told_how_to_get_some(tmp_path: Path):
    (tmp_path / "home/models").mkdir(parents=True)
    with pytest.raises(Problem, match="还没有商品"):
        training._recommender(load({"ZHIKE_HOME": str(tmp_path / "home")}), tmp_path / "out", lambda line: None)


@pytest.mark.parametrize("changed", ["bot/lexicon/words.csv", "bot/components/matcher.py", "data/nlu/talk.yml"])
def test_a_changed_word_list_component_or_message_is_a_reason_to_train(tmp_path: Path, changed: str):
    file = tmp_path / changed
    file.parent.mkdir(parents=True)
    file.write_text("一", "utf-8")
    roots = ("bot/lexicon", "bot/components", "data/nlu")
    before = fingerprint.digest(fingerprint.files_below(roots, tmp_path), (), base=tmp_path)
    file.write_text("二", "utf-8")
    assert fingerprint.digest(fingerprint.files_below(roots, tmp_path), (), base=tmp_path) != before


def test_a_new_version_is_switched_to_at_once_and_old_ones_go(tmp_path: Path):
    for number in range(5):
        draft = tmp_path / f".draft-{number}"
        draft.mkdir()
        (draft / "rasa.tar.gz").write_text(str(number))
        publish(tmp_path, draft, {"version": f"v{number}"}, keep=3)
    assert current(tmp_path).version == "v4"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "v2", "v3", "v4"]


def test_a_model_that_was_changed_is_not_served(tmp_path: Path):
    draft = tmp_path / ".draft"
    draft.mkdir()
    (draft / "rasa.tar.gz").write_text("good")
    model = publish(tmp_path, draft, {"version": "v1"}, keep=3)
    model.rasa.write_text("bad")
    with pytest.raises(Problem, match="损坏"):
        current(tmp_path)
