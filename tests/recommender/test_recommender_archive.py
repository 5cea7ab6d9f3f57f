"""Models are written whole, and a file that was changed is noticed."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.sparse as sp
from recommender_kit import NOW, Shop

from recommender import CosineRecommender, DamagedModel, Popularity, Request, Segments, ShopRecommender, archive
from recommender.features import FEATURES, Features

MATRIX = sp.csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], np.float32))


@pytest.fixture
def saved(tmp_path):
    CosineRecommender().fit(MATRIX).save(tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", [archive.ARRAYS, archive.FACTS, archive.MANIFEST])
def test_every_flipped_byte_is_noticed(saved, name):
    good = (saved / name).read_bytes()
    for place in range(0, len(good), max(1, len(good) // 97)):
        broken = bytearray(good)
        broken[place] ^= 0x10
        (saved / name).write_bytes(bytes(broken))
        with pytest.raises(DamagedModel, match="zhike train"):
            CosineRecommender.load(saved)
    (saved / name).write_bytes(good)
    CosineRecommender.load(saved)


@pytest.mark.parametrize("name", [archive.ARRAYS, archive.FACTS, archive.MANIFEST])
def test_a_missing_or_shortened_file_is_noticed(saved, name):
    good = (saved / name).read_bytes()
    (saved / name).write_bytes(good[: len(good) // 2])
    with pytest.raises(DamagedModel):
        CosineRecommender.load(saved)
    (saved / name).unlink()
    with pytest.raises(DamagedModel, match="读不到"):
        CosineRecommender.load(saved)


def test_a_model_of_another_kind_or_content_is_refused(saved):
    with pytest.raises(DamagedModel, match=r"recommender\.cosine"):
        Popularity.load(saved)
    archive.save(saved, "recommender.cosine", {"wrong": np.zeros(1)}, {"config": {}})
    with pytest.raises(DamagedModel, match="不完整"):
        CosineRecommender.load(saved)


def test_nothing_in_a_model_is_pickled(saved):
    with pytest.raises(TypeError, match="pickle"):
        archive.save(saved.with_name("objects"), "x", {"a": np.array([{}], dtype=object)}, {})


def test_a_write_that_fails_leaves_the_old_model(saved, monkeypatch):
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    monkeypatch.setattr(archive.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        CosineRecommender(neighbours=2).fit(MATRIX).save(saved)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


def test_saving_again_replaces_and_the_same_model_gives_the_same_bytes(saved):
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    CosineRecommender().fit(MATRIX).save(saved)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before


def test_the_shop_model_answers_the_same_after_loading(shop: Shop, tmp_path):
    shop.model.save(tmp_path / "shop")
    again = ShopRecommender.load(tmp_path / "shop")
    for customer in ("C000", "C001", "C002", None):
        request = Request(customer_id=customer, now=NOW)
        assert again.suggest(request) == shop.model.suggest(request)
    assert again.segments == shop.model.segments
    assert again.segment_of("C003") == shop.model.segment_of("C003")
    facts = json.loads((tmp_path / "shop" / archive.FACTS).read_text(encoding="utf-8"))
    facts["products"] = facts["products"][::-1]  # an index that no longer fits its matrix
    (tmp_path / "shop" / archive.FACTS).write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(DamagedModel, match="sha256"):
        ShopRecommender.load(tmp_path / "shop")


def test_segments_survive_by_themselves(tmp_path):
    features = Features(FEATURES, np.random.default_rng(0).random((40, 7), np.float32))
    segments = Segments(3).fit(features)
    segments.save(tmp_path / "s")
    again = Segments.load(tmp_path / "s")
    assert np.array_equal(again.predict(features), segments.predict(features))
    assert again.segments == segments.segments


def test_segments_of_an_older_version_are_refused_with_the_way_on(tmp_path):
    older = {"segment_mean": np.zeros(7), "segment_scale": np.ones(7), "segment_centres": np.zeros((2, 7))}
    archive.save(tmp_path / "s", "recommender.segments", older, {"k": 2, "seed": 1, "features": ["orders"]})
    with pytest.raises(DamagedModel, match="zhike train"):
        Segments.load(tmp_path / "s")
