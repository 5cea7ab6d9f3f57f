"""`zhike demo`: fills an empty store with the made-up shop."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.errors import Problem
from bot.settings import Settings, load
from data.shop import DEMO_CUSTOMERS, KINDS_OF_TABLE, SEED, DemoShop, build_shop
from store import Store, StoreError
from store.importing import KINDS, import_rows


def run(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="店里已经有数据就什么也不做（make run 用）")] = False,
    seed: Annotated[int, typer.Option(help="随机种子：同一天、同一个种子生成同样的店")] = SEED,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON")] = False,
) -> None:
    """给空的店铺装上演示数据：八百来件商品、三千位顾客、六万条订单和浏览记录，日期到今天为止。"""
    started = time.perf_counter()
    settings = load()
    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            broken_off = _broken_off(settings)
            if not store.is_empty() and broken_off is None:
                if not if_empty:
                    raise Problem(
                        "没有装演示数据",
                        "店里已经有商品或顾客了，演示数据不能和真的数据混在一起",
                        "换一个空的数据目录再来，例如 ZHIKE_HOME=var/demo zhike demo",
                        code=2,
                    )
                _finish(as_json, {"filled": False}, "")
                return
            shop = _fill(
                settings, store, broken_off or {"now": store.clock.now().isoformat(), "seed": seed}, _teller(as_json)
            )
    except StoreError as error:
        raise Problem("没有装演示数据", str(error), "看 zhike doctor 怎么说") from error
    seconds = round(time.perf_counter() - started, 1)
    counts = "，".join(f"{KINDS[kind].name_zh} {number}" for kind, number in shop.counts().items())
    _finish(
        as_json,
        {
            "filled": True,
            "seconds": seconds,
            "seed": shop.seed,
            "now": shop.made_for.isoformat(),
            "rows": shop.counts(),
            "customers": _people(),
        },
        f"演示店铺装好了，用时 {seconds} 秒：{counts}。\n可以扮演的顾客：\n"
        + "\n".join(f"  {who.customer_id} {who.name}：{who.situation}" for who in DEMO_CUSTOMERS),
    )


def _fill(settings: Settings, store: Store, made: dict[str, Any], tell: Callable[[str], None]) -> DemoShop:
    tell("生成演示店铺……")
    shop = build_shop(now=datetime.fromisoformat(made["now"]), seed=made["seed"])
    # Said first, so that a run that is broken off can be taken up again: the same rows twice change nothing.
    _mark(settings, made | {"complete": False, "customers": []})
    for kind in KINDS_OF_TABLE:
        tell(f"写入{KINDS[kind].name_zh}……")
        report = import_rows(store, kind, shop.tables[kind])
        if not report.ok:
            raise Problem(
                "演示数据没有装完",
                report.sentence(report.problems[0]),
                "这是程序的毛病，请报告；换个 --seed 再试",
                code=1,
            )
    _mark(settings, made | {"complete": True, "customers": _people()})
    return shop


def _people() -> list[dict[str, str]]:
    return [{"customer_id": who.customer_id, "name": who.name, "about": who.situation} for who in DEMO_CUSTOMERS]


def _broken_off(settings: Settings) -> dict[str, Any] | None:
    """What an earlier run began to fill and did not finish."""
    try:
        made = json.loads(settings.demo_marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {"now": made["now"], "seed": made["seed"]} if made.get("complete") is False else None


def _mark(settings: Settings, content: dict[str, Any]) -> None:
    beside = settings.demo_marker.with_suffix(".tmp")
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(beside, settings.demo_marker)


def _teller(as_json: bool) -> Callable[[str], None]:
    """Says what is being done, on a terminal in one line that goes away; silent into files."""
    out = sys.stderr if as_json else sys.stdout

    def tell(line: str) -> None:
        if out.isatty():
            print(f"\r\033[K{line}", end="", file=out, flush=True)

    return tell


def _finish(as_json: bool, document: dict[str, object], line: str) -> None:
    if not as_json and sys.stdout.isatty():
        print("\r\033[K", end="")
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
    elif line:
        print(line)
