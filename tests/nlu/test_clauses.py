"""Two wishes in one message are both seen, in the order said; one wish told over several clauses is one."""

from __future__ import annotations

import pytest

from bot.components.clauses import clauses_of, two_wishes
from bot.components.text import normalise


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("快递到哪了", []),
        ("你好，快递到哪了", []),  # a greeting is no clause that says a wish
        ("快递到哪了，发票怎么开", ["快递到哪了", "发票怎么开"]),
        ("快递到哪了 发票怎么开", ["快递到哪了", "发票怎么开"]),
        ("快递到哪了？？发票怎么开！", ["快递到哪了", "发票怎么开"]),
        ("", []),
        ("，，，", []),
    ],
)
def test_clauses(text, clauses):
    assert clauses_of(normalise(text).text) == clauses


@pytest.mark.parametrize(
    ("text", "read", "wishes"),
    [
        ("我要退货，发票怎么开", "ask_invoice", ("request_return", "ask_invoice")),
        ("我要退货，发票怎么开", "request_return", ("request_return", "ask_invoice")),
        ("发票怎么开，我要退货", "request_return", ("ask_invoice", "request_return")),
        ("我要退货，申请退货退款", "request_return", None),  # one wish said twice
        ("你好你好，我要退货", "request_return", None),
        ("我要退货，发票怎么开", "greet", None),  # not about either
        ("我要退货", "request_return", None),
    ],
)
def test_two_wishes(small_model, text, read, wishes):
    model, _ = small_model
    (found,) = two_wishes([normalise(text).text], [read], model)
    assert (tuple(wish.intent for wish in found) if found else None) == wishes


def test_the_words_of_each_wish_are_kept(small_model):
    model, _ = small_model
    (found,) = two_wishes(["我要退货,发票怎么开"], ["request_return"], model)
    assert found is not None
    assert [(wish.intent, wish.text) for wish in found] == [
        ("request_return", "我要退货"),
        ("ask_invoice", "发票怎么开"),
    ]
    assert all(wish.sureness >= 0.9 for wish in found)
