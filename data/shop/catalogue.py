"""What the demo shop sells, read from ``catalogue/*.txt``: one line a family, one product a variant of it."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

#: The last change of prices is so many days old.
PRICES_CHANGED_DAYS = 3

_FOLDER = Path(__file__).parent / "catalogue"
_HEADER = re.compile(r"\[(\d{3}) ([^\]]+)\]\s*(.*)")
_VARIANTS = re.compile(r"\{([^}]*)\}")
_ONE_PRICE = re.compile(r"\s*=(\d+(?:\.\d+)?)$")


class CatalogueError(ValueError):
    """A line of the catalogue that can't be read; says which file and line."""


@dataclass(frozen=True)
class Kind:
    """A kind of goods, with what the generator has to know of how it is bought."""

    code: str
    path: tuple[str, ...]
    """Broad to narrow: ("耳机", "蓝牙耳机")."""
    tags: tuple[str, ...]
    attributes: dict[str, tuple[str, ...]]
    variant: str
    """What the variants of a family are called: 存储, 容量, 款式 …"""
    aspects: tuple[str, ...]
    """What reviews speak of; each has its phrases in ``texts/reviews.txt``."""
    season: frozenset[int]
    """Months in which it sells best."""
    rebuy: int | None
    """Days until the same customer needs it again; None for what is not used up."""
    together: tuple[str, ...]
    life: int
    """Days in which the same customer doesn't buy another one."""

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True)
class Goods:
    """One product as the catalogue tells it; stock is the generator's."""

    product_id: str
    family: str
    title: str
    price: float
    kind: Kind
    brand: str
    attributes: dict[str, tuple[str, ...]]
    tags: tuple[str, ...]
    label: str
    """The variant's own word (256GB, 男款), empty where the family has one product only."""
    flags: dict[str, str]

    @property
    def quality(self) -> float:
        """How satisfied buyers are, 0–1."""
        return float(self.flags.get("q", 0.8))

    @property
    def popularity(self) -> float:
        return float(self.flags.get("pop", 1.0))

    @property
    def former_price(self) -> float:
        """The price until PRICES_CHANGED_DAYS ago, yuan."""
        was = float(self.flags.get("was", 1.0))
        return self.price if was == 1.0 else float(round(self.price * was / 10) * 10 - 1)


def _attributes(text: str, variants: int, where: str) -> list[dict[str, tuple[str, ...]]]:
    """Attributes of each of a family's variants: ``k:a/b`` for all of them, ``k=a/b`` one value a variant."""
    result: list[dict[str, tuple[str, ...]]] = [{} for _ in range(variants)]
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = re.match(r"([^:=]+)([:=])(.+)", part)
        if not found:
            raise CatalogueError(f"{where}：属性“{part}”看不懂，要写成 名称:值 或 名称:值/值")
        name, mark, values = found[1], found[2], tuple(found[3].split("/"))
        if mark == "=" and len(values) != variants:
            raise CatalogueError(f"{where}：属性“{name}”有 {len(values)} 个值，规格却有 {variants} 个")
        for position, attributes in enumerate(result):
            attributes[name] = (values[position],) if mark == "=" else values
    return result


def _kind(header: re.Match[str], where: str) -> Kind:
    parts = [part.strip() for part in header[3].split("|")]
    if len(parts) != 3:
        raise CatalogueError(f"{where}：种类这一行要有三段，用 | 隔开：标签 | 属性 | 设置")
    options = dict(option.split("=", 1) for option in parts[2].split())
    unknown = set(options) - {"variant", "aspects", "season", "rebuy", "with", "life"}
    if unknown:
        raise CatalogueError(f"{where}：不认识的设置 {'、'.join(sorted(unknown))}")
    listed = {name: tuple(filter(None, options.get(name, "").split(","))) for name in ("aspects", "season", "with")}
    return Kind(
        code=header[1],
        path=tuple(header[2].split("/")),
        tags=tuple(parts[0].split(";")),
        attributes=_attributes(parts[1], 1, where)[0],
        variant=options.get("variant", "规格"),
        aspects=listed["aspects"],
        season=frozenset(map(int, listed["season"])),
        rebuy=int(options["rebuy"]) if "rebuy" in options else None,
        together=listed["with"],
        life=int(options.get("life", 30)),
    )


def _family(line: str, kind: Kind, running: int, family: str, where: str) -> list[Goods]:
    parts = [part.strip() for part in line.split("|")]
    if not 2 <= len(parts) <= 4:
        raise CatalogueError(f"{where}：商品要写成 品牌 | 标题 | 属性 | 标签")
    brand, title, own, marks = (*parts, "", "")[:4]
    listed, single = _VARIANTS.search(title), _ONE_PRICE.search(title)
    if listed:
        variants = [tuple(variant.rsplit("=", 1)) for variant in listed[1].split()]
        titles = [" ".join(_VARIANTS.sub(label, title).split()) for label, _ in variants]
    elif single:
        variants, titles = [("", single[1])], [_ONE_PRICE.sub("", title)]
    else:
        raise CatalogueError(f"{where}：标题后面没有价格，要写 {{规格=价}} 或 =价")
    words = [word for word in re.split(r"[;\s]+", marks) if word]
    flags = dict(word[1:].partition("=")[::2] for word in words if word.startswith("!"))
    tags = tuple(dict.fromkeys([*kind.tags, *(word for word in words if not word.startswith("!"))]))
    result = []
    for position, ((label, price), full, attributes) in enumerate(
        zip(variants, titles, _attributes(own, len(variants), where), strict=True)
    ):
        merged = {**kind.attributes, **({kind.variant: (label,)} if label else {}), **attributes}
        result.append(
            Goods(
                product_id=f"P{kind.code}{running + position:02d}",
                family=family,
                title=full,
                price=float(price),
                kind=kind,
                brand=brand,
                attributes=merged,
                tags=tags,
                label=label,
                flags=flags,
            )
        )
    return result


@functools.cache
def catalogue() -> tuple[Goods, ...]:
    """All goods in the order of the files. Raises CatalogueError naming file and line."""
    goods: list[Goods] = []
    kind: Kind | None = None
    running = families = 0
    for path in sorted(_FOLDER.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.name} 第 {number} 行"
            if not line.strip() or line.startswith("#"):
                continue
            header = _HEADER.fullmatch(line)
            if header:
                kind, running = _kind(header, where), 1
                continue
            if kind is None:
                raise CatalogueError(f"{where}：商品前面要先有种类，例如 [101 手机] …")
            families += 1
            try:
                made = _family(line, kind, running, f"F{families:03d}", where)
            except ValueError as error:
                raise error if isinstance(error, CatalogueError) else CatalogueError(f"{where}：{error}") from error
            goods += made
            running += len(made)
    return tuple(goods)


def find(words: str) -> Goods:
    """The first goods whose title holds every one of the words (blank between)."""
    for goods in catalogue():
        if all(word in goods.title for word in words.split()):
            return goods
    raise CatalogueError(f"商品目录里没有“{words}”")
