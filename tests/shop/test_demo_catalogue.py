"""The demo shop sells what the intents speak of, under its own titles, at sensible prices."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

import pytest

from data.shop import catalogue as module
from data.shop.catalogue import CatalogueError, catalogue, find

_KINDS = (
    "手机 耳机 蓝牙耳机 头戴式耳机 充电宝 充电器 数据线 智能手表 手环 平板电脑 笔记本电脑 键盘 鼠标 "
    "音箱 路由器 相机 台灯 电饭煲 空气炸锅 电吹风 吸尘器 扫地机器人 加湿器 电动牙刷 剃须刀 电热水壶 "
    "面膜 口红 洗面奶 防晒霜 护手霜 面霜 精华液 洗发水 香水 粉底液 T恤 衬衫 羽绒服 牛仔裤 连衣裙 "
    "运动鞋 跑鞋 拖鞋 双肩包 行李箱 零食 坚果 茶叶 咖啡 牛奶 巧克力 蜂蜜 保温杯 四件套 枕头 毛巾 "
    "雨伞 收纳箱 洗衣液 洗洁精 纸巾 积木 玩具 绘本 纸尿裤 奶粉 猫粮 狗粮 猫砂 瑜伽垫 跳绳 哑铃"
)
KINDS = frozenset(_KINDS.split())
_BRANDS = (
    "小米 华为 苹果 荣耀 OPPO vivo 三星 索尼 漫步者 安克 罗马仕 联想 罗技 佳能 美的 "
    "苏泊尔 九阳 戴森 飞利浦 飞科 欧莱雅 兰蔻 珀莱雅 自然堂 完美日记 花西子 李宁 安踏 耐克 "
    "阿迪达斯 优衣库 波司登 三只松鼠 良品铺子 百草味 蒙牛 伊利 膳魔师 富安娜 南极人 维达 蓝月亮 "
    "乐高 帮宝适 皇家"
)
BRANDS = frozenset(_BRANDS.split())


def test_every_kind_of_the_intents_is_sold():
    sold = Counter(name for goods in catalogue() for name in goods.kind.path)
    assert not KINDS - set(sold)
    assert min(sold[kind] for kind in KINDS) >= 4, "a choice of three and one more"


def test_every_brand_of_the_intents_is_sold():
    assert not BRANDS - {goods.brand for goods in catalogue()}


def test_about_eight_hundred_products_each_with_its_own_id_and_title():
    goods = catalogue()
    assert 750 <= len(goods) <= 900
    assert len({each.product_id for each in goods}) == len({each.title for each in goods}) == len(goods)


def pairs_of_letters(title):
    letters = title.replace(" ", "")
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def test_titles_are_our_own(shared):
    """Neither the same nor nearly the same as those that the bot is measured with."""
    with (shared / "eval" / "shop" / "products.csv").open(encoding="utf-8", newline="") as file:
        theirs = {row["title"]: pairs_of_letters(row["title"]) for row in csv.DictReader(file)}
    for goods in catalogue():
        ours = pairs_of_letters(goods.title)
        near = [title for title, other in theirs.items() if len(ours & other) > 0.62 * len(ours | other)]
        assert not near, (goods.title, near)


def test_titles_name_kind_and_brand():
    for goods in catalogue():
        assert goods.brand in goods.title, goods.title
    named = sum(any(name in goods.title for name in goods.kind.path) for goods in catalogue())
    assert named / len(catalogue()) > 0.9


def test_more_of_a_thing_costs_more():
    """Variants of a family are listed from small to large."""
    families = defaultdict(list)
    for goods in catalogue():
        families[goods.family].append(goods.price)
    assert all(prices == sorted(prices) or len(set(prices)) == len(prices) == 2 for prices in families.values())
    assert all(5 <= price <= 15_000 for prices in families.values() for price in prices)


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        ("手机", "续航"),
        ("蓝牙耳机", "防水"),
        ("面霜", "适用肤质"),
        ("精华液", "适用肤质"),
        ("牛奶", "保质期"),
        ("T恤", "尺码"),
        ("T恤", "材质"),
        ("跑鞋", "尺码"),
        ("积木", "适用年龄"),
        ("奶粉", "适用年龄"),
        ("电饭煲", "容量"),
        ("吸尘器", "保修"),
        ("茶叶", "产地"),
        ("猫粮", "适用"),
        ("充电宝", "认证"),
        ("羽绒服", "填充"),
        ("口红", "颜色"),
        ("洗衣液", "保质期"),
    ],
)
def test_what_customers_ask_of_a_kind_is_told_of_its_goods(kind, attribute):
    goods = [each for each in catalogue() if each.kind.name == kind]
    assert sum(attribute in each.attributes for each in goods) / len(goods) >= 0.7


def test_no_attribute_holds_a_separator_of_the_tables():
    for goods in catalogue():
        for name, values in goods.attributes.items():
            assert not any(mark in text for text in (name, *values) for mark in ";；|、:"), (goods.title, name, values)


def test_occasions_and_recipients_find_goods_in_several_kinds():
    for tag in ("送爸妈", "送女友", "送男友", "送孩子", "学生", "出差", "生日", "过年"):
        assert len({goods.kind.name for goods in catalogue() if tag in goods.tags}) >= 3, tag


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("小米 | 小米 手机 =9", "坏.txt 第 1 行：商品前面要先有种类"),
        ("[101 手机] a | b:c | life=1\n小米 | 小米 手机", "坏.txt 第 2 行：标题后面没有价格"),
        (
            "[101 手机] a | b:c | life=1\n小米 | 手机 {a=1 b=2} | 长=1/2/3",
            "坏.txt 第 2 行：属性“长”有 3 个值，规格却有 2 个",
        ),
        ("[101 手机] a | b:c | lifes=1", "坏.txt 第 1 行：不认识的设置 lifes"),
        ("[101 手机] a | bc | life=1", "坏.txt 第 1 行：属性“bc”看不懂"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(tmp_path, monkeypatch, text, complaint):
    (tmp_path / "坏.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    with pytest.raises(CatalogueError) as error:
        catalogue.__wrapped__()
    assert complaint in str(error.value)


def test_goods_are_found_by_words_of_their_title():
    assert find("云耳 Pro").brand == "华为"
    with pytest.raises(CatalogueError, match="没有“火星车”"):
        find("火星车")
