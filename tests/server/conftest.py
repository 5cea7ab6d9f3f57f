"""The bot in this process, for faults that a server of its own would not let a test make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.homes import copy_home


@pytest.fixture(scope="session")
def bot(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The bot in this process, so that a test can break a part of it."""
    from bot.runtime.bot import Bot
    from bot.settings import load

    home = copy_home(trained_home, tmp_path_factory.mktemp("bot") / "home")
    loaded = Bot.load(load({"ZHIKE_HOME": str(home), "ZHIKE_RATE_LIMIT": "0", "ZHIKE_ACTION_THREADS": "2"}))
    yield loaded
    loaded.store.close()
