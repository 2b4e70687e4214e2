"""Whether two records describe the same publication: pure.

An ISBN is strong and not to be trusted: it may be misprinted, used again for another book, or stand for a whole set. So it
counts together with the title and the volume, and what speaks against is always looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final, Literal

from fumikura.catalogue.headings import heading_key
from fumikura.catalogue.volumes import volume_of
from fumikura.catalogue.works import bare_title
from fumikura.kernel.japanese import fold

Verdict = Literal["same", "doubtful", "different"]
Agreement = Literal["yes", "no", "unknown"]
NUMBERS: Final = frozenset({"isbn", "jpno", "ncid", "oclc", "lccn", "ean", "ismn"})
"""Schemes that number a publication. An ISSN numbers all of its years."""
SERIAL: Final = frozenset({"magazine", "newspaper"})

_SUBTITLE: Final = re.compile(r"(?<=\S)(?:\s+[:：/／]\s+|：\s*)(?=\S)")
_COMPANY: Final = (
    "株式会社",
    "有限会社",
    "財団法人",
    "社団法人",
    "一般",
    "公益",
    "(株)",
    "(有)",
    "出版社",
    "出版部",
    "出版",
)


@dataclass(frozen=True)
class Facts:
    """What a record says of the publication, as in its row."""

    title: str
    volume: str = ""
    creator: str = ""
    publisher: str = ""
    year: int | None = None
    kind: str = "book"
    numbers: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @cached_property
    def proper(self) -> str:
        """The title without a subtitle that was written into it."""
        return _SUBTITLE.split(self.title, maxsplit=1)[0]

    @cached_property
    def bare(self) -> str:
        return bare_title(self.proper)

    @cached_property
    def volume_key(self) -> str:
        return volume_of(self.proper, self.volume)

    @cached_property
    def creator_key(self) -> str:
        return heading_key(self.creator)

    @cached_property
    def publisher_key(self) -> str:
        name = fold(self.publisher)
        for word in _COMPANY:
            name = name.replace(fold(word), "")
        return name.replace(" ", "")

    @cached_property
    def isbns(self) -> frozenset[str]:
        return frozenset(value for scheme, value in self.numbers if scheme == "isbn")


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[str, ...]
    """Codes of what agrees and what does not: "number", "title", "volume-differs" …, the weightier first."""


def judge(one: Facts, other: Facts) -> Judgement:
    """Compare two records that share a number or a title."""
    if one.kind != other.kind or one.kind in SERIAL:
        return Judgement("different", ("kind-differs",))
    shared = {pair for pair in one.numbers & other.numbers if pair[0] in NUMBERS}
    likeness = likeness_of(one.bare, other.bare)
    agreed = {
        "volume": _agree(one.volume_key, other.volume_key),
        "creator": _agree(one.creator_key, other.creator_key, _one_in_the_other),
        "publisher": _agree(one.publisher_key, other.publisher_key, _one_in_the_other),
        "year": _agree_years(one.year, other.year),
    }
    reasons = tuple([f"{name}-differs" for name, said in agreed.items() if said == "no"])
    if shared:
        return Judgement(_by_number(likeness, agreed), ("number", *_title_reason(likeness), *reasons))
    if likeness < 0.95:
        return Judgement("different", (*_title_reason(likeness), *reasons))
    if one.isbns and other.isbns:
        near = any(misprinted(mine, theirs) for mine in one.isbns for theirs in other.isbns)
        return Judgement(
            _by_other_number(near, agreed), ("number-near" if near else "number-differs", "title", *reasons)
        )
    return Judgement(_by_description(agreed), ("title", *reasons))


def _title_reason(likeness: float) -> tuple[str, ...]:
    return ("title",) if likeness >= 0.95 else ("title-similar",) if likeness >= 0.5 else ("title-differs",)


def _by_number(likeness: float, agreed: dict[str, Agreement]) -> Verdict:
    """They share a number. Reprints under it may have other years; a set may share it over its volumes."""
    if agreed["volume"] == "no":
        return "different"
    if likeness < 0.3:
        return "doubtful" if agreed["creator"] == "yes" and agreed["year"] == "yes" else "different"
    against = sum(agreed[name] == "no" for name in ("creator", "publisher", "year"))
    if likeness >= 0.7 and agreed["volume"] != "unknown" and agreed["creator"] != "no" and against < 2:
        return "same"
    return "doubtful" if likeness >= 0.5 or agreed["creator"] == "yes" else "different"


def _by_other_number(near: bool, agreed: dict[str, Agreement]) -> Verdict:
    """The title is the same and the ISBN is not: another edition, unless it is a slip of the pen."""
    if "no" in agreed.values() or agreed["volume"] == "unknown":
        return "different"
    sure = all(agreed[name] == "yes" for name in ("creator", "publisher", "year"))
    return "doubtful" if (near and agreed["creator"] == "yes") or sure else "different"


def _by_description(agreed: dict[str, Agreement]) -> Verdict:
    """At least one has no ISBN: everything else must agree."""
    if agreed["volume"] == "no" or agreed["creator"] == "no" or agreed["year"] == "no":
        return "different"
    known = [agreed[name] for name in ("creator", "publisher", "year")]
    if agreed["volume"] == "yes" and known == ["yes", "yes", "yes"]:
        return "same"
    return "doubtful" if known.count("yes") >= 2 and agreed["volume"] == "yes" else "different"


def likeness_of(one: str, other: str) -> float:
    """How alike two folded titles are, 0 to 1. One that begins with the whole other (a subtitle more) is nearly the same."""
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter):
        return 0.9
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _same(one: str, other: str) -> bool:
    return one == other


def _one_in_the_other(one: str, other: str) -> bool:
    return one in other or other in one


def _agree(one: str, other: str, alike: Callable[[str, str], bool] = _same) -> Agreement:
    """Nothing on both sides agrees for volumes; for anything else it is unknown."""
    if one and other:
        return "yes" if alike(one, other) else "no"
    return "yes" if not one and not other and alike is _same else "unknown"


def _agree_years(one: int | None, other: int | None) -> Agreement:
    if one is None or other is None:
        return "unknown"
    return "yes" if abs(one - other) <= 1 else "no"


def misprinted(one: str, other: str) -> bool:
    """Whether one number may be a slip for the other: one digit besides the check digit, or two neighbours changed over."""
    if len(one) != len(other) or one == other:
        return False
    differing = [place for place, (mine, theirs) in enumerate(zip(one[:-1], other[:-1], strict=True)) if mine != theirs]
    if len(differing) <= 1:
        return True
    first, second = differing[0], differing[-1]
    return len(differing) == 2 and second == first + 1 and one[first] == other[second] and one[second] == other[first]
