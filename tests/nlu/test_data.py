"""The training messages: clean, unambiguous, enough, and none taken from the evaluation kit."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict

import pytest

from bot.components.text import normalise
from tests.nlu.conftest import ROOT

INTENTS = {
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "bot_challenge",
    "ask_capability",
    "chitchat",
    "request_recommendation",
    "refine_recommendation",
    "ask_recommendation_reason",
    "ask_product_info",
    "compare_products",
    "ask_price",
    "ask_stock",
    "ask_promotion",
    "place_order",
    "track_order",
    "urge_delivery",
    "cancel_order",
    "change_order",
    "ask_shipping",
    "ask_payment",
    "ask_invoice",
    "request_return",
    "request_exchange",
    "ask_refund_status",
    "report_problem",
    "ask_warranty",
    "ask_price_protection",
    "ask_membership",
    "ask_account",
    "complain",
    "praise",
    "request_human",
    "feedback_positive",
    "feedback_negative",
    "inform",
    "clarify",
    "privacy_request",
    "out_of_scope",
}


def key(text: str) -> str:
    return normalise(text).text.lower()


def bigrams(text: str) -> frozenset[str]:
    plain = re.sub(r"\s+", "", key(text))
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset([plain])


def test_every_intent_of_the_contract_and_no_other_has_at_least_two_hundred_and_fifty(training_examples):
    counts = Counter(intent for _, intent in training_examples)
    assert set(counts) == INTENTS
    assert min(counts.values()) >= 250, counts.most_common()[-3:]


def test_no_message_stands_twice_or_under_two_intents(training_examples):
    where = defaultdict(list)
    for text, intent in training_examples:
        where[key(text)].append(intent)
    assert not {text: intents for text, intents in where.items() if len(intents) > 1}


def test_no_message_is_a_command_blank_or_holds_entity_syntax(training_examples):
    for text, _ in training_examples:
        assert key(text)
        assert not text.startswith("/")
        assert "](" not in text and "]{" not in text
        assert text == text.strip()


def test_sentiment_labels_belong_to_training_messages(training_examples):
    texts = {text for text, _ in training_examples}
    for line in (ROOT / "data" / "sentiment" / "messages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row["text"] in texts
        assert row["sentiment"] in ("negative", "neutral", "positive", None)  # None: on the border, not learned from


def _evaluation_texts(folder):
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "text" in row:
                yield row["text"]
            for turn in row.get("turns", []):
                yield from (turn["say"] for _ in [0] if "say" in turn)
                yield from (rule["say"] for rule in turn.get("fill", []) if "say" in rule)


def test_no_training_message_is_or_nearly_is_one_of_the_evaluation(shared, training_examples):
    kept_apart = [(text, bigrams(text)) for text in _evaluation_texts(shared / "eval")]
    assert len(kept_apart) > 300
    by_bigram = defaultdict(set)
    for at, (_, grams) in enumerate(kept_apart):
        for gram in grams:
            by_bigram[gram].add(at)
    near = []
    for text, _ in training_examples:
        grams = bigrams(text)
        for at in set().union(*(by_bigram[gram] for gram in grams)):
            other, other_grams = kept_apart[at]
            if len(grams & other_grams) / len(grams | other_grams) > 0.7:
                near.append((text, other))
    assert not near


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "nlu").glob("*.yml")), ids=lambda path: path.stem)
def test_a_topic_is_valid_rasa_yaml(path):
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    data = RasaYAMLReader().read(str(path))
    assert data.intent_examples
    assert not data.entity_examples
