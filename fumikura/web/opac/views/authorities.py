"""A page for every person, body and subject: who that is, what the library has by and about them."""

from dataclasses import dataclass
from itertools import groupby
from math import ceil
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.authorities import (
    Work,
    get_authority,
    local_people,
    relations_of,
    standing_authority,
    ties_of,
    works_about,
    works_of,
)
from fumikura.catalogue.models import Authority, LocalTie
from fumikura.kernel.japanese import kana_row, spoken_name
from fumikura.web.authority_words import TIES
from fumikura.web.editions import edition_words, of_kind, of_special_kind
from fumikura.web.opac.addresses import Search

WORKS_ON_A_PAGE = 60
ABOUT_ON_A_PAGE = 30


@dataclass(frozen=True)
class ShownWork:
    title: str
    creator: str
    ndc: str
    kind: str
    href: str
    years: str
    editions: list[tuple[str, str]]
    """(words, address) of every edition, when there is more than one."""


@require_safe
def person(request: HttpRequest, authority: int) -> HttpResponse:
    return _page(request, authority, "opac:person")


@require_safe
def subject(request: HttpRequest, authority: int) -> HttpResponse:
    return _page(request, authority, "opac:subject")


@require_safe
def people_of_the_city(request: HttpRequest) -> HttpResponse:
    """市ゆかりの人."""
    people = [(row, spoken_name(row.heading), address_of(row), _ties(row)) for row in local_people()]
    rows = {key: list(found) for key, found in groupby(people, key=lambda person: kana_row(person[0].sort_key))}
    return render(request, "opac/local_people.html", {"rows": list(rows.items())})


def _ties(authority: Authority) -> list[tuple[str, LocalTie]]:
    return [(str(TIES[tie.kind]), tie) for tie in authority.ties.all()]


def address_of(authority: Authority) -> str:
    return reverse("opac:subject" if authority.kind == "subject" else "opac:person", args=[authority.pk])


def _page(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    try:
        asked = get_authority(pk)
    except (Authority.DoesNotExist, OverflowError):
        raise Http404 from None
    authority = standing_authority(asked)
    there = address_of(authority)
    if there != reverse(name, args=[pk]):
        return HttpResponsePermanentRedirect(there)
    is_subject = authority.kind == "subject"
    by, about = ([] if is_subject else works_of(authority)), works_about(authority)
    page, pages = _paging(request, len(about) if is_subject else len(by), there)
    start = (page - 1) * WORKS_ON_A_PAGE
    shown = slice(start, start + WORKS_ON_A_PAGE)
    heading = spoken_name(authority.heading)
    return render(
        request,
        "opac/authority.html",
        {
            "authority": authority,
            "heading": heading,
            "is_subject": is_subject,
            "reading": authority.reading.replace(",", ""),
            "variants": [
                (spoken_name(row.name), spoken_name(row.reading))
                for row in authority.variants.order_by("sort_key", "pk")
            ],
            "related": _related(authority),
            "ties": [(TIES[tie.kind], tie) for tie in ties_of(authority)],
            "by": _shown(by[shown], creators=False),
            "by_count": len(by),
            "about": _shown(about[shown] if is_subject else about[:ABOUT_ON_A_PAGE], creators=True),
            "about_count": len(about),
            "page": page,
            "pages": pages,
            "search": _under(authority, heading),
            "address": request.build_absolute_uri(there),
        },
    )


def _related(authority: Authority) -> list[tuple[str, list[tuple[str, str]]]]:
    """(what they are to this one, their names and addresses), broader and narrower first."""
    said = {"broader": _("もっと広いテーマ"), "narrower": _("もっとくわしいテーマ"), "related": _("こちらも")}
    grouped = groupby(relations_of(authority), key=lambda pair: pair[0])
    return [(said[kind], [(spoken_name(row.heading), address_of(row)) for _k, row in pairs]) for kind, pairs in grouped]


def _paging(request: HttpRequest, count: int, there: str) -> tuple[int, list[dict[str, object]]]:
    last = max(1, ceil(count / WORKS_ON_A_PAGE))
    given = request.GET.get("page", "1")
    page = min(max(int(given), 1), last) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    numbers = [number for number in range(1, last + 1) if number in {1, last} or abs(number - page) < 3]
    if last == 1:
        return page, []
    return page, [
        {"label": str(number), "href": f"{there}?{urlencode({'page': number})}", "current": number == page}
        for number in numbers
    ]


def _shown(works: list[Work], *, creators: bool) -> list[ShownWork]:
    return [
        ShownWork(
            title=work.first.title,
            creator=spoken_name(work.first.creator) if creators else "",
            ndc=work.first.ndc,
            kind=of_kind(work.first.kind)
            if {one.kind for one in work.editions} == {work.first.kind} != {"book"}
            else "",
            href=reverse("opac:title", args=[work.first.record]),
            years="–".join(map(str, work.years)),
            editions=_editions(work) if len(work.editions) > 1 else [],
        )
        for work in works
    ]


def _editions(work: Work) -> list[tuple[str, str]]:
    found = []
    for one in work.editions:
        said = edition_words(
            title=one.title, volume=one.volume, publisher=one.publisher, year=one.year, beside=work.first.title
        )
        kind = of_special_kind(one.kind)
        found.append((f"{said} {kind}".strip(), reverse("opac:title", args=[one.record])))
    return found


def _under(authority: Authority, heading: str) -> str:
    """A search for everything under this heading: there it can be narrowed down."""
    field = _("件名:") if authority.kind == "subject" else _("著者:")
    quoted = heading.replace('"', " ")
    return Search(text=f'{field}"{quoted}"' if " " in quoted else f"{field}{quoted}").address
