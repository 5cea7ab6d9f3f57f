"""What the customer typed, brought into one form for reading, with the way back to every typed character.

``normalise`` does, without ever losing track of positions:

1. Unicode NFKC for each character (１３８ → 138, ！ → !, ㎡ → m2);
2. traditional to simplified characters, one for one (OpenCC's table), so that positions keep;
3. emoji to words (😡 → [怒]); joiners, variation selectors and invisible characters disappear;
4. white space to single blanks, dropped where a word was spaced out (我 要 退 款), kept where it parts two clauses;
5. runs of one mark, letter or word sign shortened (！！！！ → !!, 哈哈哈哈哈 → 哈哈哈); digits are never touched.

The typed text itself is not changed: logs, offsets of entities and what people see again all use it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from bot.components.emoji import EMOJI_WORDS

# What OpenCC leaves alone because simplified books use these too; in a customer's message they are the plain word.
_ALSO_SIMPLIFIED = {"著": "着", "妳": "你", "喫": "吃", "祂": "他", "牠": "它"}
_ZHU_BEHIND = frozenset("名显专原编论土卓昭巨拙")
_ZHU_BEFORE = frozenset("名作者称书述")
_MARKS_KEPT = 2
_LETTERS_KEPT = 3
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class Normalised(NamedTuple):
    """A text made ready for reading.

    ``text``: the normalised text, n characters. ``offsets``: n ints; ``offsets[i]`` is the index in what was typed of
    the character that ``text[i]`` came from. ``ends``: n ints; the index behind that typed character.
    """

    text: str
    offsets: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The typed span (start, end) that ``text[start:end]`` came from; an empty span stays empty.

        Raises IndexError when the span lies outside the text.
        """
        if start >= end:
            at = self.offsets[start] if start < len(self.offsets) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.offsets[start], self.ends[end - 1]


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    """Traditional → simplified, one character each, from OpenCC's dictionary file."""
    folder = find_spec("opencc").submodule_search_locations[0]
    table = {}
    for line in (Path(folder) / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == 1 and len(first) == 1:
            table[traditional] = first
    table.update(_ALSO_SIMPLIFIED)
    return table


@lru_cache(maxsize=16384)
def _reading_of(sign: str) -> str:
    """What one typed character reads as: "" for what is not seen, " " for white space."""
    if sign in EMOJI_WORDS:
        return EMOJI_WORDS[sign]
    if sign.isspace():
        return " "
    category = unicodedata.category(sign)
    if category in ("Cf", "Cc", "Cs", "Co", "Mn", "Me") or ord(sign) in _SKIN_TONES:
        return ""
    simplified = _simplified()
    parts = unicodedata.normalize("NFKC", sign)
    return "".join(" " if part.isspace() else simplified.get(part, part) for part in parts)


def is_han(sign: str) -> bool:
    """Whether the character is a Chinese one (unified ideographs and extension A)."""
    return "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf" or sign == "〇"


def _spaced_out(typed: list[tuple[str, int, int]]) -> set[int]:
    """Positions of the blanks inside a spaced-out word: those with a lone Han character on both sides."""
    inside = set()
    last = len(typed) - 1
    for at, (sign, _, _) in enumerate(typed):
        if sign != " " or at == 0 or at == last:
            continue
        left_alone = is_han(typed[at - 1][0]) and (at < 2 or typed[at - 2][0] == " ")
        right_alone = is_han(typed[at + 1][0]) and (at + 2 > last or not is_han(typed[at + 2][0]))
        if left_alone and right_alone:
            inside.add(at)
    return inside


def _stays_zhu(typed: str, at: int) -> bool:
    before, after = typed[at - 1 : at], typed[at + 1 : at + 2]
    return bool(before and before in _ZHU_BEHIND) or bool(after and after in _ZHU_BEFORE)


def normalise(typed: str) -> Normalised:
    """The text to read, with offsets into ``typed``. Never raises for a ``str``; "" gives ""."""
    signs: list[tuple[str, int, int]] = []
    for at, sign in enumerate(typed):
        reading = sign if sign == "著" and _stays_zhu(typed, at) else _reading_of(sign)
        for part in reading:
            if part == " " and (not signs or signs[-1][0] == " "):
                continue
            signs.append((part, at, at + 1))
    if signs and signs[-1][0] == " ":
        signs.pop()
    dropped = _spaced_out(signs)
    kept: list[tuple[str, int, int]] = []
    run = 0
    for at, entry in enumerate(signs):
        if at in dropped:
            continue
        sign = entry[0]
        run = run + 1 if kept and kept[-1][0] == sign else 1
        if run > _MARKS_KEPT and not sign.isdigit() and (run > _LETTERS_KEPT or not sign.isalpha()):
            continue
        kept.append(entry)
    return Normalised("".join(s for s, _, _ in kept), tuple(a for _, a, _ in kept), tuple(e for _, _, e in kept))
