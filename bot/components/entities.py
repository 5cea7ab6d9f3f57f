"""Rasa graph component that finds every entity, one deterministic matcher each."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.matching.matcher import Matcher
from bot.components.normaliser import normalised_of

logger = logging.getLogger(__name__)

EXTRACTOR = "EntityMatcher"
_SHOP_ZONE = ZoneInfo("Asia/Shanghai")

# Set by the runtime at start: gives today's catalogue (``version``, ``products``, ``kinds``, ``brands``), or None.
# Without one the built-in lexicon is used alone, so that training and ``zhike parse`` need no store.
catalogue_source: Callable[[], Any] | None = None


def shop_today() -> date:
    """The wall calendar's day where the shop is."""
    return datetime.now(_SHOP_ZONE).date()


class _Current:
    """The matcher for the catalogue in use, shared by all components; made anew when the catalogue changes."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] | None = None
        self._matcher = None  # type: Optional[Matcher]

    def matcher(self) -> Matcher:
        snapshot = self._snapshot()
        key = (None,) if snapshot is None else (id(catalogue_source), snapshot.version)
        matcher = self._matcher
        if matcher is None or key != self._key:
            matcher = Matcher.for_catalogue(snapshot, previous=matcher)
            self._matcher, self._key = matcher, key
        return matcher

    @staticmethod
    def _snapshot() -> Any:
        if catalogue_source is None:
            return None
        try:
            return catalogue_source()
        except Exception:
            # A store that does not answer must not make the bot deaf: kinds and brands of the lexicon remain.
            logger.exception("The catalogue cannot be read; entities are matched with the built-in lexicon.")
            return None


_current = _Current()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityMatcher(GraphComponent):
    """Puts ``{"entity", "value", "start", "end", "extractor", "role"?}`` on each message, in the order of the text.

    No two overlap; ``start`` and ``end`` index the text as typed. Role ``exclude``: the customer does not want it.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityMatcher":
        """Rasa's way to make one; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities in place."""
        for message in messages:
            if message.get(TEXT):
                found = entities_of(message)
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def entities_of(message: Message) -> list[dict[str, Any]]:
    """The message's entities as Rasa keeps them."""
    normalised = normalised_of(message)
    if normalised is None or not normalised.text:
        return []
    entities = []
    for span in _current.matcher().match(normalised.text, shop_today()):
        start, end = normalised.span(span.start, span.end)
        entity = {"entity": span.entity, "start": start, "end": end, "value": span.value, "extractor": EXTRACTOR}
        if span.role:
            entity["role"] = span.role
        entity.update(span.extra)
        entities.append(entity)
    return entities
