"""Rasa graph component that puts the customer's mood on every message."""

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import mood_cues, mood_model, mood_training
from bot.components.encoders import SentenceEncoder, TrainingEncodings, shared
from bot.components.features import Reading
from bot.components.mood_model import NEUTRAL, Mood, MoodModel, UnreadableMoodModel
from bot.components.normaliser import normalised_of

SENTIMENT = "sentiment"
_ROOT = Path(__file__).resolve().parents[2]
_LEXICON = Path(__file__).resolve().parents[1] / "lexicon" / "mood.json"


# Rasa knows no type for moods. An "entity extractor" is what it trains and runs for every message without expecting
# an intent from it.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SentimentClassifier(GraphComponent):
    """Sets ``sentiment``: ``{"label": negative | neutral | positive, "score": -1 … 1}`` on each message.

    Options: ``data``, the folder of labelled messages (``*.jsonl``), from the repository's root unless absolute;
    ``e5``, whether the sentence encoder of that name is asked where n-grams leave the mood open.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``data/sentiment`` of the repository, with the encoder."""
        return {"data": "data/sentiment", "e5": True}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._data = data_folder(config)
        self._model_storage = model_storage
        self._resource = resource
        self._model: MoodModel | None = None
        asked = config.get("e5", self.get_default_config()["e5"])
        self._encoders: dict[str, SentenceEncoder] = {"e5": shared("e5")} if asked else {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentimentClassifier":
        """A classifier to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentimentClassifier":
        """A trained classifier. Raises UnreadableMoodModel when the files or the installed encoder do not fit."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model = MoodModel.load(folder)
        for part in classifier._model.dense.values():
            encoder = shared(part.encoder)
            if encoder.version != part.version:
                raise UnreadableMoodModel(
                    "情绪模型和安装的编码器不配套",
                    f"训练时是 {part.version}，现在装的是 {encoder.version}",
                    "重新训练：zhike train",
                )
            # The first message that needs an encoder is a customer's, who would wait for it.
            encoder.load()
            classifier._encoders[part.encoder] = encoder
        return classifier

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rasa's cache does not see the files that moods are learned from; their hash makes it train anew."""
        files = [*sorted(data_folder(config).glob("*.jsonl")), _LEXICON]
        files += [Path(module.__file__) for module in (mood_cues, mood_model, mood_training)]
        digest = hashlib.sha256()
        for path in files:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fits on the labelled messages of the ``data`` folder; Rasa's own examples carry no mood."""
        examples = mood_training.read_examples(self._data)
        self._model = mood_training.fit(*examples, self._encoders.get("e5"), TrainingEncodings())
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the mood in place; neutral for a message without text."""
        for message in messages:
            mood = self._mood_of(message)
            message.set(SENTIMENT, {"label": mood.label, "score": mood.score}, add_to_output=True)
        return messages

    def _mood_of(self, message: Message) -> Mood:
        normalised = normalised_of(message) if message.get(TEXT) else None
        if normalised is None or self._model is None:
            return NEUTRAL
        return self._model.read(Reading.of_normalised(normalised.text, ()), self._encoders)


def data_folder(config: dict[str, Any]) -> Path:
    """The folder of labelled messages that the configuration names."""
    return _ROOT / config.get("data", SentimentClassifier.get_default_config()["data"])
