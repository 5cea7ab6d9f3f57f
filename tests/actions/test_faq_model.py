"""The FAQ's model: what it leaves out it has not seen, it is as sure as it is right, and it never stands in the way."""

from __future__ import annotations

import itertools
import threading
import zlib
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from actions.faq import FaqSource, best_index
from actions.faq_groups import groups_of
from actions.faq_hybrid import HybridIndex
from actions.faq_index import FaqIndex
from actions.faq_match import Sureness
from actions.faq_model import Costs, _calibrate, _leave_out, _wordings_of, fit

MATTERS = ("运费", "发票", "退货", "换货", "会员", "积分", "尺码", "保修")
SHAPES = ("{}怎么弄", "{}的规矩是什么", "请问{}", "想了解{}", "{}有什么说法", "关于{}")
ENTRIES = tuple(
    SimpleNamespace(
        entry_id=matter,
        question=SHAPES[0].format(matter),
        answer=f"{matter}请看说明。",
        similar=tuple(shape.format(matter) for shape in SHAPES[1:]),
        category="",
    )
    for matter in MATTERS
)


class Letters:
    """An encoder that knows pairs of letters: each has a direction of its own."""

    def __init__(self, name: str) -> None:
        self.name, self.asked = name, 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        vectors = np.stack([sum(map(self._direction, itertools.pairwise(text)), np.zeros(64)) for text in texts])
        return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)

    encode_wordings = encode

    def _direction(self, pair: tuple[str, str]) -> np.ndarray:
        return np.random.default_rng(zlib.crc32("".join(pair).encode())).normal(size=64)


def test_what_is_left_out_is_scored_as_if_it_had_never_been_there() -> None:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(12, 4)).astype(np.float32)
    gram = np.exp(-((points[:, None] - points[None]) ** 2).sum(-1)).astype(np.float32)
    owner = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    _, kept, taken = _leave_out(gram.copy(), owner, np.arange(12))

    def refitted(rows: np.ndarray, at: int) -> np.ndarray:
        target = np.eye(4)[owner[rows]]
        return gram[at, rows] @ np.linalg.solve(gram[np.ix_(rows, rows)] + 0.1 * np.eye(len(rows)), target)

    for at in range(12):
        np.testing.assert_allclose(kept[at], refitted(np.delete(np.arange(12), at), at), atol=1e-4)
        others = np.flatnonzero(owner != owner[at])
        expected = refitted(others, at)
        expected[owner[at]] = -1.0
        np.testing.assert_allclose(taken[at], expected, atol=1e-4)


def test_the_dearer_a_wrong_answer_the_surer_it_must_be() -> None:
    rng = np.random.default_rng(6)
    right = rng.random(200) < 0.7
    own = np.column_stack([np.where(right, rng.normal(0.6, 0.2, 200), 0.1), rng.normal(0.3, 0.1, 200)])
    strangers = np.column_stack([rng.normal(0.1, 0.1, 200), rng.normal(0.1, 0.1, 200)])
    usual, dear = (_calibrate(own, right, strangers, costs) for costs in (Costs(), Costs(wrong=20.0)))
    assert usual.near < usual.answer < dear.answer
    assert usual.answer == pytest.approx(4 / 5)
    assert usual.of_lead > 0 and usual.of_answer > 0, "a lead and an answer that fits both make surer"
    assert sum(band.right + band.wrong for band in usual.table) == len(own)
    assert sum(band.strangers for band in usual.table) == len(strangers)


def test_paraphrases_are_found_and_another_matter_is_not_answered() -> None:
    index = best_index(ENTRIES, [Letters("fast"), Letters("slow")])
    assert isinstance(index, HybridIndex)
    for matter in MATTERS:
        found = index.best(f"{matter}的说法是什么", sureness=Sureness.NEAR)
        assert found is not None and found.entry.entry_id == matter
    assert index.best("门店几点关门", sureness=Sureness.NEAR) is None
    assert index.ranked("。。。") == ()


def test_the_slow_encoder_is_asked_only_where_the_fast_one_leaves_it_open() -> None:
    fast, slow = Letters("fast"), Letters("slow")
    index = best_index(ENTRIES, [fast, slow])
    before = slow.asked
    found = index.best("运费怎么弄")
    assert found is not None and slow.asked == before


def test_a_few_wordings_calibrate_nothing_so_letters_alone_decide() -> None:
    assert fit(ENTRIES[:2], [Letters("fast")]) is None
    assert fit((), [Letters("fast")]) is None
    assert isinstance(best_index(ENTRIES, []), FaqIndex)


def test_an_entry_with_few_questions_is_known_by_its_answer_too() -> None:
    entry = SimpleNamespace(question="运费", answer="满 88 元包邮，不满收 6 元；嗯。", similar=("邮费", "运费"))
    texts, _, asked = _wordings_of([entry])
    assert texts == ["运费", "邮费", "满 88 元包邮", "不满收 6 元"] and asked.tolist() == [True, True, False, False]


class Repository:
    version = 1

    def snapshot(self):
        return self.version, ENTRIES


def test_the_plain_index_answers_until_the_other_is_made() -> None:
    gate = threading.Event()

    class Slow(Letters):
        def encode_wordings(self, texts: Sequence[str]) -> np.ndarray:
            gate.wait(10)
            return super().encode(texts)

    source = FaqSource(Repository(), [Slow("fast")])
    assert isinstance(source.index(), FaqIndex) and source.best("运费怎么弄") is not None
    gate.set()
    assert isinstance(source.ready(10), HybridIndex)


def test_when_an_encoder_fails_the_plain_index_stays() -> None:
    class Broken(Letters):
        def encode_wordings(self, texts: Sequence[str]) -> np.ndarray:
            raise OSError("no such file")

    source = FaqSource(Repository(), [Broken("fast")])
    assert isinstance(source.ready(10), FaqIndex) and source.best("运费怎么弄") is not None


def test_questions_that_mean_the_same_are_put_together() -> None:
    encoders = [Letters("fast")]
    asked = ["门店几点关门", "门店几点关门呀", "能不能刻字", "门店几点关门？"]
    for index in (best_index(ENTRIES, encoders), FaqIndex(ENTRIES)):
        assert [0, 1, 3] in groups_of(asked, index, encoders)
        assert [2] in groups_of(asked, index, encoders)
