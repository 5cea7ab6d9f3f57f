"""What points at something shown or said before: 第二个, 最后那款, 这个, 刚才那件."""

from __future__ import annotations

import re

from bot.components.matching.numbers import read_number
from bot.components.matching.spans import Span

_MEASURE = "个|款|件|双|条|瓶|支|套|台|部|只|样|种|箱|盒|本|张|把|顶|袋|罐|包|家|项"
_SHOWN = _MEASURE.replace("|样", "").replace("|家", "").replace("|项", "").replace("|包", "|包(?!裹)")
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_NTH = re.compile(
    rf"(?P<back>倒数)?第\s?(?P<n>{_N})(?P<measure>{_MEASURE})?(?P<rest>(?!次|天|单|批|年|步|种情况|回|代|"
    rf"季|期|人民|时间|方|名|周|个月|个星期|次数))",
)
_LAST = re.compile(rf"(?:最后|末尾|最末|最下面)(?:面|边)?(?:的)?(?:那|这)?(?:一)?(?:{_MEASURE})")
_HEAD = re.compile(rf"(?:头|打头)一?(?:{_MEASURE})")
_FIRST_N = re.compile(rf"(?:前面?|头)(?P<n>[两二三23])(?:{_MEASURE})")
_LAST_N = re.compile(rf"(?:后面?|最后)(?P<n>[两二2])(?:{_MEASURE})")
_NOT_SHOWN = (
    r"(?!月|星期|周|礼拜|时候|点[了上]|价|钱|订单|单子|单号|快递|包裹|件|问题|客服|事|店|情况|态度|"
    r"样子|号|地址|电话|人|功能|"
    r"活动|券|优惠|链接|页面|服务|流程|意思|话|答案|平台|网站|app|机器|速度|退款|发票|物流|账号|密码|"
    r"小时|字|群|软件|规则|政策|程序|规定)"
)
_THIS = re.compile(rf"(?:就)?这(?:一)?(?:{_SHOWN}|副|对|块|根|床|桶|提|颗|枚){_NOT_SHOWN}")
_THAT = re.compile(
    rf"(?:刚才|刚刚|上面|之前|前面|刚|方才|上次|刚说)?的?那(?:一)?(?:{_SHOWN}|副|对|块|根|床|桶|提|颗|枚){_NOT_SHOWN}"
)
_THESE = re.compile(rf"(?:这|那)(?:些|几(?:{_MEASURE})|[两三23](?:{_MEASURE}))(?!天|年|个?月|问题|订单)|它们")
_IT = re.compile(r"(?<![其])它(?!们|家|俩)")
_FILLER_THAT = re.compile(
    r"^(?:嗯|额|呃|啊|哦|请问|你好|您好|[,. ])*那个[,.… ]*(?=我|你|请|想|咱|麻烦|帮|怎么|咋|什么|啥|在|有|"
    r"能|可|,|$)",
)


def match_references(text: str) -> list[Span]:
    """``ordinal`` (int from 1; -1 the last, -2 the last but one) and ``reference`` (this, that, these) of a text.

    前两个 and 前三款 give one ordinal for each thing, side by side on the words.
    """
    spans: list[Span] = []
    for found in _NTH.finditer(text):
        number = int(read_number(found["n"]) or 0)
        follow = text[found.end() : found.end() + 1]
        bare = found["measure"] is None
        if not number or (bare and follow and follow not in "的呢吧吗,。!?; 和跟与、多有是怎哪比贵便"):
            continue
        spans.append(Span("ordinal", found.start(), found.end(), -number if found["back"] else number))
    spans += [Span("ordinal", *found.span(), -1) for found in _LAST.finditer(text)]
    spans += [Span("ordinal", *found.span(), 1) for found in _HEAD.finditer(text)]
    for pattern, values in ((_FIRST_N, (1, 2, 3)), (_LAST_N, (-2, -1))):
        for found in pattern.finditer(text):
            spans += _side_by_side(found, values[: int(read_number(found["n"]) or 0)])
    filler = _FILLER_THAT.match(text)
    for pattern, value in ((_THIS, "this"), (_THAT, "that"), (_THESE, "these"), (_IT, "this")):
        for found in pattern.finditer(text):
            if not (filler and value == "that" and found.start() < filler.end()):
                spans.append(Span("reference", *found.span(), value))
    return spans


def _side_by_side(found: re.Match[str], values: tuple[int, ...]) -> list[Span]:
    """One span for each value, cutting the match between them: no two entities share a character."""
    start, end = found.span()
    cuts = [start + at for at in range(len(values))] + [end]
    return [Span("ordinal", cuts[at], cuts[at + 1], value) for at, value in enumerate(values)]
