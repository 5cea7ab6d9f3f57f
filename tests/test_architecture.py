"""What keeps the layout honest: import arrows, no pickle, no machine path, nothing big."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_imports_go_one_way():
    """bot → actions → recommender, store; the recommender knows neither Rasa nor SQL (contracts in pyproject.toml)."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_pickled():
    for path in tracked("*.py"):
        if path == Path(__file__):
            continue
        assert not re.search(
            r"^\s*((import|from)\s+(pickle|cloudpickle|dill)\b|import joblib|from joblib import .*\b(dump|load)\b)",
            path.read_text(encoding="utf-8"),
            re.M,
        ), f"{path}: models are npz and json"
    assert not tracked("*.pkl", "*.pickle", "*.joblib")


def test_no_path_of_one_machine_and_no_registry_host():
    # Written in pieces so that this file does not find itself.
    wrong = re.compile(
        "|".join(["/" + "work/", "/" + "root/", r"(pypi|pythonhosted|npmjs|npmmirror)\." + r"(org|com)"])
    )
    for path in tracked():
        if path.suffix in {".png", ".gz", ".npz", ".ico", ".woff2"}:
            continue
        found = wrong.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{path}: {found and found[0]}"


def test_nothing_big_is_committed():
    for path in tracked():
        assert path.stat().st_size <= 1_500_000, (
            f"{path} is {path.stat().st_size} bytes; big things are made by a command"
        )


@pytest.mark.parametrize("target", ["run", "test", "shell", "bench"])
def test_make_target_exists(target):
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
