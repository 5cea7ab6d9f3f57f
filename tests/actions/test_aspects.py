"""The table of aspects, and what a wish wants goods to be good at."""

from __future__ import annotations

import csv
import re

import pytest

from actions import aspects
from actions.wish import Wish
from recommender import WHOLE

KINDS = ("耳机", "蓝牙耳机", "充电宝", "保温杯", "防晒霜", "玩具", "相机", "护手霜", "香水", "茶叶", "瑜伽垫")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("推荐一款续航好的蓝牙耳机", ("续航",)),
        ("音质好点、降噪强的耳机有吗", ("音质", "降噪")),
        ("比较看重做工", ("做工",)),
        ("要声音小的", ("噪音",)),
        ("性价比高的充电宝", ("性价比",)),
        ("续航要特别久的", ("续航",)),
        ("earphones with good battery life", ("续航",)),
        ("推荐个充电宝", ()),
        ("保温杯有推荐吗", ()),
        ("给孩子买玩具", ()),
        ("便宜点的", ()),
        ("物流快一点的店", ()),
        ("不看重外观", ()),
        ("有好评多的吗", ()),
        ("", ()),
    ],
)
def test_wanted_aspects_are_those_of_goods_that_are_to_be_good(text, wanted):
    assert set(aspects.wanted_in(text, KINDS)) == set(wanted)


def test_every_line_of_the_table_is_whole_and_named_once():
    table = aspects.table()
    assert len({one.name for one in table}) == len(table) and table[-1].name == WHOLE
    assert {one.of for one in table} == {aspects.GOODS, aspects.SERVICE, aspects.PRICE}
    assert all(one.english.isascii() and one.praise for one in table)
    with open(aspects._TABLE, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert all(re.compile(row[column]) for column in ("topic", "good", "bad"))


def test_service_and_price_are_no_praise_of_goods():
    assert not {"物流", "客服", "赠品", "价格"} & set(aspects.of_goods())


def test_a_wish_says_what_the_goods_are_to_be_good_at():
    wish = Wish(kinds=("耳机",), max_price=300.0, aspects=("续航", "音质"))
    assert wish.described() == "300 元以内、续航好、音质好的耳机"
    assert Wish.from_slot(wish.to_slot()) == wish and not wish.empty
    assert Wish(aspects=("从前有的",)).described() == ""
