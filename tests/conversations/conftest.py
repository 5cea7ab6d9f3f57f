"""A trained bot on the tiny shop, in this process. The language model is kept in pytest's cache and trained again only
when its sources changed."""
from __future__ import annotations

import asyncio
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
def bot(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory, loop: asyncio.AbstractEventLoop):
    """The whole bot as the server has it, without a socket."""
    from service_shop import fill_service_shop
    from stage import fill_tiny_shop

    from bot import settings as bot_settings
    from bot import training
    from bot.runtime.bot import Bot
    from store import Store

    home = pytestconfig.cache.mkdir("zhike-conversations")
    url = f"sqlite:///{tmp_path_factory.mktemp('conversations') / 'shop.db'}"
    settings = bot_settings.load({"ZHIKE_HOME": str(home), "ZHIKE_DATABASE_URL": url, "ZHIKE_RATE_LIMIT": "0"})
    with Store.open(url) as store:
        fill_tiny_shop(store)
        fill_service_shop(store)
    training.train(settings)
    running = Bot.load(settings)
    loop.run_until_complete(running.warm_up())
    yield running
    loop.run_until_complete(running.close())
