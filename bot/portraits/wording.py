"""Segments and portraits as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.portraits.customer import Portrait
from bot.portraits.shop import Shop
from bot.portraits.statements import Statement

NOBODY = "先导入订单或浏览记录（zhike import orders 文件.csv），再运行 zhike train。"


def origin(said: Statement) -> str:
    """orders 表，近一年…下单：12 行"""
    return "；".join(f"{one.table}，{one.condition}：{one.rows} {one.unit}" for one in said.sources)


def segments_lines(shop: Shop) -> Iterator[str]:
    yield f"顾客 {shop.customers} 位，{shop.segmented} 位分成 {len(shop.segments)} 群（模型 {shop.version}）"
    if shop.refused:
        yield f"{shop.refused} 位关掉了个性化推荐，不参加分群"
    if shop.unseen:
        yield f"{shop.unseen} 位训练时没有订单和浏览记录，没有分群"
    if shop.unnamed:
        yield f"{shop.unnamed} 位分了群的顾客只在订单或浏览记录里，顾客表里没有"
    if not shop.segments:
        yield f"还没有能分群的顾客。{NOBODY}"
        return
    for one in shop.segments:
        yield f"{one.index + 1:>3}. {one.name}　{one.description}"
    yield ""
    yield "分几群好（轮廓系数：分得开不开；重复性：换一批顾客再分还一样的程度）"
    for one in shop.choice.tried:
        marks = [word for k, word in ((shop.choice.used, "在用"), (shop.choice.recommended, "数字最好")) if k == one.k]
        figures = f"轮廓系数 {one.silhouette:.3f}  重复性 {one.stability:.3f}  最小一群 {one.smallest:.0%}"
        yield f"{one.k:>4} 群  {figures}  {'、'.join(marks)}".rstrip()
    yield shop.advice
    if shop.landscape:
        yield ""
        yield f"主成分图：{shop.landscape.captions[0]}；{shop.landscape.captions[1]}"


def customer_lines(one: Portrait) -> Iterator[str]:
    yield f"顾客 {one.customer_id}{f' {one.name}' if one.name else ''}" + (
        f"（模型 {one.version}）" if one.version else ""
    )
    if one.note:
        yield one.note
    for said in one.statements:
        yield f"{said.title}：{said.text}"
        if said.sources:
            yield f"    {origin(said)}"
