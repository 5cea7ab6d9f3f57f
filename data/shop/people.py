"""The demo shop's customers: what kind of people they are, what they like, what they spend."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from data.shop.calendar import HISTORY_DAYS, moment, written
from data.shop.catalogue import Goods

_TEXTS = Path(__file__).parent / "texts"
LEVELS = ("普通", "银卡", "金卡", "钻石")


@dataclass(frozen=True)
class Persona:
    """A kind of people. The generator's secret: no table names it."""

    name: str
    share: float
    women: float
    born: tuple[int, int]
    activity: float
    spends: float
    """0 looks at the price first, 1 doesn't."""
    kinds: dict[str, float]


@dataclass
class Person:
    customer_id: str
    name: str
    gender: str
    birth_year: int
    city: str
    region: str
    registered_at: datetime
    persona: Persona
    activity: float
    spends: float
    tastes: dict[str, float]
    """Kind → weight: the persona's, bent by chance, and a few of another's."""
    favourite_brands: frozenset[str] = frozenset()
    level: str = ""
    consent_personalisation: bool | None = True
    consent_marketing: bool | None = None
    phone: str = ""
    address: str = ""
    spent: float = 0.0
    points: int = 0
    usual: dict[str, Goods] = field(default_factory=dict)
    """Kind → what this customer buys again."""
    shoe_size: str = ""

    def move(self, city: str) -> None:
        self.address = self.address.replace(f"{self.city}市", f"{city}市", 1)
        self.city, self.region = city, cities()[city][0]

    def row(self) -> dict[str, object]:
        """A row of the table customers."""
        yes_no = {True: "是", False: "否", None: ""}
        return {
            "customer_id": self.customer_id,
            "name": self.name,
            "registered_at": written(self.registered_at),
            "birth_year": self.birth_year,
            "gender": self.gender,
            "city": self.city,
            "level": self.level,
            "consent_personalisation": yes_no[self.consent_personalisation],
            "consent_marketing": yes_no[self.consent_marketing],
            "phone": self.phone,
            "points": self.points,
        }


@functools.cache
def personas() -> tuple[Persona, ...]:
    result = []
    for line in (_TEXTS / "personas.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, share, women, born, activity, spends, kinds = (part.strip() for part in line.split("|"))
        first, last = born.split("-")
        weights = dict(part.strip().rsplit(" ", 1) for part in kinds.split(","))
        result.append(
            Persona(
                name,
                float(share),
                float(women),
                (int(first), int(last)),
                float(activity),
                float(spends),
                {kind: float(weight) for kind, weight in weights.items()},
            )
        )
    return tuple(result)


@functools.cache
def _words() -> dict[str, list[str]]:
    lines = (_TEXTS / "names.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines if line.strip() and not line.startswith("#")}


@functools.cache
def cities() -> dict[str, tuple[str, float]]:
    """City → region, weight."""
    return {name: (region, float(weight)) for name, region, weight in (word.split(":") for word in _words()["城市"])}


def invented_phone(rng: Random) -> str:
    """A number of the right shape in a block that is not given out to anybody."""
    return f"1990000{rng.randrange(10_000):04d}"


def person(rng: Random, customer_id: str, persona: Persona, today: date, brands: dict[str, list[str]]) -> Person:
    """One customer of a kind of people. `brands`: kind → brands sold, the frequent ones more often."""
    woman = rng.random() < persona.women
    name = rng.choice(_words()["姓"]) + rng.choice(_words()["女名" if woman else "男名"])
    city = rng.choices(list(cities()), [weight for _, weight in cities().values()])[0]
    # The shop grows: more than half of the customers came in the last year.
    age = int(HISTORY_DAYS * 1.6 * rng.random() ** 1.5)
    tastes = {kind: weight * rng.lognormvariate(0, 0.7) for kind, weight in persona.kinds.items()}
    if rng.random() < 0.45:
        other = rng.choices(personas(), [each.share for each in personas()])[0]
        for kind in rng.sample(sorted(other.kinds), 3):
            tastes[kind] = tastes.get(kind, 0.0) + other.kinds[kind] * 0.35
    liked = {rng.choice(brands[kind]) for kind in rng.sample(sorted(persona.kinds), min(6, len(persona.kinds)))}
    consent = rng.choices((True, False, None), (0.78, 0.09, 0.13))[0]
    address = (
        f"{city}市{rng.choice(_words()['路'])}{rng.randrange(1, 300)}号{rng.choice(_words()['小区'])}"
        f"{rng.randrange(1, 20)}栋{rng.randrange(1, 30)}0{rng.randrange(1, 5)}"
    )
    return Person(
        customer_id=customer_id,
        name=name,
        gender="女" if woman else "男",
        birth_year=rng.randint(*persona.born),
        city=city,
        region=cities()[city][0],
        registered_at=moment(rng, today - timedelta(days=age + 1)),
        persona=persona,
        activity=persona.activity * rng.gammavariate(1.1, 0.9),
        spends=min(1.0, max(0.0, rng.gauss(persona.spends, 0.18))),
        tastes=tastes,
        favourite_brands=frozenset(liked),
        consent_personalisation=consent,
        consent_marketing=rng.choices((True, False, None), (0.5, 0.3, 0.2))[0],
        phone=invented_phone(rng),
        address=address,
        shoe_size=str(rng.randint(36, 39) if woman else rng.randint(40, 44)),
    )


def people(rng: Random, count: int, today: date, brands: dict[str, list[str]]) -> list[Person]:
    """`count` customers, ids C1001 up."""
    up_to = list(accumulate(each.share for each in personas()))
    chosen = rng.choices(personas(), cum_weights=up_to, k=count)
    return [person(rng, f"C{1001 + position}", persona, today, brands) for position, persona in enumerate(chosen)]


def give_level(each: Person) -> None:
    """Level and points by what was spent: a point a yuan, 1,500, 5,000 and 15,000 yuan for the levels."""
    earned = LEVELS[sum(each.spent >= limit for limit in (1_500, 5_000, 15_000))]
    # Named customers may have theirs from before the shop's history begins.
    each.level = max(each.level or LEVELS[0], earned, key=LEVELS.index)
    each.points = int(each.spent)
