"""The goods, kept in memory at one version; every change of goods or stock raises it in the same transaction."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update

from store import counters
from store.database import Database
from store.models import CatalogueSnapshot, Product
from store.tables import products

_CHECK_EVERY_S = 1.0


class Catalogue:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._snapshot: CatalogueSnapshot | None = None
        self._checked = float("-inf")
        self._loading = threading.Lock()

    def snapshot(self) -> CatalogueSnapshot:
        """All goods, on sale or not. Looks at most once a second whether another program changed them."""
        if self._snapshot is not None and time.monotonic() - self._checked < _CHECK_EVERY_S:
            return self._snapshot
        with self._loading:
            if self._snapshot is not None and time.monotonic() - self._checked < _CHECK_EVERY_S:
                return self._snapshot
            # Taken before reading: a change made while we read must not be hidden for another second.
            now = time.monotonic()
            with self._database.read() as connection:
                version = counters.value(connection, counters.CATALOGUE)
                if self._snapshot is None or self._snapshot.version != version:
                    rows = connection.execute(select(products).order_by(products.c.product_id)).mappings()
                    self._snapshot = _snapshot(version, [product_of(row) for row in rows])
            self._checked = now
            return self._snapshot

    def get(self, product_id: str) -> Product | None:
        return self.snapshot().products.get(product_id)

    def upsert(self, rows: Iterable[Product]) -> int:
        """Writes the goods as given, whether known or new; gives how many."""
        values = [row_of(product) for product in rows]
        with self._database.write() as connection:
            known = set(connection.execute(select(products.c.product_id)).scalars())
            new = [value for value in values if value["product_id"] not in known]
            if new:
                connection.execute(products.insert(), new)
            for value in values:
                if value["product_id"] in known:
                    connection.execute(
                        update(products).where(products.c.product_id == value["product_id"]).values(value)
                    )
            counters.bump(connection, counters.CATALOGUE)
        self.forget()
        return len(values)

    def set_stock(self, product_id: str, stock: int | None) -> bool:
        """Gives False where there is no such product."""
        with self._database.write() as connection:
            done = connection.execute(update(products).where(products.c.product_id == product_id).values(stock=stock))
            counters.bump(connection, counters.CATALOGUE)
        self.forget()
        return done.rowcount > 0

    def forget(self) -> None:
        """Makes the next ``snapshot`` look into the database at once."""
        self._checked = float("-inf")


def product_of(row: Mapping[str, Any]) -> Product:
    return Product(
        product_id=row["product_id"],
        title=row["title"],
        price=float(row["price"]),
        category=row["category"],
        brand=row["brand"],
        stock=row["stock"],
        tags=tuple(row["tags"]),
        image_url=row["image_url"],
        attributes={name: tuple(values) for name, values in row["attributes"].items()},
        status=row["status"],
        added_at=row["added_at"],
        extra=row["extra"],
    )


def row_of(product: Product) -> dict[str, Any]:
    return {
        "product_id": product.product_id,
        "title": product.title,
        "price": product.price,
        "category": product.category,
        "brand": product.brand,
        "stock": product.stock,
        "tags": list(product.tags),
        "image_url": product.image_url,
        "attributes": {name: list(values) for name, values in product.attributes.items()},
        "status": product.status,
        "added_at": product.added_at,
        "extra": product.extra,
        "source_digest": None,
    }


def _snapshot(version: int, goods: list[Product]) -> CatalogueSnapshot:
    kinds: Counter[str] = Counter()
    brands: Counter[str] = Counter()
    for product in goods:
        kinds.update(product.kinds)
        if product.brand:
            brands[product.brand] += 1
    return CatalogueSnapshot(
        version, {product.product_id: product for product in goods}, _by_frequency(kinds), _by_frequency(brands)
    )


def _by_frequency(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counted, key=lambda name: (-counted[name], name)))
