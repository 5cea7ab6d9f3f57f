"""Numbers of orders, parcels and phones as the intent features see them: one stand-in for each kind.

Which number it is says nothing about the wish, and digits that no training message has would say something false:
730109026631 alone is a told number, whatever its digits. Only the features' view changes, never a message or offsets.
"""

from __future__ import annotations

import re

_BEFORE, _AFTER = r"(?<![0-9a-z])", r"(?![0-9a-z])"
_KINDS = (
    (re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"), "mail@qq.com"),
    (re.compile(rf"{_BEFORE}(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}{_AFTER}"), "13800000000"),
    (re.compile(rf"{_BEFORE}[a-z]{{2,4}}\d{{8,}}{_AFTER}"), "sf1000000000"),
    (re.compile(rf"{_BEFORE}\d(?:[ -]?\d){{7,}}{_AFTER}"), "1000000000"),
)


def with_stand_ins(text: str) -> str:
    """Lower-case normalised text; each e-mail address, phone, parcel and order number becomes its kind's stand-in."""
    for pattern, stand_in in _KINDS:
        text = pattern.sub(stand_in, text)
    return text
