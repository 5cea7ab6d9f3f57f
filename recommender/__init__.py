"""Cosine collaborative filtering, segments, cold start and explanations. Needs numpy, scipy and scikit-learn only.

`CosineRecommender`, `EaseRecommender`, `FactorRecommender`, `Popularity` and a `BlendRecommender` of them see a matrix
and have the five verbs of `base.Recommender`.
`ShopRecommender` answers a shop's requests with limits and reasons; `Request` says what can be asked."""

from recommender.base import PAD, Recommender
from recommender.blend import BlendRecommender
from recommender.config import CosineConfig, EaseConfig, FactorConfig, ShopConfig
from recommender.cosine import CosineRecommender
from recommender.ease import EaseRecommender
from recommender.errors import BadMatrix, BadOption, DamagedModel, NotFitted, RecommenderError, UnknownOption
from recommender.factors import FactorRecommender
from recommender.opinions import WHOLE, OpinionCount, Opinions
from recommender.popularity import Popularity
from recommender.request import CustomerFacts, Event, Item, Request, Suggested, Suggestions
from recommender.segments import Segment, Segments
from recommender.shop import ShopRecommender

__all__ = [
    "PAD",
    "WHOLE",
    "BadMatrix",
    "BadOption",
    "BlendRecommender",
    "CosineConfig",
    "CosineRecommender",
    "CustomerFacts",
    "DamagedModel",
    "EaseConfig",
    "EaseRecommender",
    "Event",
    "FactorConfig",
    "FactorRecommender",
    "Item",
    "NotFitted",
    "OpinionCount",
    "Opinions",
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
