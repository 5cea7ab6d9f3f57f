"""Encodings of training texts are kept between trainings, by encoder version, and survive a damaged file."""

from __future__ import annotations

import numpy as np
import pytest

from bot.components import encoders
from bot.components.encoders import E5Encoder, TrainingEncodings, UseEncoder
from tests.nlu.conftest import SpellingEncoder


def test_only_new_texts_are_encoded_again(tmp_path):
    first = SpellingEncoder()
    TrainingEncodings(tmp_path).encode(first, ["退货", "换货", "退货"])
    again = SpellingEncoder()
    vectors = TrainingEncodings(tmp_path).encode(again, ["换货", "发票"])
    assert first.asked == ["退货", "换货"]
    assert again.asked == ["发票"]
    np.testing.assert_array_equal(vectors, SpellingEncoder().encode(["换货", "发票"]))


def test_another_version_has_its_own_file(tmp_path):
    TrainingEncodings(tmp_path).encode(SpellingEncoder("use"), ["退货"])
    other = SpellingEncoder("other")
    TrainingEncodings(tmp_path).encode(other, ["退货"])
    assert other.asked == ["退货"]


def test_a_damaged_cache_is_made_anew(tmp_path):
    TrainingEncodings(tmp_path).encode(SpellingEncoder(), ["退货"])
    for path in tmp_path.rglob("*.npz"):
        path.write_bytes(b"not an archive")
    encoder = SpellingEncoder()
    assert TrainingEncodings(tmp_path).encode(encoder, ["退货"]).shape == (1, encoder.dimensions)
    assert encoder.asked == ["退货"]


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("ZHIKE_CACHE", raising=False)
    monkeypatch.chdir(tmp_path)
    TrainingEncodings().encode(SpellingEncoder(), ["退货"])
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize("encoder", [UseEncoder(), E5Encoder()], ids=["use", "e5"])
def test_encoders_give_unit_vectors_near_for_like_meanings(encoder):
    one, two, other = encoder.encode(["我要退货", "这个想退掉", "今天天气真好"])
    assert one.shape == (encoder.dimensions,)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-3)
    assert one @ two > one @ other


def test_e5_engines_side_by_side_give_what_one_gives():
    texts = ["我要退货", "发票", "到哪了", "你好", "谢谢", "换一批"]
    np.testing.assert_allclose(E5Encoder().encode_many(texts, workers=2), E5Encoder().encode(texts), atol=1e-6)


def test_the_same_message_is_encoded_once_for_all_who_ask(monkeypatch):
    encoder = E5Encoder()
    (first,) = encoder.encode(["想换个颜色"])
    monkeypatch.setattr(encoder, "_model", None)
    monkeypatch.setattr(encoders, "_e5_engine", lambda: None)
    (again,) = encoder.encode(["想换个颜色"])
    np.testing.assert_array_equal(first, again)
