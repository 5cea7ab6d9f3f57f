"""Reviews and rejected suggestions as counts by product and aspect, for `recommender.Opinions`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from actions import aspects
from bot.components.text import normalise
from recommender import WHOLE, OpinionCount
from store.models import Feedback, Impression, Review

Read = Callable[[Sequence[str]], list[dict[str, int]]]
"""Texts → for each aspect → +1, -1 or 0, as `reading.read`."""
Dislike = tuple[str, str, datetime]
"""Customer id, product id, when 不喜欢 was said."""
Objections = dict[tuple[str, str], int]
"""(product id, aspect) → people who rejected the product when it was suggested because of the aspect."""

_MARKS = re.compile(r"[\W_]+")
_SHORTEST_COPY = 8  # characters: of shorter texts two customers think alike without copying
_MEANT = timedelta(days=1)  # a dislike so long after a suggestion is taken as its rejection
_GOOD_STARS, _BAD_STARS = 4, 2


def distinct(reviews: Iterable[Review]) -> list[Review]:
    """Each text of a product once, whoever wrote it and whatever its marks: many copies of one text are a campaign.
    Texts too short to be copied count once for each customer. The first of each is kept."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for review in reviews:
        words = _MARKS.sub("", normalise(review.text).text.lower())
        by = (review.customer_id or "") if len(words) < _SHORTEST_COPY else ""
        if (key := (review.product_id, words, by)) not in seen:
            seen.add(key)
            kept.append(review)
    return kept


def counted(reviews: Iterable[Review], read: Read, objections: Objections) -> list[OpinionCount]:
    """Counts of the different reviews, for the aspects of goods only. The whole goes by the stars where there are any
    and the text does not speak of service, which stars may be about; else by the text."""
    different = distinct(reviews)
    praise = aspects.of_goods()
    sides: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for review, verdicts in zip(different, read([review.text for review in different]), strict=True):
        served = any(aspects.by_name()[name].of == aspects.SERVICE for name in verdicts)
        if review.rating is not None and not served:
            verdicts = verdicts | {WHOLE: (review.rating >= _GOOD_STARS) - (review.rating <= _BAD_STARS)}
        for name, side in verdicts.items():
            if name in praise:
                sides[review.product_id, name][side] += 1
    return [
        OpinionCount(product_id, name, found[1], found[-1], found.total(), objections.get((product_id, name), 0))
        for (product_id, name), found in sorted(sides.items())
    ]


def objections(
    impressions: Iterable[Impression], feedback: Iterable[Feedback], dislikes: Iterable[Dislike]
) -> Objections:
    """People who said 👎 to a product that was suggested because of an aspect, or to the list it stood in, or disliked
    the product within a day. Each person counts once for a product and aspect."""
    because: dict[str, dict[str, str]] = {}
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    suggested: dict[tuple[str, str], list[Impression]] = defaultdict(list)
    for one in impressions:
        because[one.impression_id] = {i["product_id"]: i["aspect"] for i in one.items if i.get("aspect")}
        for product_id in because[one.impression_id]:
            suggested[one.customer_id or "", product_id].append(one)
    for judged in feedback:
        if judged.rating != "down":
            continue
        for product_id, aspect in because.get(judged.impression_id or "", {}).items():
            if judged.product_id in (None, product_id):
                people[product_id, aspect].add(judged.customer_id or judged.sender_id)
    for customer_id, product_id, at in dislikes:
        for one in suggested.get((customer_id, product_id), ()):
            if timedelta(0) <= at - one.at <= _MEANT:
                people[product_id, because[one.impression_id][product_id]].add(customer_id)
    return {key: len(who) for key, who in people.items()}
