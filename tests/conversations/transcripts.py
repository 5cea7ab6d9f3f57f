"""Reads transcripts (README.md says how they are written) and holds the bot's messages against them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from store.models import Product

FOLDER = Path(__file__).parent
VISITOR = "访客"
_STEP_KEYS = {"客户", "点", "知客"}
_GOODS_KEYS = {"种类", "牌子", "不要牌子", "颜色", "不超过", "不低于", "至少", "没看过", "比上次便宜", "不靠个人"}
_INSIDES = re.compile(r"(?a)\bNone\b|\bnan\b|utter_\w+|action_\w+|\{\w+\}|Traceback", re.I)
_ASKS = re.compile(r"[?？]|请(您)?(说|告诉|发|选|点)")
_SORRY = re.compile(r"抱歉|对不起|不好意思|久等|着急|糟心|添麻烦")


class BadTranscriptError(ValueError):
    """The file is not written as README.md says."""


@dataclass(frozen=True)
class Step:
    said: str | None
    pressed: str | None
    expected: dict[str, Any]

    @property
    def shown(self) -> str:
        return self.said if self.said is not None else f"［{self.pressed}］"


@dataclass(frozen=True)
class Transcript:
    name: str
    about: str
    customer: str | None
    steps: tuple[Step, ...]


def load(path: Path) -> Transcript:
    """Raises BadTranscriptError with the file's name, the step and the word that is wrong."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if set(content) != {"讲的是", "顾客", "对话"}:
        raise BadTranscriptError(f"{path.name}：只能有 讲的是、顾客、对话 三项，现在是 {sorted(content)}")
    steps = tuple(_step(path.name, number, step) for number, step in enumerate(content["对话"], start=1))
    customer = None if content["顾客"] == VISITOR else str(content["顾客"])
    return Transcript(path.stem, content["讲的是"], customer, steps)


def _step(file: str, number: int, step: dict[str, Any]) -> Step:
    expected = step.get("知客") or {}
    strange = (set(step) - _STEP_KEYS) | (set(expected) - set(CHECKS)) | (set(expected.get("商品") or {}) - _GOODS_KEYS)
    if strange or ("客户" in step) == ("点" in step):
        raise BadTranscriptError(f"{file} 第 {number} 句：要么 客户 要么 点；不认识 {sorted(strange)}")
    said = step.get("客户")
    return Step(None if said is None else str(said), step.get("点"), expected)


def all_transcripts() -> list[Transcript]:
    return [load(path) for path in sorted(FOLDER.glob("*.yml"))]


@dataclass
class Answer:
    """The bot's messages of one turn, as its channels send them."""

    messages: list[dict[str, Any]]
    text: str = field(init=False)
    buttons: list[dict[str, str]] = field(init=False)
    lists: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.text = "\n".join(m["text"] for m in self.messages if m.get("text"))
        self.buttons = [b for m in self.messages for b in m.get("buttons") or []]
        found = [(m.get("custom") or {}).get("data") or {} for m in self.messages]
        self.lists = [data for data in found if data.get("type") == "products"]

    @property
    def visible(self) -> str:
        return "\n".join([self.text, *(b["title"] for b in self.buttons)])

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for data in self.lists for item in data["items"]]

    @property
    def ids(self) -> list[str]:
        return [item["product_id"] for item in self.items]

    def button(self, title: str) -> dict[str, str] | None:
        return next((b for b in self.buttons if re.search(title, b["title"])), None)


@dataclass
class Talk:
    """What went before in this conversation."""

    products: dict[str, Product]
    last: Answer | None = None
    lists: list[list[str]] = field(default_factory=list)

    def took(self, answer: Answer) -> None:
        self.last = answer
        if answer.ids:
            self.lists.append(answer.ids)

    def prices(self, ids: list[str]) -> list[float]:
        return [self.products[i].price for i in ids]


Check = Callable[[Any, Answer, Talk], "list[str]"]
CHECKS: dict[str, Check] = {
    "说到": lambda want, answer, talk: [f"没说到 {w}" for w in want if not re.search(w, answer.visible)],
    "说到其一": lambda want, answer, talk: _unless(any(re.search(w, answer.visible) for w in want), f"没说到 {want}"),
    "不说": lambda want, answer, talk: [f"不该说 {w}" for w in want if re.search(w, answer.visible)],
    "按钮": lambda want, answer, talk: [f"没有按钮 {w}" for w in want if not answer.button(w)],
    "问": lambda want, answer, talk: _unless(bool(_ASKS.search(answer.text) or answer.buttons) == want, "问没问不对"),
    "道歉": lambda want, answer, talk: _unless(bool(_SORRY.search(answer.text)) == want, "道歉没道歉不对"),
    "人工": lambda want, answer, talk: _unless(("人工" in answer.visible) == want, "提没提人工不对"),
    "没有商品": lambda want, answer, talk: _unless(not (want and answer.ids), f"推了商品 {answer.ids}"),
    "换句话": lambda want, answer, talk: _unless(not talk.last or talk.last.text != answer.text, "和上一句一样"),
    "商品": lambda want, answer, talk: _goods(want, answer, talk),
}


def _unless(holds: bool, complaint: str) -> list[str]:
    return [] if holds else [complaint]


def _goods(want: dict[str, Any], answer: Answer, talk: Talk) -> list[str]:
    goods = [talk.products[i] for i in answer.ids if i in talk.products]
    wrong = [] if len(goods) >= want.get("至少", 1) else [f"只推了 {len(goods)} 件"]
    for key, holds in _EACH.items():
        if key in want:
            wrong += [f"{p.title} 不合 {key} {want[key]}" for p in goods if not holds(p, want[key])]
    before = talk.lists[-1] if talk.lists else []
    if want.get("没看过"):
        wrong += [f"看过了：{i}" for i in answer.ids if any(i in ids for ids in talk.lists)]
    if want.get("比上次便宜") and goods:
        new, old = talk.prices(answer.ids), talk.prices(before)
        if not old or max(new) >= max(old) or sum(new) / len(new) >= sum(old) / len(old):
            wrong.append(f"不比上次便宜：{old} → {new}")
    if want.get("不靠个人") and any(data["personalised"] for data in answer.lists):
        wrong.append("用了个人记录")
    return wrong


_EACH: dict[str, Callable[[Product, Any], bool]] = {
    "种类": lambda p, want: want in p.kinds,
    "牌子": lambda p, want: p.brand == want,
    "不要牌子": lambda p, want: p.brand != want,
    "颜色": lambda p, want: want in p.colours,
    "不超过": lambda p, want: p.price <= want,
    "不低于": lambda p, want: p.price >= want,
}


def judge(expected: dict[str, Any], answer: Answer, talk: Talk) -> list[str]:
    """What is wrong with this answer, in Chinese; empty when nothing is."""
    wrong = [] if answer.text.strip() else ["没有话说"]
    if found := _INSIDES.search(answer.visible):
        wrong.append(f"露出了内部的字：{found[0]}")
    if len(answer.lists) > 1:
        wrong.append("一轮里有两组商品")
    for item in answer.items:
        product = talk.products.get(item["product_id"])
        if product is None or not product.available or product.price != item["price"] or not item["reason"]:
            wrong.append(f"商品不对：{item}")
    return wrong + [complaint for name, want in expected.items() for complaint in CHECKS[name](want, answer, talk)]
