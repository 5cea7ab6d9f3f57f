"""The component in Rasa's hands: trained, kept, loaded; its mood goes out with the parse result."""

from __future__ import annotations

import json

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.encoders import E5Encoder
from bot.components.mood_model import UnreadableMoodModel
from bot.components.sentiment import SentimentClassifier

MESSAGES = {
    "positive": ["好用", "太喜欢了", "很满意", "真棒", "赞"],
    "negative": ["垃圾", "骗子", "气死我了", "太差了", "失望"],
    "neutral": ["几点发货", "有货吗", "帮我查订单", "怎么退", "多少钱"],
}


@pytest.fixture()
def config(tmp_path) -> dict:
    rows = [{"text": text, "sentiment": mood} for mood, texts in MESSAGES.items() for text in texts]
    folder = tmp_path / "moods"
    folder.mkdir()
    (folder / "few.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return {"data": str(folder), "e5": False}


def _storage(tmp_path) -> LocalModelStorage:
    folder = tmp_path / "model"
    folder.mkdir()
    return LocalModelStorage.create(folder)


def test_the_mood_goes_out_with_the_parse_result(config, tmp_path):
    storage, resource = _storage(tmp_path), Resource("mood")
    SentimentClassifier.create(config, storage, resource, None).train(TrainingData())
    loaded = SentimentClassifier.load(config, storage, resource, None)
    message = Message.build("垃圾骗子")
    loaded.process([message])
    assert message.as_dict(only_output_properties=True)["sentiment"]["label"] == "negative"


def test_with_other_encoder_vectors_than_in_training_the_model_is_refused(config, tmp_path, monkeypatch):
    storage, resource = _storage(tmp_path), Resource("mood")
    asked = config | {"e5": True}
    SentimentClassifier.create(asked, storage, resource, None).train(TrainingData())
    monkeypatch.setattr(E5Encoder, "version", "e5-of-tomorrow")
    with pytest.raises(UnreadableMoodModel, match="e5-of-tomorrow"):
        SentimentClassifier.load(asked, storage, resource, None)


def test_a_message_without_text_is_neutral(config, tmp_path):
    classifier = SentimentClassifier.create(config, _storage(tmp_path), Resource("m"), None)
    (message,) = classifier.process([Message({"intent": "greet"})])
    assert message.get("sentiment") == {"label": "neutral", "score": 0.0}


def test_new_examples_change_the_fingerprint(config, tmp_path):
    before = SentimentClassifier.fingerprint_addon(config)
    assert before == SentimentClassifier.fingerprint_addon(config)
    (tmp_path / "moods" / "more.jsonl").write_text('{"text": "妙", "sentiment": "positive"}\n', encoding="utf-8")
    assert SentimentClassifier.fingerprint_addon(config) != before
