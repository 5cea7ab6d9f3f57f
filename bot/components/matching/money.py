"""Sums of money: what the customer wants to spend (budget) and what was paid, owed or promised (amount)."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.components.matching.numbers import NUMBER_RUN, Amount, read_amount, tidy
from bot.components.matching.spans import Span

ABOUT = 0.2  # 左右: so much more or less, by the contract

_MOST_YUAN = 1_000_000  # beyond it a figure is watts, followers, anything but a customer's money
_PLAIN_FROM = 90  # 199的 may be a price, 43的 is a size
_COIN = r"(?:块钱|元钱|元整|块|元|圆|蚊|rmb|人民币)"
_MOST_BEFORE = (
    "唔好超过|唔超过|咪超过|莫超过|不要超过|不能超过|别超过|不得超过|不超过|不要高于|不高于|不大于|"
    "别高于|低于|少于|小于|不到|最多|最高|顶多|"
    "至多|撑死|上限|封顶|别超|不超"
)
_LEAST_BEFORE = "不低于|不少于|不小于|至少|起码|最少|最低|高于|超过|大于|多于"
_MOST_AFTER = "以内|之内|以下|之下|以里|封顶|为止|打住|不到|内(?![存衣裤部容置胆含])|往下|顶天|撑死|为上限"
_LEAST_AFTER = "以上|之上|往上|起步|打底"
_ABOUT_AFTER = "左右|上下|前后|附近|的样子|样子|差不多"
_TO = r"\s?(?:到|至|-|—|–|~|～)+\s?"
_MONEY = re.compile(
    rf"(?P<before>(?:{_MOST_BEFORE}|{_LEAST_BEFORE})\s?)?(?P<sign>[¥$]\s?)?"
    rf"(?P<first>{NUMBER_RUN})\s?(?P<coin>{_COIN})?"
    rf"(?:(?P<to>{_TO}|\s?[和跟与、]\s?)(?:[¥$]\s?)?(?P<second>{NUMBER_RUN})\s?(?P<coin2>{_COIN})?(?P<tail2>钱)?)?"
    rf"(?P<more>出头|多(?!少|久|长|大))?"
    rf"\s?(?:(?P<most>{_MOST_AFTER})|(?P<least>{_LEAST_AFTER})|(?P<about>{_ABOUT_AFTER})|"
    rf"(?P<between>之间|中间|区间))?"
)
# Behind a number without 块 or 元 these make it a count, a size, a time, a place in a row …
_OTHER_UNIT = re.compile(
    r"\s?(?:[天个件双条瓶箱袋包支套台部只本斤克寸码岁号月年日点分秒时小周次层楼人口代期折倍度级升升粒颗片抽卷枚杯斗"
    r"张份门辆首集页字遍趟回户栋间位名单轮段世款种样家组批排米毫厘平瓦毛角]|英寸|半个|多[天个年月岁次]|几[天个年月]|"
    r"%|‰|℃|°|ml|kg|g(?![a-z])|mm|cm|km|mah|hz|gb|tb|mb|l(?![a-z])|m(?![a-z])|w(?![a-z])|v(?![a-z])|寸|[a-z])"
)
_CAP_CUE = re.compile(
    r"(?:预算|价位|价格|价钱|心理价|心理价位|控制|档)(?:大概|大约|差不多|应该|基本|最好|就|也|只|能|有|是|"
    r"在|到|为|约|的|我|给|不多|我这边|:|,|\s)*$",
)
_NOT_BUDGET_BEFORE = re.compile(
    r"(?:满|满了|凑|凑够|凑到|凑满|够|减|立减|直降|抵|优惠|便宜|差|少|降|跌|省|返|退|退款|退回|付|"
    r"付了|给了|花|花掉|扣|扣掉|"
    r"涨|贵|低|高|多付|多收|多扣|补|补差|赔|赔偿|补偿|欠|充|充值|存|领|运费|邮费|押金|定金|订金|尾款|"
    r"红包|券|面额|面值|"
    r"消费|消费满|卖|成交|原价|标价|实付|到账|收到|收了|扣款|买成|拍成|变成|涨到|降到|降成|降至|余额|"
    r"额度(?:只|也|才)?(?:有|是)?|还剩|提现|转|一张|攒了|攒|打款|积分|当时|之前|原来)"
    r"(?:了|咗|过|我|你|您|你们|他|是|的|才|都|就|要|得|到|价|出去|掉|:|\s)*(?:大概|大约|差不多|将近|"
    r"近|约|小|整整|接近)?\s?$"
)
_NOT_BUDGET_AFTER = re.compile(
    r"\s?(?:的)?(?:差价|差额|运费|邮费|优惠|红包|券|优惠券|代金|满减|积分|返现|押金|定金|订金|话费|"
    r"包邮|免邮|起送|减\d|立减|免运|"
    r"买的|买了|买来|拍的|入的|入手的|收的|成交|没了|没到|打水漂|电话|客服热线|[\u4e00-\u9fff]{0,3}费|"
    r"钱没|不见|呢(?:怎么)?还没|能?包邮|才?包邮|可以?包邮|就?包邮|\d+件|[两三四五六]件|"
    r"送[^,。 ]{0,4}(?:券|积分|红包|赠品|礼)|还没退)"
)
_MEANT_TO_SPEND = re.compile(
    r"(?:想|打算|准备|预备|计划|最多|只想|愿意|能|可以|要)花(?:个)?(?:大概|大约|差不多)?\s?$",
)
_UNWANTED = re.compile(r"(?:不要|别要|别推|不考虑|不看|别给我推?|不想要|排除|去掉)\s?$")
_UNWANTED_AFTER = re.compile(r"的?(?:都|全|就|一律)*(?:帮我)?(?:不要|不看|不考虑|别|筛掉|去掉|排除|过滤)")
_ROUGHLY = re.compile(r"(?:大概|大约|差不多|约|大致|估计)(?:在|是|就|也就)?\s?$")
_SPENT = re.compile(
    r"积分|礼品卡|流量|话费|储值|额度|领了|购物车|凑|起送|轨迹|断了|坏了|没到|物流|快递|花呗|付款|"
    r"付了|花了|扣了|扣款|到账|退款|退了|退给|退我|差价|降价|没见到|买的|买了|买贵|下单|充值|运费|"
    r"邮费|赔|补差|保价|价保|余额|提现|"
    r"优惠券|满减|凑单|红包|发票|抬头|开票|已付|实付|涨价|变成|便宜了|打水漂|转账|贵了|\d块的券"
)
_WISH = re.compile(
    r"推荐|预算|想买|想要|想入|买个|买一|买台|买件|买双|买款|来个|来款|来台|整个|搞个|有没有|有吗|"
    r"有没|有什么|有啥|找|看看|挑|选|送|价位|"
    r"便宜|贵|求|适合|合适|款|入手|种草|的就行|的吧|的行|的都行|要个|要款|要台|弄个|换个"
)
_GOODS_AFTER = re.compile(r"\s?(?:钱)?(?:的|价位|这个价|那个价|这档|档)")
_FILLER = re.compile(r"[我你的吧呢啊哦嗯呀哈吗就要行好了嘛都 ,，.。!~是那大概约有可以差不多钱这样个]")


class _Reading(NamedTuple):
    low: float | None
    high: float | None
    exact: bool
    firm: bool  # a word says that it is a limit: 以内, 左右, 到, 不超过
    start: int
    end: int
    coin: bool
    plain: bool  # a figure without 百, 千, k: needs more to be money


def _limits(found: re.Match[str], amount: Amount, other: Amount | None) -> tuple[float | None, float | None, bool]:
    """Low, high and whether a word made it a limit."""
    low, high = amount.low, amount.high
    if other is not None:
        return low, other.high if other.high is not None else other.low, True
    before = (found["before"] or "").strip()
    if found["most"] or (before and re.fullmatch(_MOST_BEFORE, before)):
        return None, high if high is not None else low, True
    if found["least"] or before:
        return low, None, True
    if found["about"]:
        middle_low, middle_high = low or 0.0, high if high is not None else low or 0.0
        return middle_low * (1 - ABOUT), middle_high * (1 + ABOUT), True
    if found["more"] == "出头" and low is not None:
        return low, low * (1 + ABOUT), True
    return low, high, False


def _shared_unit(first: str, second: str) -> str:
    """In 一到两百 and 3-5k the unit said last counts for both; the first figure with it."""
    unit = re.search(r"[十百千万kw]+$", second)
    lone = re.fullmatch(r"\d|[一二两三四五六七八九]", first)
    return first + unit.group() if unit and lone else first


def _read(found: re.Match[str]) -> _Reading | None:
    first, second = found["first"], found["second"]
    other = read_amount(second) if second else None
    if second and other is None:
        return None
    joined = found["to"].strip() if found["to"] else ""
    if joined in {"和", "跟", "与", "、"} and not found["between"]:
        return None
    if first.startswith("万") or re.search(r"[kw]\d{2}", first):
        return None  # 万一, 5w40
    amount = read_amount(_shared_unit(first, second) if second else first)
    if amount is None:
        return None
    if other is not None and (amount.low is None or other.low is None or amount.low >= other.low):
        return None
    if found["more"] == "多" and amount.exact:
        amount = read_amount(first + "多") or amount
    low, high, firm = _limits(found, amount, other)
    return _Reading(
        low=low,
        high=high,
        exact=amount.exact,
        firm=firm,
        start=found.start("before") if found["before"] else found.start("sign") if found["sign"] else found.start(),
        end=found.end(),
        coin=bool(found["coin"] or found["coin2"] or found["sign"]),
        plain=re.search(r"[百千万佰仟kw]", first + (second or "")) is None,
    )


def _candidates(low_text: str) -> list[tuple[re.Match[str], _Reading]]:
    """Every number that may be money, left to right, without overlaps; a pair that is none is read singly."""
    found_all, at = [], 0
    while found := _MONEY.search(low_text, at):
        reading = _read(found)
        if reading is None:
            # Step over the first number alone, so that its neighbour is still looked at.
            at = max(found.end("first"), found.start() + 1)
            continue
        at = max(found.end(), found.start() + 1)
        found_all.append((found, reading))
    return found_all


def _is_number_apart(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    digits = "0123456789"
    if text[start] in digits and before and (before in digits + "." or "a" <= before <= "z" or before in "-_/×*+:"):
        return False
    return not (text[end - 1] in digits and after and after in digits)


def match_money(text: str) -> list[Span]:
    """Budgets, valued ``{"min", "max"}`` in yuan, and amounts, valued in yuan, of a normalised text.

    A budget needs a word that limits (以内, 左右, 不超过, 到, 预算 …) or a wish to buy beside it; a price paid, a
    promotion's threshold and a difference are amounts.
    """
    low_text = text.lower()
    if len(low_text) != len(text):
        low_text = text
    spans = []
    for found, reading in _candidates(low_text):
        start, end = found.start("first"), reading.end
        last = found.end("second") if found["second"] else found.end("first")
        if not _is_number_apart(low_text, start, last):
            continue
        left, right = low_text[max(0, reading.start - 12) : reading.start], low_text[end : end + 10]
        left = re.split(r"[,。!?;]", left)[-1] if not left.rstrip().endswith(",") else left
        if not reading.coin and _OTHER_UNIT.match(low_text, last):
            continue
        if re.search(r"第\s?$|[a-z]$", left) or (text[start - 1 : start] == "第"):
            continue
        cap = bool(_CAP_CUE.search(left) or _MEANT_TO_SPEND.search(left))
        worth = max(value for value in (reading.low, reading.high, 0.0) if value is not None)
        if worth < (1 if reading.coin or cap else 10) or worth > _MOST_YUAN:
            continue
        if _is_budget(low_text, reading, left, right, cap):
            least, most = reading.low, reading.high
            if found["least"] and (_UNWANTED.search(left) or _UNWANTED_AFTER.match(right)):
                least, most = None, least  # 不要100以上的 is a limit from above
            if reading.exact and not reading.firm:
                about = most is not None and _ROUGHLY.search(left)
                least, most = (most * (1 - ABOUT), most * (1 + ABOUT)) if about else (None, most)
            value = {"min": None if least is None else tidy(least), "max": None if most is None else tidy(most)}
            spans.append(Span("budget", reading.start, _trimmed(low_text, reading.start, end), value))
        elif reading.coin or (_NOT_BUDGET_BEFORE.search(left) and not reading.firm and worth >= 1):
            worth_said = reading.high if reading.high is not None else reading.low
            closing = found.end("coin") if found["coin"] else last
            spans.append(Span("amount", start, _trimmed(low_text, start, closing), tidy(worth_said or 0)))
    return spans


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] == " ":
        end -= 1
    return end


def _is_budget(text: str, reading: _Reading, left: str, right: str, cap: bool) -> bool:
    if _NOT_BUDGET_BEFORE.search(left) and not cap:
        return False
    if _NOT_BUDGET_AFTER.match(right):
        return False
    if cap:
        return True
    if reading.firm:
        return reading.coin or not reading.plain or not _SPENT.search(text) or bool(_WISH.search(text))
    if _SPENT.search(text) or (not reading.coin and right.startswith("了")) or left.endswith("送"):
        return False
    if reading.plain and not reading.coin:
        # 300 alone says nothing; 300的耳机 and 要300的 do.
        return bool(re.match(r"\s?的", right)) and bool(_WISH.search(text)) and (reading.high or 0) >= _PLAIN_FROM
    rest = _FILLER.sub("", text[: reading.start] + text[reading.end :])
    if not rest:
        return reading.coin or (reading.high or 0) >= 50
    if _GOODS_AFTER.match(right):
        return (reading.high or 0) >= 10
    return bool(_WISH.search(text)) and (reading.high or 0) >= 30
