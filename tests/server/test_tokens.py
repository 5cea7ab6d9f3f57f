"""Who may speak for whom: tokens, keys, and the one place where sender ids are made."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest

from bot.channels import tokens
from bot.channels.tokens import BadToken, Identity
from bot.errors import Problem
from tests.homes import clean_environment, zhike

KEY = b"k" * 48
WHO = Identity("C-1", anonymous=False, session="s1")


def test_a_token_speaks_for_the_one_it_was_issued_to():
    assert tokens.verify(KEY, tokens.issue(KEY, WHO, 1)) == WHO


def test_a_visitor_gets_a_random_id_and_no_customer():
    one, other = tokens.visitor(), tokens.visitor()
    assert one.subject != other.subject and one.customer_id is None
    assert tokens.verify(KEY, tokens.issue(KEY, one, 1)).anonymous


def test_sender_ids_part_customers_sessions_and_visitors():
    ids = {
        Identity(*given).sender_id
        for given in [("a", False), ("a", False, "b"), ("ab", False), ("a", True), ("a", False, "c")]
    }
    assert len(ids) == 5
    assert Identity("a", False).sender_id == Identity("a", False).sender_id


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": 12, "exp": 9_999_999_999},
        {"sub": "", "exp": 9_999_999_999},
        {"exp": 9_999_999_999},
        {"sub": "a"},
        {"sub": "a", "exp": 1},
        {"sub": "a", "exp": float("inf")},
        {"sub": "a", "exp": "soon"},
        {"sub": "a", "exp": []},
        {"sub": "a", "exp": 9_999_999_999, "session": 3},
        {"sub": "a", "exp": 9_999_999_999, "anonymous": "no"},
        {"sub": "a" * 500, "exp": 9_999_999_999},
    ],
)
def test_what_is_not_as_issued_is_refused(claims: dict):
    with pytest.raises(BadToken):
        tokens.verify(KEY, jwt.encode(claims, KEY, "HS256"))


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        7,
        "x",
        "a.b.c",
        jwt.encode({"sub": "a", "exp": 9_999_999_999}, "x" * 48, "HS256"),
        jwt.encode({"sub": "a", "exp": 9_999_999_999}, None, "none"),
    ],
)
def test_strange_and_unsigned_tokens_are_refused(token: object):
    with pytest.raises(BadToken):
        tokens.verify(KEY, token)


def test_the_key_is_long_made_once_and_readable_to_its_owner_only(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: tokens.load_key(tmp_path / "home"), range(16)))
    assert len(keys) == 1 and len(keys.pop()) >= 32
    assert stat.S_IMODE((tmp_path / "home/secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret.key"]


def test_a_key_that_is_too_short_is_told_with_the_way_out(tmp_path: Path):
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(Problem, match="太短"):
        tokens.load_key(tmp_path)


def test_the_command_prints_one_token_alone(tmp_path: Path):
    done = zhike("token", "--customer", "C-1", "--session", "s1", home=tmp_path)
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    assert tokens.verify(tokens.load_key(tmp_path), done.stdout.strip()) == WHO
    assert tokens.verify(
        tokens.load_key(tmp_path), zhike("token", "--anonymous", home=tmp_path).stdout.strip()
    ).anonymous


@pytest.mark.parametrize("args", [[], ["--customer", "a", "--anonymous"], ["--nosuch"], ["--customer"]])
def test_a_wrong_call_is_a_sentence_and_exit_code_2(args: list[str], tmp_path: Path):
    done = zhike("token", *args, home=tmp_path)
    assert done.returncode == 2 and "怎么修" in done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_the_command_starts_without_rasa_and_without_the_database(tmp_path: Path):
    code = (
        "import sys; sys.argv = ['zhike', 'token', '--anonymous']\nfrom bot.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "slow = {'rasa', 'rasa_sdk', 'sqlalchemy', 'tensorflow', 'numpy'}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & slow))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean_environment(ZHIKE_HOME=str(tmp_path)), capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
