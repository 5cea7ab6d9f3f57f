"""Suggestions for a shop's customers: what `zhike train` fits and the talk asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from recommender import archive, evidence, interactions, ranking, reasons, repurchase
from recommender.catalogue import Catalogue
from recommender.config import ShopConfig
from recommender.errors import DamagedModel
from recommender.evidence import Due, Witness
from recommender.filters import Selection, select
from recommender.interactions import DAY, SHANGHAI
from recommender.learned import Learned, Neighbours
from recommender.opinions import WHOLE, OpinionCount, Opinions
from recommender.profile import Profile
from recommender.request import CustomerFacts, Item, Request, Suggested, Suggestions
from recommender.segments import Segment, Segments


class ShopRecommender:
    """Learnt tastes with a view of the catalogue. Unchanging once made: safe to ask from several threads at once.

    The same request at the same `now` gives the same answer.
    """

    _KIND = "recommender.shop"

    def __init__(self, learned: Learned, items: Sequence[Item], opinions: Opinions) -> None:
        self._learned, self._opinions = learned, opinions
        self._catalogue = Catalogue(items)
        index = self._catalogue.index
        self._standing = {aspect: opinions.standing(index, aspect, learned.config) for aspect in opinions.usual}
        self._places = np.array(
            [learned.product_index.get(item.product_id, -1) for item in self._catalogue.items], np.int64
        )
        self._popular = ranking.popularity(learned, self._places)
        self._sellers = ranking.to_catalogue(learned.sellers, self._places).astype(np.int64)

    @classmethod
    def fit(
        cls,
        interactions_: Any,
        items: Sequence[Item],
        customers: Sequence[CustomerFacts] = (),
        config: ShopConfig | dict[str, Any] | None = None,
        now: datetime | None = None,
        opinions: Opinions | None = None,
        neighbours_by: Neighbours | None = None,
    ) -> ShopRecommender:
        """interactions_: columns or rows of (customer_id, product_id, type, value, at), see `interactions.read`; may
        be empty and may hold junk. now: the moment that ages are counted from, default the present. opinions:
        what reviews say, default nothing. neighbours_by: another engine for similar goods. Raises UnknownOption,
        BadOption."""
        config = config if isinstance(config, ShopConfig) else ShopConfig.from_dict(config or {})
        events = interactions.read(interactions_)
        items = list({item.product_id: item for item in items}.values())
        learned = Learned.fit(events, items, customers, config, _seconds(now), neighbours_by)
        return cls(learned, items, opinions or Opinions())

    def with_catalogue(self, items: Sequence[Item]) -> ShopRecommender:
        """The same learnt tastes over today's prices, stock and new goods; about 20 ms for 800 products."""
        return ShopRecommender(self._learned, items, self._opinions)

    def suggest(self, request: Request) -> Suggestions:
        """Up to request.n goods within all limits; n when n exist. Never raises for odd values in the request, never
        NaN."""
        now = _seconds(request.now)
        profile = Profile.of(self._learned, request, now)
        due = self._due(profile, request, now)
        never = {*request.exclude, *profile.disliked, *profile.at_hand}
        waiting = {self._catalogue.items[place].product_id for place in due}
        selection = select(self._catalogue, request, never | (set(profile.bought) - waiting))
        if selection.relaxed and due:  # a reminder is worth it only when it is what was asked for
            due, selection = {}, select(self._catalogue, request, never | set(profile.bought))
        if not selection.places.size or request.n <= 0:
            return Suggestions("popular", False, False, unmatched_tags=tuple(sorted(request.tags)))
        if selection.distance is not None:
            return self._nearest(request, selection, now)
        reviewed = self._reviewed(request)
        ranked = ranking.rank(
            self._learned, self._catalogue, self._places, self._popular, reviewed, profile, selection.places
        )
        ranked = ranking.boosted(ranked, self._catalogue, selection.places, set(due), selection.tags, request)
        diversity = self._learned.config.diversity * (1 if profile.leanings else 2)
        chosen = ranking.choose(self._catalogue, selection.places, ranked.total, request.n, diversity)
        strategy, personal = ranking.strategy(ranked, chosen, set(due), selection.places, bool(profile.taste or due))
        places = selection.places[chosen].tolist()
        items = self._explained(
            places, ranked.total[chosen], request, selection, profile if personal else None, due, now
        )
        return Suggestions(
            strategy,
            personal,
            not selection.relaxed,
            items,
            "+".join(selection.relaxed) or None,
            _unmatched(request, selection, places),
        )

    def similar(self, product_id: str, n: int = 10) -> list[tuple[str, float]]:
        """(product id, likeness 0…1) of goods on offer, best first: wanted by the same customers, and alike in kind,
        brand, title and price. Empty for a product that neither the model nor the catalogue knows."""
        config, scores = self._learned.config, np.zeros(len(self._catalogue))
        scores += ranking.to_catalogue(self._learned.related({product_id: 1.0}), self._places)
        here = self._catalogue.index.get(product_id)
        if here is not None:
            scores += config.content_share * self._catalogue.likeness(here)
            scores[here] = 0.0
        scores[~self._catalogue.offered] = 0.0
        order = np.argsort(-scores, kind="stable")[: max(n, 0)]
        top = 1.0 + config.content_share
        return [
            (self._catalogue.items[place].product_id, round(float(scores[place]) / top, 6))
            for place in order
            if scores[place] > 0
        ]

    def opinions_of(self, product_id: str) -> list[OpinionCount]:
        """What reviews say of a product, aspect by aspect as of the last training, the most spoken of first."""
        return self._opinions.of_product(product_id)

    def segment_of(self, customer_id: str | None) -> Segment | None:
        """The customer's segment as of the last training; None for customers without any event then, and for those
        who said no to personalisation."""
        place = self._learned.customer_index.get(customer_id) if customer_id is not None else None
        label = -1 if place is None else int(self._learned.labels[place])
        return self._learned.segments.segments[label] if label >= 0 else None

    @property
    def segmentation(self) -> Segments:
        """The segments with the features that they were made from, a row for each of `segmented`."""
        return self._learned.segments

    @property
    def segmented(self) -> list[str]:
        """Ids of the customers that have a segment."""
        return [name for name, label in zip(self._learned.customers, self._learned.labels, strict=True) if label >= 0]

    def due_again(self, request: Request) -> list[tuple[str, Due]]:
        """Consumables on offer that this customer buys, does not dislike and is about to need again: product id with
        usual interval, last purchase and days since; the longest overdue first. Empty when nothing personal may be
        used."""
        now = _seconds(request.now)
        profile = Profile.of(self._learned, request, now)
        found = {
            self._catalogue.items[place].product_id: due for place, due in self._due(profile, request, now).items()
        }
        liked = [one for one in found.items() if one[0] not in profile.disliked]
        return sorted(liked, key=lambda one: (-one[1].elapsed_days / one[1].cycle.days, one[0]))

    @property
    def segment_count(self) -> int:
        return len(self.segments)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self._learned.segments.segments

    @property
    def trained_until(self) -> datetime | None:
        """Time of the newest event learnt from; None without events."""
        return datetime.fromtimestamp(self._learned.until, timezone.utc) if self._learned.until else None

    def save(self, folder: str | Path) -> None:
        """Writes the model and the catalogue that it was fitted on, whole or not at all. Raises OSError."""
        facts = self._learned.facts() | {
            "items": [_as_json(item) for item in self._catalogue.items],
            "opinions": self._opinions.as_facts(),
        }
        archive.save(folder, self._KIND, self._learned.arrays(), facts)

    @classmethod
    def load(cls, folder: str | Path) -> ShopRecommender:
        """Raises DamagedModel when a file is missing, changed or of another kind."""
        arrays, facts = archive.load(folder, cls._KIND)
        try:
            items = [_from_json(item) for item in facts["items"]]
            return cls(Learned.restored(arrays, facts), items, Opinions.from_facts(facts["opinions"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedModel(
                f"推荐模型 {Path(folder).name} 的内容不完整（{error}）。请重新训练：zhike train。"
            ) from error

    def _reviewed(self, request: Request) -> np.ndarray:
        """(catalogue,): what reviews say of each product on the whole and of the aspects asked for, weighted."""
        config, nothing = self._learned.config, np.zeros(len(self._catalogue))
        wanted = [self._standing.get(aspect, nothing) for aspect in sorted(request.aspects)]
        reviewed = config.review_share * self._standing.get(WHOLE, nothing)
        return reviewed + config.wanted_share * np.mean(wanted, axis=0) if wanted else reviewed

    def _due(self, profile: Profile, request: Request, now: float) -> dict[int, Due]:
        """Catalogue numbers of consumables that this customer buys and is about to need again."""
        found: dict[int, Due] = {}
        if not profile.personal:
            return found
        newest: dict[str, float] = {}  # of each kind: who bought another one since is served
        for name, last_at in profile.bought.items():
            kinds = self._catalogue.items[self._catalogue.index[name]].kinds if name in self._catalogue.index else ()
            newest[kinds[-1] if kinds else name] = max(newest.get(kinds[-1] if kinds else name, 0.0), last_at)
        for name, last_at in profile.bought.items():
            place = self._catalogue.index.get(name)
            if place is None or last_at < DAY or not self._catalogue.offered[place]:
                continue
            cycle = self._learned.cycles.cycle(request.customer_id, name, self._catalogue.items[place].kinds)
            elapsed = (now - last_at) / DAY
            served = cycle is not None and (now - newest[self._catalogue.items[place].kinds[-1]]) / DAY
            if cycle is not None and all(
                repurchase.is_due(cycle, days, self._learned.config) for days in (elapsed, served)
            ):
                found[place] = Due(cycle, last_at, elapsed)
        return found

    def _nearest(self, request: Request, selection: Selection, now: float) -> Suggestions:
        """Nothing within the price: the nearest in price, the more popular first among equals. Nothing personal
        decides."""
        order = np.lexsort((-self._popular[selection.places], selection.distance))[: request.n]
        places = selection.places[order].tolist()
        scores = 1.0 / (1.0 + selection.distance[order])
        items = self._explained(places, scores, request, selection, None, {}, now)
        return Suggestions(
            "content", False, False, items, "+".join(selection.relaxed), _unmatched(request, selection, places)
        )

    def _explained(
        self,
        places: list[int],
        scores: Iterable[float],
        request: Request,
        selection: Selection,
        profile: Profile | None,
        due: dict[int, Due],
        now: float,
    ) -> tuple[Suggested, ...]:
        witness = Witness(
            self._learned,
            self._catalogue,
            self._places,
            self._sellers,
            self._opinions,
            request,
            selection,
            profile,
            due,
        )
        picked = evidence.pick([witness.about(place) for place in places])
        today, taken = datetime.fromtimestamp(now, timezone.utc).astimezone(SHANGHAI).date(), set[str]()
        items = self._catalogue.items
        return tuple(
            Suggested(
                items[place].product_id,
                round(float(score), 6),
                1.0,
                reasons.say(fact, items[place], lambda name: items[self._catalogue.index[name]], today, taken),
                fact,
            )
            for place, score, fact in zip(places, scores, picked, strict=True)
        )


def _seconds(moment: datetime | None) -> float:
    return interactions.seconds(moment) if moment is not None else datetime.now(timezone.utc).timestamp()


def _unmatched(request: Request, selection: Selection, places: list[int]) -> tuple[str, ...]:
    return tuple(
        sorted(word for word in request.tags if word not in selection.tags or not selection.tags[word][places].any())
    )


def _as_json(item: Item) -> dict[str, Any]:
    facts = asdict(item)
    price = interactions.number(item.price)
    return facts | {"price": price if price == price else None, "available": bool(item.available)}


def _from_json(facts: dict[str, Any]) -> Item:
    price = facts["price"]
    return Item(
        **{
            **facts,
            "price": float("nan") if price is None else price,
            "kinds": tuple(facts["kinds"]),
            "colours": tuple(facts["colours"]),
            "tags": tuple(facts["tags"]),
        }
    )
