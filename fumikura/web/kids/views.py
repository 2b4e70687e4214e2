"""The children's pages. Nobody signs in and nothing is remembered."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from fumikura.discovery.parsing import parse
from fumikura.discovery.query import Query
from fumikura.web.kids.board import OPERATIONS, rows
from fumikura.web.kids.shelves import Book, ages, book_on_the_map, found, loves, shelf_for
from fumikura.web.maps import FloorMap
from fumikura.web.visitors import typed

USUAL_COOKIE = "library"
FURTHEST = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "kids/home.html", {"loves": loves().values(), "board": rows(), "operations": OPERATIONS})


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """By a love (?love=train) or by words (?q=); without either, the first page."""
    asked, love = typed(request.GET, "q", 80), loves().get(typed(request.GET, "love", 20))
    query = _query(asked) if asked else love.query if love else None
    if query is None:
        return home(request)
    page = _page(typed(request.GET, "page", 4))
    answer = found(query, page=page, at=timezone.now(), usual=_usual(request))
    given: dict[str, str | int] = {"q": asked} if asked else {"love": love.code if love else ""}
    return render(
        request,
        "kids/books.html",
        {
            "asked": asked,
            "love": None if asked else love,
            "loves": loves().values(),
            "answer": answer,
            "board": rows(),
            "operations": OPERATIONS,
            "before": _address({**given, "page": page - 1}) if page > 1 else "",
            "after": _address({**given, "page": page + 1}) if answer.more else "",
        },
    )


def _query(asked: str) -> Query:
    return parse(asked)


def _page(given: str) -> int:
    return min(max(int(given), 1), FURTHEST) if given.isascii() and given.isdigit() else 1


def _address(values: dict[str, str | int]) -> str:
    return f"{reverse('kids:books')}?{urlencode(values)}"


def _usual(request: HttpRequest) -> str:
    return request.COOKIES.get(USUAL_COOKIE, "")[:20]


@require_safe
def book(request: HttpRequest, number: int) -> HttpResponse:
    """One book: its cover, where it stands, and the slip that speaks for a shy child."""
    one, floor = _one(request, number)
    return render(request, "kids/book.html", {"book": one, "floor": floor, "printed": timezone.localtime()})


def _one(request: HttpRequest, number: int) -> tuple[Book, FloorMap | None]:
    try:
        found = book_on_the_map(number, at=timezone.now(), usual=_usual(request))
    except OverflowError:
        found = None
    if found is None:
        raise Http404
    return found


@require_safe
def bookstart(request: HttpRequest) -> HttpResponse:
    """For parents of the smallest: a few picture books for each year."""
    at, usual = timezone.now(), _usual(request)
    shelves = [(age, shelf_for(age, at=at, usual=usual)) for age in ages()]
    return render(request, "kids/bookstart.html", {"shelves": shelves})
