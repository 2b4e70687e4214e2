"""What children love as data, and books as a child sees them: big, read aloud by ruby, with where they stand."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fumikura.circulation.queries import ItemState
from fumikura.discovery.lists import listed_in, staff_lists_with_records
from fumikura.discovery.parsing import parse
from fumikura.discovery.queries import search
from fumikura.discovery.query import Prefix, Query, Term, TextField, any_of
from fumikura.holdings.floors import bookcase_of, bookcases_of
from fumikura.holdings.models import Bookcase, Item
from fumikura.kernel.japanese import spoken_name
from fumikura.organisation.models import Facility
from fumikura.web.design.days import in_japanese
from fumikura.web.maps import FloorMap, floor_map
from fumikura.web.nearest import Nearest, nearest_copies
from fumikura.web.readings import html_of, pieces_of, pieces_of_name

ON_A_PAGE = 12
FOR_CHILDREN = ("child",)
_FIELDS: tuple[TextField, ...] = ("title", "subject")


@dataclass(frozen=True)
class Love:
    """One picture on the first page."""

    code: str
    name: str
    en: str
    ndc: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def said(self) -> str:
        return self.name if in_japanese() else self.en

    @property
    def picture(self) -> str:
        return f"kids/pictures/{self.code}.svg"

    @property
    def query(self) -> Query:
        words = [Term(word, field) for word in self.words for field in _FIELDS]
        return any_of(*(Prefix(number) for number in self.ndc), *words)


@dataclass(frozen=True)
class Age:
    """One shelf of the ブックスタート page."""

    code: str
    name: str
    en: str
    note: str
    note_en: str
    words: str

    @property
    def said(self) -> str:
        return self.name if in_japanese() else self.en

    @property
    def told(self) -> str:
        return self.note if in_japanese() else self.note_en


def _table(name: str) -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(files("fumikura.web.kids").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def loves() -> Mapping[str, Love]:
    rows = _table("loves")["love"]
    return {
        str(row["code"]): Love(
            code=str(row["code"]),
            name=str(row["name"]),
            en=str(row["en"]),
            ndc=tuple(map(str, _list(row["ndc"]))),
            words=tuple(map(str, _list(row["words"]))),
        )
        for row in rows
    }


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


@cache
def ages() -> tuple[Age, ...]:
    return tuple(Age(**{name: str(value) for name, value in row.items()}) for row in _table("bookstart")["age"])


@dataclass(frozen=True, kw_only=True)
class Book:
    """One title on a child's page."""

    pk: int
    title: str
    creator: str
    title_read: SafeString
    creator_read: SafeString
    ndc: str
    kind: str
    state: str
    """here, near, wait or none."""
    words: str
    place: SafeString | str
    shelf: SafeString | str
    case: SafeString | str
    """The bookcase to walk to, as the map of shelves names it; empty where nobody drew it or the book is out."""
    call_number: str


@dataclass(frozen=True)
class Found:
    books: tuple[Book, ...]
    total: int
    more: bool
    ready: bool = True


def found(query: Query, *, page: int, at: datetime, usual: str, kinds: Sequence[str] = ()) -> Found:
    """Children's books first and alone; when there is none, whatever answers: a child may ask for a grown-up's book."""
    filters: dict[str, Sequence[str]] = {"audience": FOR_CHILDREN}
    if kinds:
        filters["kind"] = kinds
    start = (page - 1) * ON_A_PAGE
    answer = search(query, start=start, rows=ON_A_PAGE, filters=filters, facets=())
    if not answer.total and not kinds:
        answer = search(query, start=start, rows=ON_A_PAGE, facets=())
    books = books_of([hit.record_id for hit in answer.hits], at=at, usual=usual)
    return Found(tuple(books), answer.total, answer.total > start + ON_A_PAGE, answer.ready)


def shelf_for(age: Age, *, at: datetime, usual: str) -> list[Book]:
    """What staff put on a list whose title names ブックスタート and the age; else what the catalogue has for it."""
    for feature in staff_lists_with_records():
        if "ブックスタート" in feature.title and age.name in feature.title:
            return books_of([row.record_id for row in listed_in(feature)[:ON_A_PAGE]], at=at, usual=usual)
    return list(found(parse(age.words), page=1, at=at, usual=usual, kinds=("picture-book",)).books)


def books_of(numbers: Iterable[int], *, at: datetime, usual: str) -> list[Book]:
    """In this order; what left the catalogue is left out."""
    found = nearest_copies(numbers, at=at, usual=usual)
    cases = bookcases_of(one.item for one in found if one.item and one.is_in)
    return [_book(one, cases.get(one.item.pk) if one.item else None) for one in found]


def book_on_the_map(number: int, *, at: datetime, usual: str) -> tuple[Book, FloorMap | None] | None:
    """One book and, while it is in, the map of its floor with its bookcase marked."""
    for one in nearest_copies([number], at=at, usual=usual):
        case = bookcase_of(one.item) if one.item and one.is_in else None
        return _book(one, case), floor_map(case.floor, case) if case else None
    return None


def _book(one: Nearest, case: Bookcase | None) -> Book:
    record, creator = one.record, spoken_name(one.record.creator)
    return Book(
        pk=record.pk,
        title=record.title,
        creator=creator,
        title_read=html_of(pieces_of(record.title, record.reading)),
        creator_read=html_of(pieces_of_name(record.creator, record.creator_reading)),
        ndc=record.ndc,
        kind=record.kind,
        state=_kind(one.state),
        words=_words(one.state),
        place=_place(one.item.home) if one.item and one.is_in else "",
        shelf=_shelf(one.item) if one.item and one.is_in else "",
        case=html_of(pieces_of(case.label)) if case else "",
        call_number=one.item.call_number if one.item else "",
    )


def _kind(state: ItemState | None) -> str:
    if state is None:
        return "none"
    if state.is_available:
        return "here"
    if state.is_resting:
        return "none"
    return {"on-loan": "wait", "in-transit": "near", "on-hold-shelf": "wait", "set-aside": "near"}.get(
        state.kind, "here" if state.kind == "on-shelf" and not state.is_promised else "none"
    )


def _words(state: ItemState | None) -> str:
    match _kind(state):
        case "here" if state and state.reference_only:
            return _("としょかんで よめるよ")
        case "here":
            return _("いま あるよ")
        case "near":
            return _("もうすぐ もどるよ")
        case "wait":
            return _("いま かしだしちゅう")
    return _("いまは ないよ")


def _place(facility: Facility) -> SafeString | str:
    if not in_japanese():
        return facility.name_en or facility.name
    return html_of(pieces_of(facility.name, facility.reading))


def _shelf(item: Item) -> SafeString | str:
    if item.location is None:
        return ""
    if not in_japanese():
        return item.location.name_en or item.location.name
    return html_of(pieces_of(item.location.name))
