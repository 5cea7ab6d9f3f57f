"""The web server: Sanic with the web channel and Socket.IO. The port answers once a first message has been answered
inside.
"""

from __future__ import annotations

import socket as sockets
from collections.abc import Callable

from rasa.core.channels.channel import InputChannel, register
from sanic import Sanic

from bot.channels.socket import attach
from bot.channels.web import WebChannel, errors_as_json
from bot.errors import Problem
from bot.runtime.bot import Bot
from bot.settings import Settings

GOODBYE_SECONDS = 3.0  # what open requests get at Ctrl-C


def check_port(settings: Settings) -> None:
    """Before anything slow. Raises Problem when somebody else listens there."""
    family = sockets.AF_INET6 if ":" in settings.host else sockets.AF_INET
    with sockets.socket(family) as probe:
        probe.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Problem(
                f"用不了 {settings.host}:{settings.port}",
                f"{error.strerror or error}，多半是已经有程序在用这个端口",
                f"换一个端口，例如 ZHIKE_PORT={settings.port + 1} zhike serve",
                code=2,
            ) from None


def build_app(
    bot: Bot, channels: tuple[InputChannel, ...] = (), on_ready: Callable[[Sanic], None] = lambda app: None
) -> Sanic:
    app = Sanic("zhike", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = bot.settings.body_bytes
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GOODBYE_SECONDS
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.agent = bot.agent
    errors_as_json(app)
    register([WebChannel(bot), *channels], app, route="/webhooks/")
    attach(app, bot)

    @app.listener("before_server_start")
    async def warm(app: Sanic, _: object) -> None:
        await bot.warm_up()

    @app.listener("after_server_start")
    async def ready(app: Sanic, _: object) -> None:
        if bot.recommender is not None:
            bot.recommender.start()
        on_ready(app)

    @app.listener("after_server_stop")
    async def close(app: Sanic, _: object) -> None:
        await bot.close()

    return app


def run(app: Sanic, settings: Settings) -> None:
    """Until Ctrl-C."""
    app.run(
        host=settings.host,
        port=settings.port,
        workers=1,
        access_log=False,
        debug=False,
        motd=False,
        register_sys_signals=True,
    )
