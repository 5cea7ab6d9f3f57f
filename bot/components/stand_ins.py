"""Numbers of orders, parcels and phones as the intent features see them: one stand-in for each kind.

Which number it is says nothing about the wish, and digits that no training message has would say something false:
730109026631 alone is a told number, whatever its digits. Only the features' view changes, never a message or offsets.
"""

from __future__ import annotations

import re

_STAND_INS = {
    "mail": "mail@qq.com",
    "phone": "13800000000",
    "parcel": "sf1000000000",
    "code": "91000000ma0000000x",
    "order": "1000000000",
}
# Blanks and hyphens only where groups are too long to be a range (1000-2000) or a date (2026-11-25).
_NUMBER = re.compile(
    r"(?P<mail>[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"|(?<![0-9a-z])(?:"
    r"(?P<phone>(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4})"
    r"|(?P<parcel>[a-z]{2,4}\d{8,}|[a-z]{2}\d{9}cn)"
    r"|(?P<order>\d{8,}|\d{3,}(?:[ -]\d{3,}){2,}|\d{6,}[ -]\d{6,}|\d(?: \d){7,})"
    r"|(?P<code>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-z0-9]*\d[a-z]*\d)(?=\d*[a-z])[a-z0-9]{15,})"
    r")(?![0-9a-z])"
)


def with_stand_ins(text: str) -> str:
    """Lower-case normalised text; each e-mail address, phone, parcel, order and long code becomes its kind's stand-in.

    What has stand-ins already stays as it is.
    """
    return _NUMBER.sub(lambda found: _STAND_INS[found.lastgroup], text)
