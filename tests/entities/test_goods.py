"""Kinds, brands and products of whatever catalogue there is; without one, of the lexicon."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bot.components.matching.matcher import Matcher

from .shop import DIGITAL, GARDEN, TODAY, Goods, of, read, snapshot


@pytest.fixture(scope="module")
def digital() -> Matcher:
    return Matcher.for_catalogue(DIGITAL)


@pytest.fixture(scope="module")
def garden() -> Matcher:
    return Matcher.for_catalogue(GARDEN)


@pytest.fixture(scope="module")
def bare() -> Matcher:
    return Matcher.for_catalogue(None)


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("有蓝牙耳机吗", "蓝牙耳机", "蓝牙耳机"),
        ("推荐个吹风机", "吹风机", "电吹风"),
        ("移动电源怎么选", "移动电源", "充电宝"),
        ("尿不湿", "尿不湿", "纸尿裤"),
        ("刮胡刀好用不", "刮胡刀", "剃须刀"),
        ("機械鍵盤", "鍵盤", "键盘"),
        ("头戴式蓝牙耳机", "头戴式蓝牙耳机", "头戴式耳机"),
        ("猫粮狗粮都要", "猫粮", "猫粮"),
    ],
)
def test_the_lexicon_knows_kinds_by_their_everyday_names(bare, text, words, kind):
    assert of("category", read(text, bare))[0] == (words, kind)


@pytest.mark.parametrize(
    "text", ["手机号换了", "手机壳", "咖啡机", "键盘膜", "猫砂盆", "洗脸", "面膜碗", "笔记本支架", "牛奶锅", "枕头套"]
)
def test_what_only_contains_a_kinds_name_is_another_thing(bare, text):
    assert of("category", read(text, bare)) == []


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("Apple手机", "苹果"), ("红米手机怎么样", "小米"), ("米家台灯", "小米"), ("HUAWEI的", "华为"),
        ("阿迪跑鞋", "阿迪达斯"),
        ("美的电饭煲", "美的"), ("三星手机", "三星"), ("苹果耳机", "苹果"), ("vivo手机", "vivo"), ("荣耀平板", "荣耀"),
    ],
)  # fmt: skip
def test_brands_by_their_latin_and_chinese_names_and_their_lines(bare, text, brand):
    assert [value for _, value in of("brand", read(text, bare))] == [brand]


@pytest.mark.parametrize(
    "text",
    ["晚饭喝小米粥", "挺美的", "一箱红富士苹果", "打王者荣耀", "我好奇这个怎么用", "让我联想到小时候",
    "给了个三星好评", "vivos"],
)  # fmt: skip
def test_an_everyday_word_is_no_brand(bare, text):
    assert of("brand", read(text, bare)) == []


@pytest.mark.parametrize(
    ("text", "words", "product"),
    [
        ("Pebble 3还有吗", "Pebble 3", "D1"),
        ("pebble3", "pebble3", "D1"),
        ("ＰＥＢＢＬＥ　３", "ＰＥＢＢＬＥ　３", "D1"),
        ("声浪Pebble 3 Pro多少钱", "Pebble 3 Pro", "D2"),
        ("zx990bt夹头吗", "zx990bt", "D3"),
        ("ZX-990BT", "ZX-990BT", "D3"),
        ("note77防水吗", "note77", "D4"),
        ("M771是静音的吗", "M771", "D7"),
        ("会唱歌的小火车几岁看", "会唱歌的小火车", "D8"),
        ("逐日7跑马拉松行吗", "逐日7", "D9"),
        ("罗技 M771 静音无线鼠标", "罗技 M771 静音无线鼠标", "D7"),
    ],
)
def test_a_product_by_its_title_or_a_part_of_it(digital, text, words, product):
    assert of("product", read(text, digital)) == [(words, product)]


@pytest.mark.parametrize(
    "text",
    ["Pebble 9有吗", "Pebble 3 Max", "蓝牙耳机长续航的", "静音鼠标", "大电池手机", "8GB的手机", "索尼的耳机",
    "M77", "两百以内的"],
)  # fmt: skip
def test_another_model_or_a_mere_description_is_no_product(digital, text):
    assert of("product", read(text, digital)) == []


@pytest.mark.parametrize("product", sorted(DIGITAL.products))
def test_every_whole_title_finds_its_product(digital, product):
    title = DIGITAL.products[product].title
    assert of("product", read(f"{title}多少钱", digital)) == [(title, product)]


def test_the_brand_and_kind_beside_a_product_stay_entities_of_their_own(digital):
    found = read("声浪Pebble 3耳机和索尼的比呢", digital)
    assert [(kind, words) for kind, words, _, _ in found] == [
        ("brand", "声浪"), ("product", "Pebble 3"), ("category", "耳机"), ("brand", "索尼"),
    ]  # fmt: skip


def test_several_that_fit_alike_are_told_as_candidates(digital):
    spans = digital.match("iPhone 31多少钱", TODAY)
    assert [(span.entity, dict(span.extra).get("candidates")) for span in spans] == [("product", ["D5", "D6"])]


def test_more_words_settle_which_one_it_is(digital):
    assert of("product", read("iPhone 31 256G的", digital))[0][1] == "D6"


def test_a_brand_keeps_the_name_the_catalogue_gives_it(digital, garden):
    assert of("brand", read("苹果的手机", digital)) == [("苹果", "苹果（Apple）")]
    assert of("brand", read("bosko的", garden)) == [("bosko", "Bosko/博思科")]
    assert of("brand", read("博思科的呢", garden)) == [("博思科", "Bosko/博思科")]


def test_another_shops_catalogue_is_understood_without_training(garden):
    found = read("有花盆和营养土吗，绿野的", garden)
    assert [(kind, value) for kind, _, value, _ in found] == [
        ("category", "花盆"), ("category", "营养土"), ("brand", "绿野"),
    ]  # fmt: skip
    assert of("product", read("gt88能剪多粗的枝", garden)) == [("gt88", "G3")]


def test_a_brand_that_is_an_everyday_word_needs_a_sign_that_it_is_meant(garden):
    assert of("brand", read("天堂遮阳棚", garden)) == [("天堂", "天堂")]
    assert of("brand", read("住在这像天堂一样", garden)) == []


def test_a_synonym_finds_the_name_that_the_shop_uses():
    shop = snapshot({"1": Goods("风语 高速吹风机", "风语", ("吹风机",))})
    assert of("category", read("电吹风有吗", Matcher.for_catalogue(shop))) == [("电吹风", "吹风机")]


def test_new_stock_figures_keep_the_matcher_and_new_goods_make_another(digital):
    same = replace(DIGITAL, version=2)
    more = snapshot({**DIGITAL.products, "D10": Goods("声浪 Marble 5 音箱", "声浪", ("音箱",))}, version=3)
    assert Matcher.for_catalogue(same, previous=digital) is digital
    changed = Matcher.for_catalogue(more, previous=digital)
    assert of("product", read("Marble 5", changed)) == [("Marble 5", "D10")]


def test_time_does_not_grow_with_the_catalogue():
    """A thousandth of a second a message, with thousands of goods."""
    letters = [a + b + c for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
    goods = {
        f"P{n}-{name}": Goods(f"云栈 {name}or {n} 保温杯 500ml", "云栈", ("保温杯",))
        for name in letters
        for n in range(10, 30)
    }
    matcher = Matcher.for_catalogue(snapshot(goods))
    texts = ["云栈的balor 12多少钱，两百以内", "帮我查下订单730555019988到哪了", "不要黑色的，送女朋友生日用"] * 20
    matcher.match(texts[0], TODAY)
    begun = time.perf_counter()
    for text in texts:
        matcher.match(text, TODAY)
    assert (time.perf_counter() - begun) / len(texts) < 0.005
    assert of("product", read(texts[0], matcher))[0][1] == "P12-bal"


CREAMS = snapshot(
    {
        "C1": Goods("露初 云杉水润 眼霜 15ml", "露初", ()),
        "C2": Goods("露初 云杉水润 面霜 50ml 保湿", "露初", ()),
        "C3": Goods("露初 绿茶面膜 5片", "露初", ()),
        "C4": Goods("露初 7号水 温和洁肤", "露初", ()),
        "C5": Goods("露初 沙漠玫瑰 爽肤水", "露初", ()),
        "C6": Goods("露初 丝柔 粉饼 大金瓶", "露初", ()),
        "C7": Goods("欧莱雅 保湿补水滋润女紧致大金瓶 面霜", "欧莱雅", ()),
        "C8": Goods("露初 净澈 洗面奶", "露初", ()),
    }
)


@pytest.fixture(scope="module")
def creams() -> Matcher:
    return Matcher.for_catalogue(CREAMS)


@pytest.mark.parametrize("said", ["L’Oréal", "l oreal", "L'OREAL", "loréal", "LOREAL"])
def test_a_latin_name_is_found_however_its_letters_are_parted(bare, said):
    assert of("brand", read(f"{said} 的面膜", bare)) == [(said, "欧莱雅")]


def test_letters_inside_longer_words_are_no_name(bare):
    assert of("brand", read("santana 的 l orealist", bare)) == []


def test_a_catalogue_without_categories_sells_what_its_titles_name(creams):
    assert of("category", read("眼霜有吗", creams)) == [("眼霜", "眼霜")]
    assert of("category", read("绿茶怎么样", creams)) == [], "a scent of a mask is no tea"


@pytest.mark.parametrize(
    ("text", "product"),
    [("露初云杉面霜", "C2"), ("露初 云杉 眼霜多少钱", "C1"), ("露初沙漠玫瑰爽肤水", "C5"), ("露初7号水有货吗", "C4")],
)
def test_a_line_is_what_stands_between_brand_and_kind(creams, text, product):
    assert [value for _, value in of("product", read(text, creams))] == [product]


def test_words_of_praise_between_brand_and_kind_name_nothing(creams):
    assert of("product", read("露初补水保湿面霜", creams)) == []


def test_a_name_of_one_title_names_what_other_titles_call_so(creams):
    assert [value for _, value in of("product", read("欧莱雅大金瓶", creams))] == ["C7"]
