"""`zhike shell`: a talk in the terminal as one customer, through `rasa shell`'s own code."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Annotated, Any

import typer

from bot.errors import Problem
from bot.settings import Settings, load

_ONCE = "ZHIKE_UTF8_SET"


def run(
    customer: Annotated[str | None, typer.Option(help="以哪位顾客的身份；不给时用第一位演示顾客，没有就是访客")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="以没登录的访客身份")] = False,
) -> None:
    """在终端里聊天。输入数字可以选按钮，/stop 结束；也可以用管道送进去（最后一行写 /stop）。"""
    _speak_utf8()
    settings = load().copy(update={"host": "127.0.0.1", "port": _free_port()})
    from bot.runtime.models import current

    model = current(settings.models)
    from bot.cli.serve import load_bot

    bot = load_bot(settings, model.rasa)
    _talk(bot, settings, _who(bot, customer, anonymous))


def _speak_utf8() -> None:
    """Chinese on a POSIX or GBK terminal: Python must be told before it starts, so it is started anew, once."""
    if sys.flags.utf8_mode or os.environ.get(_ONCE):
        return
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    environment = {
        **os.environ,
        _ONCE: "1",
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": locale,
        "LANG": locale,
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _who(bot: Any, customer: str | None, anonymous: bool) -> Any:
    from bot.channels import tokens

    session = f"terminal-{tokens.visitor().subject}"
    if customer is None and not anonymous:
        customer = next((person["customer_id"] for person in bot.demo_customers()), None)
    if customer is None:
        return tokens.visitor()
    if bot.store.customers.get(customer) is None:
        bot.store.close()
        raise Problem(
            f"没有顾客“{customer}”", "店里的顾客表里没有这个编号", "zhike shell --anonymous 以访客身份聊", code=2
        )
    return tokens.Identity(customer, anonymous=False, session=session)


def _talk(bot: Any, settings: Settings, who: Any) -> None:
    from rasa.core.channels.console import record_messages

    from bot.channels.terminal import TerminalChannel
    from bot.runtime import server

    channel = TerminalChannel(bot, who)

    async def talk(app: Any) -> None:
        try:
            await record_messages(who.sender_id, server_url=settings.origin, auth_token=channel.password)
        except (EOFError, asyncio.CancelledError):
            pass
        finally:
            app.stop()

    def ready(app: Any) -> None:
        person = bot.store.customers.get(who.customer_id) if who.customer_id else None
        name = (
            f"顾客 {who.customer_id}{f'（{person.name}）' if person and person.name else ''}"
            if who.customer_id
            else "访客"
        )
        print(f"现在以{name}的身份聊天。输入数字可以选按钮，/stop 结束。", flush=True)
        app.add_task(talk(app))

    server.run(server.build_app(bot, (channel,), ready), settings)
