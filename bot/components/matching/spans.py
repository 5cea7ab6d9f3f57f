"""What a matcher finds, and how several findings at one place are settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

EXCLUDE = "exclude"

# Lower wins before length is looked at: a number that is an order's is nobody's quantity.
_FIRST = {"order_id": 0, "tracking_no": 0, "phone": 0}
_LAST = {"quantity": 2, "ordinal": 2, "reference": 3}
# Of two equally long findings the one named first stands.
_SPECIFIC = (
    "product", "category", "brand", "budget", "amount", "date", "size", "colour", "occasion", "recipient",
    "payment_method", "ordinal", "quantity", "reference",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """An entity at ``text[start:end]`` of the text it was looked for in. ``extra`` goes into the message's entity."""

    entity: str
    start: int
    end: int
    value: Any
    role: str | None = None
    extra: tuple[tuple[str, Any], ...] = ()

    def excluded(self) -> Span:
        """The same finding as something the customer does not want."""
        return replace(self, role=EXCLUDE)


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The spans that stand: numbers of orders, parcels and phones first, then the longest; in the order of the text."""
    order = {name: at for at, name in enumerate(_SPECIFIC)}
    ranked = sorted(
        spans,
        key=lambda s: (
            _FIRST.get(s.entity, _LAST.get(s.entity, 1)),
            s.start - s.end,
            order.get(s.entity, len(order)),
            s.start,
        ),
    )
    kept: list[Span] = []
    for span in ranked:
        if span.start < span.end and all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)
