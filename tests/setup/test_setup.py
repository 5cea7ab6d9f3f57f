"""`scripts/setup` on machines that are not quite right: a broken shim, a half-made .venv, no Python at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The set-up script beside a project without dependencies, so that a run takes seconds."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "tiny"\nversion = "1"\n[tool.setuptools]\npackages = ["tiny"]\n',
        encoding="utf-8",
    )
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    start = locked.index("\nsetuptools==")
    end = locked.index("\n", locked.rindex("--hash", start, locked.index("    #", start)))
    (tmp_path / "requirements.lock").write_text(locked[start:end].strip() + "\n", encoding="utf-8")
    return tmp_path


def setup(project: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(project / "scripts/setup")], env={**os.environ, **env}, capture_output=True, text=True, timeout=180
    )


def works(project: Path) -> bool:
    return (
        subprocess.run(
            [str(project / ".venv/bin/python"), "-c", "import tiny, sys; sys.exit(sys.version_info[:2] != (3, 10))"],
            cwd="/",
        ).returncode
        == 0
    )


def test_a_shim_that_says_command_not_found_is_no_python(project: Path, tmp_path: Path):
    shims = tmp_path / "shims"
    shims.mkdir()
    for name in ("python3.10", "python3", "python"):
        (shims / name).write_text('#!/bin/sh\necho "pyenv: python3.10: command not found" >&2\nexit 127\n')
        (shims / name).chmod(0o755)
    base = Path(os.path.realpath(ROOT / ".venv/bin/python"))
    home = tmp_path / "pyenv/versions/3.10.13/bin"
    home.mkdir(parents=True)
    (home / "python").symlink_to(base)

    done = setup(project, PATH=f"{shims}:{os.environ['PATH']}", PYENV_ROOT=str(tmp_path / "pyenv"))

    assert done.returncode == 0, done.stderr
    assert works(project)


def test_a_second_run_does_nothing_and_a_half_made_venv_is_repaired(project: Path):
    python = os.path.realpath(ROOT / ".venv/bin/python")
    assert setup(project, ZHIKE_PYTHON=python).returncode == 0
    assert setup(project, ZHIKE_PYTHON=python).stdout == ""

    for broken in (project / ".venv/bin/python", project / ".venv/.zhike-installed"):
        broken.unlink()
        done = setup(project, ZHIKE_PYTHON=python)
        assert done.returncode == 0, done.stderr
        assert works(project)


def test_without_any_python_310_one_clear_sentence(project: Path, tmp_path: Path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "cat", "sha256sum", "cut", "dirname", "env", "rm", "date"):
        (tools / name).symlink_to(shutil.which(name))

    done = setup(project, PATH=str(tools), HOME=str(tmp_path), PYENV_ROOT=str(tmp_path / "none"))

    assert done.returncode == 2
    assert "找不到 Python 3.10" in done.stderr and "怎么修" in done.stderr
    assert not (project / ".venv").exists()
