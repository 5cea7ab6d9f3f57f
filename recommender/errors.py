# ruff: noqa: N818  the names read as what happened, not as classes
"""What the recommender raises. Messages are Chinese, for the merchant: 什么错了 / 为什么 / 怎么修."""

from __future__ import annotations


class RecommenderError(Exception):
    """Base of all errors raised here."""


class UnknownOption(RecommenderError, TypeError):
    """A configuration names an option that does not exist."""


class BadOption(RecommenderError, ValueError):
    """An option exists, its value is out of range."""


class BadMatrix(RecommenderError, ValueError):
    """The interaction matrix cannot be used: wrong shape, or values that are not finite."""


class NotFitted(RecommenderError, RuntimeError):
    """A model was asked before it was fitted or loaded."""


class DamagedModel(RecommenderError):
    """The files of a saved model are missing, changed, or of another kind or version."""
