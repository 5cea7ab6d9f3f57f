"""What in a message tells of its writer's mood, as numbers: words with negation, sarcasm, emoji, how clauses follow.

Every figure is small and bounded, so that a linear model weighs them side by side with n-grams.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.components.matching.phrases import PhraseBook

_LEXICON = Path(__file__).resolve().parents[1] / "lexicon" / "mood.json"
_CLAUSE_END = re.compile(r"[,。!?;~… ]+")
_QUOTED_PRAISE = re.compile(r"[“\"「『'‘]([^”\"」』'’]{1,8})[”\"」』'’]")
# A word of praise driven into its opposite: 好到听不见, 轻薄到漏风.
_DRIVEN = re.compile(
    r"(?:真|可真|实在|够|果然|是真|效果)?[\u4e00-\u9fff]{1,4}(?:真)?[,，]?\s?[\u4e00-\u9fff]{1,4}(?:到|"
    r"得)[^,。!?]{0,10}(?:不|没|光|漏|坏|断|废|哭)",
)
_WAITED = re.compile(
    r"(?:等了?|都|拖了?|已经|催了?|过了?|快)[^,。!?]{0,5}(?:\d+|[一二两三四五六七八九十半几好]+)(?:个|"
    r"多)*(?:天|周|星期|礼拜|月|小时|钟头|年|次|遍|回)[^,。!?]{0,6}",
)
_STILL_NOT = re.compile(r"还(?:没|不|是没|是不)|迟迟|一直(?:没|不)|始终(?:没|不)|就是不")
_TURN_GOOD = re.compile(r"没想到|居然|竟然|原以为|以为|本来|之前|一开始|刚开始|差点|没抱|打脸|结果|终于|可算|总算")
_TURN_BAD = re.compile(r"早知道|要是知道|说好的|说好|承诺|答应|号称|吹得|宣传|图上|图片|页面写|还说|不是说")
_BLAME = re.compile(r"你们|你家|贵店|商家|店家|客服|卖家|你这")
_RHETORIC = re.compile(
    r"凭什么|凭啥|到底|究竟|有没有[^,。!?]{0,4}(?:良心|素质|脑子|搞错|天理)|是不是[^,。!?]{0,3}(?:傻|骗|"
    r"故意|耍|有病|当我)|算什么|什么意思嘛|难道|至于吗|好意思|像话|对得起|当我|把我当|拿我当|还让不让|"
    r"管不管|行不行啊|什么情况",
)
_INTENSE = re.compile(
    r"太|真|超|巨|贼|特别|非常|极其|死了|透了|炸了|要命|得很|极了|爆了|疯了|简直|完全|根本|压根|"
    r"一点[都也]|半点|绝",
)

# Words that hold a sign of negation and negate nothing.
_NO_NEGATION = re.compile(r"不得不|不仅|不但|不要太|不愧|不少|特别|非常|区别|分别|别提|没的说")

CUES = (
    "positive", "negative", "praise_only", "blame_only", "last_positive", "last_negative", "flips", "sarcasm",
    "quoted_praise", "driven", "waited", "still_not", "turn_good_positive", "turn_good", "turn_bad", "blame",
    "blame_positive", "rhetoric", "intense", "intense_positive", "intense_negative", "request", "request_calm",
    "question_end", "many_questions", "exclaims", "ellipsis", "short", "emoji_only", "sarcasm_negative", "neither",
    "balance",
)  # fmt: skip


@lru_cache(maxsize=1)
def _lexicon() -> tuple[PhraseBook[int], PhraseBook[int], tuple[str, ...], PhraseBook[int]]:
    words = json.loads(_LEXICON.read_text(encoding="utf-8"))
    polarity: PhraseBook[int] = PhraseBook()
    for sign, name in ((1, "positive"), (-1, "negative")):
        for word in words[name]:
            polarity.add(word, sign)
    books = []
    for name in ("sarcasm", "request"):
        book: PhraseBook[int] = PhraseBook()
        for word in words[name]:
            book.add(word, 1)
        books.append(book)
    return polarity, books[0], tuple(sorted(words["negators"], key=len, reverse=True)), books[1]


def _count(book: PhraseBook[int], text: str) -> int:
    found, behind = 0, 0
    for start, end, _ in book.find(text):
        if start >= behind:
            found, behind = found + 1, end
    return found


def without_false_negators(text: str) -> str:
    """The text, equally long, as negations are looked for in it: 非常 and 特别 blanked out."""
    return _NO_NEGATION.sub(lambda found: "　" * len(found.group()), text)


def negations_before(text: str, start: int) -> int:
    """How many negators stand in the few characters before a word of the same clause."""
    negators = _lexicon()[2]
    window = _CLAUSE_END.split(text[max(0, start - 5) : start])[-1]
    found = 0
    while window:
        for negator in negators:
            if window.endswith(negator):
                found, window = found + 1, window[: -len(negator)]
                break
        else:
            window = window[:-1]
    return found


def polar_words(text: str) -> list[tuple[int, int, bool]]:
    """(position, +1 or -1, whether a negation turned it) for each word of feeling in a normalised lower-case text.

    不满意 is one; 没有不满意 turns back; 不得不说 negates nothing.
    """
    polarity = _lexicon()[0]
    cleared = without_false_negators(text)
    hits, behind = [], 0
    for start, end, sign in polarity.find(cleared):
        if start < behind:
            continue
        behind = end
        turned = negations_before(cleared, start) % 2 == 1
        hits.append((start, -sign if turned else sign, turned))
    return hits


def cues_of(text: str) -> np.ndarray:
    """float32 (len(CUES),) for a normalised text."""
    low = text.lower()
    _, sarcasm_book, _, request_book = _lexicon()
    hits = polar_words(low)
    good = sum(1 for _, sign, _ in hits if sign > 0)
    bad = len(hits) - good
    clauses = [clause for clause in _CLAUSE_END.split(low) if clause]
    last_at = low.rfind(clauses[-1]) if clauses else 0
    last_good = sum(1 for at, sign, _ in hits if at >= last_at and sign > 0)
    last_bad = sum(1 for at, sign, _ in hits if at >= last_at and sign < 0)
    sarcasm = _count(sarcasm_book, low)
    request = _count(request_book, low)
    quoted = sum(1 for m in _QUOTED_PRAISE.finditer(low))
    intense = len(_INTENSE.findall(low))
    turn_good = bool(_TURN_GOOD.search(low))
    blame = bool(_BLAME.search(low))
    bare = re.sub(r"\[[^\]]{1,3}\]|[\W_]", "", low)
    values = {
        "positive": min(good, 4) / 2,
        "negative": min(bad, 4) / 2,
        "praise_only": float(good > 0 and bad == 0),
        "blame_only": float(bad > 0 and good == 0),
        "last_positive": float(last_good > last_bad),
        "last_negative": float(last_bad > last_good),
        "flips": float(any(turned for _, _, turned in hits)),
        "sarcasm": min(sarcasm, 2) / 2,
        "quoted_praise": float(quoted > 0),
        "driven": float(bool(_DRIVEN.search(low))),
        "waited": float(bool(_WAITED.search(low))),
        "still_not": float(bool(_STILL_NOT.search(low))),
        "turn_good_positive": float(turn_good and good > bad),
        "turn_good": float(turn_good),
        "turn_bad": float(bool(_TURN_BAD.search(low))),
        "blame": float(blame),
        "blame_positive": float(blame and good > bad),
        "rhetoric": float(bool(_RHETORIC.search(low))),
        "intense": min(intense, 3) / 3,
        "intense_positive": float(intense > 0 and good > bad),
        "intense_negative": float(intense > 0 and bad > good),
        "request": min(request, 3) / 3,
        "request_calm": float(request > 0 and bad == 0 and good == 0 and sarcasm == 0),
        "question_end": float(low.endswith(("?", "吗", "么", "呢", "没", "不"))),
        "many_questions": float("??" in low or low.count("?") > 1),
        "exclaims": min(low.count("!"), 3) / 3,
        "ellipsis": float("…" in low or "..." in low),
        "short": float(len(low) <= 6),
        "emoji_only": float(bool(low) and not bare),
        "sarcasm_negative": float(sarcasm > 0 and bad > 0),
        "neither": float(not hits and not sarcasm),
        "balance": float(np.tanh((good - bad) / 2)),
    }
    return np.array([values[name] for name in CUES], dtype=np.float32)
