"""All segments of the shop: who they are, how many there might be, and the plane in which they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender import Segment, ShopRecommender
from recommender.choice_of_k import STABLE, Choice, choice_of_k
from recommender.feature_words import tendency, title, written
from recommender.features import FEATURES
from recommender.projection import Axis, Projection, project

_TELLING = 0.3  # standard deviations between two segments from which a share is worth a line
_NEARLY = 1.1  # times the distance to the own segment's centre
_DRAWN = 3000  # customers drawn; more make a picture of megabytes


@dataclass(frozen=True)
class Landscape:
    """Where the customers lie. points: float64 (customers, 2), a seeded sample of at most _DRAWN; labels: their
    segments; centres: float64 (segments, 2); names, shares: of the segments, by number. everybody: customers there
    are. here: one customer's place, None without."""

    points: np.ndarray
    labels: np.ndarray
    centres: np.ndarray
    axes: tuple[Axis, Axis]
    names: tuple[str, ...]
    shares: tuple[float, ...]
    everybody: int
    here: np.ndarray | None = None

    @property
    def captions(self) -> tuple[str, str]:
        """What the two axes mean."""
        return tuple(
            f"往{way}：{meaning(axis)}（占差别的 {axis.explained:.0%}）"
            for way, axis in zip(("右", "上"), self.axes, strict=True)
        )


@dataclass(frozen=True)
class Shop:
    """segments: as trained. table: the title of each feature that tells them apart and the mean of each segment, as
    written; alike: titles of the others. landscape: None where customers do not differ. refused: customers who said
    no; unseen: those without an order or event; neither has a segment. unnamed: customers with a segment that only
    orders or events name."""

    version: str
    segments: tuple[Segment, ...]
    table: tuple[tuple[str, tuple[str, ...]], ...]
    alike: tuple[str, ...]
    choice: Choice
    landscape: Landscape | None
    customers: int
    refused: int
    unseen: int
    unnamed: int

    @property
    def segmented(self) -> int:
        return sum(one.size for one in self.segments)

    @property
    def advice(self) -> str:
        """What the figures of the choice say, in a sentence or two."""
        return advice(self.choice)

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "model": self.version,
            "customers": self.customers,
            "segmented": self.segmented,
            "without_consent": self.refused,
            "without_records": self.unseen,
            "not_in_customers": self.unnamed,
            "segments": [vars(one) for one in self.segments],
            "choice_of_k": {
                "used": self.choice.used,
                "recommended": self.choice.recommended,
                "stable_from": STABLE,
                "customers": self.choice.looked_at,
                "tried": [vars(one) for one in self.choice.tried],
                "advice": self.advice,
            },
            "axes": [
                {"explained": axis.explained, "loadings": dict(axis.loadings), "meaning": meaning(axis)}
                for axis in (self.landscape.axes if self.landscape else ())
            ],
        }


def shop(model: ShopRecommender, version: str, consents: dict[str, bool | None]) -> Shop:
    """consents: customer → to personalisation, of everybody in the store."""
    fitted, segmented = model.segmentation, set(model.segmented)
    telling = [name for name in fitted.features.names if name in FEATURES or fitted.spread[name] >= _TELLING]
    standard = fitted.standardised(fitted.features)
    refused = sum(consent is False for consent in consents.values())
    return Shop(
        version,
        fitted.segments,
        tuple((title(name), tuple(written(name, one.centroid[name]) for one in fitted.segments)) for name in telling),
        tuple(title(name) for name, spread in fitted.spread.items() if spread > 0 and name not in telling),
        choice_of_k(standard, fitted.k, fitted.seed),
        landscape(model),
        len(consents),
        refused,
        sum(consent is not False and name not in segmented for name, consent in consents.items()),
        len(segmented - consents.keys()),
    )


def landscape(model: ShopRecommender, customer: str | None = None) -> Landscape | None:
    """None where customers do not differ, or where the one asked for has no place."""
    fitted, names = model.segmentation, model.segmented
    if customer is not None and customer not in names:
        return None
    standard = fitted.standardised(fitted.features)
    found: Projection | None = project(standard, fitted.features.names)
    if found is None:
        return None
    drawn = np.arange(len(standard))
    if len(drawn) > _DRAWN:
        drawn = np.sort(np.random.default_rng(fitted.seed).choice(drawn, _DRAWN, replace=False))
    return Landscape(
        found.points[drawn],
        fitted.predict(fitted.features)[drawn],
        found.place(fitted.centres),
        found.axes,
        tuple(one.name for one in fitted.segments),
        tuple(one.share for one in fitted.segments),
        len(standard),
        None if customer is None else found.points[names.index(customer)],
    )


def neighbour(model: ShopRecommender, customer: str) -> Segment | None:
    """Another segment whose centre is nearly as near to the customer as that of the own one."""
    fitted, names = model.segmentation, model.segmented
    if customer not in names or len(fitted.segments) < 2:
        return None
    place = fitted.standardised(fitted.features.of(np.array([names.index(customer)])))
    away = np.linalg.norm(fitted.centres - place, axis=1)
    own, other = np.argsort(away, kind="stable")[:2]
    return fitted.segments[other] if away[other] <= _NEARLY * away[own] else None


def meaning(axis: Axis) -> str:
    return "、".join(tendency(feature, weight > 0) for feature, weight in axis.loadings) or "没有差别"


def advice(choice: Choice) -> str:
    tried = {one.k: one for one in choice.tried}
    if choice.recommended is None:
        return "不一样的顾客太少，比不出分几群好。"
    best, used = tried[choice.recommended], tried.get(choice.used)
    said = f"按数字，分 {best.k} 群最好：轮廓系数 {best.silhouette:.2f}，重复性 {best.stability:.2f}。"
    if best.stability < STABLE:
        said = f"分几群都不太稳（重复性都不到 {STABLE:.2f}），最稳的是 {best.k} 群（{best.stability:.2f}）。"
    if best.k == choice.used:
        return f"{said}现在用的正是 {choice.used} 群。"
    if used is None:
        return f"{said}顾客还少，分不成 {choice.used} 群。"
    return (
        f"{said}现在用的是 {choice.used} 群（轮廓系数 {used.silhouette:.2f}，重复性 {used.stability:.2f}）："
        f"分得{'细' if choice.used > best.k else '粗'}一些，{_trust(used.stability)}"
    )


def _trust(stability: float) -> str:
    if stability >= STABLE:
        return "也稳。"
    if stability >= STABLE / 2:
        return "边上的顾客换一批数据可能换群，看大势够用。"
    return "换一批数据分法就变，名单别当真。"
