"""Questions about goods: price, stock, properties, comparison, promotions, buying."""

from __future__ import annotations

import pytest

EARPHONES = ("推荐几款耳机", "request_recommendation", ("category", "耳机"))


def test_the_price_of_the_second_one_shown(stage):
    shown = stage.hear(*EARPHONES)
    said = stage.hear("第二个多少钱", "ask_price", ("ordinal", 2))
    assert all(f"￥{shown.goods[1]['price']:g}" in text for text in said.every)


def test_this_one_is_the_one_whose_page_is_open_until_goods_are_shown(talk):
    visitor = talk(None)
    said = visitor.hear("这个多少钱", "ask_price", ("reference", "这个"), page="L2")
    assert "￥129" in said.text
    shown = visitor.hear(*EARPHONES, page="L2")
    said = visitor.hear("第一个多少钱", "ask_price", ("ordinal", 1), page="L2")
    assert f"￥{shown.goods[0]['price']:g}" in said.text


def test_these_are_all_that_is_shown(stage):
    shown = stage.hear(*EARPHONES)
    said = stage.hear("这几款多少钱", "ask_price")
    assert all(f"￥{one['price']:g}" in said.text for one in shown.goods)


def test_a_page_of_no_goods_of_ours_is_no_page(talk):
    said = talk(None).hear("这个多少钱", "ask_price", ("reference", "这个"), page="GONE")
    assert said.text and "GONE" not in said.text


@pytest.mark.parametrize("read_as", ["place_order", "clarify", "request_recommendation"])
def test_what_about_the_next_one_asks_its_price_too(stage, read_as):
    shown = stage.hear(*EARPHONES)
    stage.hear("第二个多少钱", "ask_price", ("ordinal", 2))
    said = stage.hear("第三个呢？", read_as, ("ordinal", 3))
    assert all(f"￥{shown.goods[2]['price']:g}" in text for text in said.every)


def test_the_price_of_a_named_product(stage):
    said = stage.hear("达伦台灯多少钱", "ask_price", ("product", "L1"))
    assert "￥169" in said.text and "没货" in said.text


def test_several_candidates_are_named_and_can_be_pointed_at(stage):
    said = stage.hear("小米充电宝多少钱", "ask_price", ("brand", "小米"), ("category", "充电宝"))
    assert "￥149" in said.text and "￥79" in said.text


def test_two_prices_and_their_difference(stage):
    said = stage.hear("这两款差多少", "ask_price", ("product", "P1"), ("product", "P2"))
    assert "差 50 元" in said.text


def test_a_place_that_is_not_in_the_list_is_asked_about(stage):
    stage.hear(*EARPHONES)
    said = stage.hear("第九个多少钱", "ask_price", ("ordinal", 9))
    assert said.texts


@pytest.mark.parametrize(
    ("text", "entities", "expected"),
    [
        ("达伦台灯有货吗", [("product", "L1")], "utter_out_of_stock"),
        ("每日坚果有货吗", [("product", "K1")], "utter_in_stock"),
        ("跑鞋45码还有吗", [("product", "S1"), ("size", "45码")], "utter_variant_missing"),
        ("跑鞋42码还有吗", [("product", "S1"), ("size", "42码")], "utter_in_stock_variant"),
        ("有货吗", [], "utter_stock_of_what"),
    ],
)
def test_stock_by_product_colour_and_size(stage, text, entities, expected):
    assert stage.hear(text, "ask_stock", *entities).responses == [expected]


def test_yes_to_what_is_in_stock_instead_shows_that_kind(stage):
    stage.hear("达伦台灯有货吗", "ask_stock", ("product", "L1"))
    assert stage.hear("好", "affirm").ids == ["L2"]


@pytest.mark.parametrize(
    ("text", "product", "words"),
    [
        ("这个杯子什么材质", "C1", "不锈钢"),
        ("保质期多久", "K1", "9个月"),
        ("续航怎么样", "H4", "50小时"),
        ("有哪些颜色", "S1", "黑色、白色"),
        ("充电快吗，能快充吗", "P1", "6 条评价提到"),
    ],
)
def test_properties_come_from_the_data(stage, text, product, words):
    assert words in stage.hear(text, "ask_product_info", ("product", product)).text


def test_what_the_data_do_not_say_is_admitted_kept_and_a_person_offered(stage, tiny_store):
    said = stage.hear("这个保温杯防水吗", "ask_product_info", ("product", "C5"))
    assert said.responses == ["utter_info_unknown"] and "问人工" in said.titles
    from sqlalchemy import text

    with tiny_store.database.read() as connection:
        assert connection.execute(text("select text, product_id from unanswered")).all() == [("这个保温杯防水吗", "C5")]


def test_the_shops_own_answer_is_given_word_for_word(stage):
    assert stage.hear("是正品吗", "ask_product_info").text == "全部为品牌授权正品，假一赔十。"


def test_this_one_is_what_was_talked_about(stage):
    stage.hear("索尼头戴式耳机多少钱", "ask_price", ("product", "H4"))
    assert "50小时" in stage.hear("这个续航多久", "ask_product_info", ("reference", "this")).text


def test_two_described_products_are_compared_by_data_only(stage):
    said = stage.hear(
        "小米20000毫安的充电宝和罗马仕20000毫安的哪个好",
        "compare_products",
        ("brand", "小米"),
        ("category", "充电宝"),
        ("brand", "罗马仕"),
    )
    assert "小米 充电宝 20000mAh" in said.text and "罗马仕 充电宝 20000mAh" in said.text
    assert "便宜 50 元" in said.text and "5.0 分" in said.text and "10000" not in said.text


def test_places_in_the_list_are_compared(stage):
    shown = stage.hear(*EARPHONES)
    said = stage.hear("第一个和第三个哪个好", "compare_products", ("ordinal", 1), ("ordinal", 3))
    assert shown.goods[0]["title"] in said.text and shown.goods[2]["title"] in said.text
    assert shown.goods[1]["title"] not in said.text


def test_one_product_is_not_compared_with_itself(stage):
    assert stage.hear("哪个好", "compare_products", ("product", "P1")).responses == ["utter_compare_what"]


@pytest.mark.parametrize("text", ["有优惠券吗", "满减怎么算", "最近有活动吗"])
def test_promotions_are_the_shops_own_words(stage, text):
    assert "全场满 300 减 40" in stage.hear(text, "ask_promotion").text


def test_bargaining_gets_no_promise_but_what_there_is(stage):
    said = stage.hear("抹个零吧", "ask_promotion")
    assert said.responses == ["utter_bargain"] and "满 300 减 40" in said.text


def test_buying_puts_into_the_cart_and_never_charges(stage, tiny_store):
    stage.hear(*EARPHONES)
    said = stage.hear("第一个来两个", "place_order", ("ordinal", 1), ("quantity", "两个"))
    assert said.responses == ["utter_in_cart"]
    assert len(tiny_store.behaviour.cart("C1")) == 1
    assert len(tiny_store.orders.of_customer("C1")) == 1  # the one from before


def test_a_visitor_is_asked_to_log_in_and_nothing_is_kept(talk, tiny_store):
    visitor = talk(None)
    visitor.hear(*EARPHONES)
    said = visitor.hear("就要第一个", "place_order", ("ordinal", 1))
    assert said.responses == ["utter_order_please_log_in"] and "登录" in said.text


def test_what_is_out_of_stock_does_not_go_into_the_cart(stage, tiny_store):
    said = stage.hear("达伦台灯来一个", "place_order", ("product", "L1"))
    assert said.responses == ["utter_order_not_available"] and not tiny_store.behaviour.cart("C1")


def test_buying_one_of_several_asks_which(stage):
    stage.hear(*EARPHONES)
    said = stage.hear("怎么买", "place_order")
    assert said.responses == ["utter_how_to_order"]
    said = stage.hear("我要了，下单", "place_order")
    assert said.titles == ["第一个", "第二个", "第三个"]
    assert stage.press(said.buttons[1]).responses == ["utter_in_cart"]


def test_a_described_product_is_answered_about_at_once(stage):
    entities = (("brand", "小米"), ("category", "充电宝"))
    said = stage.hear("小米那个20000毫安的充电宝充电快吗", "ask_product_info", *entities)
    assert said.responses == ["utter_product_info"] and "6 条评价" in said.text


def test_a_question_read_as_praise_is_answered(stage):
    assert "假一赔十" in stage.hear("你们家东西是正品吗", "praise", mood="positive").text
