"""Numbers of orders, parcels and phones, however they are glued, spaced or cut."""

from __future__ import annotations

import re

from bot.components.matching.spans import Span

_GAP = r"[ \-]?"
_CARRIERS = (
    "sf|yt|jdvb|jdva|jdvc|jdv|jdx|jdk|jd|jtse|jt|zto|sto|yd|dpk|ems|tt|uc|best|htky|ht|zjs|dbl|kye|ky|"
    "cnee|lp|cn|ztk|yto"
)
_PARCEL = re.compile(rf"(?<![a-z0-9])(?:{_CARRIERS})[a-z]{{0,2}}{_GAP}\d(?:{_GAP}\d){{6,17}}(?![0-9])", re.I)
_POSTAL = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{9}cn(?![a-z0-9])", re.I)
_PHONE = re.compile(
    r"(?<![\d.])(?:\+?86[ \-]?)?(1[3-9]\d(?:[ \-]?\d{4}){2}|1[3-9]\d(?:[ \-]\d{3}){2}[ \-]?\d{2}|"
    r"1[3-9]\d{9})(?!\d)",
)
_DIGITS = re.compile(r"(?<![\d.])(?<![a-z])\d(?:[ \-]?\d){7,23}(?!\d)", re.I)
_LETTERED = re.compile(r"(?<![a-z0-9])[a-z]{1,4}-?\d{6,20}(?![0-9a-z])", re.I)

_PARCEL_WORDS = re.compile(
    r"(?:快递|运单|物流|面单|包裹|邮件|寄回|退回|寄件|顺丰|圆通|中通|申通|韵达|极兔|邮政|京东快递|百世|"
    r"德邦)[^,。!?;]{0,8}$",
)
_ORDER_WORDS = re.compile(r"(?:订单|单号|编号|单子|交易号|order)[^,。!?;\d]{0,8}$", re.I)
_LOOSE_ORDER_WORDS = re.compile(r"订单|下单|单号|编号|这单|那单|单子|order", re.I)
_OTHER_NUMBERS = re.compile(
    r"(?:税号|银行卡号?|卡号|身份证号?|纳税人识别号|识别号|信用代码|账号|帐号|条码|条形码|型号|货号|qq|"
    r"微信号?|序列号|sn码?|验证码|开户行|券码|卡密)[^,。!?;\d ]{0,4} ?$",
    re.I,
)
_CASE_WORDS = re.compile(r"(?:工单|售后|服务单|投诉|退款|退货单|维修)[^,。!?;\d]{0,4}$")
_PHONE_WORDS = re.compile(r"(?:手机号?码?|电话|号码|联系方式|联系人|联系我|新号|旧号|打这个|打我)[^,。!?;\d]{0,8}$")
_DATE_LIKE = re.compile(r"(?:19|20)\d\d[ \-]?(?:0[1-9]|1[0-2])[ \-]?(?:0[1-9]|[12]\d|3[01])$")


def _bare(text: str) -> str:
    return re.sub(r"[ \-]", "", text)


def match_identifiers(text: str) -> list[Span]:
    """``order_id``, ``tracking_no`` and ``phone`` of a normalised text; values half-width, without blanks."""
    spans: list[Span] = []
    for pattern in (_PARCEL, _POSTAL):
        for found in pattern.finditer(text):
            spans.append(Span("tracking_no", found.start(), found.end(), _bare(found.group()).upper()))
    for found in _PHONE.finditer(text):
        if not _free(spans, *found.span()):
            continue
        left = text[max(0, found.start() - 14) : found.start()]
        named = _ORDER_WORDS.search(left) or _OTHER_NUMBERS.search(left)
        if named and not _PHONE_WORDS.search(left):
            continue
        spans.append(Span("phone", found.start(1), found.end(1), _bare(found.group(1))))
    for found in _DIGITS.finditer(text):
        if _free(spans, *found.span()):
            span = _long_number(text, found)
            if span is not None:
                spans.append(span)
    for found in _LETTERED.finditer(text):
        left = text[max(0, found.start() - 14) : found.start()]
        if _free(spans, *found.span()) and _ORDER_WORDS.search(left) and not _CASE_WORDS.search(left):
            kind = "tracking_no" if _PARCEL_WORDS.search(left) else "order_id"
            spans.append(Span(kind, found.start(), found.end(), _bare(found.group()).upper()))
    return spans


def _free(spans: list[Span], start: int, end: int) -> bool:
    return all(end <= span.start or start >= span.end for span in spans)


def _long_number(text: str, found: re.Match[str]) -> Span | None:
    start, end, digits = found.start(), found.end(), _bare(found.group())
    left = text[max(0, start - 16) : start]
    if _OTHER_NUMBERS.search(left) or re.match(r"\s?(?:m?ah|ml|毫安|[块元个件])", text[end:], re.I):
        return None
    said_parcel, said_order = bool(_PARCEL_WORDS.search(left)), bool(_ORDER_WORDS.search(left))
    if said_parcel and 10 <= len(digits) <= 18 and not re.search(r"订单号?[^单]{0,4}$", left):
        return Span("tracking_no", start, end, digits)
    if said_order and 8 <= len(digits) <= 24:
        return Span("order_id", start, end, digits)
    if len(digits) == 8 and _DATE_LIKE.fullmatch(digits):
        return None
    if len(digits) >= (8 if _LOOSE_ORDER_WORDS.search(text) else 10):
        cut = re.search(r"[ \-]", found.group())
        # Loosely spaced figures without any word for an order may be several numbers.
        if cut and not _LOOSE_ORDER_WORDS.search(text) and len(digits) < 12:
            return None
        return Span("order_id", start, end, digits)
    return None
