"""The chat page in a real Chromium, on a phone and on a desk: a talk, ratings kept, nothing asked of other hosts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.homes import Server

# Without these Chromium looks for its maker's servers at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)  # a busy machine answers late; how late is measured elsewhere
SIZES = {"phone": (390, 844), "desk": (1280, 800)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield running
        running.close()


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    """The chat page, opened; fails when it asked another host for anything or wrote an error to the console."""
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    page.set_default_timeout(15_000)
    asked: list[str] = []
    wrong: list[str] = []

    def note(sent: Request) -> None:
        asked.append(sent.url)

    page.on("request", note)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{server.web}/ui/demo.html")
    expect(page.locator("#status")).to_have_text("在线")
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((server.url, "data:"))] == []
    assert wrong == []


def say(page: Page, text: str) -> None:
    """Types a message, sends it, and waits for the answer to be there whole."""
    answers = page.locator(".row:not(.mine):not(.typing)")
    before = answers.count()
    page.locator("#text").fill(text)
    page.locator("#send").click()
    expect(answers.nth(before)).to_be_visible()
    expect(page.locator(".typing")).to_have_count(0)


def last_answer(page: Page) -> str:
    return page.locator(".row:not(.mine) .bubble").last.inner_text()


def test_a_talk_of_suggestions_steering_and_a_parcel(page: Page):
    say(page, "推荐几款耳机，300以内")
    cards = page.locator(".goods .card")
    expect(cards.first).to_be_visible()
    assert cards.count() >= 2
    assert all("￥" in card for card in cards.all_inner_texts())

    say(page, "第二个多少钱")
    assert "元" in last_answer(page) or "￥" in last_answer(page)

    say(page, "我的快递到哪了")
    assert last_answer(page).strip()


def test_the_page_never_scrolls_sideways_and_the_way_to_a_person_stays_in_sight(page: Page):
    say(page, "推荐点好东西")
    sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not sideways
    expect(page.locator("#human")).to_be_in_viewport()
    expect(page.locator("#text")).to_be_in_viewport()


def test_a_rating_is_kept_before_the_page_says_so(page: Page, server: Server):
    from bot.settings import load
    from store import Store

    def ratings() -> int:
        with Store.open(load({"ZHIKE_HOME": str(server.home)}).url) as store:
            return store.feedback.stats().down

    before = ratings()
    say(page, "你好")
    page.get_by_label("没帮助").last.click()
    expect(page.get_by_text("记下了，会改进")).to_be_visible()
    assert ratings() == before + 1


def test_markup_that_a_customer_types_is_text(page: Page):
    hostile = "<img src=x onerror=\"document.title='taken'\">"
    say(page, hostile)
    assert page.locator(".mine .bubble").last.inner_text() == hostile
    assert page.title() != "taken"
