"""読みたい本: the reader's own lists; taken along as CSV, and brought in from one."""

import csv
import io
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.catalogue.numbers import isbns_of
from fumikura.catalogue.queries import records_with_any
from fumikura.discovery.models import WishList
from fumikura.discovery.wishes import MOST_BOOKS, wish_for, wish_lists, wish_no_more, wished_in
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Refused
from fumikura.web.my.holds import said
from fumikura.web.my.offers import offers_of
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, safe_next, typed, visitor

LARGEST = 500_000
"""Bytes of a file that is brought in."""


@dataclass(frozen=True)
class Shown:
    pk: int
    name: str
    books: list[dict[str, Any]]


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def wishes(request: HttpRequest) -> HttpResponse:
    """Every list with its books; a POST adds (record, once for each; name), takes off (drop), or brings in a file.

    With `next`, the reader goes back there, to the mark of the book: a public page says itself what is on a list.
    """
    if request.method != "POST":
        return _page(request)
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    chosen = _numbers(request)
    # A page of results has one form with a button for each book: what was done once is one book, not the page.
    key = f"{here.request_key[:40]}.{chosen[0]}" if here.request_key and len(chosen) == 1 else here.request_key
    key = key or uuid4().hex
    name = typed(request.POST, "name", 60) or _("読みたい本")

    def act() -> dict[str, Any]:
        by = here.patron_actor()
        if "drop" in request.POST:
            list_id, record_id = _number(request, "list"), _number(request, "drop")
            wish_no_more(patron=patron, list_id=list_id, record_id=record_id, by=by, at=at)
            return {"dropped": 1}
        found, unknown = _brought_in(request) if "file" in request.FILES else (chosen, [])
        added = wish_for(patron=patron, records=found, name=name, by=by, at=at)
        return {"added": added, "unknown": unknown[:20], "list": name}

    try:
        once(key, act, door="my", at=at)
    except Refused as refused:
        return _page(request, reasons=said(refused))
    if back := safe_next(request, ""):
        mark = f"#b{chosen[0]}" if len(chosen) == 1 else ""
        return HttpResponseRedirect(f"{back.partition('#')[0]}{mark}")
    return HttpResponseRedirect(f"{reverse('my:wishes')}?{urlencode({'after': key})}")


def _numbers(request: HttpRequest) -> list[int]:
    """The records that the form names."""
    given = request.POST.getlist("record")[:MOST_BOOKS]
    return [int(one) for one in given if one.isascii() and one.isdigit() and len(one) <= 18]


def _number(request: HttpRequest, name: str) -> int:
    given = typed(request.POST, name, 18)
    return int(given) if given.isascii() and given.isdigit() else 0


def _brought_in(request: HttpRequest) -> tuple[list[int], list[str]]:
    """Records of the ISBNs and record numbers in the file, and the lines of which none is here."""
    upload = request.FILES["file"]
    raw = upload.read(LARGEST)  # type: ignore[union-attr]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932", errors="replace")
    found: list[int] = []
    unknown: list[str] = []
    for line in list(csv.reader(io.StringIO(text)))[: MOST_BOOKS + 1]:
        numbers = [isbn for cell in line for isbn in isbns_of(cell)]
        records = [pk for pks in records_with_any("isbn", numbers).values() for pk in pks] if numbers else []
        own = next((int(cell) for cell in line[:1] if cell.isascii() and cell.isdigit() and len(cell) < 10), 0)
        if records:
            found.append(records[0])
        elif own:
            found.append(own)
        elif any(cell.strip() for cell in line) and not line[0].startswith("record"):
            unknown.append(" ".join(line)[:80])
    return found, unknown


def _page(request: HttpRequest, *, reasons: list[Any] | None = None) -> HttpResponse:
    done = answer_to(typed(request.GET, "after", 64), door="my")
    shown = [Shown(one.pk, one.name, _books(one)) for one in wish_lists(signed_in(request))]
    offers = offers_of(signed_in(request))
    page = {"lists": shown, "offers": offers, "done": done, "reasons": reasons or [], "request_key": uuid4().hex}
    return render(request, "my/wishes.html", page, status=422 if reasons else 200)


def _books(one: WishList) -> list[dict[str, Any]]:
    return [
        {
            "pk": row.record_id,
            "title": row.record.title,
            "creator": spoken_name(row.record.creator),
            "ndc": row.record.ndc,
            "kind": row.record.kind,
            "note": row.note,
            "on": row.added_on,
        }
        for row in wished_in(one)
    ]


@require_safe
@for_patrons
def export(request: HttpRequest, number: int) -> HttpResponse:
    """One list as CSV; it can be brought in again."""
    mine = next((one for one in wish_lists(signed_in(request)) if one.pk == number), None)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="books-to-read.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(["record", "title", "creator", "publisher", "year", "note", "added"])
    for row in wished_in(mine) if mine else []:
        book = row.record
        cells = (book.title, spoken_name(book.creator), book.publisher, book.year or "", row.note)
        writer.writerow([book.pk, *map(_harmless, map(str, cells)), row.added_on.isoformat()])
    return answer


def _harmless(cell: str) -> str:
    """A cell that begins like a formula is not one."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell
