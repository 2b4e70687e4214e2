"""取っておいたさがし方: the searches that a reader keeps, what came new for each, and letting one go again."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.discovery.models import SavedSearch
from fumikura.discovery.saved import (
    arrived_today,
    find_saved_search,
    forget_search,
    mark_looked_at,
    new_since_looked,
    save_search,
    saved_searches,
)
from fumikura.kernel.reasons import words as reason_words
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from fumikura.web.opac import places
from fumikura.web.opac.addresses import Search
from fumikura.web.opac.hits import chosen_in_words
from fumikura.web.visitors import for_patrons, typed, visitor

LONGEST_NAME = 60


@dataclass(frozen=True)
class Line:
    pk: int
    name: str
    asked: str
    """What is asked for, in words."""
    href: str
    feed: str
    new: int


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def kept(request: HttpRequest) -> HttpResponse:
    return _keep(request) if request.method == "POST" else _page(request)


def _page(request: HttpRequest, *, reasons: list[tuple[str, str]] | None = None) -> HttpResponse:
    names = places.names()
    page = {
        "lines": [_line(saved, names) for saved in saved_searches(_patron(request))],
        "done": request.GET.get("done", "") if request.GET.get("done") in {"kept", "forgotten"} else "",
        "undo": _typed_search(request.GET).address.partition("?")[2],
        "undo_name": typed(request.GET, "name", LONGEST_NAME),
        "reasons": reasons or [],
        "request_key": uuid4().hex,
    }
    return render(request, "opac/kept.html", page, status=422 if reasons else 200)


def _line(saved: SavedSearch, names: dict[str, str]) -> Line:
    asked = _search_of(saved)
    return Line(
        pk=saved.pk,
        name=saved.name,
        asked=in_words(asked, names),
        href=reverse("opac:kept-one", args=[saved.pk]),
        feed=asked.feed,
        new=new_since_looked(saved, asked.text, asked.by_facet),
    )


def in_words(asked: Search, names: dict[str, str]) -> str:
    """漱石、形：本 — what a search asks for."""
    said = [f"「{asked.text}」"] if asked.text else []
    return "、".join([*said, *(label for label, _href in chosen_in_words(asked, names))])


def _keep(request: HttpRequest) -> HttpResponse:
    asked = _typed_search(request.POST)
    if asked.is_empty:
        return _page(request, reasons=[(_("さがす言葉がありません。"), _("さがしてから、取っておいてください。"))])
    here, at = visitor(request), timezone.now()
    name = typed(request.POST, "name", LONGEST_NAME) or asked.text[:LONGEST_NAME] or _("えらんだ条件")
    try:
        save_search(
            patron=_patron(request),
            name=name,
            address=urlsplit(asked.address).query,
            seen_that_day=arrived_today(asked.text, asked.by_facet, at),
            by=here.patron_actor(),
            at=at,
        )
    except Refused as refused:
        return _page(request, reasons=[reason_words(one, get_language() or "ja") for one in refused.reasons])
    return HttpResponseRedirect(f"{reverse('opac:kept')}?done=kept")


@require_safe
@for_patrons
def look(request: HttpRequest, number: int) -> HttpResponse:
    """The page of results, what is new first. From now on that is no longer new."""
    saved, at = _mine(request, number), timezone.now()
    asked = _search_of(saved)
    mark_looked_at(saved, seen_that_day=arrived_today(asked.text, asked.by_facet, at), at=at)
    return HttpResponseRedirect(replace(asked, sort="arrived").address)


@require_POST
@for_patrons
def forget(request: HttpRequest, number: int) -> HttpResponse:
    saved = _mine(request, number)
    query, name = saved.address, QueryDict(mutable=True)
    name["name"] = saved.name
    forget_search(saved, by=visitor(request).patron_actor(), at=timezone.now())
    return HttpResponseRedirect(f"{reverse('opac:kept')}?done=forgotten&{query}&{name.urlencode()}")


def _typed_search(given: QueryDict) -> Search:
    """The search whose query string was sent in the field `search`, or that the address itself holds."""
    sent = given.get("search", "")[:2000]
    return _unpaged(QueryDict(sent)) if sent else _unpaged(given)


def _unpaged(given: QueryDict) -> Search:
    return replace(Search.read(given), page=1, work=0, sort="relevance")


def _search_of(saved: SavedSearch) -> Search:
    return _unpaged(QueryDict(saved.address))


def _mine(request: HttpRequest, number: int) -> SavedSearch:
    found = find_saved_search(_patron(request), number) if number < 2**63 else None
    if found is None:
        raise Http404
    return found


def _patron(request: HttpRequest) -> Patron:
    patron = visitor(request).patron
    assert patron is not None
    return patron
