"""A small shop with an order in every state, for trying the service: who has what stands in `orders`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from store import Store
from store.models import Product

GOODS = (
    # id, title, price today, kind, brand, colours, sizes, stock
    ("coat", "波司登 短款羽绒服", 499.0, "羽绒服", "波司登", "黑色/白色", "M/L/XL", 20),
    ("shoe", "安踏 缓震跑鞋", 359.0, "跑鞋", "安踏", "黑色", "40码/41码/42码", 9),
    ("cup", "虎牌 保温杯 480ml", 159.0, "保温杯", "虎牌", "黑色/蓝色", "", 30),
    ("bean", "挂耳咖啡 20 包", 43.0, "咖啡", "隅田川", "", "", 80),
    ("phone", "荣耀 畅玩手机", 1299.0, "手机", "荣耀", "黑色", "", 5),
    ("lamp", "飞利浦 护眼台灯", 129.0, "台灯", "飞利浦", "白色", "", 12),
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
        order("880000000035", "ABROAD", "cup", "已签收", 159, 6, **sent(5), received_at=day(now, 3)),
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


CUSTOMERS = (
    "FRESH",
    "WAY",
    "GOT",
    "ABROAD",
    "OLD",
    "MANY",
    "TWO",
    "CHEAP",
    "LATE",
    "MONEY",
    "PAIDBACK",
    "UNPAID",
    "NOBODY",
)


def fill_service_shop(store: Store) -> None:
    """Adds the goods, customers, orders and answers above to a store, whatever else is in it."""
    from store.importing import import_rows

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
    yes = {"city": "杭州", "level": "金卡", "consent_personalisation": "true", "consent_marketing": "true"}
    import_rows(store, "customers", [{"customer_id": c, "name": f"客{c}", **yes} for c in CUSTOMERS])
    import_rows(store, "orders", orders(store.clock.now()))
    answers = [{"question": q, "answer": a, "similar_questions": ";".join(s), "category": c} for q, a, s, c in FAQ]
    import_rows(store, "faq", answers)
