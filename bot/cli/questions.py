"""`zhike questions`: what customers asked and nothing written answers, for the merchant to write."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.errors import Problem
from bot.settings import load

_EXAMPLES = 3


@dataclass(frozen=True)
class OpenQuestion:
    """Questions that mean the same. `customers`: how many asked, each visitor one. `examples`: the commonest wordings.
    `nearest`: the question of the likeliest entry, None where there is none; `chance`: in [0, 1], that it answers.
    """

    customers: int
    times: int
    examples: list[str]
    nearest: str | None
    chance: float
    last: datetime


def run(
    n: Annotated[int, typer.Option("-n", help="最多列几个", min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON，列全部")] = False,
) -> None:
    """还没有答案的问题：意思一样的并在一起，问的顾客多的在前，写好答案用 zhike import faq 导入。"""
    found = open_questions()
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=_written))
        return
    if not found:
        print("没有答不上来的问题。")
        return
    print(f"答不上来的问题 {len(found)} 个" + (f"，先列 {n} 个" if len(found) > n else "") + "：")
    for place, one in enumerate(found[:n], 1):
        print(f"{place:>3}. {one.examples[0]}　{one.customers} 位顾客问过，最近 {one.last:%Y-%m-%d}")
        if len(one.examples) > 1:
            print(f"     也这样问：{'；'.join(one.examples[1:])}")
        if one.nearest:
            print(f"     最接近的问答：{one.nearest}（把握 {one.chance:.0%}）")


def open_questions() -> list[OpenQuestion]:
    """Most asked first. Raises Problem when the store cannot be read."""
    from actions.faq import best_index
    from actions.faq_groups import groups_of
    from bot.components.encoders import faq_encoders
    from store import Store, StoreError

    settings = load()
    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            asked, entries = store.cases.all_unanswered(), store.faq.snapshot()[1]
    except StoreError as error:
        raise Problem("读不了没有答案的问题", str(error), "看 zhike doctor 怎么说") from error
    if not asked:
        return []
    encoders = faq_encoders(settings.cache / "faq")
    index = best_index(entries, encoders)
    groups = groups_of([one.text for one in asked], index, encoders)
    found = [_open_question([asked[place] for place in places], index) for places in groups]
    return sorted(found, key=lambda one: (-one.customers, -one.times, -one.last.timestamp()))


def _open_question(asked: Sequence[Any], index: Any) -> OpenQuestion:
    known = {one.customer_id for one in asked if one.customer_id is not None}
    visitors = sum(one.customer_id is None for one in asked)
    wordings = [text for text, _ in Counter(one.text for one in asked).most_common(_EXAMPLES)]
    nearest = next(iter(index.ranked(wordings[0])), None)
    return OpenQuestion(
        customers=len(known) + visitors,
        times=len(asked),
        examples=wordings,
        nearest=nearest.entry.question if nearest else None,
        chance=round(nearest.score, 3) if nearest else 0.0,
        last=max(one.at for one in asked),
    )


def _written(value: datetime) -> str:
    return value.isoformat()
