"""A small shop with an order in every state, and talks with it through Rasa's own form loop and rules.

The dialogue model (rules only, no language understanding) is trained once a test run; the readings come with the messages.
Actions run in this process as in the server. `Talk.say` gives back what the customer would see.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from stage import every_action

from actions.services import Limits, Services, configure
from store import Store
from store.models import Product

ROOT = Path(__file__).resolve().parents[2]

GOODS = (
    # id, title, price today, kind, brand, colours, sizes, stock
    ("coat", "波司登 短款羽绒服", 499.0, "羽绒服", "波司登", "黑色/白色", "M/L/XL", 20),
    ("shoe", "李宁 超轻跑鞋", 359.0, "跑鞋", "李宁", "黑色", "40码/41码/42码", 9),
    ("cup", "膳魔师 真空保温杯 500ml", 159.0, "保温杯", "膳魔师", "黑色/蓝色", "", 30),
    ("bean", "挂耳咖啡 20 包", 43.0, "咖啡", "隅田川", "", "", 80),
    ("phone", "荣耀 畅玩手机", 1299.0, "手机", "荣耀", "黑色", "", 5),
    ("lamp", "美的 护眼台灯", 129.0, "台灯", "美的", "白色", "", 12),
)
FAQ = (
    ("运费怎么收", "满 88 元包邮，不满收 6 元运费。", ("包邮吗", "邮费多少"), "配送"),
    ("什么时候发货", "付款后 48 小时内发出，周末照常。", ("多久发货", "几天能发"), "配送"),
    ("有哪些付款方式", "支付宝、微信和银行卡都可以。", ("能用花呗吗", "怎么付款"), "支付"),
    (
        "怎么开发票",
        "在这里申请电子普通发票，24 小时内发到邮箱；专用发票请联系人工。",
        ("能开公司抬头吗", "发票多久开好"),
        "发票",
    ),
    ("七天无理由怎么退", "签收后 7 天内，商品完好可以无理由退货。", ("退货有什么要求", "几天内能退"), "售后"),
    ("退货运费谁承担", "质量问题我们承担，其他情况买家承担。", ("退货邮费谁出", "寄回去的运费算谁的"), "售后"),
    ("退款多久到账", "验收后 1 个工作日内原路退款。", ("退款几天到", "钱什么时候退回来"), "售后"),
    ("保修多久", "手机和家电保修一年，人为损坏除外。", ("质保几年", "坏了能修吗"), "售后"),
    ("降价了能退差价吗", "签收后 7 天内降价可以申请价保，差额原路退回。", ("价保几天", "买贵了补差吗"), "价格"),
    ("会员有什么好处", "积分 100 分抵 1 元，生日当月有礼。", ("积分怎么用",), "会员"),
)


def day(clock_now: datetime, days_ago: float) -> str:
    return (clock_now - timedelta(days=days_ago)).strftime("%Y-%m-%d %H:%M:%S")


def orders(now: datetime) -> list[dict[str, Any]]:
    """C1 has one order in each state that matters; the others one or two of their own."""

    def order(
        order_id: str,
        customer: str,
        product: str,
        status: str,
        price: float,
        ago: float,
        quantity: int = 1,
        **more: Any,
    ) -> dict:
        row = {
            "order_id": order_id,
            "customer_id": customer,
            "product_id": product,
            "status": status,
            "price": price,
            "quantity": quantity,
            "ordered_at": day(now, ago),
        }
        if status != "待付款":
            row["paid_at"] = day(now, ago)
        return row | more

    def sent(ago: float) -> dict[str, str]:
        return {"carrier": "顺丰速运", "tracking_no": f"SF{int(ago * 1000):010d}", "shipped_at": day(now, ago)}

    return [
        order("880000000011", "FRESH", "bean", "待发货", 43, 1, 2),
        order("880000000021", "WAY", "coat", "已发货", 499, 3, **sent(2)),
        order("880000000031", "GOT", "coat", "已签收", 499, 6, **sent(5), received_at=day(now, 3)),
        order("880000000041", "OLD", "shoe", "已签收", 359, 50, **sent(48), received_at=day(now, 40)),
        order("880000000051", "MANY", "bean", "待发货", 43, 2),
        order(
            "880000000052",
            "MANY",
            "shoe",
            "已发货",
            359,
            4,
            carrier="圆通速递",
            tracking_no="YT8880001",
            shipped_at=day(now, 3),
        ),
        order("880000000053", "MANY", "lamp", "待付款", 129, 0.2),
        order("880000000061", "TWO", "coat", "已签收", 499, 6, **sent(4.5), received_at=day(now, 2)),
        order("880000000061", "TWO", "cup", "已签收", 189, 6, **sent(4.5), received_at=day(now, 2)),
        order("880000000071", "CHEAP", "phone", "已签收", 1499, 5, **sent(3.5), received_at=day(now, 2)),
        order("880000000072", "LATE", "phone", "已签收", 1499, 40, **sent(38), received_at=day(now, 35)),
        order("880000000081", "MONEY", "cup", "退款中", 189, 9, **sent(8), received_at=day(now, 6)),
        order(
            "880000000082",
            "PAIDBACK",
            "cup",
            "已退款",
            189,
            15,
            **sent(14),
            received_at=day(now, 12),
            refunded_at=day(now, 6),
        ),
        order("880000000091", "UNPAID", "lamp", "待付款", 129, 0.1),
    ]


CUSTOMERS = ("FRESH", "WAY", "GOT", "OLD", "MANY", "TWO", "CHEAP", "LATE", "MONEY", "PAIDBACK", "UNPAID", "NOBODY")


def open_shop(folder: Path) -> Store:
    from store.importing import import_rows

    store = Store.open(f"sqlite:///{folder / 'shop.db'}")
    now = store.clock.now()
    store.catalogue.upsert(
        [
            Product(
                product_id=i,
                title=t,
                price=p,
                category=k,
                brand=b,
                stock=n,
                image_url=f"https://img.shop.example/{i}.jpg",
                attributes={name: tuple(values.split("/")) for name, values in (("颜色", c), ("尺码", s)) if values},
            )
            for i, t, p, k, b, c, s, n in GOODS
        ]
    )
    import_rows(
        store,
        "customers",
        [
            {"customer_id": c, "name": f"客{c}", "city": "杭州", "level": "金卡", "consent_personalisation": "true"}
            for c in CUSTOMERS
        ],
    )
    import_rows(store, "orders", orders(now))
    import_rows(
        store,
        "faq",
        [{"question": q, "answer": a, "similar_questions": ";".join(s), "category": c} for q, a, s, c in FAQ],
    )
    return store


# --- Rasa -------------------------------------------------------------------------------------------


class Here(EndpointConfig):
    """Runs actions in this process, as the server does."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        self.executor = ActionExecutor()
        for action in every_action():
            self.executor.register_action(action)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = None,
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        call = json.loads(json.dumps(kwargs["json"], default=str))
        return await self.executor.run(call)


@functools.cache
def agent() -> Agent:
    """The rules trained without any language understanding; a contradiction between rules fails here."""
    from rasa.model_training import train_core

    folder = Path(tempfile.mkdtemp(prefix="zhike-rules-"))
    config = folder / "config.yml"
    config.write_text(
        "recipe: default.v1\nassistant_id: zhike\nlanguage: zh\npipeline: []\npolicies:\n  - name: RulePolicy\n",
        encoding="utf-8",
    )
    model = train_core(
        domain=str(ROOT / "bot/domain"), config=str(config), stories=str(ROOT / "data/rules"), output=str(folder)
    )
    return Agent.load(model, action_endpoint=Here())


@dataclass
class Reply:
    """What the customer sees for one message."""

    texts: list[str] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def titles(self) -> list[str]:
        return [b["title"] for b in self.buttons]

    def has_person(self) -> bool:
        return "人工" in self.text or any("request_human" in b["payload"] for b in self.buttons)


class Talk:
    """One conversation of one customer (None: a visitor)."""

    count = 0

    def __init__(self, store: Store, customer: str | None, **services: Any) -> None:
        Talk.count += 1
        self.store, self.customer = store, customer
        self.sender = f"talk-{Talk.count}-{customer}"
        store.conversations.open(self.sender, customer, customer is None, "test")
        configure(Services(store=store, limits=services.pop("limits", Limits()), **services))
        self.last = Reply()

    def say(self, text: str, intent: str, *entities: tuple[str, Any], mood: str = "neutral") -> Reply:
        score = {"negative": -0.8, "neutral": 0.0, "positive": 0.8}[mood]
        return self._send(text, intent, entities, {"sentiment": {"label": mood, "score": score}})

    def press(self, title: str) -> Reply:
        """A button of the last answer, by its title."""
        payload = next(b["payload"] for b in self.last.buttons if title in b["title"])
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        return self._send(payload, found[1], tuple(json.loads(found[2]).items()) if found[2] else (), {})

    def press_payload(self, payload: str) -> Reply:
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        return self._send(payload, found[1], tuple(json.loads(found[2]).items()) if found[2] else (), {})

    def _send(self, text: str, intent: str, entities: tuple[tuple[str, Any], ...], more: dict[str, Any]) -> Reply:
        ranking = [{"name": intent, "confidence": 0.9}]
        parsed = {
            "text": text,
            "intent": ranking[0],
            "intent_ranking": ranking,
            "entities": [{"entity": k, "value": v, "extractor": "EntityMatcher"} for k, v in entities],
            **more,
        }
        output = CollectingOutputChannel()
        asyncio.run(agent().handle_message(UserMessage(text, output, self.sender, parse_data=parsed)))
        self.last = Reply()
        for message in output.messages:
            self.last.texts += [message["text"]] if message.get("text") else []
            self.last.buttons += message.get("buttons") or []
            self.last.data += [message["custom"]["data"]] if message.get("custom") else []
        return self.last

    def tracker(self) -> Any:
        return asyncio.run(agent().tracker_store.retrieve(self.sender))

    @property
    def form(self) -> str | None:
        return self.tracker().active_loop_name

    def cases(self, *kinds: str) -> list[Any]:
        return self.store.cases.of_customer(self.customer, kinds=kinds or None)
