"""How a text sounds, by toneless syllables: homophones (推款) and typed pinyin (tuikuan) read like 退款."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LATIN = re.compile(r"[a-z]+")
_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxzcsryw]|zh|ch|sh)?"
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|ue|ve|vn|a|o|e|i|u|v)"
)
# Pairs that southern speakers, and their input methods, do not tell apart.
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def _plain(syllable: str) -> str:
    """``zhòng`` → ``zon``: no tone, and the sounds that are often mixed up made one."""
    decomposed = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _merge(letters)


def _merge(letters: str) -> str:
    for retroflex, flat in _MERGED:
        if letters.startswith(retroflex):
            letters = flat + letters[len(retroflex) :]
    return letters[:-1] if letters.endswith("ng") else letters


@lru_cache(maxsize=8192)
def _sound_of(sign: str) -> str:
    """The commonest reading of one Han character; other characters stand for themselves."""
    from pypinyin.pinyin_dict import pinyin_dict

    readings = pinyin_dict.get(ord(sign))
    return _plain(readings.split(",")[0]) if readings else sign


@lru_cache(maxsize=4096)
def _syllables(letters: str) -> tuple[str, ...]:
    """A run of Latin letters as pinyin syllables when the whole of it can be read so, else the run itself.

    Two syllables at least: ``tuikuan`` → (tui, kuan); ``ok`` and ``xl`` stay.
    """
    found: list[str] = []
    if not _split(letters, found) or len(found) < 2:
        return (letters,)
    return tuple(_merge(syllable) for syllable in found)


def _split(letters: str, found: list[str]) -> bool:
    if not letters:
        return True
    for length in range(min(6, len(letters)), 0, -1):
        if _SYLLABLE.fullmatch(letters, 0, length):
            found.append(letters[:length])
            if _split(letters[length:], found):
                return True
            found.pop()
    return False


def sounds_of(text: str) -> list[str]:
    """Syllables and other signs of a normalised lower-case text, blanks left out."""
    sounds: list[str] = []
    at = 0
    while at < len(text):
        latin = _LATIN.match(text, at)
        if latin:
            sounds.extend(_syllables(latin.group()))
            at = latin.end()
            continue
        if not text[at].isspace():
            sounds.append(_sound_of(text[at]))
        at += 1
    return sounds
