"""Messages that mean nothing, made by a seeded generator: what a model learns to tell from messages."""

from __future__ import annotations

import random
from collections.abc import Collection

_SYLLABLES = "嘎咕哇呀嘿哼嗷喵汪叽咩噜吼唔咚啪哐嘣呱吱嘶嘤呜噗啦咯叮当哦豁哒咻嗡啾哞嗝嘟噼"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_MARKS = "#@%&*^$<>|/\\=+-~?!¿;'`"


def _han(rng: random.Random) -> str:
    return "".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(rng.randint(1, 10)))


def _syllables(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) * rng.randint(1, 3) for _ in range(rng.randint(2, 4)))


def _mashed(rng: random.Random) -> str:
    """Keys that lie side by side, as a palm or a bored hand hits them."""
    signs: list[str] = []
    row = rng.choice(_ROWS[:3])
    at = rng.randrange(len(row))
    for _ in range(rng.randint(3, 12)):
        signs.append(row[at])
        at = min(max(at + rng.choice((-2, -1, -1, 0, 1, 1, 1, 2)), 0), len(row) - 1)
        if rng.random() < 0.15:
            row = rng.choice(_ROWS)
            at = min(at, len(row) - 1)
        if rng.random() < 0.05:
            signs.append(rng.choice(" ;,."))
    return "".join(signs)


def _latin(rng: random.Random) -> str:
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 12)))


def _figures(rng: random.Random) -> str:
    return "".join(rng.choice("0123456789" + _MARKS) for _ in range(rng.randint(4, 7)))


_KINDS = (_han, _syllables, _mashed, _latin, _figures)


def noise(count: int, messages: Collection[str], seed: int) -> list[str]:
    """``count`` different texts, kind by kind in turn, none of them one of ``messages``; the same seed gives the same.

    Kinds: any Han characters, repeated syllables, keyboard mashing, Latin letters, figures with marks.
    """
    rng = random.Random(seed)
    taken, made = set(messages), []
    while len(made) < count:
        text = _KINDS[len(made) % len(_KINDS)](rng).strip()
        if text and text not in taken:
            taken.add(text)
            made.append(text)
    return made
