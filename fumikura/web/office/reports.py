"""What an import came to: the figures, and every record that was set aside, with its reason and its bytes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from fumikura.catalogue.models import ImportBatch, QuarantinedRecord
from fumikura.catalogue.queries import imports, quarantine
from fumikura.catalogue.words import record_words
from fumikura.web.office.frame import office
from fumikura.web.office.undoing import undoing_of
from fumikura.web.visitors import for_staff

SHOWN = 100
STARTS_WITH = 120
_READ_AS = ("utf-8", "cp932", "euc_jp")
"""A row set aside from a list in Shift_JIS is to be recognised too."""


@dataclass(frozen=True)
class SetAsideLine:
    ordinal: int
    sentence: str
    way_out: str
    detail: str
    starts_with: str
    """The first bytes as text, what is none as dots: enough to recognise the record."""
    size: int


def _batch(number: int) -> ImportBatch:
    found = imports().filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
@for_staff("catalogue.import")
def report(request: HttpRequest, batch: int) -> HttpResponse:
    rows = quarantine(batch)
    found = _batch(batch)
    page = {"batch": found, **undoing_of(found), "set_aside": [_line(row) for row in rows[:SHOWN]], "shown": SHOWN}
    return office(request, "report", page)


def _line(row: QuarantinedRecord) -> SetAsideLine:
    raw = bytes(row.raw)
    beginning = raw[:STARTS_WITH]
    text = min((beginning.decode(one, "replace") for one in _READ_AS), key=lambda said: said.count("\ufffd"))
    return SetAsideLine(
        row.ordinal,
        *record_words(row.reason, get_language() or "ja"),
        detail=row.detail,
        starts_with="".join(letter if letter.isprintable() else "·" for letter in text),
        size=len(raw),
    )


@require_safe
@for_staff("catalogue.import")
def bytes_of(request: HttpRequest, batch: int, ordinal: int) -> HttpResponse:
    """The exact bytes of one record that was set aside."""
    row = quarantine(batch).filter(ordinal=ordinal).first()
    if row is None:
        raise Http404
    return _as_file(bytes(row.raw), f"quarantine-{batch}-{ordinal}.bin")


@require_safe
@for_staff("catalogue.import")
def all_bytes(request: HttpRequest, batch: int) -> HttpResponse:
    """All of them, one behind the other, as they stood in the file."""
    found = _batch(batch)
    return _as_file(b"".join(_raws(found)), f"quarantine-{batch}.bin")


def _raws(batch: ImportBatch) -> Iterator[bytes]:
    for raw in quarantine(batch.pk).order_by("ordinal").values_list("raw", flat=True).iterator(chunk_size=100):
        yield bytes(raw)


def _as_file(content: bytes, name: str) -> HttpResponse:
    # Never shown in place: whatever the bytes are, a browser must not take them for a page of ours.
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
