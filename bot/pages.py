"""Pages for a merchant to look at: templates that escape what they are given and name what they are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(folders: Sequence[Path], **filters: Callable[..., Any]) -> Environment:
    """Templates of the folders, the first that has one; with these filters."""
    pages = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.filters.update(filters)
    return pages
