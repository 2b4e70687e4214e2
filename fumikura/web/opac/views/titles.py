"""One title: can I have it, where does it stand, what is it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.acquisitions.queries import copies_on_order
from fumikura.catalogue import ndc
from fumikura.catalogue.authorities import authorities_of, other_editions
from fumikura.catalogue.description import Description
from fumikura.catalogue.headings import heading_key
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, get_record, merge_of, records_to_list
from fumikura.circulation.queries import ItemState, states_of
from fumikura.circulation.services import estimate_for_title, waiting_for
from fumikura.discovery.near import NearBy
from fumikura.discovery.queries import near
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of, neighbours
from fumikura.kernel.japanese import spoken_name
from fumikura.web.design.names import name_of
from fumikura.web.editions import edition_words, of_kind, of_special_kind
from fumikura.web.maps import where_it_stands
from fumikura.web.opac import places, words
from fumikura.web.opac.addresses import Search, of_title
from fumikura.web.opac.availability import Standing, is_ever_lent, standing_of, standing_of_copy, standing_on_order
from fumikura.web.opac.citations import openurl
from fumikura.web.opac.institutions import origins_of
from fumikura.web.opac.views.events import about
from fumikura.web.opac.wishing import wishing
from fumikura.web.readings import in_romaji
from fumikura.web.visitors import visitor
from fumikura.web.whys import estimate_in_words

_NEIGHBOURS = 7


@dataclass(frozen=True)
class Copy:
    item: Item
    place: str
    shelf: str
    fetched_by_staff: bool
    call_number: str
    standing: Standing
    is_usual: bool


@dataclass(frozen=True)
class Shelf:
    """A stretch of shelf, its books from left to right."""

    place: str
    shelf: str
    books: list[dict[str, object]]


@require_safe
def title(request: HttpRequest, record_id: int) -> HttpResponse:
    try:
        record = get_record(record_id)
    except BibliographicRecord.DoesNotExist:
        raise Http404 from None
    if record.deleted_at is not None and (merge := merge_of(record.pk)):
        return HttpResponseRedirect(reverse("opac:title", args=[merge.kept_id]))
    if record.deleted_at is not None:
        return render(request, "opac/gone.html", {"record": record}, status=410)
    return render(request, "opac/title.html", _page(request, record, describe_record(record), timezone.now()))


def _page(
    request: HttpRequest, record: BibliographicRecord, description: Description, now: datetime
) -> dict[str, object]:
    """Can I have it, what is it, what is near it."""
    return {
        "record": record,
        "description": description,
        "origin": origins_of([record]).get(record.pk),
        "wishing": wishing(request, [record.pk], of_title(record.pk)),
        "events": about(record.title, [spoken_name(one.name) for one in description.creators], now),
        "editions": [_edition(other, record) for other in other_editions(record)],
        "near": _near(record, description),
        "address": request.build_absolute_uri(reverse("opac:title", args=[record.pk])),
        **_copies_and_wish(request, record, now),
        **_in_words(record, description),
    }


def _copies_and_wish(request: HttpRequest, record: BibliographicRecord, now: datetime) -> dict[str, object]:
    """Whether and where it can be had, and what a wish for it would come to."""
    items, names, today = items_of(record.pk), places.names(), timezone.localdate(now)
    states = states_of(items, now)
    copies = _copies(items, states, names, today=today, usual=places.usual_code(request))
    wish = _wish(request, record, states)
    nearest = min(copies, key=lambda copy: copy.standing.kind != "here", default=None)
    here = nearest if nearest and nearest.standing.kind == "here" else None
    is_on_order = not items and wish is not None
    return {
        "copies": copies,
        "standing": standing_on_order()
        if is_on_order
        else standing_of([states[one.pk] for one in items], names, today),
        "nearest": here,
        "beside": _beside(nearest),
        "floor": where_it_stands(here.item) if here else None,
        "wish": wish,
        "checked_at": now,
    }


def _in_words(record: BibliographicRecord, description: Description) -> dict[str, object]:
    """What the record says, each name and heading with its address."""
    authorities = authorities_of(record.pk)
    creator = spoken_name(record.creator)
    published = f"{description.publisher} {description.year or ''}".strip()
    return {
        "romaji": in_romaji(description.title, description.title_reading, description.title_romaji),
        "kind": of_kind(description.kind),
        "language": words.of_language(description.language) if description.language else "",
        "creator": creator,
        "creators": [
            (name, said, _person(name.name, authorities) or _under(_("著者:"), said))
            for name in description.creators
            for said in [spoken_name(name.name)]
        ],
        "parts": [(part, _under(_("内容:"), part.title)) for part in description.contents],
        "subjects": [
            (subject, _subject(subject, authorities) or _under(_("件名:"), subject)) for subject in description.subjects
        ],
        "classes": _classes(description.ndc),
        "citation": openurl(description),
        "told": " / ".join(filter(None, [creator, published])),
    }


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What stands beside 予約する: where to collect, and how many wait already."""

    waiting: int
    is_on_shelf: bool
    expects: str
    """When a hold placed now may come, or why nobody can tell; empty while a copy stands on a shelf."""
    pickups: list[tuple[str, str]]
    pickup: str
    sign_in: str
    request_key: str


def _wish(request: HttpRequest, record: BibliographicRecord, states: Mapping[int, ItemState]) -> Wish | None:
    """None when no copy could ever be lent and none is on order: then there is nothing to wait for."""
    lendable = [one for one in states.values() if is_ever_lent(one)]
    if not lendable and not copies_on_order([record.pk]):
        return None
    back = f"{reverse('opac:title', args=[record.pk])}#get"
    patron = visitor(request).patron
    on_shelf = any(one.is_available for one in lendable)
    now = timezone.now()
    expected = None if on_shelf else estimate_for_title(record.pk, now)
    return Wish(
        waiting=waiting_for(record.pk),
        is_on_shelf=on_shelf,
        expects=estimate_in_words(expected, timezone.localdate(now)),
        pickups=places.pickups() if patron else [],
        pickup=places.usual_code(request) or (patron.home.code if patron else ""),
        sign_in="" if patron else f"{reverse('entrance:sign-in')}?{urlencode({'next': back})}",
        request_key=uuid4().hex,
    )


def _copies(
    items: Sequence[Item], states: Mapping[int, ItemState], names: Mapping[str, str], *, today: date, usual: str
) -> list[Copy]:
    """The copies, those of the reader's usual library first."""
    copies = [
        Copy(
            item=item,
            place=names.get(item.home.code, item.home.code),
            shelf=_shelf(item),
            fetched_by_staff=item.location is not None and not item.location.is_open,
            call_number=item.call_number,
            standing=standing_of_copy(states[item.pk], names, today),
            is_usual=item.home.code == usual,
        )
        for item in items
    ]
    return sorted(copies, key=lambda copy: not copy.is_usual)


def _person(name: str, authorities: Mapping[tuple[str, str], int]) -> str:
    """The page of the person or body that the record means by this name; empty when it has none."""
    key = heading_key(name)
    found = authorities.get(("person", key)) or authorities.get(("body", key))
    return reverse("opac:person", args=[found]) if found else ""


def _subject(heading: str, authorities: Mapping[tuple[str, str], int]) -> str:
    """The page of a subject; one with subdivisions leads to that of its first part. Of a person, to theirs."""
    key = heading_key(heading.partition("--")[0])
    found = authorities.get(("subject", key))
    return reverse("opac:subject", args=[found]) if found else _person(heading.partition("--")[0], authorities)


def _classes(numbers: Sequence[str]) -> list[tuple[str, str, str]]:
    """(number, name of the class or of the nearest above it, address in the tree)."""
    tidied = {number: ndc.tidy_number(number) for number in numbers}
    paths = {number: ndc.path_of(own) for number, own in tidied.items() if own}
    names = ndc.labels_of([step for path in paths.values() for step in path], get_language() or "ja")
    return [
        (number, next((names[step] for step in reversed(path) if step in names), ""), _in_tree(path, names))
        for number, path in paths.items()
    ]


def _in_tree(path: Sequence[str], names: Mapping[str, str]) -> str:
    nearest = next((step for step in reversed(path) if step in names), path[0])
    return reverse("opac:class", args=[nearest])


def _edition(other: BibliographicRecord, record: BibliographicRecord) -> tuple[str, str, str]:
    """(volume and edition in words, kind when it is no ordinary book, address)."""
    said = edition_words(
        title=other.title, volume=other.volume, publisher=other.publisher, year=other.year, beside=record.title
    )
    kind = of_special_kind(other.kind)
    return said, kind, reverse("opac:title", args=[other.pk])


def _under(field: str, heading: str) -> str:
    """The address of everything under this heading, written as a reader would write it into the box."""
    quoted = heading.replace('"', " ")
    return Search(text=f'{field}"{quoted}"' if " " in quoted else f"{field}{quoted}").address


def _near(record: BibliographicRecord, description: Description) -> list[tuple[str, list[dict[str, str]]]]:
    """(why it is near, books) by series, subject and class: other titles, each once."""
    found = near(record.pk, description)
    records = records_to_list(one.record_id for one in found)
    shelves: dict[NearBy, dict[str, dict[str, str]]] = {
        "list": {},
        "series": {},
        "subject": {},
        "class": {},
    }
    shown = {record.title}
    for one in found:
        other = records.get(one.record_id)
        if other is None or (other.title in shown and one.by != "series"):
            continue
        shown.add(other.title)
        shelves[one.by][str(other.pk)] = {
            "title": " ".join(filter(None, [other.title, other.volume])),
            "creator": spoken_name(other.creator),
            "ndc": other.ndc,
            "kind": other.kind,
            "href": reverse("opac:title", args=[other.pk]),
        }
    return [(str(words.NEAR[by]), list(books.values())) for by, books in shelves.items() if books]


def _beside(copy: Copy | None) -> Shelf | None:
    """The books that stand around this copy; None when it is not known, or it stands alone."""
    items = neighbours(copy.item, each_side=_NEIGHBOURS) if copy else []
    if copy is None or len(items) < 2:
        return None
    books = [
        {
            "title": item.record.title,
            "creator": spoken_name(item.record.creator),
            "ndc": item.record.ndc,
            "call_number": item.call_number,
            "href": reverse("opac:title", args=[item.record_id]),
            "current": item.pk == copy.item.pk,
        }
        for item in items
    ]
    return Shelf(place=copy.place, shelf=copy.shelf, books=books)


def _shelf(item: Item) -> str:
    return name_of(item.location) if item.location else ""
