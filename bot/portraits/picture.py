"""The plane of the segments as a picture, drawn by matplotlib.

An SVG keeps its words as text, so the reader's browser brings the Chinese letters. A PNG needs them on this machine:
where no Chinese font is installed, segments go by their numbers and the axes by PC1 and PC2, and the caller says so."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from bot.portraits.shop import Landscape

COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#b8860b",
    "#56b4e9",
    "#7b4ea3",
    "#8c564b",
    "#4d4d4d",
    "#999933",
)
"""Of the segments by number, told apart by the colour-blind too (after Okabe & Ito 2008)."""
_FONT_FILES = re.compile(r"NotoSansCJK|NotoSansSC|SourceHanSans|wqy-|msyh|simhei|PingFang|Hiragino Sans GB", re.I)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.S)
_FAMILIES = "system-ui, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"


def chinese_font() -> str | None:
    """The file of a Chinese font of this machine."""
    with _drawing({}):
        from matplotlib import font_manager

        found = [path for path in font_manager.findSystemFonts() if _FONT_FILES.search(path)]
    return min(found, key=lambda path: ("Regular" not in path, path), default=None)


def svg(land: Landscape, legend: bool = True) -> str:
    """The picture as one SVG element, the same for the same plane. legend: names beside the picture."""
    out = io.StringIO()
    with _drawing({"svg.fonttype": "none", "svg.hashsalt": "zhike", "font.family": "sans-serif"}):
        _figure(land, words=True, legend=legend).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    drawn = _METADATA.sub("", out.getvalue())
    return drawn[drawn.index("<svg") :].replace("'sans-serif'", _FAMILIES).replace("<svg ", '<svg role="img" ', 1)


def png(land: Landscape, font: str | None) -> bytes:
    """The picture as PNG, 1350 × 900. font: file of a Chinese font; None: numbers in place of words."""
    out = io.BytesIO()
    families = [*_added(font), "DejaVu Sans"]
    with _drawing({"font.family": "sans-serif", "font.sans-serif": families}):
        _figure(land, words=font is not None, legend=True).savefig(out, format="png", dpi=150)
    return out.getvalue()


def _added(font: str | None) -> list[str]:
    """The family of a font's file, made known to matplotlib."""
    if font is None:
        return []
    with _drawing({}):
        from matplotlib import font_manager

        font_manager.fontManager.addfont(font)
        return [font_manager.FontProperties(fname=font).get_name()]


@contextmanager
def _drawing(options: dict[str, Any]) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # letters that the browser has, names that pyparsing no longer likes
        import matplotlib

        with matplotlib.rc_context(options):
            yield


def _figure(land: Landscape, words: bool, legend: bool) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6) if legend else (6.6, 5.6))
    axes = figure.add_axes((0.07, 0.11, 0.6, 0.85) if legend else (0.09, 0.12, 0.89, 0.86))
    colours = np.array(COLOURS)[land.labels % len(COLOURS)]
    axes.scatter(*land.points.T, s=9, c=colours, alpha=0.45, linewidths=0)
    for number, (x, y) in enumerate(land.centres):
        colour = COLOURS[number % len(COLOURS)]
        axes.text(
            x,
            y,
            str(number + 1),
            color="white",
            weight="bold",
            size=12,
            ha="center",
            va="center",
            bbox={"boxstyle": "circle,pad=0.3", "facecolor": colour, "edgecolor": "white"},
        )
    if land.here is not None:
        axes.scatter(*land.here, s=260, marker="*", c="#e8112d", edgecolors="white", linewidths=1.2, zorder=5)
    captions = land.captions if words else tuple(f"PC{n} ({a.explained:.0%})" for n, a in enumerate(land.axes, 1))
    axes.set_xlabel(captions[0], size=10)
    axes.set_ylabel(captions[1], size=10)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color("#b8c0c8")
    if legend:
        _legend(figure, land, words)
    return figure


def _legend(figure: Any, land: Landscape, words: bool) -> None:
    for number, (name, share) in enumerate(zip(land.names, land.shares, strict=True)):
        y = 0.92 - 0.075 * number
        figure.text(0.70, y, str(number + 1), color="white", weight="bold", size=10, ha="center", va="center").set_bbox(
            {"boxstyle": "circle,pad=0.3", "facecolor": COLOURS[number % len(COLOURS)], "edgecolor": "white"}
        )
        figure.text(0.725, y, f"{name}  {share:.0%}" if words else f"{share:.0%}", size=10, va="center")
    if land.here is not None:
        y = 0.92 - 0.075 * len(land.names)
        figure.text(0.70, y, "★", color="#e8112d", size=14, ha="center", va="center")
        if words:
            figure.text(0.725, y, "这位顾客", size=10, va="center")
