"""The shop's clock: aware times on the wall clock of Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = timezone.utc


class Clock:
    """Tells the time; tests replace it by one that stands still."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)

    def today(self) -> date:
        return self.now().astimezone(SHANGHAI).date()


def now() -> datetime:
    return datetime.now(SHANGHAI)
