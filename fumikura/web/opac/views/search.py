"""Searching, and what is suggested while somebody is typing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import records_by_id, records_of_same_works
from fumikura.discovery.answers import FACETS, Answer
from fumikura.discovery.elsewhere import addresses_for
from fumikura.discovery.explaining import is_doubtful
from fumikura.discovery.queries import instead, parse, suggest
from fumikura.discovery.queries import search as ask
from fumikura.discovery.query import ANY, Among, all_of
from fumikura.discovery.targets import targets
from fumikura.web.design.days import in_japanese
from fumikura.web.opac import institutions, places, words
from fumikura.web.opac.addresses import LAST_PAGE, Search
from fumikura.web.opac.drawn import drawn
from fumikura.web.opac.hits import ShownHit, chosen_in_words, deeper_classes, shown_facets, shown_hits
from fumikura.web.opac.views.events import meeting
from fumikura.web.opac.views.neighbours import address_of_wishes
from fumikura.web.opac.wishing import wishing
from fumikura.web.visitors import visitor

ROWS = 20
_TAKEN_FOR_ANOTHER = str.maketrans("斉齊斎齋", "斎斎斉斉")
_SUGGESTIONS_KEPT = 60
MOST_SITES, SHORTEST_NAME = 3, 2
_SHORTEST = 1


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = Search.read(request.GET)
    if asked.is_empty:
        return render(request, "opac/search_start.html", {"classes": doorways()})
    answer = _answer(asked)
    names = _names(asked, answer)
    hits = shown_hits(answer, parse(asked.text), names, timezone.now(), asked)
    counted = answer.total if asked.by == "record" else answer.works
    pages = _last_page(asked, counted, answer)
    first = (asked.page - 1) * ROWS + 1
    reading = wishing(request, [hit.record.pk for hit in hits], asked.address)
    return render(
        request,
        "opac/search.html",
        {
            "search": asked,
            "answer": answer,
            "hits": hits,
            "lines": drawn(hits, reading),
            "wishing": reading,
            "in_now": _in_now(asked),
            "keep": _keep(request, asked),
            **_beside(asked, names),
            "lookalike": _lookalike(asked) if answer.total else None,
            "advanced": f"{reverse('opac:advanced')}?{urlencode({'words': asked.text})}",
            "first": first,
            "last": first + len(answer.hits) - 1,
            "counted": counted,
            "of_work": _title_of(asked.work),
            "facets": shown_facets(answer, asked, names),
            "chosen": chosen_in_words(asked, names),
            "sorts": words.SORTS.items(),
            "pages": _pages(asked, pages),
            "previous": asked.on_page(asked.page - 1).address if asked.page > 1 else "",
            "next": asked.on_page(asked.page + 1).address if asked.page < pages else "",
            **_ways_on(asked, answer.total, hits),
        },
    )


def _beside(asked: Search, names: Mapping[str, str]) -> dict[str, object]:
    """What is no book and yet answers the words: places of that name, events of the coming days. Only above the first page."""
    if asked.page > 1 or asked.filters or asked.work or not asked.text:
        return {}
    return {"sites": _sites(asked.text, names), "events": meeting(asked.text, timezone.now())}


def _sites(text: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, address) of the places that the words name, or begin to name; nothing when they fit many."""
    typed = text.lower()
    found = [
        (name, f"{reverse('opac:hours')}?{urlencode({'site': code})}")
        for code, name in names.items()
        if not code.startswith("@")
        and (name.lower() in typed or (len(typed) >= SHORTEST_NAME and name.lower().startswith(typed)))
    ]
    return found if len(found) <= MOST_SITES else []


def _names(asked: Search, answer: Answer) -> dict[str, str]:
    """Of our places, and of other institutions where the answer or the filters name one."""
    sites = {value.value for facet in answer.facets if facet.name == "site" for value in facet.values}
    theirs = any(code.startswith("@") for code in [*sites, *asked.by_facet.get("site", ())])
    return places.names() | (institutions.names() if theirs else {})


def _ways_on(asked: Search, total: int, hits: Sequence[ShownHit]) -> dict[str, object]:
    """もしかして beside a short list; where nothing was found, that and everything else one can do."""
    instead = _instead(asked, total) if _is_doubtful(asked, total, hits) else []
    if total:
        return {"instead": instead}
    typed = asked.text.split()
    looser = [way for way in instead if set(way[0].split()) <= set(typed)]
    return {
        "meant": [way for way in instead if way not in looser],
        "looser": [(_("条件なし：%s") % way[0] if way[0] == asked.text else way[0], *way[1:]) for way in looser],
        "elsewhere": _elsewhere(asked),
        "neighbours": _neighbours(asked),
        "wish": _wish(asked),
    }


def _keep(request: HttpRequest, asked: Search) -> dict[str, object]:
    """What the form below the results needs to keep this search in the reader's account."""
    if visitor(request).patron:
        return {"may": True, "search": asked.address.partition("?")[2], "request_key": uuid4().hex}
    return {"may": False, "sign_in": f"{reverse('entrance:sign-in')}?{urlencode({'next': asked.address})}"}


def _last_page(asked: Search, counted: int | None, answer: Answer) -> int:
    """Where works are too many to count, the next page is the last that is known."""
    if counted is None:
        return min(asked.page + answer.has_more, LAST_PAGE)
    return min(-(-counted // ROWS), LAST_PAGE)


def _title_of(record_id: int) -> str:
    """The title of the work that alone is shown; empty when there is no such record."""
    record = records_by_id([record_id]).get(record_id) if record_id else None
    return record.title if record else ""


def _elsewhere(asked: Search) -> list[tuple[str, str, str]]:
    """(name, what it is good for, address that asks it for the same words)."""
    own = in_japanese()
    return [
        (place.name if own else place.name_en, place.note if own else place.note_en, place.address)
        for place in addresses_for(asked.text)
    ]


def _neighbours(asked: Search) -> str:
    """The address that asks other libraries for the same words; empty when the library has named none."""
    return f"{reverse('opac:neighbours')}?{urlencode({'q': asked.text})}" if asked.text and targets().exists() else ""


def _wish(asked: Search) -> str:
    """The form in which a reader asks for what we do not have, with the words that were typed."""
    address = address_of_wishes()
    return f"{address}?{urlencode({'title': asked.text})}" if address and asked.text else ""


def _in_now(asked: Search) -> tuple[bool, str]:
    """Whether only what is in somewhere is shown, and the address for the other way."""
    is_on = asked.has("available", ANY)
    return is_on, (asked.without_filter if is_on else asked.with_filter)("available", ANY).address


def _lookalike(asked: Search) -> tuple[str, int, str] | None:
    """斉藤 for 斎藤: another name that is easily taken for the one asked for, when there is something under it."""
    other = asked.text.translate(_TAKEN_FOR_ANOTHER)
    if other == asked.text:
        return None
    would = replace(asked, text=other, page=1)
    total = ask(parse(other), rows=0, filters=asked.by_facet, facets=()).total
    return (other, total, would.address) if total else None


def _answer(asked: Search) -> Answer:
    query = parse(asked.text)
    if asked.work:
        query = all_of(query, Among((asked.work, *records_of_same_works([asked.work]).get(asked.work, ()))))
    return ask(
        query,
        start=(asked.page - 1) * ROWS,
        rows=ROWS,
        sort=asked.sort,
        filters=asked.by_facet,
        facets=FACETS + deeper_classes(asked),
        by=asked.by,
    )


def _pages(asked: Search, last: int) -> list[dict[str, object]]:
    """The first, the last and those around the present one; a gap is an entry without address."""
    if last < 2:
        return []
    near = {1, last, *range(max(1, asked.page - 2), min(last, asked.page + 2) + 1)}
    entries: list[dict[str, object]] = []
    before = 0
    for number in sorted(near):
        if number - before > 1:
            entries.append({})
        entries.append({"label": number, "href": asked.on_page(number).address, "current": number == asked.page})
        before = number
    return entries


def _is_doubtful(asked: Search, total: int, hits: Sequence[ShownHit]) -> bool:
    shown = [text for hit in hits for text in (hit.record.title, hit.record.reading, hit.creator)]
    return is_doubtful(asked.text, total, shown)


def _instead(asked: Search, total: int) -> list[tuple[str, int, str]]:
    """Ways out of an empty list (words, how many, address): without the filters, words that are alike, fewer words.

    Beside a short list only words that are very much alike and find much more.
    """
    ways = []
    if asked.filters and asked.text and not total:
        without = asked.without_filters()
        ways.append((asked.text, _answer(without).total, without.address))
    ways += [(one.text, one.count, asked.asking(one.text).address) for one in instead(asked.text)]
    return [way for way in dict.fromkeys(ways) if way[1]]


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """JSON for the search box: [{"text", "kind", "reading"}]; with format=opensearch as a browser's search field wants it."""
    text = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:100]
    found = suggest(text) if len(text) >= _SHORTEST else ()
    if request.GET.get("format") == "opensearch":
        made: object = [text, [one.text for one in found]]
    else:
        made = {"suggestions": [{"text": one.text, "kind": one.kind, "reading": one.reading} for one in found]}
    answer = JsonResponse(made, json_dumps_params={"ensure_ascii": False}, safe=False)
    answer["Cache-Control"] = f"public, max-age={_SUGGESTIONS_KEPT}"
    return answer


def doorways() -> list[dict[str, object]]:
    """The ten classes, as ways in for those who have no words yet."""
    return [
        {
            "mark": code,
            "title": title,
            "note": words.CLASS_NOTES[code],
            "href": Search(filters=(("ndc", code),)).address,
        }
        for code, title in words.CLASSES.items()
    ]
