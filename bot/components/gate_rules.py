"""When a message counts as not understood: the decision, apart from Rasa."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

# Signs that say nothing by themselves: 🙏 after 确认退款吗 is neither a yes nor a no. Angry and delighted ones are
# read like words.
_SAYS_NOTHING = re.compile(
    r"\[(?:合十|握手|疑问|惊讶|挥手|捂脸|狗头|睡|庆祝|抱抱|求|加油|再见|微笑|笑|无语|难过|吐|好的)\]"
)
_CONTENT = re.compile(r"[^\W_]")
# 666, 555 and 88 are words, and seven of them still are; 1111 is none.
_ONE_SIGN_AGAIN = re.compile(r"\s*(?:(\S)(?:\s*\1){7,}|([0-479])(?:\s*\2){3,})\s*")
_FEELING = re.compile(r"\[[^\[\]]+\]")


class Evidence(NamedTuple):
    """What the classifier leaves for the gate.

    ``known``: whether the message holds any n-gram seen in training. ``confidence``: of the first intent.
    ``threshold``: the model's confidence below which asking back is cheaper than acting. ``noise``: whether the message
    is more like noise than like any message.
    """

    known: bool
    confidence: float
    threshold: float
    noise: bool = False


class Doubt(str, Enum):
    """Why a message is not acted on."""

    FEATURELESS = "featureless"
    UNKNOWN = "unknown"
    NOISE = "noise"
    UNSURE = "unsure"


def is_featureless(normalised: str) -> bool:
    """Whether nothing in a normalised text can be read: marks only, emoji that say nothing, one sign over and over."""
    rest = _SAYS_NOTHING.sub("", normalised)
    if _FEELING.search(rest):
        return False
    return not _CONTENT.search(rest) or _ONE_SIGN_AGAIN.fullmatch(rest) is not None


def doubt_about(normalised: str, evidence: Evidence) -> Doubt | None:
    """Why not to act on the message, or None when it is understood."""
    if is_featureless(normalised):
        return Doubt.FEATURELESS
    if not evidence.known:
        return Doubt.UNKNOWN
    if evidence.noise:
        return Doubt.NOISE
    if evidence.confidence < evidence.threshold:
        return Doubt.UNSURE
    return None
