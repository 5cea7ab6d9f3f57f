"""A trained bot on the tiny shops, in this process."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "actions"))


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for the bot's whole life: its locks and threads belong to it."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def bot(trained_home: Path, tmp_path_factory: pytest.TempPathFactory, loop: asyncio.AbstractEventLoop):
    """The whole bot as the server has it, without a socket, on two tiny shops in one store."""
    import structlog
    from service_shop import fill_service_shop
    from stage import fill_tiny_shop

    from bot import settings as bot_settings
    from bot import training
    from bot.runtime.bot import Bot
    from store import Store

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    home = tmp_path_factory.mktemp("conversations")
    shutil.copytree(trained_home / "models", home / "models", symlinks=True)
    # Machines that test are slow at times; how fast an answer comes is measured elsewhere.
    settings = bot_settings.load(
        {"ZHIKE_HOME": str(home), "ZHIKE_RATE_LIMIT": "0", "ZHIKE_ACTION_SECONDS": "8", "ZHIKE_TURN_SECONDS": "9"}
    )
    with Store.open(settings.url) as store:
        fill_tiny_shop(store)
        fill_service_shop(store)
    training.train(settings)  # the language model is taken over; suggestions are learned from these shops
    running = Bot.load(settings)
    loop.run_until_complete(running.warm_up())
    yield running
    loop.run_until_complete(running.close())
