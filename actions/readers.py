"""Reads short answers inside a form: a clear yes, a no, a reason, a phone, an e-mail, a tax number, a title."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from actions.turn import Turn


class Unfit(ValueError):  # noqa: N818 – reads as a statement: raise Unfit
    """What was answered can't be used. `response` says why and what would do, `facts` fill it."""

    def __init__(self, response: str, **facts: str) -> None:
        super().__init__(response)
        self.response, self.facts = response, facts


def plain(text: str) -> str:
    """Half-width, without blanks and the punctuation around it."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).strip(",.!~。，！～、;；")


# --- yes and no -------------------------------------------------------------------------------------

_YES = re.compile(
    r"^(?:嗯+|那|就|我)?[,，]?(?:确认|确定|確認|確定|是的?|对的?|對|好的?呀?|好滴|行的?|可以的?|没错|没问题|同意|要的|没毛病|ok|okay|yes)+"
)
_ENGLISH_YES = frozenset({"yes", "yeah", "yep", "sure", "confirm", "confirmed", "correct", "ok", "okay"})
_AROUND_YES = re.compile(r"please|it|this|that|the|my|order|go|ahead|do|i|want|to|right|of|course|and|now|thanks")
_ANY_DEED = "提交|申请|办理|办|登记|就这样|弄"
_AROUND = re.compile(r"帮我|给我|请|直接|订单|这单|它|吧|了|的|啊|哈|呀|哦|谢谢|麻烦|您|你|[,，。!]")
_NOT = re.compile(r"不|别|没(?!错|问题|毛病)|先等|等等|再说|[?？]|吗$|嘛$|么$")


def clear_yes(text: str, deed: str = "") -> bool:
    """确认, 是的, 好的可以, 确认取消, 提交吧. Not: a bare 嗯, an emoji, a yes with a question or another wish after it.

    deed: a pattern of the words for what is confirmed (取消); a yes with another deed's word is none (好的，取消吧,
    of a return).
    """
    said = plain(text).lower()
    if not said or _NOT.search(said):
        return False
    verbs = f"{deed}|{_ANY_DEED}" if deed else _ANY_DEED
    if re.fullmatch(rf"那?(?:就|直接|帮我|给我|请|麻烦)*(?:{verbs})(?:了|掉)?吧", said):
        return True
    words = re.findall(r"[a-z']+|[^\sa-z',.!]", text.lower())
    around = re.compile(f"{_AROUND_YES.pattern}|{verbs}")
    if _ENGLISH_YES & set(words) and all(w in _ENGLISH_YES or around.fullmatch(w) for w in words):
        return True
    found = _YES.match(said)
    return bool(found) and len(_AROUND.sub("", re.sub(verbs, "", said[found.end() :]))) <= 1


_STOP = re.compile(
    r"算了|作罢|罢了|放弃|不弄了|不办了|不用了|不用(?:退|换|取消|改|开|修|删|办|申请|导)|先不|先别|暂时不|下次再|以后再说|再说吧|再想想|再考虑|等等再"
    r"|不(?:想|要|打算|是要|是想)?(?:退货|退款|退|换货|换|取消|改|开票?|开发票|修|删|导出|申请|登记|提交)(?:了|的)?(?:吧|啦|呢|哈|$|[,，。!！])"
    r"|别(?:退|换|取消|改|开|修|删|导|提交|申请|登记|办)|没(?:有)?(?:说|让你?|想|要|打算)(?:要|过)?(?:退|换|取消|改|开|修|删)|留着(?:吧|用)?"
    r"|never\s?mind|forgetit|^don'?t(?:cancel|return|change|exchange|doit|submit|delete)|^(?:no,?)?keepit"
    r"|^(?:不了|不要|不用|不必|不是|不|否|取消吧不)$"
)
_OTHER_ONE = re.compile(r"不是(?:这|那|它|这个|这单)|都不是|另(?:外)?一个|别的(?:那|订单)")


def refuses(turn: Turn) -> bool:
    """The customer takes the wish back. Not: 不是这个 (another order is meant)."""
    if _OTHER_ONE.search(turn.text):
        return False
    if turn.intent == "deny":
        return True
    return not turn.pressed and bool(_STOP.search(plain(turn.text)))


def wishes_after_refusal(text: str) -> bool:
    """算了，直接取消订单吧: more follows the words that take the wish back than particles."""
    said = plain(text)
    stops = list(_STOP.finditer(said))
    return bool(stops) and len(re.sub(r"[,，。!！吧了啦呢哈啊呀]", "", said[stops[-1].end() :])) > 2


def means_another(turn: Turn) -> bool:
    return bool(_OTHER_ONE.search(turn.text))


_ASKING = re.compile(
    r"[?？]|吗|嘛[^,，]?$|么[呀啊]?$|呢$|谁|多久|多长|怎么|如何|什么|哪|几[天个块号]|多少|是否|能不能|可不可以|咋|啥|为什么|为何|会不会|有没有|要不要"
    r"|^\s*(?:how|what|when|where|which|who|why|can|could|do|does|is|are|will)\b",
    re.I,
)


def asks_something(text: str) -> bool:
    return not text.startswith("/") and bool(_ASKING.search(text))


# --- reasons ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """key: a stable name for reports. label: as the customer's choices say it. fault: the shop answers for it."""

    key: str
    label: str
    pattern: re.Pattern[str]
    fault: bool


REASONS: tuple[Reason, ...] = (
    Reason(
        "missing",
        "少件/漏发",
        re.compile(
            r"少了|少发|漏发|缺(?:少|了)|没有配件|配件不全|数量不(?:对|够)|空(?:盒|包)|missing|incomplete", re.I
        ),
        True,
    ),
    Reason(
        "wrong",
        "发错货",
        re.compile(
            r"发错|寄错|送错|不是我(?:买|拍|要|订)的|货不对板|颜色(?:发|不对)|型号不对|错发"
            r"|wrong (?!size)|not what i ordered",
            re.I,
        ),
        True,
    ),
    Reason(
        "broken",
        "破损/质量问题",
        re.compile(
            r"坏|破|碎|裂|漏(?!发)|划痕|刮花|瑕疵|质量|开不了机|充不(?:进|上)|没反应|不(?:工作|转|亮|制冷|制热|通电)|起球|掉色|褪色|开线|脱胶|断|异味|过期|变质|发霉|假货"
            r"|有问题|故障|失灵|过敏"
            r"|broken?\b|damaged|defective|faulty|(?:not|n'?t|stopped) work|crack|scratch|leak|poor quality",
            re.I,
        ),
        True,
    ),
    Reason(
        "not_as_described",
        "与描述不符",
        re.compile(
            r"描述不符|不符|色差|和图片|跟图片|图文|虚假|宣传|不一样|材质不对|not as described|different from", re.I
        ),
        True,
    ),
    Reason(
        "size",
        "尺码/大小不合适",
        re.compile(
            r"不合适|不太合适|不合身|尺码|尺寸|太?大了|太?小了|偏大|偏小|太[大小紧松长短肥瘦]|紧了|松了|长了|短了|挤脚|勒|穿不(?:上|下|了)|大一?号|小一?号|不合脚"
            r"|wrong size|too (?:big|small|large|tight|loose|long|short)|(?:not|n't) fit",
            re.I,
        ),
        False,
    ),
    Reason(
        "change_of_mind",
        "不想要了",
        re.compile(
            r"不想要|不要了|不(?:太|怎么|大|是很)?喜欢|不好看|不需要|用不(?:上|着)|买错|拍错|买多|拍多|买重|重复|拍重|送了|后悔|多买|冲动|不满意|没用|无理由|一般般|显[胖黑老]"
            r"|(?:not|n'?t|no longer) (?:want|need|like)|changed? my mind|by mistake",
            re.I,
        ),
        False,
    ),
    Reason(
        "slow", "发货/物流太慢", re.compile(r"太慢|等不(?:及|了)|还不发|一直不发|迟迟|too slow|too long", re.I), True
    ),
)


def reason_of(text: str) -> Reason | None:
    """The first reason that the words give, faults before tastes."""
    return next((reason for reason in REASONS if reason.pattern.search(text)), None)


def reason_by_key(key: str | None) -> Reason | None:
    return next((reason for reason in REASONS if reason.key == key), None)


# --- values -----------------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TAX = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{15,20}(?![0-9A-Za-z])")
_DIGITS = re.compile(r"(?<!\d)\d{7,14}(?!\d)")


def half(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def mobile(text: str, asked: bool) -> str | None:
    """An 11-digit mobile number. Raises Unfit when one was asked for and something like a number came."""
    digits = re.sub(r"(?<=\d)[\s-](?=\d)", "", half(text))
    found = _MOBILE.search(digits)
    if found:
        return found[0]
    if asked and _DIGITS.search(digits):
        raise Unfit("utter_bad_phone")
    return None


def email(text: str, asked: bool) -> str | None:
    """An e-mail address. Raises Unfit when one was asked for and a broken one came."""
    found = _EMAIL.search(half(text).replace("。", "."))
    if found:
        return found[0]
    if asked and ("@" in half(text) or re.search(r"\.(com|cn|net)\b", half(text), re.I)):
        raise Unfit("utter_bad_email")
    return None


_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def tax_number_is_valid(number: str) -> bool:
    """18 characters: the unified social credit code with its check character (GB 32100-2015); 15 or 20: the older tax
    numbers, which carry no check."""
    if len(number) in (15, 20):
        return number.isalnum()
    if len(number) != 18 or any(c not in _CODE for c in number):
        return False
    total = sum(_CODE.index(c) * w for c, w in zip(number[:17], _WEIGHTS, strict=True))
    return _CODE[(31 - total % 31) % 31] == number[17]


def tax_number(text: str, asked: bool) -> str | None:
    """A company's tax number, upper case. Raises Unfit when one was asked for and a wrong one came."""
    squeezed = re.sub(r"(?<=[0-9A-Za-z])[\s-](?=[0-9A-Za-z])", "", half(text)).upper()
    for found in _TAX.findall(squeezed):
        if tax_number_is_valid(found):
            return found
    if asked and re.search(r"[0-9A-Z]{6,}", squeezed):
        raise Unfit("utter_bad_tax")
    return None


_COMPANY = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()·&]{2,40}?(?:公司|集团|事务所|工作室|商行|中心|学校|大学|医院|委员会|合作社|研究院|研究所|银行|厂|店|部|局|院|会|协会)"
)
_TITLE_LEAD = re.compile(r"^.*?(?:抬头|名称|单位|公司名)(?:是|为|叫|写|开|填|[:：])+")
_LEAD_IN = re.compile(r"^(?:我们?|你们?|咱们?|给|开|要|写|填|就|用|是|请|麻烦|帮我|一下|成|改|换|个|张|发票)+")


def company_title(text: str, asked: bool) -> str | None:
    """A company's name for an invoice, when one is said."""
    said = half(text)
    body = _TITLE_LEAD.sub("", said)
    for piece in re.split(r"[,，。;；\s]", body):
        found = _COMPANY.search(_LEAD_IN.sub("", piece))
        if found and not re.fullmatch(r"(?:公司|单位|企业|个人|贵公司|店|部).*|.*[开要]公司", found[0]):
            return found[0]
    words = plain(body)
    if (
        asked
        and 4 <= len(words) <= 40
        and not asks_something(words)
        and re.fullmatch(r"[\u4e00-\u9fffA-Za-z（）()·&]+", words)
    ):
        return words
    return None


_ADDRESS = re.compile(
    r"省|市|区|县|镇|乡|村|路|街|道|巷|弄|号|栋|幢|座|楼|室|单元|小区|花园|大厦|学校|大学|公寓|广场|驿站"
    r"|\b(?:road|rd|street|st|avenue|lane|district|province|city|room|building|floor|no)\b",
    re.I,
)
_ADDRESS_LEAD = re.compile(
    r"^.*?(?:改(?:成|为|到|寄到)|换(?:成|到)|寄(?:到|去|往)|送(?:到|去)|地址(?:是|为|[:：])|发到)"
)


def address(text: str, asked: bool) -> str | None:
    """A postal address: at least a place and a street or building. Unasked only after 改成, 寄到 and the like."""
    said = half(text).strip()
    lead = _ADDRESS_LEAD.search(said)
    body = (said[lead.end() :] if lead else said).strip(" ,，。：:吧啊哈呢")
    marks = set(_ADDRESS.findall(body))
    if (asked or lead) and len(body) >= 6 and len(marks) >= 2 and not asks_something(body):
        return body
    if asked and (marks or lead) and not asks_something(said):
        raise Unfit("utter_bad_address")
    return None
