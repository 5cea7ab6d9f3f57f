"""Tables, migrations, repositories and importers: the only place that speaks SQL."""

from __future__ import annotations

from store.errors import (
    DeadlinePassed,
    NotFound,
    OrderNotCancellable,
    OrderNotChangeable,
    StoreError,
    StoreUnavailable,
)
from store.store import Store

__all__ = [
    "DeadlinePassed",
    "NotFound",
    "OrderNotCancellable",
    "OrderNotChangeable",
    "Store",
    "StoreError",
    "StoreUnavailable",
]
