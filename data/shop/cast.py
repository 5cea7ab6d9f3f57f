"""Named customers whose situations show everything the bot can be asked; read from ``texts/cast.txt``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from data.shop.calendar import courier_hour, written
from data.shop.catalogue import find
from data.shop.parcels import Line, Order, follow, number_of
from data.shop.people import Person, person, personas
from data.shop.trade import Market

_FILE = Path(__file__).parent / "texts" / "cast.txt"
_HEADER = re.compile(r"\[(\S+) (\S+) (男|女) (\d{4}) (\S+) (\S+) (\S+) ([\d.]+) (是|否|空)\] (.+)")
_LINE = re.compile(r"(?P<words>.+?)(?: ×(?P<quantity>\d+))?(?: @(?P<price>[\d.]+))?(?P<chosen>(?: \S+:\S+)*)$")
#: Their own open business stands alone: what chance gave them is over for at least so long.
_QUIET_DAYS = 60


@dataclass(frozen=True)
class DemoCustomer:
    customer_id: str
    name: str
    situation: str
    """One line in Chinese, to choose by."""


@dataclass(frozen=True)
class _Role:
    who: DemoCustomer
    gender: str
    birth_year: int
    city: str
    level: str
    persona: str
    activity: float
    consent: bool | None
    orders: tuple[str, ...]


def _roles() -> tuple[_Role, ...]:
    result: list[_Role] = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        found = _HEADER.fullmatch(line)
        if found:
            consent = {"是": True, "否": False, "空": None}[found[9]]
            who = DemoCustomer(found[1], found[2], found[10])
            result.append(
                _Role(who, found[3], int(found[4]), found[5], found[6], found[7], float(found[8]), consent, ())
            )
        else:
            last = result.pop()
            result.append(_Role(**{**vars(last), "orders": (*last.orders, line)}))
    return tuple(result)


def _demo_customers() -> tuple[DemoCustomer, ...]:
    return tuple(role.who for role in _roles())


def stage(market: Market, rng: Random, now: datetime, brands: Mapping[str, Sequence[str]]) -> list[Person]:
    """Adds the named customers with their history and their open business to the market; gives the people."""
    people = []
    for role in _roles():
        each = _play(role, market, rng, now, brands)
        people.append(each)
        own = [_order(line, each, market, rng, now) for line in role.orders]
        _history(role, each, market, now, {line.goods.kind.name for order, _ in own for line in order.lines})
        for (order, status), line in zip(own, role.orders, strict=True):
            if order.status_at(now) != status:
                raise ValueError(f"cast.txt：{role.who.name} 的“{line}”按时间应当是“{order.status_at(now)}”")
            market.orders.append(order)
    return people


def _history(role: _Role, each: Person, market: Market, now: datetime, kinds: set[str]) -> None:
    """What chance gave them before: long over, ended well, and nothing of the kinds that their situation is about."""
    if not role.activity:
        return
    earlier = len(market.orders)
    market.life(each, wants=round(5 * role.activity))
    quiet = now - timedelta(days=_QUIET_DAYS)
    kept = [
        order
        for order in market.orders[earlier:]
        if order.fate == "kept" and order.received_at is not None and order.received_at < quiet
    ]
    for order in kept:
        order.lines = [line for line in order.lines if line.goods.kind.name not in kinds]
    market.orders[earlier:] = [order for order in kept if order.lines]


def _play(role: _Role, market: Market, rng: Random, now: datetime, brands: Mapping[str, Sequence[str]]) -> Person:
    persona = next(each for each in personas() if each.name == role.persona)
    each = person(rng, role.who.customer_id, persona, market.today, brands)
    each.name, each.gender, each.birth_year, each.level = role.who.name, role.gender, role.birth_year, role.level
    each.shoe_size = str(rng.randint(36, 38) if role.gender == "女" else rng.randint(41, 43))
    each.move(role.city)
    each.activity, each.consent_personalisation = role.activity, role.consent
    # Nobody's history: came this morning. The others have been customers for one to two years.
    each.registered_at = (
        now - timedelta(hours=2)
        if not role.activity
        else now - timedelta(days=rng.randrange(380, 720), hours=rng.randrange(10))
    )
    return each


def _order(line: str, each: Person, market: Market, rng: Random, now: datetime) -> tuple[Order, str]:
    told, goods = (part.strip() for part in line.split("|"))
    status, *settings = told.split()
    given = dict(setting.split("=") for setting in settings)

    def ago(name: str) -> datetime | None:
        if name not in given:
            return None
        odd = rng.randrange(60, 1500) if float(given[name]) > 0.5 else 0  # not all at this very minute of the day
        return now - timedelta(days=float(given[name]), seconds=odd)

    ordered = ago("下单")
    order = Order(
        market.next_id(ordered.date()), each, [_line(part, each, market) for part in goods.split(";")], ordered
    )
    order.fate = {"退款中": "refund", "已退款": "refund", "换货中": "exchange"}.get(status, "kept")
    if status != "待付款":
        order.paid_at = ordered + timedelta(seconds=48)
    order.shipped_at, order.received_at = ago("发货"), ago("签收")
    order.asked_back_at, order.settled_at = ago("申请"), ago("办完")
    if order.received_at is not None:
        order.received_at = min(courier_hour(order.received_at, rng), now - timedelta(minutes=20))
    elif float(given["到"]):
        order.received_at = now + timedelta(days=float(given["到"]))
    if order.shipped_at is not None:
        order.carrier = given["快递"]
        order.tracking_no = number_of(rng, order.carrier)
        follow(rng, order)
        if "放在" in given:
            order.trace[-1] = {
                **order.trace[-1],
                "text": f"已送到{given['放在']}",
                "at": written(order.received_at - timedelta(minutes=1)),
            }
    return order, status


def _line(part: str, each: Person, market: Market) -> Line:
    found = _LINE.fullmatch(part.strip())
    goods = find(found["words"])
    chosen = {**market.choices(each, goods), **dict(pair.split(":", 1) for pair in found["chosen"].split())}
    return Line(goods, int(found["quantity"] or 1), float(found["price"] or goods.price), chosen)


#: Whom one can play at the demo: id, name, situation.
DEMO_CUSTOMERS: tuple[DemoCustomer, ...] = _demo_customers()
