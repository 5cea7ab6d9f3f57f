"""The tables that a merchant brings: their columns, what else those may be called, and how their cells are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from store.importing import values
from store.models import STATUS_ZH

ORDER_STATUS = {zh: status for status, zh in STATUS_ZH.items()}
PRODUCT_STATUS = {"在售": "on_sale", "下架": "off_shelf", "上架": "on_sale", "已下架": "off_shelf"}
EVENT_TYPE = {
    "浏览": "view",
    "点击": "click",
    "收藏": "favourite",
    "加购": "cart",
    "购买": "purchase",
    "不喜欢": "dislike",
    "favorite": "favourite",
}
SPEAKER = {"客户": "customer", "客服": "agent", "顾客": "customer", "买家": "customer", "商家": "agent"}
GENDER = {"male": "男", "female": "女", "m": "男", "f": "女", "男性": "男", "女性": "女", "未知": "未知"}


@dataclass(frozen=True)
class Column:
    name: str
    aliases: tuple[str, ...]
    read: values.Reader
    needed: bool = False
    empty: Any = None
    """What an empty cell means."""


@dataclass(frozen=True)
class Kind:
    name: str
    name_zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns that say which row is the same as one imported before."""
    by_header: Mapping[str, Column] = field(default_factory=dict)

    def column_of(self, header: str) -> Column | None:
        return self.by_header.get(_plain(header))


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header)).lower()


def _kind(name: str, name_zh: str, key: tuple[str, ...], *columns: Column) -> Kind:
    headers = {_plain(alias): column for column in columns for alias in (column.name, *column.aliases)}
    return Kind(name, name_zh, columns, key, headers)


_CUSTOMER_ID = (
    "顾客编号",
    "客户编号",
    "会员编号",
    "用户编号",
    "顾客ID",
    "客户ID",
    "会员ID",
    "用户ID",
    "顾客号",
    "客户号",
    "会员号",
    "user_id",
)
_PRODUCT_ID = ("商品编号", "商品ID", "产品编号", "产品ID", "货号", "商品编码", "sku", "item_id")
_AT = ("时间", "发生时间", "日期", "timestamp", "time", "created_at")


def _customer_id(needed: bool) -> Column:
    return Column("customer_id", _CUSTOMER_ID, values.identifier, needed)


def _product_id() -> Column:
    return Column("product_id", _PRODUCT_ID, values.identifier, needed=True)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "customers",
            "顾客",
            ("customer_id",),
            _customer_id(True),
            Column("name", ("姓名", "昵称", "名字", "顾客姓名", "客户姓名", "称呼"), values.text, empty=""),
            Column("registered_at", ("注册时间", "注册日期", "加入时间"), values.time),
            Column("birth_year", ("出生年份", "出生年", "生年"), values.birth_year),
            Column("gender", ("性别", "sex"), values.one_of(GENDER), empty=""),
            Column("city", ("城市", "所在城市"), values.text, empty=""),
            Column("level", ("等级", "会员等级", "级别"), values.text, empty=""),
            Column(
                "consent_personalisation",
                ("同意个性化", "个性化推荐", "个性化推荐授权", "个性化授权", "consent_personalization"),
                values.flag,
            ),
            Column("consent_marketing", ("同意营销", "营销授权", "接受营销", "营销短信"), values.flag),
            Column("phone", ("手机", "手机号", "电话", "联系电话", "手机号码", "mobile"), values.identifier, empty=""),
            Column("points", ("积分", "会员积分"), values.whole),
        ),
        _kind(
            "products",
            "商品",
            ("product_id",),
            _product_id(),
            Column(
                "title",
                ("标题", "商品名称", "商品名", "名称", "商品标题", "产品名称", "品名", "name"),
                values.text,
                needed=True,
            ),
            Column("price", ("价格", "售价", "单价", "现价"), values.money, needed=True),
            Column("category", ("类目", "分类", "品类", "类别"), values.text, empty=""),
            Column("brand", ("品牌", "牌子"), values.text, empty=""),
            Column("stock", ("库存", "库存数量", "库存量"), values.whole),
            Column("tags", ("标签", "关键词"), values.several, empty=[]),
            Column("image_url", ("图片", "主图", "图片链接", "图片地址", "image"), values.text, empty=""),
            Column("attributes", ("属性", "商品属性", "规格参数", "参数"), values.attributes, empty={}),
            Column("status", ("状态", "商品状态", "上架状态"), values.one_of(PRODUCT_STATUS), empty="on_sale"),
            Column("added_at", ("上架时间", "上新时间", "创建时间"), values.time),
        ),
        _kind(
            "orders",
            "订单",
            ("order_id",),
            Column("order_id", ("订单号", "订单编号", "订单ID", "单号"), values.identifier, needed=True),
            _customer_id(True),
            _product_id(),
            Column("quantity", ("数量", "件数", "购买数量", "qty"), values.quantity, needed=True),
            Column("price", ("价格", "单价", "成交价", "售价"), values.money, needed=True),
            Column("ordered_at", ("下单时间", "订单时间", "下单日期", "创建时间"), values.time, needed=True),
            Column("status", ("状态", "订单状态"), values.one_of(ORDER_STATUS), empty=""),
            Column("carrier", ("快递", "快递公司", "物流公司", "承运商"), values.text, empty=""),
            Column("tracking_no", ("快递单号", "运单号", "物流单号", "物流编号"), values.identifier, empty=""),
            Column("paid_at", ("付款时间", "支付时间"), values.time),
            Column("shipped_at", ("发货时间",), values.time),
            Column("received_at", ("签收时间", "收货时间"), values.time),
            Column("refunded_at", ("退款时间",), values.time),
            Column("recipient", ("收货人", "收件人"), values.text, empty=""),
            Column("phone", ("手机", "手机号", "电话", "联系电话", "收货电话"), values.identifier, empty=""),
            Column("address", ("地址", "收货地址"), values.text, empty=""),
            Column("note", ("备注", "买家留言", "订单备注"), values.text, empty=""),
            Column("trace", ("物流轨迹", "轨迹", "物流信息"), values.trace, empty=[]),
            Column("title", ("商品名称", "商品标题", "商品名"), values.text, empty=""),
            Column("attributes", ("规格", "商品规格", "商品属性"), values.attributes, empty={}),
        ),
        _kind(
            "events",
            "行为",
            ("customer_id", "product_id", "type", "at", "channel"),
            _customer_id(True),
            _product_id(),
            Column(
                "type",
                ("类型", "行为", "行为类型", "事件", "事件类型", "event_type"),
                values.one_of(EVENT_TYPE),
                needed=True,
            ),
            Column("at", _AT, values.time, needed=True),
            Column("value", ("值", "停留秒数", "时长"), values.number),
            Column("channel", ("渠道", "来源", "端"), values.text, empty=""),
        ),
        _kind(
            "reviews",
            "评价",
            ("product_id", "customer_id", "at", "text"),
            _product_id(),
            Column("text", ("评价", "评价内容", "内容", "评论", "评论内容"), values.text, needed=True),
            Column("at", ("评价时间", "评论时间", *_AT), values.time, needed=True),
            _customer_id(False),
            Column("rating", ("评分", "星级", "打分", "score"), values.number),
        ),
        _kind(
            "surveys",
            "问卷",
            ("question", "customer_id", "at", "answer"),
            Column("question", ("问题", "题目"), values.text, needed=True),
            Column("answer", ("回答", "答案", "答复"), values.text, needed=True),
            Column("at", ("填写时间", "提交时间", *_AT), values.time, needed=True),
            _customer_id(False),
            Column("score", ("评分", "得分", "分数", "打分", "rating"), values.number),
        ),
        _kind(
            "chats",
            "聊天记录",
            ("session_id", "speaker", "at", "text"),
            Column("session_id", ("会话", "会话编号", "会话ID", "会话号"), values.identifier, needed=True),
            Column("speaker", ("说话人", "发言人", "角色", "发送方"), values.one_of(SPEAKER), needed=True),
            Column("text", ("内容", "消息", "文字", "消息内容"), values.text, needed=True),
            Column("at", ("发送时间", *_AT), values.time, needed=True),
            _customer_id(False),
        ),
        _kind(
            "faq",
            "常见问题",
            ("question",),
            Column("question", ("问题", "标准问题", "标准问"), values.text, needed=True),
            Column("answer", ("回答", "答案", "答复"), values.text, needed=True),
            Column(
                "similar",
                ("similar_questions", "相似问题", "相似问", "相似问法", "扩展问法"),
                values.questions,
                empty=[],
            ),
            Column("category", ("分类", "类别", "类目"), values.text, empty=""),
            Column("valid_from", ("生效日期", "生效时间", "开始日期"), values.day),
            Column("valid_to", ("失效日期", "失效时间", "结束日期", "有效期至"), values.day),
        ),
    )
}
