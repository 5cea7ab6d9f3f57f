from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from portraits_kit import fill, rows, train


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("portraits") / "home"
    fill(home, rows())
    train(home)
    return home


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Makes a folder the home of this process."""

    def use(home: Path) -> Path:
        monkeypatch.setenv("ZHIKE_HOME", str(home))
        monkeypatch.delenv("ZHIKE_DATABASE_URL", raising=False)
        return home

    return use
