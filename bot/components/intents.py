"""Rasa graph component around the intent model: trains it, keeps it in Rasa's model archive, reads messages with it."""

from collections.abc import Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import intent_training, model_files
from bot.components.clauses import two_wishes
from bot.components.encoders import SentenceEncoder, TrainingEncodings, shared
from bot.components.features import Reading
from bot.components.gate_rules import Evidence
from bot.components.intent_model import Decision, IntentModel
from bot.components.normaliser import normalised_of

EVIDENCE = "zhike_intent_evidence"
ALSO = "also"
_RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Intents by linear models on n-grams and sentence encoders; options: ``intent_training.IntentConfig``.

    Sets ``intent``, ``intent_ranking`` (ten, surest first), ``also`` (name and text of a second wish, if there is one)
    and, for the gate, ``EVIDENCE``.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The fields of ``IntentConfig`` with their defaults."""
        return dict(intent_training.IntentConfig().__dict__)

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = intent_training.IntentConfig.from_mapping(config)
        self._model_storage = model_storage
        self._resource = resource
        self._model: IntentModel = None
        self._encoders: dict[str, SentenceEncoder] = {
            name: shared(name) for name in ("use", "e5") if getattr(self._config, name)
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentClassifier":
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
    ) -> "IntentClassifier":
        """A trained classifier. Raises UnreadableModel when the files or the installed encoders do not fit."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model = model_files.load(folder)
        for part in classifier._model.dense.values():
            installed = classifier._encoders[part.encoder].version
            if installed != part.version:
                raise model_files.UnreadableModel(
                    "意图模型和安装的编码器不配套",
                    f"训练时是 {part.version}，现在装的是 {installed}",
                    "重新训练：zhike train",
                )
        # The first message that needs an encoder is a customer's, who would wait for it.
        for encoder in classifier._encoders.values():
            encoder.load()
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Fits on the examples that have text and an intent, and writes the model."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        readings = [self._reading(message) for message in examples]
        labels = [message.get(INTENT) for message in examples]
        self._model = intent_training.fit(readings, labels, self._encoders, self._config, TrainingEncodings())
        with self._model_storage.write_to(self._resource) as folder:
            model_files.save(self._model, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads messages in place; many at once share the encoders' work."""
        texts = [message for message in messages if message.get(TEXT) is not None]
        decisions = self._model.read([self._reading(message) for message in texts], self._encoders)
        normalised = [normalised_of(message).text for message in texts]
        wishes = two_wishes(normalised, [decision.ranking[0][0] for decision in decisions], self._model)
        for message, decision, two in zip(texts, decisions, wishes, strict=True):
            ranking = decision.ranking
            if two is not None:
                first, other = two
                # Of two wishes the one said first; the last clause mostly sounds loudest. As sure as that clause alone:
                # the whole message is torn between the two.
                sureness = max(first.sureness, ranking[0][1])
                ranking = ((first.intent, sureness), *(row for row in ranking if row[0] != first.intent))
                message.set(ALSO, {INTENT_NAME_KEY: other.intent, TEXT: other.text}, add_to_output=True)
            self._store(message, ranking, decision)
        return messages

    def _store(self, message: Message, read: Sequence[tuple[str, float]], decision: Decision) -> None:
        ranking = [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence} for name, confidence in read[:_RANKING_LENGTH]
        ]
        message.set(INTENT, dict(ranking[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(EVIDENCE, Evidence(decision.known, read[0][1], self._model.unknown[read[0][0]], decision.noise))

    @staticmethod
    def _reading(message: Message) -> Reading:
        tokens = message.get("text_tokens")
        words = None if tokens is None else [token.text for token in tokens]
        return Reading.of_normalised(normalised_of(message).text, words)
