"""`zhike action-server`: the actions in a process of their own, for ZHIKE_ACTION_URL."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from bot.settings import load


def run(
    host: Annotated[str, typer.Option(help="监听的地址；动作服务器没有密码，不要对外")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 5055,
) -> None:
    """单独运行动作服务器；机器人那边设 ZHIKE_ACTION_URL=http://127.0.0.1:5055/webhook。"""
    settings = load()
    from bot.runtime import logs
    from bot.runtime.action_server import build_app

    logs.set_up(settings.logs, settings.log_level, console=True)
    app = build_app(settings)
    print(f"动作服务器：http://{host}:{port}/webhook（Ctrl-C 停止）", flush=True)
    os.environ.setdefault("SANIC_HOST", host)
    app.run(host=host, port=port, workers=1, access_log=False, debug=False, motd=False)
