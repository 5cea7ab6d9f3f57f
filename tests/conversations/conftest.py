"""A trained bot on the tiny shop, in this process. The language model is kept in pytest's cache and trained again only
when its sources changed."""
from __future__ import annotations

import asyncio
import contextlib
import fcntl
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
def bot(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory, loop: asyncio.AbstractEventLoop):
    """The whole bot as the server has it, without a socket."""
    import structlog
    from service_shop import fill_service_shop
    from stage import fill_tiny_shop

    from bot import settings as bot_settings
    from bot import training
    from bot.runtime.bot import Bot
    from store import Store

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    home = pytestconfig.cache.mkdir("zhike-conversations")
    url = f"sqlite:///{tmp_path_factory.mktemp('conversations') / 'shop.db'}"
    # Machines that test are slow at times; how fast an answer comes is measured elsewhere.
    settings = bot_settings.load({"ZHIKE_HOME": str(home), "ZHIKE_DATABASE_URL": url, "ZHIKE_RATE_LIMIT": "0",
                                  "ZHIKE_ACTION_SECONDS": "8", "ZHIKE_TURN_SECONDS": "9"})
    with Store.open(url) as store:
        fill_tiny_shop(store)
        fill_service_shop(store)
    with only_one(home / "training.lock"):
        borrow_models(pytestconfig.rootpath / "var" / "models", settings.models)
        training.train(settings)
    running = Bot.load(settings)
    loop.run_until_complete(running.warm_up())
    yield running
    loop.run_until_complete(running.close())


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Two test runs at once train once: the second waits for the first and finds its model."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def borrow_models(theirs: Path, ours: Path) -> None:
    """What `make run` has trained is taken over, if the sources are still the same (training finds that out)."""
    ours.mkdir(parents=True, exist_ok=True)
    for version in (path for path in theirs.glob("[0-9]*") if path.is_dir() and not (ours / path.name).exists()):
        shutil.copytree(version, ours / version.name)
