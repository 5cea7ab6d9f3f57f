"""Wishes denied, in the abstract: a word of negation around a word for a service, whatever the words are.

不用退了, 退货就免了 and 别给我取消 have few n-grams in common. Here they are "no return" and "no cancel"; 不得不退 is
"yes return", 还不发货 "wait urge"; what follows a denial (不是要退货，是想换个颜色) is "but exchange".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SERVICES = {
    "return": r"退款|退货|退掉|退了|退的|退|仅退",
    "exchange": r"换货|换掉|换个|换成|换一|换",
    "cancel": r"取消|撤销|撤单|砍单",
    "change": r"改|修改|变更|更换",
    "urge": r"催|加急|发货|快点|尽快|发快|赶时间|急",
    "human": r"转接|人工|客服|真人|转人|找人",
    "suggest": r"推荐|推|介绍|安利",
    "buy": r"下单|购买|买|拍|入手",
    "invoice": r"发票|开票|抬头|专票",
    "delete": r"注销|删除|删|清除|清空|销号|销户",
    "password": r"密码|重置|登录|绑定|解绑",
    "repair": r"维修|保修|修|安装|上门",
    "complain": r"投诉|举报|差评|曝光",
    "price": r"价保|保价|差价|补差|优惠|便宜|券",
    "track": r"物流|快递|查|到哪|单号|包裹",
    "pay": r"付款|支付|分期|付|花呗",
    "member": r"会员|积分|等级",
    "compare": r"对比|比较|哪个好|区别",
}
_SERVICE = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _SERVICES.items()))
_CLAUSE_END = re.compile(r"[\s,.!?;。、~:]+")
_TWICE = re.compile(
    r"不得不|不能不|不会不|不可能不|不是(?:我)?(?:不|没)|没(?:说|有说)不|并非不|又不是不|非得?(?=.{1,4}不可)"
)
_NO = re.compile(
    r"不是|没有|没(?!货|反应|收到|到|用|发)|不(?!好意思|错|对|满|知|懂|合|行|能|好|了|过|见|到|然|管|会|小心|得|一样|够|太|动)"
    r"|别(?!的|人)|甭|无需|无须|勿|懒得|免得|省得|停止|不得(?!不)"
)
_NO_BEHIND = re.compile(
    r"算了|免了|不用|不必|不要|不了|不急|不想|再说|再看|先停|停一停|先放|放一放|先不|缓缓|没必要|没打算|不考虑|不需要|作罢|拉倒|点错"
)
_ASKS = re.compile(r"[吗么嘛呢?]|怎么|为什么|为啥|咋|能不能|可不可以|是不是|有没有|几|多少|什么|哪")
_WAITS = re.compile(r"(?:还|怎么|咋|为啥|为什么|干嘛|迟迟|一直)[^,]?[不没]")
_NO_DENIAL = re.compile(r"(.)[不没]\1|要不(?!要)|不如|不仅|不但")
_REACH = 6


def _clauses(text: str) -> list[tuple[str, bool]]:
    """(clause, whether a question mark ends it)."""
    clauses, at = [], 0
    for end in _CLAUSE_END.finditer(text):
        if end.start() > at:
            clauses.append((text[at : end.start()], "?" in end.group()))
        at = end.end()
    return [*clauses, (text[at:], False)] if at < len(text) else clauses


def _stance(clause: str, start: int, end: int) -> str:
    """How the clause stands to the service named at ``start:end``.

    ``no``, ``yes`` (denied twice), ``wait`` (还不发货) or ``plain``, as 能不能退 is.
    """
    before = _NO_DENIAL.sub("　", clause[:start])[-_REACH:]
    behind = clause[end : end + _REACH]
    if _TWICE.search(before):
        return "yes"
    if _WAITS.search(before):
        return "wait"
    if _NO.search(before) or _NO_BEHIND.search(behind):
        return "no"
    return "plain"


def denials_of(text: str) -> Sequence[str]:
    """Marks of a normalised lower-case text, in order; [] when nothing is denied."""
    marks, denied = [], False
    for clause, asked in _clauses(text):
        asks = asked or _ASKS.search(clause) is not None
        stances = [(_stance(clause, *found.span()), found.lastgroup) for found in _SERVICE.finditer(clause)]
        for stance, service in stances:
            if stance != "plain":
                marks += [f"{stance} {service}", f"{stance} asked" if asks else f"{stance} said"]
            elif denied:
                marks += [f"but {service}", "but asked" if asks else "but said"]
        if any(stance == "no" for stance, _ in stances):
            denied = True
        elif denied and not stances:
            marks.append("then asked" if asks else "then said")
    if denied and marks[-1] == "no said":
        marks.append("no alone" if len(_clauses(text)) == 1 else "no last")
    return marks
