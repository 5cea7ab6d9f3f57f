"""What in a product's title names that product: model names (Buds 6, WH-1000XM6) and names of lines (小黑瓶, 飞电 5).

A title mixes names with brand, kind, size and praise. Names are found by what they are not: not the brand, not a kind,
not a measure, not a word that goods are described with (lexicon, or several brands of the catalogue use it).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.components.matching.kinds_brands import folded
from bot.components.matching.lexicon import words

_PIECE = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u4e00-\u9fff〇]+")
_MEASURE = re.compile(
    r"(?<![a-z\d])\d+(?:\.\d+)?(?:"
    r"\s?(?:\+\s?\d+\s?)?(?:ml|kg|mah|gb|tb|g|w|v|hz|mm|cm|m|l|k)(?![a-z])|"
    r"(?:毫升|英寸|小时|合一|"
    r"[寸升米片件抽包盒支条颗粒码岁段册本枚代层天年斤克只瓶袋卷张套对双个色倍度级人款号月元折重步周刀"
    r"档])"
    r")"
)
# 2号水: the number is the name. 3号色 and 38号码 only say which of them.
_NUMBERED = re.compile(r"(?<!\d)\d{1,2}号(?![色码])[\u4e00-\u9fff]")
_COMMON_FREQUENCY = 120  # jieba's count from which a two-character word is everyday language
_RARE_FREQUENCY = 12


class Anchor(NamedTuple):
    """A piece of a title to look for. ``strong``: it names the goods alone; else brand or kind must stand beside it."""

    text: str
    strong: bool


def squeeze(text: str) -> tuple[str, list[int]]:
    """The letters, digits and Han characters of a lower-case text, and where each stood."""
    kept = [(sign, at) for at, sign in enumerate(text) if sign.isalnum() or sign == "〇"]
    return "".join(sign for sign, _ in kept), [at for _, at in kept]


@lru_cache(maxsize=1)
def _common_letters() -> frozenset[str]:
    """Letters that many goods carry (USB, Pro, LED): they name nothing alone."""
    return frozenset(words()["common_letters"]) | model_tails()


@lru_cache(maxsize=1)
def model_tails() -> frozenset[str]:
    """What makes another model of a name: Pro, Max, SE."""
    return frozenset(words()["model_tails"])


@lru_cache(maxsize=1)
def _descriptors() -> frozenset[str]:
    lexicon = words()
    colours = lexicon["colours"]
    hues = {f"{colour}色" for colour in (*colours["plain"], *colours["named"])}
    return frozenset(hues.union(colours["whole"], lexicon["descriptors"], lexicon["recipients"], lexicon["occasions"]))


def describes(text: str) -> bool:
    """Whether a Han text is made of nothing but words that goods are described with."""
    import jieba

    return text in _descriptors() or all(word in _descriptors() for word in jieba.cut(text))


def _frequency(word: str) -> int:
    import jieba

    if not jieba.dt.initialized:
        jieba.initialize()
    return jieba.dt.FREQ.get(word) or 0


def anchors_of(title: str, brand_forms: Collection[str], kind_forms: Collection[str]) -> list[Anchor]:
    """The anchors of a title, without repeats. ``brand_forms``, ``kind_forms``: names (folded) that are none."""
    plain = _MEASURE.sub(" | ", folded(title))
    found = dict.fromkeys(_NUMBERED.findall(folded(title)), False)
    pieces = [(m.group(), m.start(), m.end()) for m in _PIECE.finditer(plain)]
    for at, (piece, _, end) in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if "a" <= piece[0] <= "z":
            found.update(_latin_anchors(piece, plain, end, following, brand_forms))
        elif not piece[0].isdigit():
            beside = following is not None and following[0][0].isdigit() and _close(plain, end, following[1])
            figure = following[0] if following is not None and beside else ""
            first = all(before in brand_forms for before, _, _ in pieces[:at])
            for anchor in _han_anchors(piece, figure, first, brand_forms, kind_forms):
                found[anchor.text] = found.get(anchor.text, False) or anchor.strong
    return [Anchor(text, strong) for text, strong in found.items()]


def _close(text: str, start: int, end: int) -> bool:
    return text[start:end].strip(" -") == "" and end - start <= 2


def _latin_anchors(
    piece: str, plain: str, end: int, following: tuple[str, int, int] | None, brand_forms: Collection[str]
) -> Iterator[tuple[str, bool]]:
    if piece in brand_forms:
        return
    common = piece in _common_letters() or len(piece) == 1
    if not common and len(piece) > 2:
        yield piece, len(piece) > 3
    if following and "a" <= following[0][0] <= "z" and plain[end : following[1]] == "-":  # Pro-X
        yield piece + following[0], False
    if following and _close(plain, end, following[1]) and following[0][0].isdigit():
        pair = piece + following[0].replace(".", "")
        if (len(pair) > 2 and not common) or (len(pair) > 3 and len(piece) == 1):
            yield pair, True
        elif len(pair) == 3 and len(piece) == 1:
            yield pair, False


def _without(run: str, forms: Collection[str], longest: int) -> list[str]:
    """The run cut at every name in ``forms``, the longest first."""
    parts, at, begun = [], 0, 0
    while at < len(run):
        for length in range(min(longest, len(run) - at), 1, -1):
            if run[at : at + length] in forms and not _begins_longer(run, at, length, forms, longest):
                parts.append(run[begun:at])
                at += length
                begun = at
                break
        else:
            at += 1
    parts.append(run[begun:])
    return [part for part in parts if part]


def _begins_longer(run: str, at: int, length: int, forms: Collection[str], longest: int) -> bool:
    """Whether a longer name begins inside this one: 黑巧|克力 is 黑|巧克力."""
    return any(
        run[start : start + size] in forms
        for start in range(at + 1, at + length)
        for size in range(length + 1, min(longest, len(run) - start) + 1)
    )


def _han_anchors(
    run: str, figure: str, first: bool, brand_forms: Collection[str], kind_forms: Collection[str]
) -> Iterator[Anchor]:
    """Anchors of a Han run. ``first``: nothing but the brand stands before it, the place for a name."""
    import jieba

    descriptors = _descriptors()
    parts = _without(run, brand_forms, 6)
    pieces = [piece for part in parts for piece in _without(part, kind_forms, 8)]
    for piece in pieces:
        last = piece is pieces[-1] and run.endswith(piece)
        if piece in descriptors:
            continue
        cut = list(jieba.cut(piece))
        if 2 < len(piece) <= 8 and len(cut) > 1 and not all(word in descriptors for word in cut):
            yield Anchor(piece, False)
        for name in _names(cut, descriptors):
            whole = "".join(name)
            everyday = all(len(word) == 1 or _frequency(word) >= _COMMON_FREQUENCY for word in name)
            invented = first and piece is pieces[0] and _frequency(whole) == 0
            if figure and last and piece.endswith(whole) and 1 < len(whole) <= 6:
                yield Anchor(whole + figure.replace(".", ""), True)
            if 1 < len(whole) <= 10:
                yield Anchor(whole, invented and len(whole) > 2 and len(name) < 5 and not everyday)
            for size in range(2, len(name)):
                head = "".join(name[:size])
                if 2 < len(head) < len(whole):
                    known = all(_frequency(word) >= _COMMON_FREQUENCY for word in name[:size])
                    yield Anchor(head, first and piece is pieces[0] and _frequency(head) == 0 and not known)
            for word in name:
                if len(word) > 1 and word != whole and _frequency(word) <= _RARE_FREQUENCY:
                    yield Anchor(word, False)


def _names(cut: list[str], descriptors: Collection[str]) -> Iterator[list[str]]:
    """Runs of words that describe nothing."""
    run: list[str] = []
    for word in [*cut, ""]:
        if word and word not in descriptors and not re.fullmatch(r"[的款装新版系列和与及]+", word):
            run.append(word)
            continue
        if run:
            yield run
        run = []
