"""The mood model trained on the shop's own messages: pairs, sarcasm, persistence, damaged files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.components import mood_training
from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import Reading
from bot.components.mood_model import LABELS, Mood, MoodModel, UnreadableMoodModel
from bot.errors import Problem

DATA = Path(__file__).resolve().parents[2] / "data" / "sentiment"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval"


@pytest.fixture(scope="module")
def model() -> MoodModel:
    """N-grams and cues alone, which read most messages; the encoder would take minutes to read all examples."""
    return mood_training.fit(*mood_training.read_examples(DATA), None, TrainingEncodings())


def label(model: MoodModel, text: str) -> str:
    return model.read(Reading.of(text), {}).label


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("很满意", "positive"), ("不满意", "negative"), ("没有不满意", "positive"),
        ("我不高兴", "negative"), ("一点都不失望，太好用了", "positive"),
        ("你们的效率可真“高”啊", "negative"), ("呵呵，真行", "negative"),
        ("等了二十天了还没影子！！", "negative"), ("垃圾客服", "negative"),
        ("快递现在到哪儿了", "neutral"), ("有没有不掉色的口红", "neutral"), ("帮我查一下订单", "neutral"),
        ("怎么申请退款", "neutral"), ("两百以内的有吗", "neutral"),
        ("太好看了，爱了爱了", "positive"), ("😡😡😡", "negative"), ("😍😍", "positive"),
    ],
)  # fmt: skip
def test_moods(model, text, mood):
    assert label(model, text) == mood


def test_the_score_lies_between_minus_one_and_one_and_goes_with_the_mood(model):
    good, bad = model.read(Reading.of("太棒了，超级喜欢"), {}), model.read(Reading.of("差劲，骗子"), {})
    assert -1 <= bad.score < 0 < good.score <= 1


def test_nothing_to_read_is_neutral(model):
    assert model.read(Reading.of(""), {}) == Mood("neutral", 0.0)


def test_a_saved_model_reads_the_same(model, tmp_path):
    model.save(tmp_path)
    loaded = MoodModel.load(tmp_path)
    for text in ("还可以吧", "真不错", "什么破店", "🙏"):
        assert loaded.read(Reading.of(text), {}) == model.read(Reading.of(text), {})


FEW = ["好用", "垃圾", "几点发货", "喜欢", "骗子", "有货吗"] * 5
FEW_LABELS = ["positive", "negative", "neutral"] * 10


class PolarEncoder(SentenceEncoder):
    """Knows good from bad, and nothing else; counts what it was asked."""

    name, dimensions, version = "polar", 2, "polar-1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        rows = [
            (1, 0) if set(text) & set("好喜妙") else (-1, 0) if set(text) & set("垃骗糟") else (0, 1) for text in texts
        ]
        return np.array(rows, dtype=np.float32)


def test_training_again_gives_the_same_model():
    first, second = (mood_training.fit(FEW, FEW_LABELS, PolarEncoder(), TrainingEncodings()) for _ in range(2))
    for one, other in zip(first.stages, second.stages, strict=True):
        assert np.array_equal(one.sparse_weights, other.sparse_weights)
        assert np.array_equal(one.dense_weights, other.dense_weights)


def test_the_encoder_is_asked_only_where_ngrams_leave_it_open():
    encoder = PolarEncoder()
    model = mood_training.fit(FEW, FEW_LABELS, encoder, TrainingEncodings())
    mild = tuple(replace(stage, temperature=1.0) for stage in model.stages)
    model = replace(model, stages=mild, sure=(0.7,))
    encoder.asked.clear()
    assert model.read(Reading.of("骗子"), {"polar": encoder}).label == "negative"
    assert encoder.asked == []
    good, bad = (model.read(Reading.of(text), {"polar": encoder}) for text in ("妙哉", "糟哉"))
    assert good.score > bad.score
    assert encoder.asked == ["妙哉", "糟哉"]


def test_a_saved_model_with_an_encoder_reads_the_same(tmp_path):
    model = mood_training.fit(FEW, FEW_LABELS, PolarEncoder(), TrainingEncodings())
    model.save(tmp_path)
    loaded = MoodModel.load(tmp_path)
    for text in ("妙哉", "糟透", "骗子", "何时"):
        assert loaded.read(Reading.of(text), {"polar": PolarEncoder()}) == model.read(
            Reading.of(text), {"polar": PolarEncoder()}
        )


def test_too_few_examples_of_a_mood_are_refused(tmp_path):
    (tmp_path / "few.jsonl").write_text('{"text": "好", "sentiment": "positive"}\n', encoding="utf-8")
    with pytest.raises(Problem, match="情绪例句不够"):
        mood_training.read_examples(tmp_path)


@pytest.mark.parametrize("damage", ["mood.npz", "mood.json"])
def test_a_damaged_file_says_what_to_do(model, tmp_path, damage):
    model.save(tmp_path)
    (tmp_path / damage).write_bytes(b"\x00broken")
    with pytest.raises(UnreadableMoodModel, match="zhike train"):
        MoodModel.load(tmp_path)


def test_a_model_with_other_cues_is_refused(model, tmp_path):
    model.save(tmp_path)
    described = json.loads((tmp_path / "mood.json").read_text(encoding="utf-8"))
    described["cues"] = described["cues"][:-1]
    (tmp_path / "mood.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(UnreadableMoodModel):
        MoodModel.load(tmp_path)


@pytest.mark.parametrize(
    ("line", "why"),
    [("not json", "第 1 行"), ('{"text": "好"}', "第 1 行"), ('{"text": "好", "sentiment": "happy"}', "happy")],
)
def test_a_bad_example_is_named_by_file_and_line(tmp_path, line, why):
    (tmp_path / "bad.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(Problem, match=why):
        mood_training.read_examples(tmp_path)


def test_border_cases_are_left_out(tmp_path):
    rows = [{"text": str(n), "sentiment": mood} for n, mood in enumerate([*LABELS * 5, None])]
    (tmp_path / "few.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    texts, labels = mood_training.read_examples(tmp_path)
    assert (texts, tuple(labels)) == ([str(n) for n in range(15)], LABELS * 5)


def _labelled(*names: str) -> list[dict]:
    if not SHARED.is_dir():
        pytest.skip("the evaluation kit ../shared/eval is not here")
    rows = [json.loads(line) for name in names for line in (SHARED / name).read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row.get("sentiment")]


def test_other_peoples_messages_are_read_right(model):
    """Mean of the three recalls on labelled messages that are never trained on."""
    rows = _labelled("mood_dev.jsonl", "utterances_dev.jsonl")
    right = {mood: [label(model, row["text"]) == mood for row in rows if row["sentiment"] == mood] for mood in LABELS}
    assert np.mean([np.mean(hits) for hits in right.values()]) >= 0.88


def test_no_message_of_the_evaluation_kit_is_trained_on():
    def pairs(text: str) -> set[str]:
        return {text[at : at + 2] for at in range(len(text) - 1)}

    lines = [
        line for name in ("own", "shades") for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    own = [pairs(json.loads(line)["text"]) for line in lines]
    for row in _labelled("mood_dev.jsonl", "utterances_dev.jsonl"):
        theirs = pairs(row["text"])
        near = max((len(theirs & mine) / len(theirs | mine) for mine in own if theirs | mine), default=0.0)
        assert near <= 0.6, row["text"]
