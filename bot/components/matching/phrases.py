"""A dictionary of phrases that is searched in time independent of its size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class PhraseBook(Generic[Entry]):
    """Phrases (lower case) with what they mean.

    ``find`` looks, at each position, only at the lengths of phrases that begin with the two characters standing there:
    a few set look-ups a position, however many phrases there are.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._lengths: dict[str, set[int]] = {}
        self._ordered: dict[str, tuple[int, ...]] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, phrase: str) -> bool:
        return phrase in self._entries

    def get(self, phrase: str) -> Entry | None:
        """What the phrase means; None for an unknown one."""
        return self._entries.get(phrase)

    def add(self, phrase: str, entry: Entry) -> None:
        """Adds or replaces a phrase; an empty one is refused with ValueError."""
        if not phrase:
            raise ValueError("an empty phrase would be found everywhere")
        self._entries[phrase] = entry
        self._lengths.setdefault(phrase[:2], set()).add(len(phrase))
        self._ordered = None

    def setdefault(self, phrase: str, entry: Entry) -> None:
        """Adds a phrase unless it is known."""
        if phrase not in self._entries:
            self.add(phrase, entry)

    def find(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        """(start, end, entry) for every phrase in ``text`` (lower case), by position, the longest first."""
        if self._ordered is None:
            self._ordered = {head: tuple(sorted(found, reverse=True)) for head, found in self._lengths.items()}
        ordered, entries = self._ordered, self._entries
        for start in range(len(text)):
            pair, single = text[start : start + 2], text[start : start + 1]
            lengths = ordered.get(pair, ())
            if len(pair) == 2:
                lengths += ordered.get(single, ())
            for length in lengths:
                entry = entries.get(text[start : start + length])
                if entry is not None and start + length <= len(text):
                    yield start, start + length, entry
