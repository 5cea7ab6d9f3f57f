"""Wishes denied are marked by the service, whatever the words; doubly denied ones and questions are not denials."""

from __future__ import annotations

import pytest

from bot.components.denials import denials_of


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("不用退了", ["no return", "no said", "no alone"]),
        ("退货就免了", ["no return", "no said", "no alone"]),
        ("我没说要取消订单", ["no cancel", "no said", "no alone"]),
        ("不是要退货,是想换个颜色", ["no return", "no said", "but exchange", "but said"]),
        ("发票先不要,快递呢", ["no invoice", "no said", "but track", "but asked"]),
        ("先别取消,我再想想", ["no cancel", "no said", "then said"]),
        ("不得不退了", ["yes return", "yes said"]),
        ("怎么还不发货", ["wait urge", "wait asked"]),
        ("能不能退货", []),
        ("退货怎么弄", []),
        ("不好意思我想退货", []),
        ("", []),
    ],
)
def test_known_answers(text, marks):
    assert denials_of(text) == marks
