"""A report as one HTML page, whole in itself: no script, font or picture from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.evaluation.wording import TITLES, counted, interval, name, number, percent

_TEMPLATES = Path(__file__).with_name("pages")


def render(about: Mapping[str, Any], report: Any) -> str:
    """The page's HTML. about: kind (names the template), file, n, model, made_at."""
    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.filters.update(name=name, percent=percent, counted=counted, interval=interval, number=number)
    return pages.get_template(f"{about['kind']}.html").render(about=about, report=report, title=TITLES[about["kind"]])
