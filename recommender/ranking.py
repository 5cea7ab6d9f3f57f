"""Scores of the goods that may be shown, and the choice of a list that is not three times the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.catalogue import Catalogue
from recommender.gifts import unsuited
from recommender.learned import Learned
from recommender.profile import Profile
from recommender.request import Request

PARTS = ("item_cf", "factors", "content", "segment", "popular", "reviews")
_LEANINGS = 4  # the first four parts use the customer's own past or the page that is open
_STRATEGIES = 5  # the parts that name a strategy: reviews only shift what the others put forward
_DUE, _TAGGED = 2.0, 4.0  # above any sum of parts but for the best
_ALIKE = 0.88  # cosine of content above which two products are the same thing twice
_POOL = 40


@dataclass(frozen=True)
class Ranking:
    """total: (places,), higher is better, finite. parts: (len(PARTS), places), weighted, what the total is made of."""

    total: np.ndarray
    parts: np.ndarray


def popularity(learned: Learned, catalogue_places: np.ndarray) -> np.ndarray:
    """0…1 for each catalogue product: buyers in the window, then decayed interest of any kind. catalogue_places: the
    model's number of each catalogue product, -1 for goods that the model does not know."""
    scores = _scaled(learned.sellers.astype(np.float64)) + 0.5 * _scaled(learned.interest)
    return to_catalogue(scores, catalogue_places)


def to_catalogue(scores: np.ndarray, catalogue_places: np.ndarray) -> np.ndarray:
    """Scores of the model's products put at the catalogue's numbers; 0 where the model knows nothing."""
    if not scores.size:
        return np.zeros(catalogue_places.size)
    return np.where(catalogue_places >= 0, scores[catalogue_places], 0.0)


def rank(
    learned: Learned,
    catalogue: Catalogue,
    catalogue_places: np.ndarray,
    popular: np.ndarray,
    reviewed: np.ndarray,
    profile: Profile,
    places: np.ndarray,
) -> Ranking:
    """Scores of the goods at `places`. Each part is scaled to 0…1 among them before it is weighted, but for what
    reviews say, which comes weighted: few of them are to shift little. popular, reviewed: (catalogue,)."""
    config = learned.config
    parts = dict.fromkeys(PARTS, np.zeros(places.size))
    parts["popular"] = _scaled(popular[places])
    parts["reviews"] = reviewed[places]
    if leanings := profile.leanings:
        parts["item_cf"] = _scaled(to_catalogue(learned.related(leanings), catalogue_places)[places])
        affine = to_catalogue(learned.affinity(leanings), catalogue_places)[places]
        parts["factors"] = config.factor_share * _scaled(affine)
        liked = np.zeros(len(catalogue))
        for name, weight in leanings.items():
            if name in catalogue.index:
                liked[catalogue.index[name]] = weight
        # The product itself is taken off: that it is like itself is no reason to show it.
        alike = catalogue.content @ (catalogue.content_columns @ liked) - liked
        parts["content"] = config.content_share * _scaled(alike[places])
        if 0 <= profile.segment < len(learned.segment_sellers):
            mine = learned.segment_sellers[profile.segment].astype(np.float64)
            parts["segment"] = config.segment_share * _scaled(to_catalogue(mine, catalogue_places)[places])
        parts["popular"] = config.popular_share * parts["popular"]
    table = np.stack([parts[name] for name in PARTS])
    return Ranking(table.sum(axis=0), table)


def boosted(
    ranking: Ranking,
    catalogue: Catalogue,
    places: np.ndarray,
    due: set[int],
    tags: dict[str, np.ndarray],
    request: Request,
) -> Ranking:
    """Goods that match more of the words for whom or what come first, those whose title is for others after them. The
    most fitting due consumable goes up and the other due ones to the end (one reminder is enough)."""
    total = ranking.total.copy()
    for word in request.tags:
        if word in tags:
            total += _TAGGED * tags[word][places]
        total -= _TAGGED / 2 * unsuited(word, catalogue.meant_for[places])
    waiting = [at for at, place in enumerate(places.tolist()) if place in due]
    if waiting:
        first = max(waiting, key=lambda at: (total[at], -at))
        total[first] += _DUE
        total[[at for at in waiting if at != first]] -= 10 * _TAGGED
    return Ranking(total, ranking.parts)


def choose(catalogue: Catalogue, places: np.ndarray, total: np.ndarray, n: int, diversity: float) -> list[int]:
    """Positions in `places`, best first: greedily the score less the likeness to what is chosen already (maximal
    marginal relevance, Carbonell and Goldstein 1998). Near-identical goods come only when nothing else is left."""
    order = np.argsort(-total, kind="stable")  # places ascend by product id, so equal scores do too
    pool = order[: max(_POOL, 4 * n)]
    value = total[pool].astype(np.float64)
    alike = np.zeros(pool.size)
    left = np.ones(pool.size, bool)
    chosen: list[int] = []
    while len(chosen) < min(n, pool.size):
        penalty = diversity * alike + 100.0 * (alike > _ALIKE)
        best = int(np.where(left, value - penalty, -np.inf).argmax())
        chosen.append(best)
        left[best] = False
        if len(chosen) < n:
            alike = np.maximum(alike, catalogue.likeness(int(places[pool[best]]))[places[pool]])
    return sorted((int(pool[at]) for at in chosen), key=lambda at: (-total[at], at))


def strategy(
    ranking: Ranking, chosen: list[int], due: set[int], places: np.ndarray, personal: bool
) -> tuple[str, bool]:
    """(strategy, personalised) of a list: the part that weighs most for its products; "blend" when several do, or
    factors, which nobody can retrace to goods. Where nobody's leanings decided, "popular", or "content" when only the
    limits did. personal: whether anything of the customer's own past went into the parts."""
    names = set()
    for at in chosen:
        parts = ranking.parts[:_STRATEGIES, at]
        if int(places[at]) in due:
            names.add("due_again")
        else:
            names.add(PARTS[int(parts.argmax())] if parts.max() > 0 else "content")
    leaning = "due_again" in names or bool((ranking.parts[:_LEANINGS, chosen] != 0).any())
    if not leaning:
        return ("content" if names == {"content"} else "popular"), False
    if len(names) > 1 or names <= {"popular", "factors"}:
        return "blend", personal
    return names.pop(), personal


def _scaled(scores: np.ndarray) -> np.ndarray:
    """Positive scores divided by the highest; negative ones (what is like a disliked product) stay negative."""
    top = scores.max(initial=0.0)
    return np.clip(scores / top, -1.0, 1.0) if top > 1e-12 else np.clip(scores, -1.0, 0.0)
