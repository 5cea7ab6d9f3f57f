"""One demo shop for all tests of it: making it takes seconds."""

from __future__ import annotations

from datetime import date

import pytest

from data.shop import DemoShop, build_shop

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="session")
def shop() -> DemoShop:
    return build_shop(today=TODAY)
