"""What speaks for a product, as facts that anybody can recompute from the data. Words come later (`reasons`).

A piece of evidence is a dict: `kind`, ids, counts. Only what holds is listed; counts of other customers below
`ShopConfig.min_support` are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np

from recommender.catalogue import Catalogue, fold
from recommender.filters import Selection, price_limit
from recommender.interactions import DAY, SHANGHAI
from recommender.learned import Learned
from recommender.opinions import WHOLE, OpinionCount, Opinions
from recommender.profile import Profile
from recommender.repurchase import Cycle
from recommender.request import Request

STRENGTH = {
    "due_again": 9.0,
    "gift_tag": 6.0,
    "wanted_aspect": 5.5,
    "bought_with_this": 5.2,
    "bought_together": 5.0,
    "best_in_budget": 4.5,
    "best_in_kind": 4.2,
    "viewed_together": 3.6,
    "cheaper": 3.2,
    "same_brand": 3.0,
    "praised_aspect": 2.9,
    "kind_habit": 2.8,
    "looked_at": 2.7,
    "kind_of_this": 2.65,
    "same_kind": 2.6,
    "segment": 2.5,
    "well_reviewed": 2.45,
    "top_in_kind": 2.4,
    "best_in_shop": 2.3,
    "colour": 2.2,
    "lowest_price": 2.1,
    "bought_lately": 2.0,
    "bought_ever": 1.5,
    "in_budget": 1.0,
    "watched": 0.5,
    "plain": 0.0,
}
"""Order of preference among true pieces of evidence; the personal ones are offered only when the past may be used."""
PERSONAL = frozenset(
    {"due_again", "bought_together", "viewed_together", "same_brand", "kind_habit", "looked_at", "same_kind", "segment"}
)
_CLOSELY = 0.2  # part of the buyers of the one who bought the other too, from which "often" is true
_TOP_IN_SHOP = 10


@dataclass(frozen=True)
class Due:
    cycle: Cycle
    last_at: float
    elapsed_days: float


class Witness:
    """Collects evidence for one request. sellers: buyers in the window for each catalogue product; places: the
    model's number of each catalogue product or -1."""

    def __init__(
        self,
        learned: Learned,
        catalogue: Catalogue,
        places: np.ndarray,
        sellers: np.ndarray,
        opinions: Opinions,
        request: Request,
        selection: Selection,
        profile: Profile | None,
        due: dict[int, Due],
    ) -> None:
        self.learned, self.catalogue, self.places, self.sellers = learned, catalogue, places, sellers
        self.opinions = opinions
        self.request, self.selection, self.profile, self.due = request, selection, profile, due
        self.window = learned.config.sales_window_days
        self.least = learned.config.min_support

    def about(self, place: int) -> list[dict[str, Any]]:
        """All evidence for the catalogue product at `place`, never empty."""
        found = [*self._limits(place), *self._sales(place), *self._reviews(place), *self._page(place)]
        if self.profile is not None:
            found += self._personal(place)
        return [*found, {"kind": "plain", "price": float(self.catalogue.price[place])}]

    def _limits(self, place: int) -> list[dict[str, Any]]:
        request, catalogue, price = self.request, self.catalogue, float(self.catalogue.price[place])
        found: list[dict[str, Any]] = []
        for word in self.selection.tags:
            if tag := catalogue.matched_tag(place, word):
                found.append({"kind": "gift_tag", "word": word, "tag": tag})
        below = price_limit(request.cheaper_than)
        if below is not None and price < below:
            found.append({"kind": "cheaper", "than": float(below), "price": price, "by": round(below - price, 2)})
        if request.colours and "colours" not in self.selection.relaxed:
            wanted = {fold(colour).removesuffix("色") for colour in request.colours}
            own = [c for c in catalogue.items[place].colours if fold(c).removesuffix("色") in wanted]
            found += [{"kind": "colour", "colour": own[0]}] if own else []
        if self.selection.relaxed:
            return found
        if any(price_limit(getattr(request, name)) is not None for name in ("min_price", "max_price")):
            found.append({"kind": "in_budget", "price": price})
        fitting = self.selection.fitting
        if fitting.sum() > 1 and price < np.min(catalogue.price[fitting & (np.arange(len(catalogue)) != place)]):
            found.append({"kind": "lowest_price", "price": price, "among": int(fitting.sum())})
        return found

    def _sales(self, place: int) -> list[dict[str, Any]]:
        buyers, found = int(self.sellers[place]), []
        product = int(self.places[place])
        if product >= 0 and (people := int(self.learned.liker_counts[product])) >= self.least:
            found.append({"kind": "watched", "people": people})
        ever = int(self.learned.buyer_counts[product]) if product >= 0 else 0
        if ever >= self.least:
            found.append({"kind": "bought_ever", "buyers": ever})
        if buyers < self.least:
            return found
        fact = {"buyers": buyers, "days": self.window}
        kind = self._kind(place)
        if kind is not None:
            rank, ties, among = self._rank(place, self.catalogue.offered & self.catalogue.of_kinds([kind]))
            if rank == 1 and not ties and among > 1:
                found.append({"kind": "best_in_kind", "of": kind, "among": among, **fact})
            elif 1 < rank <= 3 and not ties and among > 5:
                found.append({"kind": "top_in_kind", "of": kind, "rank": rank, "among": among, **fact})
        limited = price_limit(self.request.max_price) is not None or price_limit(self.request.min_price) is not None
        if limited and not self.selection.relaxed:
            rank, ties, among = self._rank(place, self.selection.fitting)
            if rank == 1 and not ties and among > 1:
                found.append({"kind": "best_in_budget", "among": among, **fact})
        rank, ties, among = self._rank(place, self.catalogue.offered)
        if rank + ties <= _TOP_IN_SHOP and among > 2 * _TOP_IN_SHOP:
            found.append({"kind": "best_in_shop", "rank": rank, "ties": ties, "among": among, **fact})
        return [*found, {"kind": "bought_lately", **fact}]

    def _reviews(self, place: int) -> list[dict[str, Any]]:
        """What buyers clearly praise: the surest of the aspects asked for, the surest of all, the whole."""
        praised = self.opinions.praised(self.catalogue.items[place].product_id, self.learned.config)
        firsts = {
            "wanted_aspect": [count for count in praised if count.aspect in self.request.aspects],
            "praised_aspect": [count for count in praised if count.aspect != WHOLE],
            "well_reviewed": [count for count in praised if count.aspect == WHOLE],
        }
        return [self._praise(kind, counts[0]) for kind, counts in firsts.items() if counts]

    def _praise(self, kind: str, count: OpinionCount) -> dict[str, Any]:
        said_as = self.opinions.praise[count.aspect]
        return {"kind": kind, "aspect": count.aspect, "praise": said_as, "good": count.good, "said": count.said}

    def _page(self, place: int) -> list[dict[str, Any]]:
        """What the product has to do with the one whose page is open."""
        open_now = sorted(name for name in self.request.looking_at if name in self.catalogue.index)
        if self.request.for_other or not open_now:
            return []
        product, kinds = int(self.places[place]), self.catalogue.items[place].kinds
        found = self._together(product, set(open_now), "bought_with_this") if product >= 0 else []
        for name in open_now:
            other = self.catalogue.items[self.catalogue.index[name]].kinds
            if kinds and other and fold(kinds[-1]) == fold(other[-1]):
                return [*found, {"kind": "kind_of_this", "of": kinds[-1], "because": name}]
        return found

    def _personal(self, place: int) -> list[dict[str, Any]]:
        assert self.profile is not None
        profile, item = self.profile, self.catalogue.items[place]
        found: list[dict[str, Any]] = []
        if place in self.due:
            due = self.due[place]
            day = datetime.fromtimestamp(due.last_at, timezone.utc).astimezone(SHANGHAI).date()
            return [
                {
                    "kind": "due_again",
                    "product_id": item.product_id,
                    "last_on": day.isoformat(),
                    "days": int(due.elapsed_days),
                    "usual_days": round(due.cycle.days, 1),
                    "based_on": due.cycle.based_on,
                    "intervals": due.cycle.intervals,
                }
            ]
        bought = {name for name in profile.bought if profile.taste.get(name, 0) >= 0 and name not in profile.disliked}
        me = item.product_id
        if profile.taste.get(me, 0) > 0 and me not in profile.bought:
            found.append({"kind": "looked_at", "because": me})
        looked = {name for name, weight in profile.taste.items() if weight > 0 and name not in profile.bought} - {me}
        product = int(self.places[place])
        if product >= 0:
            found += self._together(product, bought, "bought_together")
            found += self._together(product, looked, "viewed_together")
        for name in self._newest(bought):
            other = self.catalogue.items[self.catalogue.index[name]]
            if item.brand and fold(other.brand or "") == fold(item.brand):
                found.append(
                    {
                        "kind": "same_brand",
                        "because": name,
                        "brand": item.brand,
                        "bought_at": self._day(profile.bought[name]),
                    }
                )
                break
        kind = item.kinds[-1] if item.kinds else None
        if kind is not None:
            inside = self.catalogue.of_kinds([kind])
            own = sorted(name for name in bought if name in self.catalogue.index and inside[self.catalogue.index[name]])
            if len(own) >= 2:
                found.append({"kind": "kind_habit", "of": kind, "because": own, "products": len(own)})
            seen = [
                n
                for n in sorted(looked, key=lambda n: (-profile.taste[n], n))
                if n in self.catalogue.index and inside[self.catalogue.index[n]]
            ]
            if seen:
                found.append({"kind": "same_kind", "of": kind, "because": seen[0]})
        if product >= 0 and 0 <= profile.segment < len(self.learned.segment_sellers):
            buyers = int(self.learned.segment_sellers[profile.segment, product])
            if buyers >= self.least:
                found.append({"kind": "segment", "segment": profile.segment, "buyers": buyers, "days": self.window})
        return found

    def _together(self, product: int, own: set[str], kind: str) -> list[dict[str, Any]]:
        """Of `own` goods the one that most of its other buyers (viewed_together: viewers) took together with this."""
        learned, best, by_purchase = self.learned, None, kind != "viewed_together"
        both = learned.together(product, by_purchase)
        counts, matrix = (
            (learned.buyer_counts, learned.bought) if by_purchase else (learned.liker_counts, learned.liked)
        )
        me = learned.customer_index.get(str(self.request.customer_id))
        counted = set() if me is None else set(matrix.indices[matrix.indptr[me] : matrix.indptr[me + 1]].tolist())
        for name in sorted(own):
            other = learned.product_index.get(name)
            if other is None or name not in self.catalogue.index or both[other] < self.least:
                continue
            others = int(counts[other]) - (other in counted)  # the customer is not one of the others
            count = int(both[other]) - (other in counted and product in counted)
            if count >= self.least and (best is None or count / others > best["both"] / best["others"]):
                best = {
                    "kind": kind,
                    "because": name,
                    "both": count,
                    "others": others,
                    "often": count >= _CLOSELY * others,
                }
        if best is not None and kind == "bought_together":
            best["bought_at"] = self._day(self.profile.bought[best["because"]]) if self.profile else None
        return [best] if best is not None else []

    def _newest(self, names: set[str]) -> list[str]:
        assert self.profile is not None
        return sorted(
            (n for n in names if n in self.catalogue.index), key=lambda n: (-self.profile.bought.get(n, 0), n)
        )

    def _kind(self, place: int) -> str | None:
        """The kind to compare within: the one asked for, else the product's narrowest."""
        kinds = self.catalogue.items[place].kinds
        asked = {fold(kind) for kind in self.request.kinds}
        return next((kind for kind in kinds if fold(kind) in asked), kinds[-1] if kinds else None)

    def _rank(self, place: int, among: np.ndarray) -> tuple[int, int, int]:
        """(rank from 1, others with the same count, size) by buyers in the window."""
        counts = self.sellers[among]
        mine = self.sellers[place]
        return int((counts > mine).sum()) + 1, int((counts == mine).sum()) - 1, int(among.sum())

    @staticmethod
    def _day(at: float) -> str | None:
        """Date of a moment in Shanghai; None when it is not known (1.0)."""
        return None if at < DAY else datetime.fromtimestamp(at, timezone.utc).astimezone(SHANGHAI).date().isoformat()


def pick(all_found: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One piece of evidence for each product of a list: the strongest, but rather another kind than one already
    used."""
    used: dict[str, int] = {}
    picked = []
    for found in all_found:
        best = max(found, key=lambda e: STRENGTH[e["kind"]] - 1.5 * used.get(e["kind"], 0))
        used[best["kind"]] = used.get(best["kind"], 0) + 1
        picked.append(best)
    return picked
