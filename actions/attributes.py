"""Questions about a product's properties, answered out of its data: attributes first, then what buyers wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actions.language import word
from actions.wish import yuan

if TYPE_CHECKING:
    from store.models import Product, ProductReviews


@dataclass(frozen=True)
class Topic:
    """name: what is asked, as said back. said: how customers ask. keys: attributes that answer, under the names that
    shops use. word: what to look for in reviews, a regular expression."""

    name: str
    said: re.Pattern[str]
    keys: tuple[str, ...]
    word: str = ""


def _topic(name: str, said: str, keys: str, word: str = "") -> Topic:
    return Topic(name, re.compile(said), tuple(keys.split()), word or name)


TOPICS: tuple[Topic, ...] = (
    _topic("防水", r"防水|防泼|进水|洗澡.{0,3}戴|游泳|water ?(proof|resist)", "防水 防水等级 防护等级 IP等级"),
    _topic("适合的肤质", r"[油干敏]皮|混合(性|皮)|肤质|敏感肌|皮肤", "适用肤质 肤质 适合肤质 适用", r"油皮|干皮|敏感"),
    _topic(
        "材质",
        r"材质|面料|料子|什么做的|什么布|纯棉|不锈钢|什么棉|填充|material|made of|fabric",
        "材质 面料 内胆材质 填充物 成分",
    ),
    _topic("成分", r"成分|配料|添加剂|含.{0,4}(糖|酒精|香精|防腐)", "成分 配料 配料表"),
    _topic(
        "续航",
        r"续航|待机|电池|充一次|用多久|能用多长|充满|battery|how long does it last",
        "续航 续航时间 待机 电池 电池容量",
        r"续航|电池",
    ),
    _topic(
        "容量",
        r"容量|毫升|多少(ml|斤|克|毫安)|装多少|几升|多重|含量|重量|分量|capacity|weight|how heavy",
        "容量 净含量 规格 重量 电池容量",
    ),
    _topic(
        "尺寸",
        r"多大|尺寸|大小|多长|多宽|多高|长度|厚度|几寸|厚不厚|规格|how (big|large|tall|wide)|dimension",
        "尺寸 长度 厚度 规格 屏幕尺寸 容量",
    ),
    _topic(
        "尺码",
        r"尺码|码数|[多少几哪个]{1,2}码|偏大|偏小|身高|体重|穿.{0,4}码|what sizes?|which sizes?",
        "尺码 鞋码 码数",
        r"偏[大小]|合身",
    ),
    _topic("颜色", r"颜色|色号|什么色|几种色|哪些色|colou?rs?\b", "颜色 颜色分类 色号"),
    _topic("适用年龄", r"几岁|多大(的)?(孩子|宝宝|小孩)|适龄|年龄|月龄", "适龄 适用年龄 年龄段 段位"),
    _topic("适用对象", r"适合|能不能用|可以用|谁用|[幼成][猫犬]|孕妇|老人", "适用 适用人群 适用对象 适龄 适用肤质"),
    _topic("保质期", r"保质期|过期|生产日期|能放多久|新鲜", "保质期 生产日期"),
    _topic("保修", r"保修|质保|坏了|warranty", "保修 质保 保修期"),
    _topic("降噪", r"降噪|隔音|noise.?cancel", "降噪 功能", r"降噪|隔音"),
    _topic("功率", r"功率|多少瓦|几瓦|耗电|快充|充电快|充得快", "功率 充电功率 快充", r"快充|充电快"),
    _topic("噪音", r"噪音|吵不吵|声音大|静音", "噪音 噪音值", r"噪音|声音|吵|静音"),
    _topic("产地", r"产地|哪里产|哪儿产|国产|进口", "产地 原产地"),
    _topic("接口", r"接口|type-?c|蓝牙版本|兼容|支持.{0,4}(苹果|安卓|华为)|连.{0,3}手机", "接口 蓝牙版本 兼容 机型"),
    _topic("清洗", r"怎么洗|机洗|手洗|水洗|好不好洗|清洗", "洗涤方式 清洗", r"洗"),
    _topic("用法", r"怎么用|用法|怎么吃|用量|一天几|怎么安装|说明书|教程", "用法 使用方法 食用方法"),
)


def topic_of(text: str) -> Topic | None:
    """What property a question is about, or None."""
    return next((t for t in TOPICS if t.said.search(text.lower())), None)


@dataclass(frozen=True)
class Known:
    """What the data say. text: a short sentence. source: 'attributes' or 'reviews'."""

    text: str
    source: str


def from_attributes(product: Product, topic: Topic | None, text: str) -> Known | None:
    """The product's own attributes: the topic's, or one whose name or value the question has in it."""
    if topic is not None:
        for key in topic.keys:
            if values := product.attributes.get(key):
                return Known(f"{key}：{'、'.join(values)}", "attributes")
        if topic.said.search(product.title.lower()):
            words = topic.said.search(product.title.lower())[0]
            return Known(word("商品名里写着「{words}」", words=words), "attributes")
    for key, values in product.attributes.items():
        if key in text or any(len(v) > 1 and v in text for v in values):
            return Known(f"{key}：{'、'.join(values)}", "attributes")
    return None


def from_reviews(reviews: ProductReviews, topic: Topic | None) -> Known | None:
    """What buyers wrote about it, counted and quoted; never turned into a claim of ours."""
    if topic is None:
        return None
    telling = [r.text for r in reviews.reviews if re.search(topic.word, r.text)]
    if not telling:
        return None
    quote = min(telling, key=len)[:40]
    text = word("商品资料里没写，{count} 条评价提到了，比如：“{quote}”", count=len(telling), quote=quote)
    return Known(text, "reviews")


def overview(product: Product, reviews: ProductReviews) -> str:
    """A few lines on the whole product, for 介绍一下."""
    lines = [f"{key}：{'、'.join(values)}" for key, values in list(product.attributes.items())[:4]]
    rating = rated(reviews)
    price = word("价格：￥{price}", price=yuan(product.price))
    return "\n".join([price, *lines, *([word("评价：{rating}", rating=rating)] if rating else [])])


def rated(reviews: ProductReviews) -> str:
    """92 条评价，平均 4.7 分; empty without reviews."""
    if not reviews.count:
        return ""
    if reviews.average is None:
        return word("{count} 条评价", count=reviews.count)
    return word("{count} 条评价，平均 {average} 分", count=reviews.count, average=f"{reviews.average:.1f}")
