"""The shop's own answers: which entry, if any, answers what the customer asked.

Char n-gram TF-IDF over each entry's question and similar questions, after a light normalisation of service
synonyms. Letters that no entry knows count with the highest weight, so that a question about something else scores
low: a wrong answer in the shop's name is worse than none. Pure Python, built in milliseconds, read-only afterwards.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: A score in [0, 1] from which an answer is given as the answer, and from which an entry of the intent's own topic may
#: be quoted as "the nearest rule". On tests/actions/test_faq.py: no stranger reaches either, nine of ten paraphrases
#: do.
THRESHOLD = 0.50
NEAR = 0.38
#: What an intent's own topic adds to a score, and what another topic takes away.
OWN_TOPIC, OTHER_TOPIC = 0.15, -0.08
_REMEMBERED = 1024

_SYNONYMS: tuple[tuple[str, str], ...] = (
    (r"邮费|快递费|送货费|配送费", "运费"),
    (r"包不包邮|免邮|免运费|包邮费", "包邮"),
    (r"开票|开个票|开张票|票据", "开发票"),
    (r"谁出|谁付|谁负责|谁掏|谁担|算谁的?|归谁|(?:要|得)?我?自己出|我出吗?|谁来出|谁承当", "谁承担"),
    (r"几年|几个月|几天|多长时间|多少天|什么时候|啥时候|几时|何时|多会儿|哪天", "多久"),
    (r"咋样|咋|如何|怎样|怎么样|怎么办理|怎么弄", "怎么"),
    (r"能不能|可不可以|可以不|能否|可否|可以|能够|行不行", "能"),
    (r"支不支持|是否支持", "支持"),
    (r"(?:保修|质保)期限?|质保|三包|维修|修理|能修|返修", "保修"),
    (r"价保|保价|补差价?|退差价?|差价", "退差价"),
    (r"跌价|便宜了|买贵|买亏|又降", "降价"),
    (r"哪几种|哪些|啥|什么", "什么"),
    (r"付钱|支付|给钱|结账|付账", "付款"),
    (r"退钱|退的钱|钱退|退款的钱", "退款"),
    (r"退回来|返还|打回来|回到卡|退到卡", "到账"),
    (r"正版|假货|假的|真货|真的假的|真假", "正品"),
    (r"优惠劵|券|代金券|红包", "优惠券"),
    (r"手机号码|手机号|电话号码|号码", "手机号"),
    (r"更换|换绑|改绑|换手机", "改"),
    (r"过节|假期|春节|放假", "节假日"),
    (r"寄|送", "发"),
)
_SYNONYMS_RE = tuple((re.compile(pattern), word) for pattern, word in _SYNONYMS)
_FILLER = re.compile(
    r"请问|想问|问一?下|想知道|你们家?|您们|你家|咱们?家?|贵店|店里|您好|你好|哈喽|亲亲?|麻烦|一下|一般|大概|的话"
    r"|会不会|是不是|有没有|是否|会(?!员)|[有是]|[啊呀呢嘛吗么吧哦喔哈嘞呗滴哒噢诶欸唉的了我您你这那家就]"
)
_CLAUSES = re.compile(r"[，。！？；,.!?;~～\s]+")

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


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Half-width, simplified, lower case, service synonyms made one, fillers and punctuation gone."""
    text = unicodedata.normalize("NFKC", text).lower()
    if re.search(r"[\u4e00-\u9fff]", text):
        text = _converter().convert(text)
    for pattern, word in _SYNONYMS_RE:
        text = pattern.sub(word, text)
    text = re.sub(r"[不没](?=$|[^\w])", "", _FILLER.sub("", text))  # 包邮不? asks; it does not deny
    return re.sub(r"[^\w]", "", text)


def _grams(text: str) -> Counter[str]:
    return Counter(text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1))


@dataclass(frozen=True)
class Match:
    """An entry and how surely it answers, in [0, 1]."""

    entry: Any
    score: float


class FaqIndex:
    """Answers looked up by meaning of the letters. `entries`: FaqEntry-like objects (`store.models.FaqEntry`)."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self.entries: tuple[Any, ...] = tuple(entries)
        forms: list[tuple[int, Counter[str]]] = []
        for index, entry in enumerate(self.entries):
            for form in (entry.question, *entry.similar):
                grams = _grams(normalise(form))
                if grams:
                    forms.append((index, grams))
        total = len(self.entries)
        seen_in: dict[str, set[int]] = {}
        for index, grams in forms:
            for gram in grams:
                seen_in.setdefault(gram, set()).add(index)
        self._weight = {gram: math.log((total + 1) / (len(where) + 0.5)) for gram, where in seen_in.items()}
        # A piece no entry has speaks against all of them; pieces of two or three letters break at every strange
        # letter, so each counts for less.
        self._unknown = 0.6 * math.log((total + 1) / 0.5) if total else 0.0
        self._forms = [(index, self._vector(grams)) for index, grams in forms]
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for position, (_, vector) in enumerate(self._forms):
            for gram, weight in vector.items():
                self._postings.setdefault(gram, []).append((position, weight))
        self._ranked = functools.lru_cache(maxsize=_REMEMBERED)(self._rank)
        self._topics = [
            frozenset(intent for intent, words in _TOPICS.items() if self._speaks_of(entry, words))
            for entry in self.entries
        ]

    @staticmethod
    def _speaks_of(entry: Any, words: str) -> bool:
        return bool(re.search(words, f"{entry.category or ''} {entry.question}"))

    def _vector(self, grams: Counter[str]) -> dict[str, float]:
        # A longer gram says more; repeats say little.
        raw = {
            gram: (1 + math.log(count)) * self._weight.get(gram, self._unknown) * (0.5 + 0.5 * len(gram))
            for gram, count in grams.items()
        }
        norm = math.sqrt(sum(value * value for value in raw.values()))
        return {gram: value / norm for gram, value in raw.items()} if norm else {}

    def ranked(self, text: str, intent: str | None = None) -> tuple[Match, ...]:
        """Entries with any likeness, best first. A message of several clauses counts by its best clause, at a small
        discount. What was asked lately is remembered: the bot's own questions are asked again and again."""
        return self._ranked(text, intent)

    def _rank(self, text: str, intent: str | None) -> tuple[Match, ...]:
        clauses = [part for part in _CLAUSES.split(text) if part]
        pieces = [(text, 1.0)] + ([(part, 0.95) for part in clauses] if len(clauses) > 1 else [])
        best: dict[int, float] = {}
        for piece, discount in pieces:
            letters = normalise(piece)
            if len(letters) < 2:
                continue
            found: dict[int, float] = {}
            for gram, weight in self._vector(_grams(letters)).items():
                for position, other in self._postings.get(gram, ()):
                    found[position] = found.get(position, 0.0) + weight * other
            for position, likeness in found.items():
                entry = self._forms[position][0]
                best[entry] = max(best.get(entry, 0.0), likeness * discount)
        known = intent in _TOPICS
        scored = []
        for index, likeness in best.items():
            prior = (OWN_TOPIC if intent in self._topics[index] else OTHER_TOPIC) if known else 0.0
            scored.append(Match(self.entries[index], max(0.0, min(1.0, likeness + prior * min(1.0, likeness / 0.25)))))
        return tuple(sorted(scored, key=lambda match: (-match.score, str(match.entry.entry_id))))

    def best(self, text: str, intent: str | None = None, threshold: float = THRESHOLD) -> Match | None:
        """The entry that answers `text`, or None when no one surely does. `intent` is the reading, used as a prior."""
        found = self.ranked(text, intent)
        return found[0] if found and found[0].score >= threshold else None

    def about(self, intent: str) -> Sequence[Any]:
        """Entries that speak of an intent's topic, in the shop's order."""
        return [entry for entry, topics in zip(self.entries, self._topics, strict=True) if intent in topics]


class FaqSource:
    """The index over the store's FAQ, rebuilt when the FAQ's version changes."""

    def __init__(self, repository: Any) -> None:
        self._repository = repository
        self._built: tuple[Any, FaqIndex] | None = None

    def index(self) -> FaqIndex:
        version, entries = self._repository.snapshot()
        built = self._built
        if built is None or built[0] != version:
            built = self._built = (version, FaqIndex(entries))
        return built[1]

    def best(self, text: str, intent: str | None = None, threshold: float = THRESHOLD) -> Match | None:
        return self.index().best(text, intent, threshold)

    def about(self, intent: str) -> Sequence[Any]:
        return self.index().about(intent)

    def entry(self, entry_id: str) -> Any | None:
        return next((entry for entry in self.index().entries if str(entry.entry_id) == entry_id), None)


_CN_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "五": 5, "七": 7, "八": 8, "十": 10, "十五": 15, "三十": 30}


def term_days(answer: str) -> int | None:
    """The first term in days that an answer grants ("签收后 7 天内", "三十天"), None when it names none."""
    found = re.search(r"(\d{1,3}|三十|十五|[一两二三五七八十])\s*(?:天|日)(?:之?内|无理由|以内)?", answer)
    if not found:
        return None
    word = found.group(1)
    return int(word) if word.isdigit() else _CN_NUMBERS.get(word)
