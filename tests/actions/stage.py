"""A stage to try actions on without training: a tiny shop in a real database, the rules and the responses as written.

`Stage.hear(text, intent, …)` plays what Rasa does with a message: the rule's action, slots, the action that follows,
the response filled in. It raises when a response is missing or a placeholder stays open.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import json
import pkgutil
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.utils import all_subclasses

import actions
from actions.services import Services, configure
from store import Store
from store.models import FaqEntry, Product

ROOT = Path(__file__).resolve().parents[2]
SHOP = (
    # id, title, price, category, type, brand, colours, tags, stock, more attributes
    ("H1", "小米 Buds 5 蓝牙耳机 降噪", 199, "耳机", "蓝牙耳机", "小米", "黑色/白色", "数码", 50, {"续航": "8小时"}),
    ("H2", "华为 FreeBuds SE 蓝牙耳机", 149, "耳机", "蓝牙耳机", "华为", "白色", "数码", 50, {"防水": "IP54"}),
    ("H3", "漫步者 LolliClip 蓝牙耳机", 259, "耳机", "蓝牙耳机", "漫步者", "黑色", "数码", 20, {}),
    ("H4", "索尼 WH-CH520 头戴式耳机", 399, "耳机", "头戴式耳机", "索尼", "黑色/蓝色", "数码", 8, {"续航": "50小时"}),
    ("H5", "漫步者 W820NB 头戴式耳机", 229, "耳机", "头戴式耳机", "漫步者", "灰色", "数码", 30, {}),
    ("H6", "小米 Buds 青春版 蓝牙耳机", 89, "耳机", "蓝牙耳机", "小米", "白色", "数码;学生", 90, {}),
    ("H7", "安克 Liberty 蓝牙耳机", 329, "耳机", "蓝牙耳机", "安克", "黑色", "数码", 12, {}),
    ("C1", "膳魔师 真空保温杯 500ml", 189, "保温杯", "", "膳魔师", "黑色", "居家;送爸爸", 40, {"材质": "不锈钢"}),
    ("C2", "苏泊尔 316不锈钢保温杯 800ml", 99, "保温杯", "", "苏泊尔", "蓝色", "居家;送爸妈", 40, {}),
    ("C3", "南极人 车载保温杯", 59, "保温杯", "", "南极人", "黑色", "居家;送爸爸", 40, {}),
    ("C4", "富光 茶水分离保温杯", 69, "保温杯", "", "富光", "灰色", "居家;送长辈", 40, {}),
    ("C5", "米家 弹盖保温杯 450ml", 79, "保温杯", "", "小米", "白色", "居家", 40, {}),
    ("P1", "小米 充电宝 20000mAh 33W", 149, "充电宝", "", "小米", "黑色", "数码;出差", 60, {"容量": "20000mAh"}),
    ("P2", "罗马仕 充电宝 20000mAh 22.5W", 99, "充电宝", "", "罗马仕", "白色", "数码;出差", 60, {"容量": "20000mAh"}),
    ("P3", "小米 充电宝 10000mAh 自带线", 79, "充电宝", "", "小米", "白色", "数码", 60, {"容量": "10000mAh"}),
    ("L1", "华为智选 达伦台灯", 169, "台灯", "", "华为", "白色", "居家;学生", 0, {}),
    ("L2", "美的 护眼台灯", 129, "台灯", "", "美的", "白色", "居家;学生", 30, {}),
    ("S1", "李宁 超轻跑鞋", 359, "跑鞋", "", "李宁", "黑色/白色", "运动;跑步", 25, {"尺码": "40码/41码/42码"}),
    ("K1", "三只松鼠 每日坚果 750g", 109, "坚果", "", "三只松鼠", "", "食品;年货", 100, {"保质期": "9个月"}),
)
FAQ = (
    ("F1", "邮费怎么算", "满 99 元包邮，不满 99 元收 8 元运费。", ("包邮吗", "运费多少钱"), "配送"),
    ("F2", "有什么优惠", "全场满 300 减 40；优惠券在店铺首页领取。", ("有优惠券吗", "满减怎么用"), "活动"),
    ("F3", "是正品吗", "全部为品牌授权正品，假一赔十。", ("会不会是假货",), "商品"),
)


def product(row: tuple[Any, ...]) -> Product:
    product_id, title, price, category, kind, brand, colours, tags, stock, more = row
    attributes = {k: tuple(v.split("/")) for k, v in {"类型": kind, "颜色": colours, **more}.items() if v}
    return Product(
        product_id=product_id,
        title=title,
        price=float(price),
        category=category,
        brand=brand,
        stock=stock,
        tags=tuple(tags.split(";")),
        image_url=f"https://img.shop.example/{product_id}.jpg",
        attributes=attributes,
    )


def fill_tiny_shop(store: Store) -> None:
    """Goods, one customer C1 who bought H2, said yes to personal suggestions; C2 who said no; the shop's answers."""
    from store.importing import import_rows

    now = store.clock.now()
    store.catalogue.upsert([product(row) for row in SHOP])
    import_rows(
        store,
        "customers",
        [
            {"customer_id": "C1", "name": "林晓", "consent_personalisation": "true", "consent_marketing": "true"},
            {"customer_id": "C2", "name": "周静", "consent_personalisation": "false", "consent_marketing": "false"},
        ],
    )
    ordered = {"quantity": 1, "ordered_at": str((now - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S"))}
    import_rows(
        store,
        "orders",
        [
            {
                "order_id": "730101",
                "customer_id": "C1",
                "product_id": "H2",
                "price": 149,
                "status": "已发货",
                "carrier": "顺丰速运",
                "tracking_no": "SF139028",
                **ordered,
            }
        ],
    )
    import_rows(
        store,
        "faq",
        [
            {
                "question": e.question,
                "answer": e.answer,
                "similar_questions": ";".join(e.similar),
                "category": e.category,
            }
            for e in (FaqEntry(*row) for row in FAQ)
        ],
    )
    said_of = (("P1", "充电快，出差带着很方便", 5), ("P2", "有点重，价格实在", 4))
    import_rows(
        store,
        "reviews",
        [
            {
                "product_id": product_id,
                "customer_id": f"R{n}",
                "text": f"{text}{n}",
                "at": "2026-01-01 10:00:00",
                "rating": rating,
            }
            for product_id, text, rating in said_of
            for n in range(6)
        ],
    )


@functools.cache
def every_action() -> list[type[Action]]:
    """All actions of the package that can be run by name."""
    for module in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"actions.{module.name}")
    return [a for a in all_subclasses(Action) if a.__module__.startswith("actions.") and not inspect.isabstract(a)]


def load_yaml(*patterns: str) -> Iterable[dict[str, Any]]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield yaml.safe_load(path.read_text(encoding="utf-8")) or {}


@functools.cache
def responses() -> dict[str, list[dict[str, Any]]]:
    return {k: v for part in load_yaml("bot/domain/**/*.yml") for k, v in (part.get("responses") or {}).items()}


@functools.cache
def rules() -> dict[str, str]:
    """intent → the first action of its unconditional rule."""
    found = {}
    for part in load_yaml("data/rules/*.yml"):
        for rule in part.get("rules") or []:
            steps = rule["steps"]
            if "condition" not in rule and "intent" in steps[0] and "action" in steps[1]:
                found.setdefault(steps[0]["intent"], steps[1]["action"])
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def fitting(variations: list[dict[str, Any]], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """As Rasa chooses: conditional wordings that hold, else the unconditional ones."""

    def holds(variation: dict[str, Any]) -> bool:
        return all(facts.get(c["name"]) == c["value"] for c in variation["condition"])

    conditional = [v for v in variations if v.get("condition") and holds(v)]
    return conditional or [v for v in variations if not v.get("condition")]


@dataclass
class Said:
    """What came back for one message. Texts are one wording each; `every` holds all wordings that could have come."""

    texts: list[str] = field(default_factory=list)
    every: list[str] = field(default_factory=list)
    responses: list[str] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    goods: list[dict[str, Any]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def ids(self) -> list[str]:
        return [item["product_id"] for item in self.goods]

    @property
    def titles(self) -> list[str]:
        return [b["title"] for b in self.buttons]


class Stage:
    """One conversation. `customer`: id, or None for a visitor."""

    def __init__(self, store: Store, customer: str | None = "C1", seed: int = 0, **services: Any) -> None:
        self.services = Services(store=store, **services)
        configure(self.services)
        self.sender = f"talk-{customer}-{seed}-{id(self)}"
        store.conversations.open(self.sender, customer, customer is None, "test")
        self.slots: dict[str, Any] = {}
        self.form: str | None = None
        self.executor = ActionExecutor()
        for action in every_action():
            self.executor.register_action(action)
        self._responses, self._rules, self._random, self._count = responses(), rules(), random.Random(seed), 0

    def hear(
        self,
        text: str,
        intent: str,
        *entities: tuple,
        mood: str | None = "neutral",
        ranking: Iterable[tuple] = (),
        also: tuple[str, str] | None = None,
        page: str | None = None,
    ) -> Said:
        """entities: (kind, value) or (kind, value, "exclude"). mood None: a button. also: (intent, words). page: the
        product whose page is open.
        """
        self._count += 1
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "message_id": f"m{self._count}",
            "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking or [(intent, 0.9)]],
            "entities": [self._entity(text, *e) for e in entities],
        }
        if page:
            customer = self.services.store.conversations.get(self.sender)
            told = {"customer_id": customer.customer_id, "anonymous": customer.anonymous}
            message["metadata"] = {**told, "page": {"product_id": page}}
        if also:
            message["also"] = dict(zip(("name", "text"), also, strict=True))
        if mood:
            message["sentiment"] = {"label": mood, "score": {"negative": -0.8, "neutral": 0.0, "positive": 0.8}[mood]}
        said, action = Said(), self._rules[intent]
        while action and len(said.actions) < 4:
            said.actions.append(action)
            if action not in self.executor.actions:
                break
            action = self._perform(action, message, said)
        return said

    def start_session(self) -> None:
        """An hour of silence is over."""
        self._perform("action_session_start", {"text": ""}, Said())

    def press(self, button: dict[str, str]) -> Said:
        """A button of an earlier answer."""
        found = re.fullmatch(r"/(\w+)(\{.*\})?", button["payload"])
        entities = json.loads(found[2]) if found[2] else {}
        return self.hear(button["payload"], found[1], *entities.items(), mood=None)

    @staticmethod
    def _entity(text: str, kind: str, value: Any, role: str | None = None) -> dict[str, Any]:
        start = max(0, text.find(str(value)))
        entity = {
            "entity": kind,
            "value": value,
            "start": start,
            "end": start + len(str(value)),
            "extractor": "EntityMatcher",
        }
        return entity | ({"role": role} if role else {})

    def _perform(self, action: str, message: dict[str, Any], said: Said) -> str | None:
        loop = {"name": self.form} if self.form else {}
        tracker = Tracker(self.sender, dict(self.slots), message, [], False, None, loop, None)
        dispatcher = CollectingDispatcher()
        events = asyncio.run(self.executor.actions[action](dispatcher, tracker, {}))
        for words in dispatcher.messages:
            self._utter(words, said)
        following = None
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.form = event["name"]
            elif event["event"] == "followup":
                following = event["name"]
            elif event["event"] == "session_started":
                self.slots, self.form = {}, None
        return following

    def _utter(self, words: dict[str, Any], said: Said) -> None:
        name = words.get("response")
        if name:
            wordings = [v["text"] for v in fitting(self._responses[name], {**self.slots, **words})]
            texts = [w.format(**{**self.slots, **words}) for w in wordings]
            said.responses.append(name)
        else:
            texts = [words["text"]]
        said.texts.append(self._random.choice(texts))
        said.every += texts
        said.buttons += words.get("buttons") or []
        data = (words.get("custom") or {}).get("data")
        if data:
            said.data.append(data)
            said.goods += data.get("items") or []
