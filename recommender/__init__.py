"""Cosine collaborative filtering, segments, cold start and explanations. Needs numpy, scipy and scikit-learn only.

`CosineRecommender`, `EaseRecommender` and `Popularity` see a matrix and have the five verbs of `base.Recommender`.
`ShopRecommender` answers a shop's requests with limits and reasons; `Request` says what can be asked."""

from recommender.base import PAD, Recommender
from recommender.config import CosineConfig, EaseConfig, ShopConfig
from recommender.cosine import CosineRecommender
from recommender.ease import EaseRecommender
from recommender.errors import BadMatrix, BadOption, DamagedModel, NotFitted, RecommenderError, UnknownOption
from recommender.popularity import Popularity
from recommender.request import CustomerFacts, Event, Item, Request, Suggested, Suggestions
from recommender.segments import Segment, Segments
from recommender.shop import ShopRecommender

__all__ = [
    "PAD",
    "BadMatrix",
    "BadOption",
    "CosineConfig",
    "CosineRecommender",
    "CustomerFacts",
    "DamagedModel",
    "EaseConfig",
    "EaseRecommender",
    "Event",
    "Item",
    "NotFitted",
    "Popularity",
    "Recommender",
    "RecommenderError",
    "Request",
    "Segment",
    "Segments",
    "ShopConfig",
    "ShopRecommender",
    "Suggested",
    "Suggestions",
    "UnknownOption",
]
