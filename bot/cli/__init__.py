"""`zhike`: one module a command, imported when it is called, so that `zhike token` starts in a blink.

Exit codes: 0 done, 1 the work found a problem, 2 the call or the input is wrong, 130 stopped by Ctrl-C. Errors are
sentences, not
stack traces; ZHIKE_DEBUG=1 shows those too.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bot.errors import Problem

# command → (module with `run`, or `app` when it has sub-commands; what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("bot.cli.serve", "启动机器人（聊天页、接口、Socket.IO）"),
    "shell": ("bot.cli.shell", "在终端里以某位顾客的身份聊天"),
    "train": ("bot.cli.train", "训练语言理解、情绪、分群和推荐"),
    "parse": ("bot.cli.parse", "逐行理解文字：意图、实体、情绪"),
    "evaluate": ("bot.cli.evaluate", "评测：语言理解、情绪、问答、推荐"),
    "recommend": ("bot.cli.recommend", "给一位顾客推荐商品，带理由"),
    "profile": ("bot.cli.profile", "顾客分群；一位顾客的画像"),
    "import": ("bot.cli.import_", "导入店铺的表：顾客、商品、订单、行为……"),
    "demo": ("bot.cli.demo", "给空的店铺装上演示数据"),
    "token": ("bot.cli.token", "签发一个令牌"),
    "feedback": ("bot.cli.feedback", "反馈：导出、统计"),
    "questions": ("bot.cli.questions", "还没有答案的问题，问得多的在前"),
    "doctor": ("bot.cli.doctor", "检查安装、数据、模型和服务"),
    "action-server": ("bot.cli.action_server", "单独运行动作服务器（配合 ZHIKE_ACTION_URL）"),
}


class LazyGroup(TyperGroup):
    """Lists all commands from the table, imports only the one that is called."""

    def list_commands(self, ctx: typer.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, name: str) -> Any:
        if name not in COMMANDS:
            return None
        module, about = COMMANDS[name]
        if ctx.params.get("_loading"):
            return _load(module, name)
        return TyperCommand(name, help=about, short_help=about)

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:
        ctx.params["_loading"] = True
        try:
            return super().resolve_command(ctx, args)
        finally:
            del ctx.params["_loading"]


def _load(module_name: str, name: str) -> Any:
    module = importlib.import_module(module_name)
    if hasattr(module, "app"):
        command = typer.main.get_command(module.app)
    else:
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name)(module.run)
        command = typer.main.get_command(single)
    command.name = name
    return command


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="知客：懂顾客的中文客服机器人。每条命令后面加 --help 看用法。",
)


@app.callback()
def _root() -> None:
    pass


_KINDS = {
    "NoSuchOption": "没有这个选项",
    "MissingParameter": "少给了一项",
    "BadParameter": "有一项的值不行",
    "NoSuchCommand": "没有这条命令",
    "BadOptionUsage": "选项用得不对",
    "BadArgumentUsage": "参数用得不对",
}


def main() -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    try:
        code = app(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except Problem as error:
        _fail(str(error), error.code)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except typer.Exit as error:
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(
            error, "exit_code"
        ):  # the call is wrong: typer's own click says so
            _fail(*_wrong_call(error))
        _fail(
            f"出错了：{type(error).__name__}：{error}\n  怎么修：加上 ZHIKE_DEBUG=1 再运行一次，可以看到出错的位置", 1
        )


def _wrong_call(error: Any) -> tuple[str, int]:
    name, context = type(error).__name__, getattr(error, "ctx", None)
    if name == "NoArgsIsHelpError":
        return error.format_message(), 2
    where = context.command_path if context else "zhike"
    kind = _KINDS.get(name, "没有这条命令" if "No such command" in error.format_message() else "命令用得不对")
    return f"出错了：{kind}（{error.format_message()}）\n  怎么修：看用法 {where} --help", error.exit_code


def _fail(message: str, code: int) -> None:
    if os.environ.get("ZHIKE_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    print(message, file=sys.stderr)
    sys.exit(code)
