"""Chinese words by spaCy's blank ``zh`` pipeline with the jieba segmenter.

``zh_core_web_*`` models are not on PyPI; the blank pipeline needs none and takes about 0.1 ms a message.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import NamedTuple

from spacy.language import Language


class Word(NamedTuple):
    """A word and where it stands: ``text == segmented_text[start:end]``."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=1)
def chinese() -> Language:
    """The shared spaCy pipeline; loading jieba's dictionary takes about a second the first time."""
    import jieba
    import spacy

    jieba.setLogLevel(logging.WARNING)
    return spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})


def words_of(text: str) -> list[Word]:
    """The text's words in order, without blanks; [] for blank text."""
    return [Word(token.text, token.idx, token.idx + len(token.text)) for token in chinese()(text) if not token.is_space]
