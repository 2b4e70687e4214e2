"""What other libraries have, when ours have nothing: asked all at once, shown as far as they have answered."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fumikura.discovery.asking import Elsewhere, Reply, ask_neighbours, still_waiting
from fumikura.web.opac.addresses import Search


@dataclass(frozen=True)
class ShownTitle:
    title: str
    creator: str
    publisher: str
    year: int | None
    query: str
    """Fills the form in which a reader asks the library for it."""


@dataclass(frozen=True)
class ShownReply:
    name: str
    state: str
    total: int
    titles: tuple[ShownTitle, ...]


@require_safe
def neighbours(request: HttpRequest) -> HttpResponse:
    """The page; with `part`, only what stands inside another."""
    asked = Search.read(request.GET)
    if not asked.text:
        return HttpResponseRedirect(reverse("opac:search"))
    replies = ask_neighbours(asked.text, at=timezone.now())
    page = {
        "text": asked.text,
        "replies": [_shown(reply) for reply in replies],
        "waiting": still_waiting(replies),
        "again": f"{reverse('opac:neighbours')}?{urlencode({'q': asked.text})}",
        "back": Search(text=asked.text).address,
        "ask_for": address_of_wishes(),
    }
    name = "neighbours_said" if "part" in request.GET else "neighbours"
    answer = render(request, f"opac/{name}.html", page)
    answer["Cache-Control"] = "private, no-store"
    return answer


def address_of_wishes() -> str:
    """Where a reader asks the library to get something."""
    try:
        return reverse("my:requests")
    except NoReverseMatch:
        return ""


def _shown(reply: Reply) -> ShownReply:
    return ShownReply(reply.name, reply.state, reply.total, tuple(map(_title, reply.titles)))


def _title(one: Elsewhere) -> ShownTitle:
    known = {
        "title": one.title,
        "creator": one.creator,
        "publisher": one.publisher,
        "published": one.year,
        "isbn": one.isbn,
    }
    query = urlencode({name: value for name, value in known.items() if value})
    return ShownTitle(one.title, one.creator, one.publisher, one.year, query)
