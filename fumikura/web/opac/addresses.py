"""A search as an address: reading it from the query string, and writing neighbouring ones (one facet more, one page on)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote_plus

from django.http import QueryDict
from django.urls import get_script_prefix, reverse

from fumikura.discovery.answers import SORTS, By, Sort

FACETS = ("available", "site", "kind", "audience", "ndc", "year", "language", "accessible", "series")
MOST_WORDS = 300
MOST_VALUES = 20
LAST_PAGE = 500


@dataclass(frozen=True)
class Search:
    """What the address asks for."""

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    """(facet, value), each once, in the order of choosing."""
    sort: Sort = "relevance"
    page: int = 1
    by: By = "work"
    """Whether editions, formats and volumes of a work stand together."""
    work: int = 0
    """A record: only what is of its work is asked for, each edition by itself."""

    @classmethod
    def read(cls, given: QueryDict) -> "Search":
        """Anything that cannot be understood is left out, never refused."""
        # PostgreSQL cannot even be asked about a NUL, and nobody means to write one.
        chosen = [
            (name, value[:100]) for name in FACETS for value in given.getlist(name) if value and "\x00" not in value
        ]
        chosen += [("year", one)] if (one := _years(given)) else []
        page, work = given.get("page", "1"), given.get("work", "")
        number = int(work) if work.isascii() and work.isdigit() and len(work) < 16 else 0
        return cls(
            text=" ".join(given.get("q", "").replace("\x00", " ").split())[:MOST_WORDS],
            filters=tuple(dict.fromkeys(chosen))[:MOST_VALUES],
            sort=next((sort for sort in SORTS if sort == given.get("sort")), "relevance"),
            page=min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            by="record" if number or given.get("by") == "record" else "work",
            work=number,
        )

    @property
    def class_chosen(self) -> str:
        """The class of the NDC whose divisions are offered: the first that was chosen."""
        return next((value for name, value in self.filters if name == "ndc"), "")

    @property
    def years_chosen(self) -> tuple[str, str]:
        """The years of the form, when a range was chosen: ("1990", "2005")."""
        for name, value in self.filters:
            if name == "year" and (found := _RANGE.fullmatch(value)):
                return found["low"] or "", found["high"] or ""
        return "", ""

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.filters and not self.work

    @property
    def by_facet(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.filters:
            found.setdefault(name, []).append(value)
        return found

    def has(self, name: str, value: str) -> bool:
        return (name, value) in self.filters

    def with_filter(self, name: str, value: str) -> "Search":
        return replace(self, filters=(*self.filters, (name, value)), page=1)

    def with_only(self, name: str, value: str) -> "Search":
        """In place of whatever was chosen of this facet; with an empty value, without it."""
        others = tuple(one for one in self.filters if one[0] != name)
        return replace(self, filters=(*others, (name, value)) if value else others, page=1)

    def without_filter(self, name: str, value: str) -> "Search":
        return replace(self, filters=tuple(one for one in self.filters if one != (name, value)), page=1)

    def without_filters(self) -> "Search":
        return replace(self, filters=(), page=1)

    def asking(self, text: str) -> "Search":
        return Search(text=text)

    def one_by_one(self) -> "Search":
        """Each edition by itself."""
        return replace(self, by="record", work=0, page=1)

    def by_work(self) -> "Search":
        return replace(self, by="work", work=0, page=1)

    def of_work(self, record_id: int) -> "Search":
        """All that was found of one work."""
        return replace(self, by="record", work=record_id, page=1)

    def on_page(self, page: int) -> "Search":
        return replace(self, page=page)

    @property
    def address(self) -> str:
        pairs = self._asked
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        pairs += [("work", str(self.work))] if self.work else [("by", self.by)] if self.by == "record" else []
        pairs += [("page", str(self.page))] if self.page > 1 else []
        return f"{_page('opac:search')}?{_as_query(pairs)}" if pairs else _page("opac:search")

    @property
    def feed(self) -> str:
        """The address that a feed reader is given: what comes new of it."""
        return f"{_page('opac:feed')}?{_as_query(self._asked)}"

    @property
    def atom(self) -> str:
        """The same as Atom."""
        return f"{_page('opac:feed-atom')}?{_as_query(self._asked)}"

    @property
    def _asked(self) -> list[tuple[str, str]]:
        return [*([("q", self.text)] if self.text else []), *self.filters]


def _as_query(pairs: Sequence[tuple[str, str]]) -> str:
    """As `urlencode` does it; the words that were asked for stand in each of the sixty links of a page."""
    return "&".join([f"{name}={_quoted(value)}" for name, value in pairs])


_quoted = lru_cache(maxsize=4096)(quote_plus)


def of_title(record_id: int) -> str:
    return f"{_titles(get_script_prefix())}{record_id}"


# A result page has sixty links to the same few pages of ours: Django is asked once where they are.
def _page(name: str) -> str:
    return _page_below(name, get_script_prefix())


@lru_cache(maxsize=16)
def _page_below(name: str, _prefix: str) -> str:
    return reverse(name)


@lru_cache(maxsize=16)
def _titles(_prefix: str) -> str:
    return reverse("opac:title", args=[0]).removesuffix("0")


_RANGE = re.compile(r"(?P<low>[0-9]{4})?-(?P<high>[0-9]{4})?")


def _years(given: QueryDict) -> str:
    """The two boxes of a form as one filter; what is no year of four digits is left out."""
    low, high = (unicodedata.normalize("NFKC", given.get(name, "")).strip() for name in ("from", "to"))
    low, high = (year if re.fullmatch("[0-9]{4}", year) else "" for year in (low, high))
    return f"{low}-{high}" if low or high else ""
