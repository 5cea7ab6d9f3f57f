"""How figures and names are put to a merchant, on the terminal and on the page."""

from __future__ import annotations

from actions.readings import readings
from bot.evaluation.measures import ALL, Share
from recommender.evaluation import Mean

_NAMES = {
    ALL: "合计",
    "negative": "负面",
    "neutral": "中性",
    "positive": "正面",
    "0": "差评",
    "1": "好评",
    "easy": "容易",
    "ordinary": "一般",
    "hard": "难",
    "denied": "否定的愿望",
    "noise": "乱打的字",
    "out_of_scope": "out_of_scope（不归店里管）",
    "nlu_fallback": "nlu_fallback（没听懂）",
    "-": "没有",
    "shop": "知客（全套）",
    "popular": "热门榜",
    "article": "教科书的余弦（稠密矩阵，按顾客）",
    "item_cosine": "余弦，按商品",
    "user_cosine": "余弦，按顾客",
    "ease": "EASE",
    "factors": "矩阵分解",
    "segment": "分群",
    "history": "之前接触过几件商品",
}
TITLES = {"nlu": "语言理解", "sentiment": "情绪", "reviews": "评论的褒贬", "faq": "店里的问答", "recommender": "推荐"}


def name(key: str) -> str:
    """负面 for negative, request_return（退货退款） for an intent that operators gave a title, else the key itself."""
    if key in _NAMES:
        return _NAMES[key]
    title = readings().get(key, ("", ""))[0]
    return f"{key}（{title}）" if title else key


def percent(value: float | None) -> str:
    """95.8 %, or – where there is nothing to count."""
    return "–" if value is None else f"{value * 100:.1f} %"


def number(value: float | None) -> str:
    """3.14, or –."""
    return "–" if value is None else f"{value:.2f}"


def counted(share: Share) -> str:
    """95.8 %（230/240，95 % 区间 92.5–97.7）"""
    if share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{percent(share.value)}（{share.part}/{share.n}，95 % 区间 {share.low * 100:.1f}–{share.high * 100:.1f}）"


def interval(mean: Mean, sign: str = "") -> str:
    """0.312（0.287–0.337）, or – where there is nothing to average. sign: "+" for differences."""
    if mean.value is None:
        return "–"
    return f"{mean.value:{sign}.3f}（{mean.low:{sign}.3f}–{mean.high:{sign}.3f}）".replace("-", "−")
