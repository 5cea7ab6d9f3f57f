"""`zhike train`: language understanding, dialogue, segments and recommender, as a new version."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer

from bot import training
from bot.settings import load


class Engine(str, Enum):
    local = "local"
    spark = "spark"


def run(
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="快速训练：不用慢的句子编码器，几分钟变几十秒，准确率低两个百分点，给试验和测试用"
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="语言理解没有变化也重新训练")] = False,
    goods_only: Annotated[bool, typer.Option("--goods-only", help="只重新学分群和推荐，语言理解原样沿用")] = False,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="现有模型有效、来源没变时什么也不做（make run 用）")
    ] = False,
    engine: Annotated[
        Engine, typer.Option("--engine", help="相似商品在哪里算：本机，或 Spark（结果一样，给一台机器装不下的数据）")
    ] = Engine.local,
    master: Annotated[
        str, typer.Option("--master", help="Spark 的主节点：local[*]、spark://主机:7077、yarn……")
    ] = "local[*]",
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON")] = False,
) -> None:
    """训练语言理解、情绪、分群和推荐，写成一个新版本并切换过去。

    训练数据、词典、组件代码、配置都没变时，语言理解直接沿用上一版，只重新计算分群和推荐。
    """
    settings = load()
    if if_needed:
        reason = training.needed(settings, quick)
        if reason is None:
            _finish(as_json, {"trained": False}, "模型是最新的，不用训练。")
            return
        print(f"需要训练：{reason}", file=sys.stderr)
    with _progress(as_json) as tell:
        spark = master if engine is Engine.spark else None
        done = training.train(settings, quick=quick, force=force, goods_only=goods_only, tell=tell, spark=spark)
    _finish(as_json, {"trained": True, **asdict(done)}, f"训练完成：{done.folder}")


def _finish(as_json: bool, document: dict[str, object], line: str) -> None:
    print(json.dumps(document, ensure_ascii=False) if as_json else line)


@contextmanager
def _progress(as_json: bool) -> Iterator[training.Tell]:
    """On a terminal a running clock beside what is being done; elsewhere plain lines. Never on stdout with --json."""
    out = sys.stderr if as_json else sys.stdout
    if not out.isatty():
        yield lambda line: print(line, file=out, flush=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(file=out),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task("准备……")

        def tell(line: str) -> None:
            if line.endswith("……"):
                bar.update(task, description=line)
                bar.reset(task, description=line, start=True)
            else:
                bar.console.print(line, highlight=False)

        started = time.perf_counter()
        yield tell
        bar.console.print(f"共用时 {time.perf_counter() - started:.0f} 秒", highlight=False)
