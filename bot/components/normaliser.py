"""Rasa graph component that stores the normalised text on each message; what was typed stays as it is."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.text import Normalised, normalise

__all__ = ["NORMALISED", "Normalised", "Normaliser", "normalise", "normalised_of"]

NORMALISED = "zhike_normalised"


def normalised_of(message: Message) -> Normalised | None:
    """The message's normalised text; None for a message without text (training data's actions, responses)."""
    typed = message.get(TEXT)
    if typed is None:
        return None
    stored = message.get(NORMALISED)
    return stored if stored is not None else normalise(typed)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class Normaliser(GraphComponent):
    """Puts ``Normalised(text, offsets, ends)`` under ``NORMALISED`` on every message that has text."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Normaliser":
        """Rasa's way to make one; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalises messages in place."""
        for message in messages:
            typed = message.get(TEXT)
            if typed is not None:
                message.set(NORMALISED, normalise(typed))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalises the examples to train on in place."""
        self.process(training_data.training_examples)
        return training_data
