"""`zhike token`: one signed token, alone on stdout."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.channels import tokens
from bot.errors import Problem
from bot.settings import load


def run(
    customer: Annotated[str | None, typer.Option(help="顾客编号")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="没登录的访客")] = False,
    session: Annotated[str, typer.Option(help="另开一个新的对话，名字随意")] = "",
    hours: Annotated[float | None, typer.Option(help="有效多久（小时），默认见设置 token_hours")] = None,
) -> None:
    """签发一个令牌，单独一行打到标准输出。"""
    if bool(customer) == anonymous:
        raise Problem("要给 --customer 顾客编号 或 --anonymous，二选一", fix="例如 zhike token --customer C001", code=2)
    if (customer and len(customer) > tokens.SUBJECT_CHARS) or len(session) > tokens.SUBJECT_CHARS:
        raise Problem(f"顾客编号和 --session 都不能超过 {tokens.SUBJECT_CHARS} 个字", code=2)
    settings = load()
    who = tokens.visitor(session) if anonymous else tokens.Identity(str(customer), anonymous=False, session=session)
    print(tokens.issue(tokens.load_key(settings.home, settings.secret), who, hours or settings.token_hours))
