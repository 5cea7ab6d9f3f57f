"""The intent model: the same when saved and loaded, no pickle in it, the slower encoder only where it is needed."""

from __future__ import annotations

import pickletools
from dataclasses import replace

import numpy as np
import pytest

from bot.components import intent_training, model_files
from bot.components.encoders import TrainingEncodings
from bot.components.features import Reading
from bot.components.intent_model import softmax
from bot.components.noise import noise
from tests.nlu.conftest import SpellingEncoder, fit_small

ASKED = ["我想退货", "發票怎麼開", "快递到哪儿了呀", "你好", "zzz", "推款", "好 那我的包裹呢", "。"]


def readings(texts):
    return [Reading.of(text) for text in texts]


def test_plain_wishes_are_read(small_model):
    model, encoders = small_model
    decisions = model.read(readings(["我想退货", "发票能开吗", "快递到哪了", "你好呀"]), encoders)
    found = [decision.ranking[0][0] for decision in decisions]
    assert found == ["request_return", "ask_invoice", "track_order", "greet"]


def test_confidences_are_a_distribution_surest_first(small_model):
    model, encoders = small_model
    for decision in model.read(readings(ASKED), encoders):
        confidences = [confidence for _, confidence in decision.ranking]
        assert sum(confidences) <= 1 + 1e-5  # what is missing is the chance of noise
        assert confidences == sorted(confidences, reverse=True)
        assert len(decision.ranking) == len(model.intents)


def test_together_and_one_by_one_read_the_same(small_model):
    model, encoders = small_model
    together = model.read(readings(ASKED), encoders)
    alone = [model.read([reading], encoders)[0] for reading in readings(ASKED)]
    for one, other in zip(together, alone, strict=True):
        assert [name for name, _ in one.ranking] == [name for name, _ in other.ranking]
        assert one.ranking[0][1] == pytest.approx(other.ranking[0][1], abs=1e-5)
        assert one.stage == other.stage


def test_saved_and_loaded_it_answers_the_same(small_model, tmp_path):
    model, encoders = small_model
    model_files.save(model, tmp_path)
    loaded = model_files.load(tmp_path)
    assert loaded.read(readings(ASKED), encoders) == model.read(readings(ASKED), encoders)
    assert (loaded.sure, loaded.unknown, loaded.intents) == (model.sure, model.unknown, model.intents)


def test_no_pickle_in_the_files(small_model, tmp_path):
    model, _ = small_model
    model_files.save(model, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays.npz", "model.json"]
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)
    for path in tmp_path.iterdir():
        with pytest.raises(ValueError):
            list(pickletools.genops(path.read_bytes()))


@pytest.mark.parametrize("name", ["arrays.npz", "model.json"])
@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_damaged_files_are_named_with_what_to_do(small_model, tmp_path, name, damage):
    model_files.save(small_model[0], tmp_path)
    path = tmp_path / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(model_files.UnreadableModel, match="zhike train"):
        model_files.load(tmp_path)


def test_the_same_seed_gives_the_same_model(small_examples, small_model):
    again, _ = fit_small(small_examples)
    first, _ = small_model
    for one, other in zip(again.stages, first.stages, strict=True):
        np.testing.assert_array_equal(one.sparse_weights, other.sparse_weights)
        assert one.temperature == other.temperature
    assert (again.sure, again.unknown) == (first.sure, first.unknown)


@pytest.mark.parametrize(
    ("sure", "stage", "asked"),
    [((0.0, 0.0), 0, []), ((1.1, 0.0), 1, ["use"]), ((1.1, 1.1), 2, ["use", "e5"]), ((0.0, 1.1), 0, [])],
)
def test_an_encoder_is_asked_only_where_the_stages_before_it_leave_it_open(small_model, sure, stage, asked):
    model, encoders = small_model
    for encoder in encoders.values():
        encoder.asked.clear()
    (decision,) = replace(model, sure=sure).read(readings(["我想退货退款"]), encoders)
    assert decision.stage == stage
    assert [name for name, encoder in encoders.items() if encoder.asked] == asked


def test_a_dearer_stage_sees_only_what_was_left_open(small_model):
    model, encoders = small_model
    both = readings(["我想退货退款", "那个怎么说"])
    plain, odd = (decision.ranking[0][1] for decision in replace(model, sure=(0.0, 0.0)).read(both, encoders))
    encoders["use"].asked.clear()
    decisions = replace(model, sure=((plain + odd) / 2, 0.0)).read(both, encoders)
    assert [decision.stage for decision in decisions] == [0, 1]
    assert encoders["use"].asked == ["那个怎么说"]


def test_the_ending_is_encoded_only_when_it_differs_from_the_text(small_model):
    model, encoders = small_model
    encoders["use"].asked.clear()
    replace(model, sure=(1.1, 0.0)).read(readings(["退货"]), encoders)
    assert encoders["use"].asked == ["退货"]


@pytest.mark.parametrize(
    ("options", "stages"),
    [
        ({"use": True, "e5": False}, [(), ("use", "use_ending")]),
        ({"use": False, "e5": True}, [(), ("e5",)]),
        ({"use": False, "e5": False}, [()]),
    ],
)
def test_encoders_can_be_left_out(small_examples, options, stages):
    encoders = {name: SpellingEncoder(name) for name, wanted in options.items() if wanted}
    model = intent_training.fit(
        readings(text for text, _ in small_examples),
        [intent for _, intent in small_examples],
        encoders,
        intent_training.IntentConfig(**options),
        TrainingEncodings(None),
    )
    assert [stage.parts for stage in model.stages] == stages
    assert model.read(readings(["我要退货"]), encoders)[0].ranking[0][0] == "request_return"


def test_noise_is_told_from_messages_and_no_message_is_taken_for_it(small_model, small_examples):
    model, encoders = small_model
    unseen = noise(60, {text for text, _ in small_examples}, seed=99)
    caught = [decision.noise for decision in model.read(readings(unseen), encoders)]
    assert np.mean(caught) > 0.9
    mistaken = [decision.noise for decision in model.read(readings(text for text, _ in small_examples), encoders)]
    assert np.mean(mistaken) < 0.002


def test_without_noise_to_learn_from_nothing_is_taken_for_noise(small_examples):
    model, encoders = fit_small(small_examples[::4], noise=0)
    decisions = model.read(readings(["我想退货", "嘎嘎咕咕"]), encoders)
    assert not any(decision.noise for decision in decisions)
    assert all(sum(c for _, c in decision.ranking) == pytest.approx(1, abs=1e-5) for decision in decisions)


def test_made_noise_is_the_same_for_a_seed_and_never_a_message():
    messages = ["我要退货", "快递到哪了"]
    made = noise(120, messages, seed=1)
    assert made == noise(120, messages, seed=1) != noise(120, messages, seed=2)
    assert len(set(made) - set(messages)) == 120


def test_thresholds_come_with_their_tables(small_model):
    model, _ = small_model
    for sure, table in zip(model.sure, model.facts["sure_tables"], strict=True):
        assert {"sure", "decided", "accuracy"} <= set(table[0])
        assert 0.3 <= sure <= 1
    assert set(model.unknown) == set(model.intents)
    for table in model.facts["unknown_tables"].values():
        best = min(table, key=lambda row: (row["cost"], row["threshold"]))
        assert best["threshold"] in model.unknown.values()


def test_what_is_dear_to_get_wrong_is_asked_about_sooner():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 4000)
    sureness = rng.uniform(0.5, 1.0, 4000)
    taken_for = np.where(rng.uniform(size=4000) < sureness, truth, 1 - truth)
    confidences = np.where(np.eye(2, dtype=bool)[taken_for], sureness[:, None], 1 - sureness[:, None])
    config = intent_training.IntentConfig(wrong_costs={"cancel_order": 4.0}, question_cost=0.45)
    unknown, tables = intent_training._unknown(confidences, truth, ("ask_price", "cancel_order"), config)
    # A guess at confidence p goes wrong with 1 - p: asking back pays when (1 - p) · cost is above that of a question.
    assert unknown["ask_price"] < 0.6 < 0.8 < unknown["cancel_order"]
    assert set(tables) == {"1", "4"}


def test_a_stage_decides_only_where_that_costs_next_to_nothing():
    truth = np.array([0] * 50 + [1] * 50)
    exact = np.eye(2)[truth]
    # Right wherever its confidence is at least 0.8, wrong below.
    strength = np.linspace(0.55, 0.99, 100)
    cheap = np.where((strength >= 0.8)[:, None], exact, 1 - exact) * strength[:, None]
    cheap += np.where((strength >= 0.8)[:, None], 1 - exact, exact) * (1 - strength)[:, None]
    (sure,), cascade, (table,) = intent_training._sure([cheap, exact], truth, loss=0.0)
    assert 0.78 < sure <= 0.82
    assert (cascade.argmax(axis=1) == truth).all()
    assert [row["decided"] for row in table] == sorted((row["decided"] for row in table), reverse=True)
    generous, _, _ = intent_training._sure([cheap, exact], truth, loss=0.1)
    assert generous[0] < sure


def test_an_unknown_option_is_refused_by_name():
    with pytest.raises(ValueError, match="regularization"):
        intent_training.IntentConfig.from_mapping({"regularization": 1})


def test_one_intent_alone_cannot_be_learned():
    with pytest.raises(ValueError, match="两种意图"):
        fit_small([("你好", "greet"), ("在吗", "greet")])


def test_softmax_known_answer():
    np.testing.assert_allclose(softmax(np.array([0.0, np.log(3)])), [0.25, 0.75])
    np.testing.assert_allclose(softmax(np.array([1000.0, 0.0])), [1, 0], atol=1e-12)


@pytest.mark.parametrize("widths", [[], [1], [3, 2]])
def test_features_side_by_side_are_what_scipy_stacks(widths):
    import scipy.sparse as sp

    rng = np.random.default_rng(3)
    sparse = sp.random(7, 5, 0.3, format="csr", random_state=3)
    dense = [rng.normal(size=(7, width)) for width in widths]
    expected = sp.hstack([sparse, *(sp.csr_matrix(block) for block in dense)]).toarray()
    np.testing.assert_array_equal(intent_training._side_by_side(sparse, dense).toarray(), expected)
