"""The catalogue as the recommender wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommender import Item, ShopRecommender

if TYPE_CHECKING:
    from store.models import CatalogueSnapshot, Product


def as_item(product: Product) -> Item:
    return Item(
        product_id=product.product_id,
        title=product.title,
        price=product.price,
        kinds=tuple(product.kinds),
        brand=product.brand or "",
        colours=tuple(product.colours),
        tags=tuple(product.tags),
        available=product.available,
    )


def as_items(catalogue: CatalogueSnapshot) -> list[Item]:
    return [as_item(product) for product in catalogue.products.values()]


def untrained(items: list[Item]) -> ShopRecommender:
    """A recommender that has seen nobody buy anything: limits hold, its reasons claim nothing about sales."""
    return ShopRecommender.fit((), items, ())
