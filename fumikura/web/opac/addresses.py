"""A search as an address: reading it from the query string, and writing neighbouring ones (one facet more, one page on)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from fumikura.discovery.answers import SORTS, Sort

FACETS = ("available", "site", "kind", "ndc", "year", "language")
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

    @classmethod
    def read(cls, given: QueryDict) -> "Search":
        """Anything that cannot be understood is left out, never refused."""
        chosen = [(name, value[:100]) for name in FACETS for value in given.getlist(name) if value]
        page = given.get("page", "1")
        return cls(
            text=" ".join(given.get("q", "").split())[:MOST_WORDS],
            filters=tuple(dict.fromkeys(chosen))[:MOST_VALUES],
            sort=next((sort for sort in SORTS if sort == given.get("sort")), "relevance"),
            page=min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.filters

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

    def without_filter(self, name: str, value: str) -> "Search":
        return replace(self, filters=tuple(one for one in self.filters if one != (name, value)), page=1)

    def without_filters(self) -> "Search":
        return replace(self, filters=(), page=1)

    def asking(self, text: str) -> "Search":
        return Search(text=text)

    def on_page(self, page: int) -> "Search":
        return replace(self, page=page)

    @property
    def address(self) -> str:
        pairs = [("q", self.text)] if self.text else []
        pairs += self.filters
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        pairs += [("page", str(self.page))] if self.page > 1 else []
        return f"{reverse('opac:search')}?{urlencode(pairs)}" if pairs else reverse("opac:search")
