"""Changing an order before it is sent: address, phone, recipient, colour, size, quantity, day, a note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from actions.choosing import choice_question, item_question, order_question
from actions.forms import WHOLE_ORDER, Draft, Question, ServiceForm
from actions.language import word
from actions.orders import ARRIVED, ON_THE_WAY, UNSHIPPED, find_order, goods, parcel
from actions.readers import Unfit, address, asks_something, half, mobile, plain
from actions.tracking import no_orders, not_yours, tell_status
from actions.turn import Turn
from store.errors import OrderNotChangeable

if TYPE_CHECKING:
    from store.models import Order, Product

KINDS = {
    "address": "收货地址",
    "phone": "联系电话",
    "recipient": "收货人",
    "colour": "颜色",
    "size": "尺码",
    "quantity": "数量",
    "delivery_date": "送货日期",
    "note": "备注",
}
OF_GOODS = ("colour", "size", "quantity")
_KIND_WORDS = (
    ("address", re.compile(r"地址|地止|寄到|寄去|收货地|搬家|送到(?!货)|换个地方|address", re.I)),
    ("phone", re.compile(r"电话|手机号?|联系方式|号码|phone|mobile", re.I)),
    ("recipient", re.compile(r"收件人|收货人|名字|姓名|换(?:个|成)?人收|recipient|receiver", re.I)),
    ("colour", re.compile(r"颜色|色号|[红黑白灰蓝绿紫粉黄棕]色|colou?r", re.I)),
    ("size", re.compile(r"尺码|尺寸|[大小]一?[码号]|码数|鞋码|\bsize\b", re.I)),
    (
        "quantity",
        re.compile(
            r"数量|件数|多拍|少拍|改成?\s*[一二两三四五六七八九十\d]+\s*[件个双盒瓶包袋套条只台]|quantity|how many",
            re.I,
        ),
    ),
    (
        "delivery_date",
        re.compile(
            r"改天|改期|改到.{0,4}(?:送|号|日|天|周|星期)|晚[点几]天?(?:送|发|到)|延[后迟期]|推迟|(?:周|星期|礼拜)[一二三四五六日天末].{0,3}送|先别发"
        ),
    ),
    ("note", re.compile(r"备注|贺卡|刻字|留言|驿站|自提|代收|放(?:在)?(?:门口|门卫|前台|保安)|别打电话|礼盒|包装")),
)
_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_COUNT = re.compile(
    r"(?:改成?|要|换成?|变成?|就|减到|加到|共|到)?\s*(\d{1,3}|[一二两三四五六七八九十])\s*(?:件|个|双|盒|瓶|包|袋|套|条|只|台|份|箱|罐)"
)
_RECIPIENT = re.compile(
    r"(?:收件人|收货人|名字|姓名)?(?:改成?|换成?|是|叫|写|为)\s*([\u4e00-\u9fff·]{2,8}?)(?:吧|了|$|[,，。])"
)


def _changeable(order: Order) -> bool:
    return order.status in UNSHIPPED


def kind_of_change(turn: Turn) -> str | None:
    """What is to be changed, from the button, the words or what was read in them."""
    chosen = turn.entity("choice")
    if chosen in KINDS:
        return chosen
    if turn.pressed:
        return None
    found = next((kind for kind, words in _KIND_WORDS if words.search(turn.text)), None)
    if found:
        return found
    for kind, entity in (("phone", "phone"), ("size", "size"), ("colour", "colour"), ("address", "address")):
        if turn.entity(entity):
            return kind
    return None


def refuse_change(turn: Turn, order: Order, kind: str | None) -> None:
    """Says why the order can't be changed any more, and the way on."""
    turn.set("order_focus", order.order_id)
    facts = {
        "order": order.order_id,
        "goods": goods(order),
        "parcel": parcel(order),
        "what": KINDS.get(kind or "", "地址和订单信息"),
    }
    number = {"order_id": order.order_id}
    if order.status in ON_THE_WAY:
        turn.say(
            "utter_change_too_late",
            **facts,
            buttons=[turn.button("看物流", "track_order", **number), turn.human_button],
        )
    elif order.status in ARRIVED:
        turn.say(
            "utter_change_arrived",
            **facts,
            buttons=[turn.button("申请换货", "request_exchange", **number), turn.human_button],
        )
    else:
        tell_status(turn, order)


def _product(turn: Turn, draft: Draft) -> Product | None:
    line = draft.line
    return turn.services.catalogue().products.get(line.product_id) if line else None


def _offered(turn: Turn, draft: Draft, kind: str) -> tuple[str, ...]:
    product = _product(turn, draft)
    return () if product is None else product.colours if kind == "colour" else product.sizes


def read_variant(turn: Turn, draft: Draft, kind: str, asked: bool) -> str | None:
    """A colour or size that these goods come in. Raises Unfit with those there are."""
    offered = _offered(turn, draft, kind)
    chosen = turn.entity("choice")
    if chosen in offered:
        return chosen
    wanted = next(iter(turn.entities(kind)[::-1]), None)  # 不要粉色，改成白色: what is wanted is said last
    words = half(turn.text).upper()
    wanted = wanted or next((value for value in sorted(offered, key=len, reverse=True) if value.upper() in words), None)
    if wanted is None or turn.pressed:
        return None
    fitting = next(
        (value for value in offered if wanted.upper() in (value.upper(), value.upper().removesuffix("码"))), None
    )
    if fitting or not offered:
        return fitting or wanted
    raise Unfit("utter_variant_not_offered", wanted=wanted, what=KINDS[kind], offered=word("、").join(offered))


def _read_value(turn: Turn, draft: Draft, asked: bool) -> str | None:
    kind, text = draft.get("kind"), turn.text
    if kind in ("colour", "size"):
        return read_variant(turn, draft, kind, asked)
    if turn.pressed or kind is None:
        return None
    if kind == "address":
        return address(text, asked)
    if kind == "phone":
        return mobile(text, asked)
    if kind == "recipient":
        found = _RECIPIENT.search(half(text))
        name = found[1] if found else plain(text) if asked else ""
        return name if re.fullmatch(r"[\u4e00-\u9fff·A-Za-z]{2,12}", name) and not asks_something(text) else None
    if kind == "quantity":
        return _read_count(text, asked)
    if kind == "delivery_date":
        return _read_day(turn)
    words = re.sub(r"^.*?备注(?:一下)?[:：,，]?", "", text).strip()
    return (
        words[:100]
        if len(plain(words)) >= 2 and (asked or "备注" not in text or words) and not asks_something(words)
        else None
    )


def _read_count(text: str, asked: bool) -> str | None:
    found = _COUNT.findall(half(text)) or (
        re.findall(r"^\s*(\d{1,3}|[一二两三四五六七八九十])\s*$", half(text)) if asked else []
    )
    if not found:
        return None
    number = found[-1]
    count = int(number) if number.isdigit() else _NUMBERS[number]
    if not 1 <= count <= 99:
        raise Unfit("utter_bad_quantity")
    return str(count)


def _read_day(turn: Turn) -> str | None:
    value: Any = turn.entity("date")
    start = value.get("start") or value.get("from") if isinstance(value, dict) else value
    if not start:
        return None
    if str(start)[:10] < f"{turn.services.now():%Y-%m-%d}":
        raise Unfit("utter_bad_day")
    return str(start)[:10]


def _ask_value(turn: Turn, draft: Draft, again: bool) -> None:
    kind = draft.get("kind")
    offered = _offered(turn, draft, kind) if kind in ("colour", "size") else ()
    buttons = [turn.button(value, "inform", choice=value) for value in offered[:6]]
    again_ = "_again" if again else ""
    turn.say(
        f"utter_ask_new_{kind}{again_}"
        if kind in ("address", "phone", "delivery_date")
        else f"utter_ask_case_value{again_}",
        what=KINDS.get(kind, ""),
        buttons=buttons,
    )


class ChangeForm(ServiceForm):
    name = "change_form"
    deed = "修改订单"
    verbs = "修改|改|change"
    intents = frozenset({"change_order"})
    main_intent = "change_order"
    kept = "utter_kept_change"

    def __init__(self) -> None:
        kinds = {kind: KINDS[kind] for kind in ("address", "phone", "recipient", "colour", "size", "quantity")}
        self.questions = (
            order_question(_changeable, "修改"),
            choice_question("kind", "utter_ask_change_kind", kinds, _read_kind),
            item_question(lambda draft: draft.get("kind") in OF_GOODS, whole=False),
            Question("value", _ask_value, _read_value),
            Question("confirm", self._ask_confirm, self.read_confirm),
        )

    def open(self, turn: Turn) -> bool:
        found = find_order(turn, _changeable)
        if found.refused:
            not_yours(turn, found.refused)
        elif found.order and not _changeable(found.order):
            refuse_change(turn, found.order, kind_of_change(turn))
        elif found.order or found.several:
            return True
        else:
            self._nothing_to_change(turn)
        return False

    def _nothing_to_change(self, turn: Turn) -> None:
        newest = next((o for o in turn.orders if o.status in ON_THE_WAY), None) or next(iter(turn.orders), None)
        if newest is None:
            no_orders(turn)
        else:
            refuse_change(turn, newest, kind_of_change(turn))

    def fill(self, turn: Turn, draft: Draft) -> None:
        order = draft.order
        if order is None or draft.get("item"):
            return
        if len(order.lines) == 1 or draft.get("kind") not in (None, *OF_GOODS):
            draft.put("item", order.lines[0].product_id if len(order.lines) == 1 else WHOLE_ORDER)

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        order = draft.order
        if order is None or _changeable(order):
            return False
        refuse_change(turn, order, draft.get("kind"))
        return True

    def token(self, draft: Draft) -> str:
        return f"{super().token(draft)}:{draft.get('value')}"

    def _ask_confirm(self, turn: Turn, draft: Draft, again: bool) -> None:
        turn.say(
            "utter_confirm_change",
            order=str(draft.get("order")),
            goods=goods(draft.order),
            what=KINDS[draft.get("kind")],
            value=str(draft.get("value")),
            buttons=self.confirm_buttons(turn, draft, "确认修改", "先不改"),
        )

    def submit(self, turn: Turn, draft: Draft) -> None:
        kind, value = draft.get("kind"), draft.get("value")
        changes: dict[str, Any] = {kind: int(value) if kind == "quantity" else value}
        if kind in OF_GOODS and draft.product_id:
            changes["product_id"] = draft.product_id
        try:
            order = turn.services.store.orders.change(
                draft.get("order"), turn.customer_id, changes, deadline=turn.deadline
            )
        except OrderNotChangeable as error:
            turn.say("utter_store_refused", why=error.reason_zh, buttons=[turn.human_button])
            return
        turn.say("utter_changed", order=order.order_id, what=KINDS[kind], value=str(value))


def _read_kind(turn: Turn, draft: Draft, asked: bool) -> str | None:
    # The new value may hold words of other kinds (an address with a phone number): the kind, once known, stays.
    return kind_of_change(turn) if asked or draft.get("kind") is None else None


CHANGE = ChangeForm()
