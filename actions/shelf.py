"""The shop's goods and customers as the recommender wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommender import CustomerFacts, Item, ShopRecommender

if TYPE_CHECKING:
    from store import Store
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


def as_facts(store: Store) -> list[CustomerFacts]:
    """All customers, with the moods of their talks and the channels that they come by."""
    moods, channels = store.conversations.moods(), store.behaviour.channels()
    return [
        CustomerFacts(
            one.customer_id,
            one.registered_at,
            one.birth_year,
            one.gender or None,
            one.city or None,
            one.level or None,
            one.consent_personalisation,
            moods.get(one.customer_id, {}),
            channels.get(one.customer_id, {}),
        )
        for one in store.customers.all()
    ]


def untrained(items: list[Item]) -> ShopRecommender:
    """A recommender that has seen nobody buy anything: limits hold, its reasons claim nothing about sales."""
    return ShopRecommender.fit((), items, ())
