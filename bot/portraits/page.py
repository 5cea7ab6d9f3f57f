"""Segments and portraits as one HTML page each, whole in itself: no script, font or picture from elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from bot import evaluation
from bot.pages import environment
from bot.portraits.customer import Portrait
from bot.portraits.picture import COLOURS, svg
from bot.portraits.shop import Landscape, Shop
from bot.portraits.wording import NOBODY, origin
from recommender.choice_of_k import STABLE

_TEMPLATES = (Path(__file__).with_name("pages"), Path(evaluation.__file__).with_name("pages"))  # the same paper


def segments_page(shop: Shop) -> str:
    return _render("segments.html", shop.landscape, shop=shop, stable=STABLE, nobody=NOBODY)


def customer_page(one: Portrait) -> str:
    return _render("customer.html", one.landscape, one=one)


def _render(template: str, land: Landscape | None, **values: Any) -> str:
    pages = environment(_TEMPLATES, origin=origin)
    made_at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    picture = svg(land, legend=False) if land else ""
    return pages.get_template(template).render(colours=COLOURS, made_at=made_at, picture=picture, **values)
