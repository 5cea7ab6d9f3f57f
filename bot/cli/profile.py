"""`zhike profile`: the shop's segments or one customer's portrait, for people, programs, as a page and a picture."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import Problem
from bot.settings import Settings, load

if TYPE_CHECKING:
    from bot.portraits.shop import Landscape
    from recommender import ShopRecommender
    from store import Store

_TRAIN = "运行 zhike train"


def run(
    customer: Annotated[str | None, typer.Option(help="顾客编号；不给就看全店的分群")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="再做一页带图的网页，离线可看")] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="主成分图，SVG（放大不糊）")] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="主成分图，PNG")] = None,
) -> None:
    """顾客分群：有哪几群、各是谁、分几群好；加 --customer 看一位顾客的画像，每一句都说明从哪些数据来。

    没有同意个性化推荐的顾客不画像，只列办事要用的。
    """
    for out in (html, svg, png):
        _check(out)
    os.environ.setdefault("MPLCONFIGDIR", str(load().cache / "matplotlib"))  # matplotlib's notes stay in the home
    document, lines, land, page = _shop() if customer is None else _customer(customer, bool(html or svg or png))
    if land is None and (svg or png):
        raise Problem("画不出图", document.get("note") or "没有分群，或者顾客之间没有差别", "去掉 --svg、--png", code=1)
    notes = _draw(land, svg, png) if land else []
    if html:
        _write(html, page().encode("utf-8"))
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
    else:
        print("\n".join(lines))
    for note in notes + [f"写好了：{out}" for out in (html, svg, png) if out]:
        print(note, file=sys.stderr if as_json else sys.stdout)


Told = tuple[dict[str, Any], list[str], "Landscape | None", Callable[[], str]]


def _shop() -> Told:
    from rich.console import Console

    from bot.portraits.page import segments_page
    from bot.portraits.shop import shop
    from bot.portraits.wording import segments_lines
    from bot.runtime.models import current

    settings = load()
    trained = current(settings.models)
    model = _loaded(trained.recommender)
    with _store(settings) as store:
        consents = {one.customer_id: one.consent_personalisation for one in store.customers.all()}
    with Console(stderr=True).status("比一比分几群好……"):
        found = shop(model, trained.version, consents)
    return found.document(), list(segments_lines(found)), found.landscape, lambda: segments_page(found)


def _customer(customer: str, drawn: bool) -> Told:
    from bot.portraits.customer import portrait
    from bot.portraits.page import customer_page
    from bot.portraits.wording import customer_lines
    from bot.runtime.models import NoModel, current

    settings = load()
    with _store(settings) as store:
        person = store.customers.get(customer)
        if person is None:
            raise Problem(f"没有顾客“{customer}”", "店里的顾客表里没有这个编号", code=2)
        try:
            trained = current(settings.models)
        except NoModel:
            found = portrait(store, person, None, None, drawn)
        else:
            found = portrait(store, person, _loaded(trained.recommender), trained.version, drawn)
    return found.document(), list(customer_lines(found)), found.landscape, lambda: customer_page(found)


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    from store import Store, StoreError

    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            yield store
    except StoreError as error:
        raise Problem("读不了店里的数据", str(error), "看 zhike doctor 怎么说") from error


def _loaded(folder: Path) -> ShopRecommender:
    from recommender import DamagedModel, ShopRecommender

    try:
        return ShopRecommender.load(folder)
    except DamagedModel as error:
        raise Problem("推荐模型用不了", str(error), _TRAIN) from None


def _draw(land: Landscape, svg: Path | None, png: Path | None) -> list[str]:
    """Writes the pictures; gives what is to be said about them."""
    from bot.portraits import picture

    if svg:
        _write(svg, picture.svg(land).encode("utf-8"))
    if not png:
        return []
    font = picture.chinese_font()
    _write(png, picture.png(land, font))
    without = "这台机器没有中文字体，PNG 里各群用编号；要带中文，装一个字体（apt-get install fonts-noto-cjk）或用 --svg"
    return [] if font else [without]


def _check(out: Path | None) -> None:
    """Before the work. Raises Problem for a folder that is not there."""
    if out is not None and (out.is_dir() or not out.resolve().parent.is_dir()):
        raise Problem(f"写不了 {out}", "它是文件夹，或者所在的文件夹不存在", f"mkdir -p {out.parent}", code=2)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Problem(f"写不了 {path}", str(error.strerror), code=2) from None
