"""Shared by all tests: what CI does not accept, and where the evaluation kit lies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import Server, copy_home, serving, zhike

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

os.environ["RASA_TELEMETRY_ENABLED"] = "false"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evaluation kit beside the checkout. The product never needs it; tests that measure are skipped without."""
    if not (SHARED / "eval").is_dir():
        pytest.skip(f"no evaluation kit at {SHARED}: nothing to measure against")
    return SHARED


@pytest.fixture(scope="session")
def trained_home(request: pytest.FixtureRequest) -> Path:
    """A home with the demo shop and the whole model, for all tests that need one. Kept in pytest's cache and trained
    again only when its sources changed; tests work on copies (`copy_home`)."""
    if given := os.environ.get("TRAINED_HOME"):  # while working on something else: a home that is taken as it is
        return Path(given)
    home = Path(request.config.cache.mkdir("zhike-home"))  # type: ignore[union-attr]
    for args in (["demo", "--if-empty"], ["train", "--if-needed"]):
        done = zhike(*args, home=home)
        if done.returncode:
            pytest.fail(f"zhike {' '.join(args)}: {done.stderr or done.stdout}")
    return home


@pytest.fixture(scope="session")
def server(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = copy_home(trained_home, tmp_path_factory.mktemp("server") / "home")
    # Machines that test are slow at times; how fast an answer comes is measured elsewhere.
    patience = {"ZHIKE_ACTION_SECONDS": "8", "ZHIKE_TURN_SECONDS": "9"}
    with serving(home, ZHIKE_RATE_LIMIT="0", ZHIKE_BURST_SECONDS="0", **patience) as running:
        yield running


@pytest.fixture(scope="session")
def people(trained_home: Path) -> list[str]:
    """Ids of demo customers."""
    return [one["customer_id"] for one in json.loads((trained_home / "demo.json").read_text("utf-8"))["customers"]]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In CI every service can be installed, so a skipped test means that the set-up is broken."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("ZHIKE_TESTS_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped (ZHIKE_TESTS_NO_SKIP): {report.longrepr}"
