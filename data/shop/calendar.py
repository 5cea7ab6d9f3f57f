"""When people buy: seasons of a kind, sale days, weekends, evenings."""

from __future__ import annotations

import bisect
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate
from random import Random

from data.shop.catalogue import Kind

#: The shop's wall clock.
SHANGHAI = timezone(timedelta(hours=8), "CST")
HISTORY_DAYS = 540

#: Share of orders by hour of the day: a quiet night, noon, and the sofa between eight and eleven.
_HOURS = (
    1.2,
    0.6,
    0.3,
    0.2,
    0.2,
    0.4,
    1.0,
    2.0,
    3.0,
    4.2,
    4.8,
    4.6,
    5.6,
    4.6,
    4.0,
    4.0,
    4.0,
    4.2,
    4.8,
    6.4,
    8.6,
    9.6,
    7.6,
    3.6,
)
_HOURS_UP_TO = tuple(accumulate(_HOURS))
#: Month and day of sales, how many times an ordinary day they sell.
_SALES = {
    (6, 1): 1.8,
    (6, 17): 2.2,
    (6, 18): 4.0,
    (11, 1): 2.2,
    (11, 10): 2.0,
    (11, 11): 4.5,
    (12, 12): 2.5,
    (1, 10): 1.6,
    (3, 8): 2.0,
    (8, 8): 1.3,
    (9, 9): 1.4,
}


def day_weight(day: date) -> float:
    """How many times an ordinary day the shop sells on this one, whatever the kind."""
    weekend = 1.25 if day.weekday() >= 5 else (0.92 if day.weekday() == 1 else 1.0)
    return weekend * _SALES.get((day.month, day.day), 1.0)


def season_weight(kind: Kind, month: int) -> float:
    """A kind's own season: it sells several times as much in its months, little when it is far off."""
    if not kind.season:
        return 1.0
    if month in kind.season:
        return 3.2 if len(kind.season) <= 5 else 2.0
    beside = {month % 12 + 1, (month - 2) % 12 + 1}
    return 1.0 if beside & kind.season else 0.3


def in_season(rng: Random, kind: Kind, day: date) -> bool:
    """Whether what would be bought anyway is bought on this day: who needs sun cream in winter?"""
    return rng.random() < season_weight(kind, day.month)


class Days:
    """Draws days of the shop's history, for each kind by its season."""

    def __init__(self, today: date) -> None:
        self.first = today - timedelta(days=HISTORY_DAYS - 1)
        self._days = [self.first + timedelta(days=offset) for offset in range(HISTORY_DAYS)]
        # The shop has grown: twice as many orders a day as at the beginning.
        self._plain = [day_weight(day) * (1 + offset / HISTORY_DAYS) for offset, day in enumerate(self._days)]
        self._up_to: dict[str, list[float]] = {}

    def draw(self, rng: Random, kind: Kind, since: date) -> date:
        """A day not before `since`, likelier in the kind's season and on sale days."""
        up_to = self._up_to.get(kind.name)
        if up_to is None:
            up_to = self._up_to[kind.name] = list(
                accumulate(
                    weight * season_weight(kind, day.month) for day, weight in zip(self._days, self._plain, strict=True)
                )
            )
        offset = max(0, min(HISTORY_DAYS - 1, (since - self.first).days))
        low = up_to[offset - 1] if offset else 0.0
        return self._days[min(HISTORY_DAYS - 1, bisect.bisect_left(up_to, low + rng.random() * (up_to[-1] - low)))]


def moment(rng: Random, day: date) -> datetime:
    """A moment of the day, likelier at noon and in the evening."""
    hour = bisect.bisect_left(_HOURS_UP_TO, rng.random() * _HOURS_UP_TO[-1])
    return datetime.combine(day, time(min(hour, 23), rng.randrange(60), rng.randrange(60)), SHANGHAI)


def courier_hour(at: datetime, rng: Random) -> datetime:
    """The same day when couriers ring, 9 to 20 o'clock."""
    return at if 9 <= at.hour < 20 else at.replace(hour=9 + rng.randrange(11), minute=rng.randrange(60))


def written(at: datetime | None) -> str:
    """As the tables write it: ``2026-11-22 09:41:00``, wall clock; empty for none."""
    return "" if at is None else at.replace(tzinfo=None).isoformat(" ", "seconds")
