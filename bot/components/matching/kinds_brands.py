"""Kinds of goods and brands in a message: the catalogue's own names, with everyday synonyms."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.components.matching import lexicon
from bot.components.matching.phrases import PhraseBook
from bot.components.matching.spans import Span

_EVERYDAY = 100  # jieba's count from which a word is common
_TELLING = 3  # characters from which a synonym is taken for a kind that the catalogue lacks
_GENERIC_NOT_BEFORE = ("壳", "套子", "贴膜", "钢化膜", "保护", "维修店", "工厂")
# Words of a dictionary that shops also use as brands: they need a sign that the brand is meant.
_BRAND_AFTER = re.compile(
    r"\s?(?:[a-z0-9]|的|牌|家的?|这个牌子|旗舰店|官方|品牌|和|跟|与|、|有|哪|怎么样|好|贵|便宜|$|[,。!?])",
)
_BRAND_BEFORE = re.compile(r"(?:^|[,。!?\s]|买|要|看|推|推荐|有|喜欢|除了|比|和|跟|与|、|是|换|用|的)$")


_BETWEEN_LETTERS = re.compile(r"(?<=[a-zà-ÿ0-9])[ '’.·\-](?=[a-zà-ÿ0-9])")

_LATIN_NAME = re.compile(r"[a-z0-9]+")

# Apple 苹果, 苹果 Apple
_TWO_SCRIPTS = re.compile(
    r"^([a-z][a-z0-9 '.&\-]*?)\s*([\u4e00-\u9fff][\u4e00-\u9fff ]*)$"
    r"|^([\u4e00-\u9fff]+)\s*([a-z][a-z0-9 '.&\-]*)$"
)


@dataclass(frozen=True)
class _Name:
    """What a phrase stands for, and what right beside it makes it something else."""

    entity: str
    value: str
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    ordinary: bool = False  # also an everyday word


def folded(text: str) -> str:
    """Half-width, lower case, outer blanks dropped: how names and messages are compared."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def _closed(low: str) -> tuple[str, Sequence[int]]:
    """The text without what people put between the letters of a Latin name (Max Factor, L'Oréal, SK-II) and without
    accents, and where each character stood."""
    kept = [at for at in range(len(low)) if not _BETWEEN_LETTERS.match(low, at)]
    return "".join(unicodedata.normalize("NFD", low[at])[0] for at in kept), kept


def name_forms(name: str) -> list[str]:
    """The ways a catalogue's name can be said: Apple/苹果, 苹果（Apple） and Apple 苹果 in their parts."""
    whole = folded(name)
    parts = [part.strip() for part in re.split(r"[/()|、;,]+", whole)]
    split = _TWO_SCRIPTS.match(whole)
    if split:
        parts += [part.strip() for part in split.groups() if part]
    forms = [form for form in dict.fromkeys([whole, *parts]) if len(form) > 1]
    closed = (re.sub(r"[ \-]", "", form) for form in forms)
    return forms + [form for form in dict.fromkeys(closed) if form not in forms and len(form) > 1]


class NameFinder:
    """Finds ``category`` and ``brand`` entities.

    ``kinds`` and ``brands``: the catalogue's names; the value of an entity is the name as the catalogue has it. Kinds
    and brands of the built-in lexicon that the catalogue lacks are found under the lexicon's name (kinds without their
    shortest synonyms, unless ``only_lexicon``: there is no catalogue).
    """

    def __init__(self, kinds: Iterable[str] = (), brands: Iterable[str] = (), only_lexicon: bool = True) -> None:
        self._only_lexicon = only_lexicon
        self._book: PhraseBook[tuple[_Name, ...]] = PhraseBook()
        self.brand_forms: dict[str, str] = {}
        self.kind_forms: dict[str, str] = {}
        self._add_kinds([k for k in kinds if k])
        self._add_brands([b for b in brands if b])
        said: dict[str, set[str]] = defaultdict(set)
        for form, brand in self.brand_forms.items():
            said[brand].add(form)
        self._forms_of_brand = {brand: frozenset(forms) for brand, forms in said.items()}

    def _add_kinds(self, own: list[str]) -> None:
        claimed = {folded(kind): kind for kind in own}
        for kind in own:
            for form in name_forms(kind):
                claimed.setdefault(form, kind)
        known = lexicon.kinds()
        for canonical, facts in known.items():
            forms = [folded(canonical), *map(folded, facts.get("also", ()))]
            # The shop's own name for the group: the lexicon's name if it has it, else a synonym that it uses.
            named = next((claimed[form] for form in forms if form in claimed), canonical)
            not_before = (*facts.get("not_before", ()), *_GENERIC_NOT_BEFORE)
            sold = self._only_lexicon or any(form in claimed for form in forms)
            for at, form in enumerate(forms):
                if at and not sold and len(form) < _TELLING:
                    continue  # 绿茶 in a shop for creams is a scent, not tea
                name = _Name("category", claimed.get(form, named), not_before, tuple(facts.get("not_after", ())))
                self._put(form, name, self.kind_forms)
        for form, kind in claimed.items():
            if form not in self.kind_forms:
                self._put(form, _Name("category", kind, _GENERIC_NOT_BEFORE), self.kind_forms)

    def _add_brands(self, own: list[str]) -> None:
        claimed: dict[str, str] = {folded(brand): brand for brand in own}
        for brand in own:
            for form in name_forms(brand):
                claimed.setdefault(form, brand)
        for canonical, facts in lexicon.brands().items():
            forms = [folded(form) for form in (canonical, *facts.get("also", ()))]
            named = next((claimed[form] for form in forms if form in claimed), canonical)
            guards = (tuple(facts.get("not_before", ())), tuple(facts.get("not_after", ())))
            for form in forms:
                self._put(form, _Name("brand", claimed.get(form, named), *guards), self.brand_forms)
            for line in map(folded, facts.get("lines", ())):
                self._put(line, _Name("brand", claimed.get(line, named)), self.brand_forms)
        for form, brand in claimed.items():
            if form not in self.brand_forms and form not in self.kind_forms:
                self._put(form, _Name("brand", brand, ordinary=_is_everyday(form)), self.brand_forms)

    def _put(self, form: str, name: _Name, forms: dict[str, str]) -> None:
        if form in forms:
            return
        forms[form] = name.value
        self._book.add(form, (*(self._book.get(form) or ()), name))

    def forms_of_brand(self, brand: str) -> frozenset[str]:
        """Every way to say the brand, folded."""
        return self._forms_of_brand.get(brand, frozenset())

    def find(self, low: str) -> list[Span]:
        """Every ``category`` and ``brand`` in a normalised lower-case text; they may still overlap."""
        spans, covered = [], {}
        for start, end, names in self._named(low):
            for name in names:
                if covered.get((name.entity, start), 0) >= end or not _stands_free(low, start, end):
                    continue
                if self._is_something_else(low, start, end, name):
                    continue
                covered[name.entity, start] = end
                spans.append(Span(name.entity, start, end, name.value))
        return spans

    def _named(self, low: str) -> Iterator[tuple[int, int, tuple[_Name, ...]]]:
        """Names as the text has them, and Latin ones however their letters are parted."""
        yield from self._book.find(low)
        closed, places = _closed(low)
        if closed == low:
            return
        for start, end, names in self._book.find(closed):
            if _LATIN_NAME.fullmatch(closed, start, end):
                yield places[start], places[end - 1] + 1, names

    def _is_something_else(self, low: str, start: int, end: int, name: _Name) -> bool:
        after, before = low[end:], low[:start]
        if any(after.startswith(word) and not self._begins_name(low, end, word) for word in name.not_before):
            return True
        if any(before.endswith(word) for word in name.not_after):
            return True
        if name.ordinary and before + after:
            beside_name = any(low.startswith(form, end) or low.startswith("的" + form, end) for form in self.kind_forms)
            return not beside_name and not (_BRAND_AFTER.match(after) and _BRAND_BEFORE.search(before))
        return False

    def _begins_name(self, low: str, at: int, word: str) -> bool:
        """Whether the forbidding word is itself the beginning of a kind (苹果耳机, not 苹果核)."""
        return any(low.startswith(form, at) for form in self.kind_forms if form.startswith(word))


def _stands_free(low: str, start: int, end: int) -> bool:
    """Latin names are not cut out of a longer word: no letter right beside a letter."""
    first, last = low[start], low[end - 1]
    before, after = low[start - 1 : start], low[end : end + 1]
    return not (_latin(first) and _latin(before)) and not (_latin(last) and _latin(after))


def _latin(sign: str) -> bool:
    return "a" <= sign <= "z"


def _is_everyday(form: str) -> bool:
    """Whether the name is a common word of the language (天堂, 启蒙, 好奇), by jieba's frequencies."""
    if len(form) > 3 or not re.fullmatch(r"[\u4e00-\u9fff]+", form):
        return False
    import jieba

    jieba.initialize()
    return (jieba.dt.FREQ.get(form) or 0) >= _EVERYDAY
