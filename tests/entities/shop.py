"""A small made-up catalogue, and another shop's, for the tests of the matchers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.components.matching.matcher import Matcher
from bot.components.text import normalise

TODAY = date(2026, 11, 25)  # a Wednesday


@dataclass(frozen=True)
class Goods:
    title: str
    brand: str
    kinds: tuple[str, ...]
    colours: tuple[str, ...] = ()
    status: str = "on_sale"


@dataclass(frozen=True)
class Snapshot:
    version: int
    products: dict[str, Goods]
    kinds: tuple[str, ...]
    brands: tuple[str, ...]


def snapshot(goods: dict[str, Goods], version: int = 1) -> Snapshot:
    kinds = {kind: None for product in goods.values() for kind in product.kinds}
    brands = {product.brand: None for product in goods.values()}
    return Snapshot(version, goods, tuple(kinds), tuple(brands))


DIGITAL = snapshot(
    {
        "D1": Goods("声浪 Pebble 3 真无线蓝牙耳机 长续航", "声浪", ("耳机", "蓝牙耳机"), ("黑色", "雾霾蓝")),
        "D2": Goods("声浪 Pebble 3 Pro 主动降噪蓝牙耳机", "声浪", ("耳机", "蓝牙耳机"), ("黑色",)),
        "D3": Goods("索尼 ZX-990BT 头戴式耳机 50小时续航", "索尼", ("耳机", "头戴式耳机"), ("白色",)),
        "D4": Goods("小米 Redmi Note 77 大电池手机 8GB+256GB", "小米", ("手机",), ("黑色",)),
        "D5": Goods("苹果（Apple） iPhone 31 128GB", "苹果（Apple）", ("手机",), ("白色",)),
        "D6": Goods("苹果（Apple） iPhone 31 256GB", "苹果（Apple）", ("手机",), ("白色",)),
        "D7": Goods("罗技 M771 静音无线鼠标", "罗技", ("鼠标",)),
        "D8": Goods("云朵熊 会唱歌的小火车 发声绘本 全8册", "云朵熊", ("绘本",)),
        "D9": Goods("李宁 逐日 7 竞速跑鞋", "李宁", ("跑鞋",), ("橙色",)),
    }
)

GARDEN = snapshot(
    {
        "G1": Goods("绿野 花盆 加厚陶瓷 大号", "绿野", ("花盆",)),
        "G2": Goods("绿野 多肉专用营养土 5L", "绿野", ("营养土",)),
        "G3": Goods("Bosko/博思科 GT-88 电动修枝剪 锂电", "Bosko/博思科", ("修枝剪",)),
        "G4": Goods("天堂 晴雨两用 遮阳棚", "天堂", ("遮阳棚",)),
    }
)


def read(text: str, matcher: Matcher) -> list[tuple]:
    """(entity, the words as typed, value, role) for each entity of a typed message."""
    normalised = normalise(text)
    found = []
    for span in matcher.match(normalised.text, TODAY):
        start, end = normalised.span(span.start, span.end)
        found.append((span.entity, text[start:end], span.value, span.role))
    return found


def of(kind: str, found: Iterable[tuple]) -> list[tuple]:
    """Words and values of the entities of one kind."""
    return [(words, value) for entity, words, value, _ in found if entity == kind]
