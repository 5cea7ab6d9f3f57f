"""What customers looked at: the way to each purchase, and evenings of looking without buying."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from data.shop.calendar import moment, written
from data.shop.catalogue import Goods
from data.shop.parcels import Order
from data.shop.people import Person
from data.shop.trade import Shelf

#: Behaviour is kept for a year.
KEPT_DAYS = 365
_CHANNELS = ("App", "小程序", "网页", "H5")
_SHARES = (0.58, 0.27, 0.09, 0.06)


class Browsing:
    """Collects rows of the table events in `rows`; purchases stand in the orders and are not told twice."""

    def __init__(self, shelf: Shelf, rng: Random, today: date) -> None:
        self.shelf, self.rng, self.today = shelf, rng, today
        self.first = today - timedelta(days=KEPT_DAYS)
        self.rows: list[dict[str, object]] = []

    def before_order(self, order: Order) -> None:
        """Views of what was bought and of one or two beside it, then the cart."""
        if order.ordered_at.date() < self.first:
            return
        rng, channel = self.rng, self._channel()
        for line in order.lines:
            again = line.goods is order.person.usual.get(line.goods.kind.name)
            at = order.ordered_at - timedelta(
                minutes=rng.randrange(2, 25) if again or rng.random() < 0.7 else rng.randrange(60, 5000)
            )
            at = max(at, order.person.registered_at + timedelta(seconds=240))
            if rng.random() < (0.3 if again else 0.85):
                other = self.shelf.pick(rng, order.person, line.goods.kind.name)
                if other is not line.goods:
                    self._see(order.person, other, at - timedelta(seconds=rng.randrange(20, 200)), channel, 0.25)
            self._see(order.person, line.goods, at, channel, 0.4)
            if rng.random() < 0.16:
                self._add(order.person, line.goods, "favourite", at + timedelta(seconds=35), channel)
            if rng.random() < 0.5:
                self._add(
                    order.person,
                    line.goods,
                    "cart",
                    min(at + timedelta(seconds=rng.randrange(40, 100)), order.ordered_at),
                    channel,
                )

    def idle(self, person: Person) -> None:
        """Evenings of looking around: some things go into the cart and stay there."""
        rng = self.rng
        names, up_to = list(person.tastes), list(accumulate(person.tastes.values()))
        since = max((self.today - person.registered_at.date()).days, 0)
        for _ in range(int(rng.expovariate(1 / (0.85 * person.activity + 0.15)))):
            day = self.today - timedelta(days=int(min(since, KEPT_DAYS) * rng.random() ** 1.6))
            at, channel = moment(rng, day), self._channel()
            at = max(at, person.registered_at + timedelta(minutes=1))
            name = names[min(len(names) - 1, bisect.bisect_left(up_to, rng.random() * up_to[-1]))]
            for _ in range(1 + int(rng.expovariate(0.9))):
                goods = self.shelf.pick(rng, person, name)
                self._see(person, goods, at, channel, 0.3)
                if rng.random() < 0.07:
                    self._add(person, goods, "favourite", at + timedelta(seconds=20), channel)
                elif rng.random() < 0.07:
                    self._add(person, goods, "cart", at + timedelta(seconds=30), channel)
                elif rng.random() < 0.015 * (2 - goods.quality):
                    self._add(person, goods, "dislike", at + timedelta(seconds=15), channel)
                at += timedelta(seconds=rng.randrange(25, 240))

    def _channel(self) -> str:
        return self.rng.choices(_CHANNELS, _SHARES)[0]

    def _see(self, person: Person, goods: Goods, at: datetime, channel: str, clicks: float) -> None:
        """A view with the seconds stayed, sometimes a click on the details."""
        self._add(person, goods, "view", at, channel, max(2, round(self.rng.lognormvariate(3.1, 0.8))))
        if self.rng.random() < clicks:
            self._add(person, goods, "click", at + timedelta(seconds=4), channel)

    def _add(self, person: Person, goods: Goods, what: str, at: datetime, channel: str, value: object = "") -> None:
        self.rows.append(
            {
                "customer_id": person.customer_id,
                "product_id": goods.product_id,
                "type": what,
                "at": written(at),
                "value": value,
                "channel": channel,
            }
        )


def junk(rng: Random, rows: list[dict[str, object]], people: Sequence[Person]) -> None:
    """What real logs bring along: lines written twice, goods that nobody knows, a page left open over night."""
    whole = len(rows)
    rows += [dict(rows[rng.randrange(whole)]) for _ in range(whole // 350)]
    for _ in range(whole // 900):
        rows.append({**rows[rng.randrange(whole)], "product_id": f"P0990{rng.randrange(10)}"})
    for _ in range(whole // 2000):
        place = rng.randrange(whole)
        if rows[place]["type"] == "view":
            rows[place] = {**rows[place], "value": rng.choice((86_400, 43_210, 99_999))}
    for _ in range(5):
        rows.append({**rows[rng.randrange(whole)], "customer_id": rng.choice(people).customer_id + "X"})
