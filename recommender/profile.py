"""One customer at the moment of asking: what the model learnt of them and what they did since, in one view."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from recommender.interactions import CART, CLICK, DISLIKE, PURCHASE, VIEW, event_weights, levelled, seconds, type_code
from recommender.learned import Learned
from recommender.request import Request

_JUST_NOW = 1800.0  # seconds


@dataclass
class Profile:
    """taste: product id → levelled weight, empty when nothing personal may be used. moment: the same of the pages that
    are open now, whoever asks. bought: product id → seconds of
    the last purchase (1.0 unknown), whoever asked. disliked: never to be shown. at_hand: in the cart or just looked
    at, as the history of this talk says. segment: number, -1 none. personal: whether the customer's own past may be
    used at all."""

    taste: dict[str, float] = field(default_factory=dict)
    moment: dict[str, float] = field(default_factory=dict)
    bought: dict[str, float] = field(default_factory=dict)
    disliked: set[str] = field(default_factory=set)
    at_hand: set[str] = field(default_factory=set)
    segment: int = -1
    personal: bool = False

    @classmethod
    def of(cls, learned: Learned, request: Request, now: float) -> Profile:
        """Reads the model, `request.history` and `request.bought`. Events up to the newest one that the model has
        seen are taken as known to it (for a customer it knows), so nothing counts twice."""
        known = learned.customer_index.get(str(request.customer_id)) if request.customer_id is not None else None
        profile = cls(personal=request.personalised and request.customer_id is not None and not request.for_other)
        if not request.for_other:
            weight = float(levelled(np.float64(learned.config.looking_weight)))
            profile.moment = dict.fromkeys(sorted(request.looking_at), weight)
        profile.at_hand |= request.looking_at
        raw: dict[str, float] = {}
        if known is not None:
            profile.bought, profile.disliked = learned.bought_by(known), learned.disliked_by(known)
            if profile.personal:
                raw = learned.taste_of(known)
                profile.segment = int(learned.labels[known])
        codes, times, names, carted = [], [], [], {}
        for event in request.history:
            code, at = type_code(event.type), seconds(event.at)
            if code is None or not event.product_id:
                continue
            if code == PURCHASE:
                profile.bought[event.product_id] = max(profile.bought.get(event.product_id, 1.0), _moment(at))
            elif code == DISLIKE:
                profile.disliked.add(event.product_id)
            elif code == CART:
                carted[event.product_id] = max(carted.get(event.product_id, -math.inf), _moment(at))
            elif code in (VIEW, CLICK) and 0 <= now - at <= _JUST_NOW:
                profile.at_hand.add(event.product_id)
            if known is None or not at <= learned.until:
                codes.append(code)
                times.append(at if math.isfinite(at) else now)
                names.append(event.product_id)
        if names and profile.personal:
            for name, weight in zip(
                names, event_weights(np.array(codes), np.array(times), learned.config, now), strict=True
            ):
                raw[name] = raw.get(name, 0.0) + float(weight)
        for name, at in request.bought.items():
            profile.bought[name] = max(profile.bought.get(name, 1.0), _moment(seconds(at)))
        # What was ordered since is not in the cart any more, and may be due again.
        profile.at_hand |= {name for name, at in carted.items() if at > profile.bought.get(name, -math.inf)}
        profile.taste = {name: float(levelled(np.float64(weight))) for name, weight in raw.items() if weight}
        return profile

    @property
    def leanings(self) -> dict[str, float]:
        """Taste and moment together, product id → weight."""
        return {
            name: self.taste.get(name, 0.0) + self.moment.get(name, 0.0) for name in self.taste.keys() | self.moment
        }


def _moment(at: float) -> float:
    return at if math.isfinite(at) else 1.0
