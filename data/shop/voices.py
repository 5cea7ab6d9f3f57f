"""What customers say: reviews that fit how good the goods are, surveys, old chats with the shop's people."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from data.shop.calendar import moment, written
from data.shop.catalogue import Goods
from data.shop.parcels import Order, number_of
from data.shop.people import Person

_TEXTS = Path(__file__).parent / "texts"


def _lines(name: str) -> list[str]:
    return [line for line in (_TEXTS / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@functools.cache
def _phrases() -> dict[str, tuple[list[str], list[str]]]:
    """Aspect → what is said well of it, what is said badly."""
    result = {}
    for line in filter(str.strip, _lines("reviews.txt")):
        found = re.fullmatch(r"(\S+) \+ (.*?)(?: - (.*))?", line)
        if found is None:
            raise ValueError(f"reviews.txt 里这一行看不懂：{line}")
        result[found[1]] = (found[2].split("；"), (found[3] or "").split("；"))
    return result


def _say(rng: Random, aspect: str, well: bool, goods: Goods) -> str:
    phrases = _phrases().get(aspect) or _phrases()["其他"]
    return rng.choice(phrases[0 if well else 1]).replace("{方面}", aspect).replace("{种类}", goods.kind.name)


def review_text(rng: Random, goods: Goods, rating: int) -> str:
    """A few words about one to three of the kind's aspects, as glad as the stars are many."""
    aspects = rng.sample(goods.kind.aspects, min(len(goods.kind.aspects), rng.choices((1, 2, 3), (0.5, 0.35, 0.15))[0]))
    if rating == 3:
        parts = [rng.choice(_phrases()["平平"][0]), _say(rng, aspects[0], False, goods)]
        parts += [_say(rng, aspect, True, goods) for aspect in aspects[1:]]
    else:
        good = rating > 3
        parts = [_say(rng, aspect, good, goods) for aspect in aspects]
        if rating == 4 and len(parts) > 1:
            parts[-1] = "就是" + _say(rng, aspects[-1], False, goods)
        if rng.random() < 0.4:
            parts.insert(rng.randrange(2), _say(rng, "总评", good, goods))
        if rng.random() < 0.15:
            parts.append(_say(rng, "尾巴", good, goods))
    return "，".join(parts) + rng.choice(("。", "", "！" if rating != 3 else "。"))


def reviews(rng: Random, orders: Sequence[Order], now: datetime) -> list[dict[str, object]]:
    """A quarter of what was received is reviewed, oftener what disappointed."""
    rows = []
    for order in orders:
        if order.received_at is None or order.received_at > now:
            continue
        for line in order.lines:
            satisfied = min(1.0, max(0.0, rng.gauss(line.goods.quality, 0.16) - (0.5 if order.fate == "refund" else 0)))
            rating = 1 + sum(satisfied >= limit for limit in (0.36, 0.48, 0.60, 0.74))
            if rng.random() >= (0.24 if rating > 2 else 0.4):
                continue
            at = order.received_at + timedelta(days=rng.expovariate(1 / 6), hours=1)
            if at <= now:
                rows.append(
                    {
                        "product_id": line.goods.product_id,
                        "text": review_text(rng, line.goods, rating),
                        "at": written(at),
                        "customer_id": order.person.customer_id,
                        "rating": rating,
                    }
                )
    return rows


@functools.cache
def _survey_questions() -> list[tuple[str, list[tuple[int, str]]]]:
    result: list[tuple[str, list[tuple[int, str]]]] = []
    for line in filter(str.strip, _lines("surveys.txt")):
        if line.startswith("问："):
            result.append((line[2:], []))
        else:
            score, answer = line.split(" ", 1)
            result[-1][1].append((int(score), answer))
    return result


def surveys(rng: Random, people: Sequence[Person], today: date, count: int = 420) -> list[dict[str, object]]:
    rows = []
    for person in rng.sample(list(people), min(count, len(people))):
        question, answers = rng.choice(_survey_questions())
        score, answer = rng.choices(answers, [score**1.3 for score, _ in answers])[0]
        at = moment(rng, today - timedelta(days=rng.randrange(1, 150)))
        if at > person.registered_at:
            rows.append(
                {
                    "question": question,
                    "answer": answer,
                    "at": written(at),
                    "customer_id": person.customer_id,
                    "score": score,
                }
            )
    return rows


def chats(rng: Random, orders: Sequence[Order], today: date, count: int = 160) -> list[dict[str, object]]:
    """Talks of the last four months, each about something that its customer ordered before."""
    talks = [talk.strip().splitlines() for talk in "\n".join(_lines("chats.txt")).split("\n\n") if talk.strip()]
    since = datetime.combine(today - timedelta(days=120), datetime.min.time(), orders[0].ordered_at.tzinfo)
    before = since + timedelta(days=112)
    recent = [order for order in orders if since <= order.ordered_at < before]
    rows = []
    for number, order in enumerate(rng.sample(recent, min(count, len(recent))), 1):
        at = order.ordered_at + timedelta(days=rng.uniform(0.5, 6))
        thing = order.lines[0].goods.title.split()[:2]
        for line in rng.choice(talks):
            text = (
                line[2:]
                .replace("{商品}", " ".join(thing))
                .replace("{单号}", order.tracking_no or number_of(rng, "中通快递"))
            )
            rows.append(
                {
                    "session_id": f"S{number:04d}",
                    "speaker": "客户" if line.startswith("客") else "客服",
                    "text": text,
                    "at": written(at),
                    "customer_id": order.person.customer_id,
                }
            )
            at += timedelta(seconds=rng.randrange(8, 90))
    return rows
