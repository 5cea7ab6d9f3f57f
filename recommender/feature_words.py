"""Features in a merchant's words: what a column is called, its unit, and what more or less of it means."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "recency": ("上次下单", "天前", "很久没下单", "刚下过单"),
    "orders": ("下单", "次", "下单多", "下单少"),
    "spent": ("共花", "元", "花得多", "花得少"),
    "price": ("买的均价", "元", "买得贵", "买得便宜"),
    "breadth": ("看过买过", "类", "涉及的种类多", "涉及的种类少"),
    "browsing": ("每次下单前看", "次", "看得多买得少", "看了就买"),
    "tenure": ("认识", "天", "认识得久", "来得不久"),
    "when:weekend": ("周末买", "", "多在周末买", "多在工作日买"),
    "when:night": ("凌晨买", "", "多在凌晨买", "很少在凌晨买"),
    "when:morning": ("上午买", "", "多在上午买", "很少在上午买"),
    "when:evening": ("晚上买", "", "多在晚上买", "很少在晚上买"),
    "season:spring": ("春天买", "", "多在春天买", "很少在春天买"),
    "season:summer": ("夏天买", "", "多在夏天买", "很少在夏天买"),
    "season:autumn": ("秋天买", "", "多在秋天买", "很少在秋天买"),
    "mood:talks": ("聊天时的心情", "", "聊天时更高兴", "聊天时更不满"),
}


def title(feature: str) -> str:
    """What the column is called: 下单, 买零食."""
    block, _, what = feature.partition(":")
    return {"kind": f"买{what}", "channel": f"从{what}来"}.get(block) or _WORDS[feature][0]


def written(feature: str, value: float) -> str:
    """A value with its unit: 5.2 次, 31%."""
    if feature.startswith(("kind:", "when:", "season:", "channel:")):
        return f"{value:.0%}"
    if feature == "mood:talks":
        return f"{value:+.2f}"
    return f"{value:.0f} {_WORDS[feature][1]}" if abs(value) >= 100 else f"{value:.1f} {_WORDS[feature][1]}"


def tendency(feature: str, more: bool) -> str:
    """Having more, or less, of it than others."""
    block, _, what = feature.partition(":")
    if block == "kind":
        return f"爱买{what}" if more else f"很少买{what}"
    if block == "channel":
        return f"多从{what}来" if more else f"很少从{what}来"
    return _WORDS[feature][2 if more else 3]
