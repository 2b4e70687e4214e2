"""よみ: drafts to confirm, fifty at a time, by keyboard; whatever was confirmed can be taken back."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.catalogue.drafting import LIKELY
from fumikura.catalogue.models import Reading
from fumikura.catalogue.readings import (
    KINDS,
    SHOWINGS,
    readings_to_confirm,
    sources_with_drafts,
    standing,
    with_the_same_writing,
)
from fumikura.catalogue.services import confirm_readings, pass_over, undo_confirmation
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.web.cataloguing.frame import page, told
from fumikura.web.visitors import for_staff, typed, visitor

ROWS = 50
MOST_OF_ONE_WRITING = 1_000
RIGHT = "catalogue.confirm-readings"


@dataclass(frozen=True)
class Row:
    reading: Reading
    text: str
    """As drafted, or as typed before something was refused."""
    href: str
    detail: str
    likely: bool
    others: int
    """How many more drafts of the same writing there are."""


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def readings(request: HttpRequest) -> HttpResponse:
    """The list; sent back it confirms or passes over what was picked, or one row, or all of one writing."""
    if request.method == "GET":
        return _list(request, {})
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()
    act, _colon, one = request.POST.get("act", "").partition(":")
    try:
        done, _before = once(by.request_key, lambda: _carry_out(request.POST, act, one, by), door="cataloguing", at=at)
    except Refused as refused:
        if _wants_json(request):
            return JsonResponse({"reasons": [" ".join(pair) for pair in told(refused)]}, status=422)
        return _list(request, {"reasons": told(refused)}, status=422)
    if _wants_json(request):
        return JsonResponse({**done, "key": by.request_key, "request_key": uuid4().hex})
    said = {"of": by.request_key} if act != "pass" else {"passed": str(len(done["readings"]))}
    return HttpResponseRedirect(f"{reverse('cataloguing:readings')}?{urlencode({**_filters(request), **said})}")


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _carry_out(sent: QueryDict, act: str, one: str, by: Actor) -> dict[str, list[int]]:
    at = timezone.now()
    picked = [int(one)] if one.isdecimal() else [int(pk) for pk in sent.getlist("pick") if pk.isdecimal()]
    picked = picked[:ROWS]
    if act == "pass":
        pass_over(readings=picked, by=by, at=at)
        return {"readings": picked}
    texts = {pk: sent.get(f"text-{pk}", "") for pk in picked}
    if act == "same" and picked:
        row = readings_to_confirm().filter(pk=picked[0]).first()
        others = with_the_same_writing([row])[row.pk] if row else []
        texts |= dict.fromkeys(others[:MOST_OF_ONE_WRITING], texts[picked[0]])
    return {"readings": confirm_readings(texts=texts, by=by, at=at)}


@require_POST
@for_staff(RIGHT)
def undo(request: HttpRequest) -> HttpResponse:
    """Make drafts again of what one call confirmed."""
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()
    confirmed = answer_to(typed(request.POST, "of", 64), door="cataloguing").get("readings", [])

    def act() -> dict[str, list[int]]:
        return {"undone": undo_confirmation(readings=confirmed, by=by, at=at)}

    done, _before = once(by.request_key, act, door="cataloguing", at=at)
    if _wants_json(request):
        return JsonResponse({**done, "request_key": uuid4().hex})
    said = urlencode({**_filters(request), "undone": str(len(done["undone"]))})
    return HttpResponseRedirect(f"{reverse('cataloguing:readings')}?{said}")


def _filters(request: HttpRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    showing, kind, source = given.get("showing", ""), given.get("kind", ""), typed(given, "source", 40)
    return {
        "showing": showing if showing in SHOWINGS else "all",
        "kind": kind if kind in KINDS else "",
        "source": source,
    }


def _list(request: HttpRequest, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    filters = _filters(request)
    found = list(readings_to_confirm(**filters)[: ROWS + 1])
    shown = found[:ROWS]
    others = with_the_same_writing(shown)
    confirmed = answer_to(typed(request.GET, "of", 64), door="cataloguing").get("readings", [])
    facts = {
        "rows": [_row(reading, len(others[reading.pk]), request) for reading in shown],
        "more": len(found) > ROWS,
        "standing": standing(),
        "filters": filters,
        "showings": _showings(),
        "kinds": _kinds(),
        "sources": [("", _("すべて")), *((name, name) for name in sources_with_drafts())],
        "of": request.GET.get("of", "") if confirmed else "",
        "confirmed": len(confirmed),
        "passed": request.GET.get("passed", "") if request.GET.get("passed", "").isdecimal() else "",
        "undone": request.GET.get("undone", "") if request.GET.get("undone", "").isdecimal() else "",
        "request_key": uuid4().hex,
    }
    return page(request, "readings", {**facts, **values}, status=status)


def _row(reading: Reading, others: int, request: HttpRequest) -> Row:
    text, likely = request.POST.get(f"text-{reading.pk}", reading.text)[:1000], reading.confidence >= LIKELY
    if reading.record is not None:
        said = " ".join(part for part in (reading.record.creator, str(reading.record.year or "")) if part)
        return Row(reading, text, reverse("cataloguing:record", args=[reading.record_id]), said, likely, others)
    href = reverse("opac:subject" if _kind(reading) == "subject" else "opac:person", args=[reading.authority_id])
    detail = reading.authority.dates if reading.authority else ""
    said = " ".join(filter(None, (str(dict(_kinds()).get(_kind(reading), "")), detail)))
    return Row(reading, text, href, said, likely, others)


def _kind(reading: Reading) -> str:
    return reading.authority.kind if reading.authority else "title"


def _kinds() -> list[tuple[str, str]]:
    return [
        ("", _("すべて")),
        ("title", _("タイトル")),
        ("person", _("人")),
        ("body", _("団体")),
        ("subject", _("件名")),
    ]


def _showings() -> list[tuple[str, str]]:
    return [
        ("all", _("すべて")),
        ("same-writing", _("ほかで同じ字をこう読むもの")),
        ("likely", _("たぶん合っているもの")),
        ("doubtful", _("あやしいもの")),
        ("passed-over", _("あとにしたもの")),
    ]
