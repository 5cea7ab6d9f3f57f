"""Rasa graph component behind the classifier: what is not understood becomes ``nlu_fallback``, never a lucky guess."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.gate_rules import doubt_about
from bot.components.intents import EVIDENCE
from bot.components.normaliser import normalised_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UnderstandingGate(GraphComponent):
    """Puts ``nlu_fallback`` before the ranking, which keeps the reading's own guesses with their confidences.

    The fallback's confidence is what the best guess lacks (1 - its confidence); ``doubt`` in the parse result says why:
    featureless, unknown, noise or unsure.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``threshold``: a confidence that replaces the model's own; None keeps that."""
        return {"threshold": None}

    def __init__(self, threshold: float | None = None) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "UnderstandingGate":
        """A gate with the configured threshold."""
        return cls(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Judges messages in place; those without the classifier's evidence (buttons) pass."""
        for message in messages:
            evidence = message.get(EVIDENCE)
            if message.get(TEXT) is None or evidence is None:
                continue
            if self._threshold is not None:
                evidence = evidence._replace(threshold=self._threshold)
            doubt = doubt_about(normalised_of(message).text, evidence)
            if doubt is None:
                continue
            fallback = {
                INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME,
                PREDICTED_CONFIDENCE_KEY: 1.0 - evidence.confidence,
            }
            message.set(INTENT, fallback, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [dict(fallback), *message.get(INTENT_RANKING_KEY)], add_to_output=True)
            message.set("doubt", doubt.value, add_to_output=True)
        return messages
