"""The shop's own answers are found by what is asked, and nothing is answered that no entry answers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from actions.faq import NEAR, FaqSource, term_days
from actions.faq_index import FaqIndex
from actions.faq_text import normalise


@dataclass(frozen=True)
class Entry:
    entry_id: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    category: str = ""


ENTRIES = (
    Entry("fee", "运费是多少", "满 88 元包邮，不满收 6 元。", ("几块钱邮费", "满多少免邮"), "配送"),
    Entry("when", "下单之后多久发货", "48 小时内发出。", ("今天拍几号发", "节假日发不发货"), "配送"),
    Entry("carrier", "用什么快递寄", "默认中通。", ("可以指定顺丰吗", "走哪家物流"), "配送"),
    Entry("pay", "可以用哪些方式付款", "支付宝、微信、银行卡。", ("花呗行不行", "有分期吗", "支持货到付款么"), "支付"),
    Entry("payfail", "扣款了订单却没成功", "24 小时内原路退回。", ("付钱的时候报错", "支付不成功"), "支付"),
    Entry("invoice", "发票如何申请", "在订单详情里申请电子发票。", ("公司抬头的发票", "发票去哪儿下"), "发票"),
    Entry("return", "七天无理由有什么条件", "签收后 7 天内，不影响二次销售。", ("退货规则", "哪些东西不给退"), "售后"),
    Entry("freight", "退货的邮费由谁付", "质量问题我们付，其他买家付。", ("有运费险吗", "寄回去要我掏钱不"), "售后"),
    Entry("money", "退款几个工作日到", "验收后 1 个工作日原路退。", ("退的钱多久到卡上",), "售后"),
    Entry("warranty", "质保几年", "整机一年。", ("过保了还修不修", "坏了免费修吗"), "售后"),
    Entry("protect", "买完就降价怎么算", "签收后 15 天内退差价。", ("保价期多长", "刚买就便宜了"), "价格"),
    Entry("member", "会员等级有什么用", "积分抵现、生日礼。", ("积分怎么花", "几级会员有礼"), "会员"),
    Entry("phone", "绑定的手机换了怎么弄", "在账号与安全里更换。", ("忘记登录密码", "收不到验证码"), "账号"),
    Entry("real", "东西是真的吗", "全部品牌授权。", ("怕买到假的", "能专柜验货吗"), "商品"),
)

PARAPHRASES = (
    ("你们包邮吗", "ask_shipping", "fee"),
    ("邮费要几块", "ask_shipping", "fee"),
    ("买满多少不收运费", "ask_shipping", "fee"),
    ("拍下以后多久能发货呀", "ask_shipping", "when"),
    ("过节期间发货吗", "ask_shipping", "when"),
    ("能给我发顺丰不", "ask_shipping", "carrier"),
    ("一般发哪家快递啊", "ask_shipping", "carrier"),
    ("花呗能用吗", "ask_payment", "pay"),
    ("可以货到付款不", "ask_payment", "pay"),
    ("能分期付吗", "ask_payment", "pay"),
    ("钱扣了可是订单没成功", "ask_payment", "payfail"),
    ("老是提示支付失败，不成功", "ask_payment", "payfail"),
    ("发票怎么弄", "ask_invoice", "invoice"),
    ("能开公司抬头吗", "ask_invoice", "invoice"),
    ("退货有什么规则", "request_return", "return"),
    ("七天无理由的条件是啥", "request_return", "return"),
    ("退货运费算谁的", "request_return", "freight"),
    ("你们有没有运费险", "request_return", "freight"),
    ("退款多久能到", "ask_refund_status", "money"),
    ("退的钱几天到卡里", "ask_refund_status", "money"),
    ("质保期多长时间", "ask_warranty", "warranty"),
    ("保修几年啊", "ask_warranty", "warranty"),
    ("刚买完就降价了怎么算", "ask_price_protection", "protect"),
    ("保价期是多少天", "ask_price_protection", "protect"),
    ("积分能怎么花", "ask_membership", "member"),
    ("会员等级有啥好处", "ask_membership", "member"),
    ("登录密码忘了", "ask_account", "phone"),
    ("验证码一直收不到", "ask_account", "phone"),
    ("是不是真的，怕是假货", "ask_product_info", "real"),
    ("專櫃能驗貨嗎", "ask_product_info", "real"),
)

STRANGERS = (
    ("门店几点关门", "ask_shipping"),
    ("能开车来仓库自提吗", "ask_shipping"),
    ("寄到日本要多久清关", "ask_shipping"),
    ("可以用比特币结算吗", "ask_payment"),
    ("亲属卡怎么关联", "ask_payment"),
    ("绑的卡怎么解除", "ask_payment"),
    ("增值税税率是几个点", "ask_invoice"),
    ("怎么冲红", "ask_invoice"),
    ("黑卡有机场贵宾厅吗", "ask_membership"),
    ("怎么把头像换掉", "ask_account"),
    ("页面闪退", "ask_account"),
    ("师傅上门安装要预约吗", "ask_warranty"),
    ("这款多重", "ask_product_info"),
    ("洗的时候掉不掉色", "ask_product_info"),
    ("今天天气怎么样", None),
    ("帮我写首诗", None),
    ("你叫什么名字", None),
    ("推荐个耳机", None),
    ("好的", None),
    ("嗯", None),
    ("他们老板是谁", None),
    ("我想找个工作", None),
    ("明天几点开门", None),
)


@pytest.fixture(scope="module")
def index() -> FaqIndex:
    return FaqIndex(ENTRIES)


def test_a_question_in_the_shops_own_words_is_answered_surely(index: FaqIndex) -> None:
    for entry in ENTRIES:
        for form in (entry.question, *entry.similar):
            found = index.best(form)
            assert found is not None and found.entry.entry_id == entry.entry_id and found.score > 0.9, form


def test_nine_of_ten_paraphrases_find_their_answer_and_none_finds_another(index: FaqIndex) -> None:
    answers = [(text, want, index.best(text, intent, NEAR)) for text, intent, want in PARAPHRASES]
    wrong = [(text, got.entry.entry_id, got.score) for text, want, got in answers if got and got.entry.entry_id != want]
    missed = [text for text, _, got in answers if got is None]
    assert not wrong
    assert len(missed) <= len(PARAPHRASES) / 10, missed


def test_what_no_entry_answers_is_not_answered(index: FaqIndex) -> None:
    answered = [
        (text, got.entry.entry_id, round(got.score, 2))
        for text, intent in STRANGERS
        if (got := index.best(text, intent, NEAR))
    ]
    assert answered == []


def test_the_intent_decides_between_two_near_answers(index: FaqIndex) -> None:
    shipping, back = index.best("运费谁出", "ask_shipping"), index.best("运费谁出", "request_return")
    assert back is not None and back.entry.entry_id == "freight"
    assert shipping is None or shipping.sureness >= NEAR


def test_the_clause_that_asks_counts_not_the_story_before_it(index: FaqIndex) -> None:
    found = index.best("昨天我在店里买了一条裤子给老公穿，颜色不错但是裤腰紧了，退货的邮费由谁付呢", "request_return")
    assert found is not None and found.entry.entry_id == "freight"


def test_an_empty_faq_and_an_empty_question_have_no_answer(index: FaqIndex) -> None:
    assert FaqIndex(()).best("包邮吗") is None
    assert index.best("。。。") is None and index.best("") is None


def test_normalising_makes_widths_scripts_and_synonyms_one() -> None:
    assert normalise("郵費怎麼算？") == normalise("运费咋算")
    assert normalise("ＡＢＣ") == "abc"


def test_the_index_is_rebuilt_only_when_the_faq_changes() -> None:
    class Repository:
        version, entries = 1, ENTRIES[:1]

        def snapshot(self):
            return self.version, self.entries

    repository = Repository()
    source = FaqSource(repository)
    first = source.index()
    assert source.index() is first
    repository.version, repository.entries = 2, ENTRIES
    assert source.index() is not first and len(source.index().entries) == len(ENTRIES)


@pytest.mark.parametrize(
    ("answer", "days"),
    [("签收后 7 天内可以", 7), ("签收后七天内", 7), ("三十天价保", 30), ("15日之内", 15), ("随时", None)],
)
def test_the_term_is_read_from_the_shops_own_answer(answer: str, days: int | None) -> None:
    assert term_days(answer) == days
