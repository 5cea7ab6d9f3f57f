"""A report as one HTML page, whole in itself: no script, font or picture from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.evaluation.wording import TITLES, counted, interval, name, number, percent
from bot.pages import environment

_TEMPLATES = Path(__file__).with_name("pages")


def render(about: Mapping[str, Any], report: Any) -> str:
    """The page's HTML. about: kind (names the template), file, n, model, made_at."""
    filters = {"name": name, "percent": percent, "counted": counted, "interval": interval, "number": number}
    pages = environment([_TEMPLATES], **filters)
    return pages.get_template(f"{about['kind']}.html").render(about=about, report=report, title=TITLES[about["kind"]])
