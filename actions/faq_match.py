"""What looking up an answer gives, and which intents an entry speaks of."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

#: Words by which an entry, or its category, belongs to what an intent asks.
_TOPICS: dict[str, str] = {
    "ask_shipping": r"配送|物流|快递|发货|运费|邮费|包邮|送货|自提",
    "ask_payment": r"支付|付款|分期|花呗|货到付款|扣款",
    "ask_invoice": r"发票|开票|抬头",
    "ask_membership": r"会员|积分|等级|生日",
    "ask_account": r"账号|账户|登录|密码|手机号|注销|绑定",
    "ask_promotion": r"活动|优惠|券|满减|促销|折扣|以旧换新",
    "ask_price_protection": r"价保|保价|差价|降价",
    "ask_warranty": r"保修|质保|维修|安装|三包",
    "request_return": r"退货|七天|7\s*天无理由|退货运费",
    "request_exchange": r"换货|退换",
    "ask_refund_status": r"退款|到账",
    "ask_product_info": r"正品|商品|质量|保质期",
    "privacy_request": r"隐私|个人信息|个性化",
    "cancel_order": r"取消",
    "change_order": r"改地址|修改|改收货",
    "report_problem": r"质量问题|破损|少件|发错|漏发",
    "urge_delivery": r"发货|加急",
    "track_order": r"物流|快递|发货",
}


class Sureness(IntEnum):
    """How an entry may be told: not at all, as "the nearest rule", or as the answer."""

    SILENT = 0
    NEAR = 1
    ANSWER = 2


@dataclass(frozen=True)
class Match:
    """An entry, how surely it answers in [0, 1], and what that allows to be said."""

    entry: Any
    score: float
    sureness: Sureness


class Topics:
    """Which intents each entry speaks of, by the words of its category and question."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self._entries = tuple(entries)
        self._of = [
            frozenset(
                intent
                for intent, words in _TOPICS.items()
                if re.search(words, f"{entry.category or ''} {entry.question}")
            )
            for entry in self._entries
        ]

    def known(self, intent: str | None) -> bool:
        """Whether the intent has a topic at all."""
        return intent in _TOPICS

    def speaks_of(self, place: int, intent: str | None) -> bool:
        """Whether the entry at this place speaks of the intent's topic."""
        return intent in self._of[place]

    def about(self, intent: str) -> list[Any]:
        """Entries that speak of it, in the shop's order."""
        return [entry for entry, topics in zip(self._entries, self._of, strict=True) if intent in topics]


class Index(ABC):
    """Entries to be found by a question; read-only once built. `entries`: FaqEntry-like objects
    (`store.models.FaqEntry`)."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self.entries: tuple[Any, ...] = tuple(entries)
        self._topics = Topics(self.entries)

    @abstractmethod
    def ranked(self, text: str, intent: str | None = None) -> tuple[Match, ...]:
        """Entries with any likeness, best first. `intent` is the reading, used as a prior."""

    def best(self, text: str, intent: str | None = None, sureness: Sureness = Sureness.ANSWER) -> Match | None:
        """The entry that answers `text` at least that surely, or None."""
        found = self.ranked(text, intent)
        return found[0] if found and found[0].sureness >= sureness else None

    def about(self, intent: str) -> Sequence[Any]:
        """Entries that speak of an intent's topic, in the shop's order."""
        return self._topics.about(intent)
