"""`zhike serve`: the bot, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from typing import Annotated, Any

import typer

from bot.settings import Settings, load


def run(
    host: Annotated[str | None, typer.Option(help="监听的地址，默认见设置 host")] = None,
    port: Annotated[int | None, typer.Option(help="端口，默认见设置 port")] = None,
) -> None:
    """启动机器人：聊天页、接口和 Socket.IO。Ctrl-C 停止。"""
    overrides = {"ZHIKE_HOST": host, "ZHIKE_PORT": None if port is None else str(port)}
    settings = load({**os.environ, **{key: value for key, value in overrides.items() if value is not None}})
    started = time.perf_counter()
    from bot.runtime.models import current

    model = current(settings.models)  # said before anything slow
    bot = load_bot(settings, model.rasa)
    from bot.runtime import server

    def ready(_: Any) -> None:
        print(f"知客准备好了（{time.perf_counter() - started:.0f} 秒）", flush=True)
        print(f"聊天页：{settings.origin}/webhooks/web/ui/demo.html", flush=True)
        print("按 Ctrl-C 停止。", flush=True)

    server.run(server.build_app(bot, on_ready=ready), settings)
    print("已停止。")


def load_bot(settings: Settings, rasa_model: Any) -> Any:
    """The bot, with Rasa imported the short way where the model allows it. Raises Problem."""
    from bot.runtime.light_start import needs_tensorflow, one_thread_a_product, without_tensorflow

    print("知客启动中……", file=sys.stderr, flush=True)
    one_thread_a_product()
    if not needs_tensorflow(rasa_model):
        without_tensorflow()
    from bot.runtime import logs

    logs.set_up(settings.logs, settings.log_level, console=True)
    from bot.runtime import server
    from bot.runtime.bot import Bot

    server.check_port(settings)
    return Bot.load(settings)
