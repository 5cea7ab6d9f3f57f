"""A tiny shop for everything that tries actions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service_shop import fill_service_shop
from stage import Stage, fill_tiny_shop

from store import Store


@pytest.fixture(scope="session")
def tiny_database(tmp_path_factory) -> Path:
    """The shop filled once; every test gets a copy."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.db"
    with Store.open(f"sqlite:///{path}") as store:
        fill_tiny_shop(store)
    return path


@pytest.fixture()
def tiny_store(tiny_database, tmp_path) -> Iterator[Store]:
    shutil.copy(tiny_database, tmp_path / "tiny.db")
    with Store.open(f"sqlite:///{tmp_path / 'tiny.db'}") as store:
        yield store


@pytest.fixture()
def talk(tiny_store: Store) -> Callable[..., Stage]:
    """`talk("C1")` begins a conversation of that customer, `talk(None)` a visitor's."""

    def begin(customer: str | None = "C1", **services) -> Stage:
        return Stage(tiny_store, customer, **services)

    return begin


@pytest.fixture()
def stage(talk) -> Stage:
    return talk("C1")


@pytest.fixture(scope="session")
def service_database(tmp_path_factory) -> Path:
    """The shop with an order in every state, filled once; every test gets a copy."""
    path = tmp_path_factory.mktemp("service") / "shop.db"
    with Store.open(f"sqlite:///{path}") as store:
        fill_service_shop(store)
    return path


@pytest.fixture()
def service_store(service_database, tmp_path) -> Iterator[Store]:
    shutil.copy(service_database, tmp_path / "shop.db")
    with Store.open(f"sqlite:///{tmp_path / 'shop.db'}") as store:
        yield store
