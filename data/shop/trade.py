"""Who buys what and when: tastes, seasons, what is used up and bought again, what goes together."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from data.shop.calendar import Days, day_weight, in_season, moment
from data.shop.catalogue import PRICES_CHANGED_DAYS, Goods, Kind
from data.shop.parcels import TRACE_DAYS, Line, Order, follow, live
from data.shop.people import Person

#: Chosen once at ordering where the product offers several values.
_CHOSEN = ("颜色", "尺码", "口味", "气味")


class Shelf:
    """The goods by kind, with how likely each is to be picked."""

    def __init__(self, goods: Sequence[Goods], rng: Random) -> None:
        self.kinds: dict[str, Kind] = {}
        self.of_kind: dict[str, list[Goods]] = defaultdict(list)
        self.weight: dict[str, float] = {}
        place_in_family: dict[str, int] = defaultdict(int)
        rank_in_kind: dict[str, int] = defaultdict(int)
        noise: dict[str, float] = {}
        for each in goods:
            name = each.kind.name
            self.kinds[name] = each.kind
            self.of_kind[name].append(each)
            if each.family not in noise:
                rank_in_kind[name] += 1
                noise[each.family] = rng.lognormvariate(0, 0.9)
            place_in_family[each.family] += 1
            # A long tail: the later variants of a family sell a fraction of the first.
            self.weight[each.product_id] = (
                each.popularity**1.6 * noise[each.family] / place_in_family[each.family] ** 1.3
            )
        self.middle_price = {
            name: sorted(each.price for each in listed)[len(listed) // 2] for name, listed in self.of_kind.items()
        }
        self._up_to: dict[tuple[str, str], list[float]] = {}
        self.brands = {name: [each.brand for each in listed] for name, listed in self.of_kind.items()}

    def pick(self, rng: Random, person: Person, kind: str, unlike: Goods | None = None) -> Goods:
        """One of a kind for this person: brand, price and fashion all have a say."""
        up_to = self._up_to.get((person.customer_id, kind))
        if up_to is None:
            up_to = self._up_to[person.customer_id, kind] = list(
                accumulate(self._liking(person, each) for each in self.of_kind[kind])
            )
        while True:
            goods = self.of_kind[kind][min(len(up_to) - 1, bisect.bisect_left(up_to, rng.random() * up_to[-1]))]
            if goods is not unlike or rng.random() < 0.1:
                return goods

    def _liking(self, person: Person, goods: Goods) -> float:
        weight = self.weight[goods.product_id] * (0.4 + 0.8 * goods.quality)
        if goods.brand in person.favourite_brands:
            weight *= 4.0
        weight *= (goods.price / self.middle_price[goods.kind.name]) ** (2.2 * (person.spends - 0.5))
        other = ("女款", "妈妈") if person.gender == "男" else ("男款", "爸爸", "男士")
        return weight * (0.2 if any(word in goods.title for word in other) else 1.0)


class Market:
    """Plays the shop's history. `orders` afterwards holds every order, oldest first."""

    def __init__(self, shelf: Shelf, people: Sequence[Person], today: date, rng: Random) -> None:
        self.shelf, self.people, self.today, self.rng = shelf, people, today, rng
        self.days = Days(today)
        self.orders: list[Order] = []
        self._number = 0
        self._bought: dict[tuple[str, str], list[date]] = defaultdict(list)

    def play(self) -> None:
        for person in self.people:
            self.life(person)
        self.orders.sort(key=lambda order: (order.ordered_at, order.order_id))

    def life(self, person: Person, wants: int | None = None) -> None:
        """All that one customer orders. `wants`: how often something is wanted; where not given, chance decides."""
        rng, tastes = self.rng, person.tastes
        if wants is None and rng.random() < 0.07:  # looks only
            return
        since = max(person.registered_at.date(), self.days.first)
        years = max(0.08, (self.today - since).days / 365)
        baskets: dict[date, list[Goods]] = defaultdict(list)
        names, up_to = list(tastes), list(accumulate(tastes.values()))
        if wants is None:
            wants = 1 + int(rng.expovariate(1 / (4.6 * person.activity * min(1.5, years + 0.25))))
        for _ in range(wants):
            name = names[min(len(names) - 1, bisect.bisect_left(up_to, rng.random() * up_to[-1]))]
            kind = self.shelf.kinds[name]
            day = self.days.draw(rng, kind, since)
            if not self._wants(person, kind, day):
                continue
            goods = person.usual.get(name) if kind.rebuy and rng.random() < 0.75 else None
            goods = goods or self.shelf.pick(rng, person, name)
            self._put(person, baskets, goods, day)
            self._along(person, baskets, kind, day)
            if kind.rebuy and kind.name not in person.usual and rng.random() < 0.7:
                person.usual[name] = goods
                self._again(person, baskets, goods, day)
        for day, basket in sorted(baskets.items()):
            self.order(person, basket, day)

    def _wants(self, person: Person, kind: Kind, day: date) -> bool:
        return all(abs((day - earlier).days) >= kind.life for earlier in self._bought[person.customer_id, kind.name])

    def _put(self, person: Person, baskets: dict[date, list[Goods]], goods: Goods, day: date) -> None:
        baskets[day].append(goods)
        self._bought[person.customer_id, goods.kind.name].append(day)

    def _along(self, person: Person, baskets: dict[date, list[Goods]], kind: Kind, day: date) -> None:
        """What goes together: in the same basket, or some days later."""
        for name in kind.together:
            if self.rng.random() >= 0.22:
                continue
            when = day if self.rng.random() < 0.7 else day + timedelta(days=self.rng.randint(2, 20))
            other = self.shelf.kinds[name]
            if when <= self.today and in_season(self.rng, other, when) and self._wants(person, other, when):
                self._put(person, baskets, person.usual.get(name) or self.shelf.pick(self.rng, person, name), when)

    def _again(self, person: Person, baskets: dict[date, list[Goods]], goods: Goods, day: date) -> None:
        """Buys what is used up anew, at intervals around the kind's own, mostly the same thing."""
        rng, kind = self.rng, goods.kind
        pace = rng.lognormvariate(0, 0.2)  # a big family, a small cat
        while rng.random() < 0.8:
            day += timedelta(days=max(3, round(kind.rebuy * pace * rng.lognormvariate(0, 0.15))))
            if day > self.today:
                return
            if rng.random() < 0.18:
                goods = self.shelf.pick(rng, person, kind.name, unlike=goods)
                person.usual[kind.name] = goods
            if rng.random() > 0.55 + 0.25 * goods.quality:  # not that one again
                return
            if in_season(rng, kind, day):
                self._put(person, baskets, goods, day)

    def order(self, person: Person, basket: Sequence[Goods], day: date, at: datetime | None = None) -> Order:
        """One order of a basket, with its parcel. `at` fixes the moment."""
        rng = self.rng
        lines: dict[str, Line] = {}
        cheap = day_weight(day) >= 2  # a sale day
        for goods in basket:
            if goods.product_id in lines:
                lines[goods.product_id].quantity += 1
                continue
            lines[goods.product_id] = Line(
                goods, self._quantity(goods), self.price_paid(goods, day, cheap), self.choices(person, goods)
            )
        order = Order(self.next_id(day), person, list(lines.values()), at or self._not_before(person, moment(rng, day)))
        live(rng, order)
        if day > self.today - timedelta(days=TRACE_DAYS):
            follow(rng, order)
        if rng.random() < 0.03:
            order.note = rng.choice(
                ("送货前打电话", "放门口就行", "不要放驿站", "麻烦包结实点，送人的", "工作日下班后送")
            )
        self.orders.append(order)
        return order

    @staticmethod
    def _not_before(person: Person, at: datetime) -> datetime:
        return max(at, person.registered_at + timedelta(minutes=7))

    def _quantity(self, goods: Goods) -> int:
        if goods.kind.rebuy and goods.price < 120:
            return self.rng.choices((1, 2, 3, 4, 6), (0.62, 0.24, 0.08, 0.04, 0.02))[0]
        return 2 if self.rng.random() < (0.06 if goods.price < 100 else 0.015) else 1

    def price_paid(self, goods: Goods, day: date, cheap: bool) -> float:
        price = goods.former_price if (self.today - day).days > PRICES_CHANGED_DAYS else goods.price
        share = (
            self.rng.choice((0.82, 0.85, 0.88, 0.9))
            if cheap
            else self.rng.choices((1, 0.95, 0.9), (0.78, 0.14, 0.08))[0]
        )
        return round(price * share, 1 if price < 100 else 0)

    def choices(self, person: Person, goods: Goods) -> dict[str, str]:
        """The colour, size or flavour ordered, where there are several."""
        chosen = {}
        for name in _CHOSEN:
            values = goods.attributes.get(name, ())
            if not values:
                continue
            fits = [value for value in values if person.shoe_size in value] if name == "尺码" else []
            # The first colour is the one that most people take.
            chosen[name] = fits[0] if fits else values[min(len(values) - 1, int(self.rng.expovariate(0.9)))]
        if goods.label:
            chosen[goods.kind.variant] = goods.label
        return chosen

    def next_id(self, day: date) -> str:
        """Fourteen digits: 68, the day, six more that no two orders share."""
        self._number += 1
        return f"68{day:%y%m%d}{(self._number * 7919 + 104_729) % 1_000_000:06d}"
