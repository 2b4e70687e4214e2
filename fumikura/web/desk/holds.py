"""F4: the holds of the patron at the counter, and a hold for a title that was asked for here, by telephone or on paper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.acquisitions.queries import copies_on_order, things_asked_for
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold
from fumikura.circulation.queries import Overridden, overridden
from fumikura.circulation.services import Standing
from fumikura.discovery.queries import parse, search
from fumikura.holdings.queries import find_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, find_facility
from fumikura.patrons.models import Patron
from fumikura.web.design.days import day
from fumikura.web.desk.answer import say
from fumikura.web.desk.memory import recall
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.panel import ruby
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.readings import read
from fumikura.web.desk.words import name_of
from fumikura.web.overriding import WHY_CANCELLED, WHY_OVERRIDDEN, need_a_reason, why_of
from fumikura.web.stand_ins import moved_on, moved_on_words
from fumikura.web.visitors import typed
from fumikura.web.whys import estimate_in_words

MOST_TITLES = 20
SETS = ("ordered", "together", "any-of")
CONTACTS = ("e-mail", "telephone", "letter")
WAYS = ("desk", "telephone")
"""How it was asked: rules may tell the channels apart."""


@dataclass(frozen=True)
class Row:
    """One hold of the patron at the counter."""

    pk: int
    title: str
    more: int
    parts: tuple[tuple[int, str], ...]
    """The titles of a set in their order; empty for a single one."""
    is_ordered: bool
    pickup: str
    pickup_code: str
    state: str
    kind: str
    detail: str
    accepted: str
    expects: str
    """When it may come, from our own history; or that nobody can tell."""
    sleeps: bool
    overridden: tuple[str, ...]
    """What was passed over when it was placed, and why."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def holds(request: HttpRequest, place: Place) -> HttpResponse:
    """The patron's holds and a search; a POST places one."""
    patron = patron_at(request, place)
    if request.method == "POST" and patron is not None:
        return _place(request, place, patron)
    return _page(request, place, patron)


def patron_at(request: HttpRequest, place: Place) -> Patron | None:
    """Whose card is open at this counter."""
    memory = recall(request, user=place.user.pk, facility=place.facility.code, at=place.at)
    if not memory.patron:
        return None
    return Patron.objects.select_related("category", "home").filter(pk=memory.patron, closed_at=None).first()


def _page(
    request: HttpRequest, place: Place, patron: Patron | None, *, trouble: dict[str, Any] | None = None
) -> HttpResponse:
    asked = typed(request.GET, "q") or typed(request.POST, "q")
    done = answer_to(typed(request.GET, "after", 64), door="desk")
    standings = circulation.holds_of(patron, place.at) if patron else []
    context = {
        "heading": gettext("予約"),
        "modes": work_modes("holds"),
        "place_name": place.name,
        "patron": ruby(patron.name, patron.reading) if patron else None,
        "rows": [_row(one, timezone.localdate(place.at)) for one in standings],
        "asked": asked,
        "found": _titles(asked) if asked and patron else [],
        "pickups": pickups(),
        "here": place.facility.code,
        "contacts": [(code, words) for code, words in zip(CONTACTS, contact_words(), strict=True)],
        "ways": list(zip(WAYS, way_words(), strict=True)),
        "sets": list(zip(SETS, (gettext("順番に"), gettext("そろえて"), gettext("どれか")), strict=True)),
        "said": _said(done, standings) + moved_on_words(done),
        "trouble": trouble,
        "whys_cancelled": list(WHY_CANCELLED.items()),
        "may_override": place.by.may("circulation.override-hold"),
        "request_key": uuid4().hex,
    }
    return render(request, "desk/holds.html", context, status=422 if trouble else 200)


def contact_words() -> tuple[str, str, str]:
    return gettext("メール"), gettext("電話"), gettext("はがき")


def way_words() -> tuple[str, str]:
    return gettext("窓口・用紙"), gettext("電話")


def pickups() -> list[tuple[str, str]]:
    return [(one.code, name_of(one)) for one in facilities() if one.pickup != Facility.Pickup.NONE]


def _titles(asked: str) -> list[dict[str, Any]]:
    """What can be waited for: the copy that was scanned, or titles by words."""
    reading = read(asked)
    ids = [reading.item.record_id] if reading.item else [
        hit.record_id for hit in search(parse(asked), rows=MOST_TITLES, facets=()).hits
    ]  # fmt: skip
    records = records_by_id(ids)
    return [_found(records[pk]) for pk in ids if pk in records]


def _found(record: BibliographicRecord) -> dict[str, Any]:
    return {
        "pk": record.pk,
        "title": _title_of(record),
        "creator": spoken_name(record.creator),
        "waiting": circulation.waiting_for(record.pk),
    }


def _title_of(record: BibliographicRecord) -> str:
    return " ".join(part for part in (record.title, record.volume) if part)


def _row(one: Standing, today: date) -> Row:
    words = {
        "ready": (gettext("受け取れます"), "ok"),
        "travelling": (gettext("運んでいます"), "wait"),
        "allotted": (gettext("棚から取るところ"), "wait"),
        "collecting": (gettext("そろうのを待つ"), "wait"),
    }
    state, kind = words.get(one.state, (gettext("順番待ち"), ""))
    if one.is_asleep:
        state = gettext("お休み中")
    elif one.position:
        state = gettext("{position}番目").format(position=one.position)
    record = one.titles[0].record
    return Row(
        pk=one.hold.pk,
        title=_title_of(record),
        more=len(one.titles) - 1,
        parts=tuple((part.record_id, _title_of(part.record)) for part in one.titles[:MOST_TITLES]),
        is_ordered=one.hold.kind == Hold.Kind.ORDERED,
        pickup=name_of(one.hold.pickup),
        pickup_code=one.hold.pickup.code,
        state=state,
        kind=kind,
        detail=gettext("{day}まで").format(day=day(one.until, today)) if one.until else "",
        accepted=day(timezone.localdate(one.hold.accepted_at), today),
        expects=estimate_in_words(one.expected, today),
        overridden=tuple(_passed_over(past) for past in overridden(hold=one.hold.pk)),
        sleeps=one.hold.suspended_until is not None and one.hold.suspended_until >= today,
    )


def _passed_over(past: Overridden) -> str:
    sentence, _ = say(Reason(past.code))
    return f"{sentence} {why_of(past.why)}" + (f"「{past.words}」" if past.words else "")


def _said(done: dict[str, Any], standings: Sequence[Standing]) -> str:
    if "cancelled" in done:
        return gettext("予約を取りやめました。")
    if "suspended" in done:
        return gettext("予約を休ませました。順番はそのままです。")
    if "woken" in done:
        return gettext("予約を元にもどしました。")
    if "reordered" in done:
        return gettext("順番を変えました。")
    if "moved" in done:
        return gettext("受け取る館を変えました。")
    placed = next((one for one in standings if one.hold.pk == done.get("placed")), None)
    if placed is None:
        return ""
    if placed.position:
        return gettext("予約を受けました：{position}番目").format(position=placed.position)
    return gettext("予約を受けました。本を取り寄せます。")


def _place(request: HttpRequest, place: Place, patron: Patron) -> HttpResponse:
    overriding = frozenset(request.POST.getlist("overriding"))
    key = place.by.request_key or uuid4().hex
    why, words_ = typed(request.POST, "why", 20), typed(request.POST, "words", 200)
    try:
        want = _want(request)
        need_a_reason(overriding, why, words_)
        term = _term(request, place)
        accepted = moment_of(typed(request.POST, "accepted", 20))
        pickup = find_facility(typed(request.POST, "pickup", 20))
        contact, way = typed(request.POST, "contact", 10), typed(request.POST, "way", 10)
        by = replace(place.by, via=way) if way in WAYS else place.by

        def act() -> dict[str, Any]:
            hold = circulation.place_hold(
                patron=patron, want=want, pickup=pickup, by=by, at=place.at, needed_by=term,
                requested=things_asked_for(patron), on_order=copies_on_order(one.pk for one in want.records),
                why=why, words=words_,
                accepted_at=accepted, contact=contact if contact in CONTACTS else "e-mail", overriding=overriding,
            )  # fmt: skip
            return {"placed": hold.pk, **moved_on(hold, pickup)}

        once(key, act, door="desk", at=place.at)
    except (ValueError, KeyError, OverflowError):
        return _page(request, place, patron)
    except Refused as refused:
        return _page(request, place, patron, trouble=_trouble(request, place, refused))
    return _back(after=key, q=typed(request.POST, "q"))


def _want(request: HttpRequest) -> circulation.Want:
    """One title, one copy of it, or a set of the titles that were ticked. KeyError when no title was."""
    numbers = [int(one) for one in request.POST.getlist("record") if one.isdecimal() and len(one) < 18][:MOST_TITLES]
    known = records_by_id(numbers)
    records = [known[pk] for pk in dict.fromkeys(numbers) if pk in known]
    if barcode := typed(request.POST, "only", 40):
        item = find_item(barcode)
        return circulation.Want((item.record,), item=item)
    kind = typed(request.POST, "kind", 10)
    if kind not in SETS:
        return circulation.Want((records[0],)) if records else _nothing_chosen()
    if len(records) < 2:
        raise Refused(Reason("set-too-small"))
    enough = typed(request.POST, "enough", 2)
    number = int(enough) if enough.isdecimal() and enough.isascii() else 1
    return circulation.Want(tuple(records), kind=kind, enough=min(max(number, 1), len(records)))


def _term(request: HttpRequest, place: Place) -> date | None:
    """Needed through this day; None: whenever it comes. Refused("needed-by-passed") for a day that is over."""
    written = typed(request.POST, "needed_by", 10)
    term = date.fromisoformat(written) if written else None
    if term and term < timezone.localdate(place.at):
        raise Refused(Reason("needed-by-passed"))
    return term


def _nothing_chosen() -> circulation.Want:
    raise KeyError


def _trouble(request: HttpRequest, place: Place, refused: Refused) -> dict[str, Any]:
    """Every objection, those that this person may pass over with a box to tick, and what was asked, to be sent again."""
    names = ("pickup", "accepted", "contact", "way", "q", "needed_by", "only", "kind", "enough")
    sent = {name: typed(request.POST, name) for name in names}
    return {
        "reasons": [*(_reason(reason, place) for reason in refused.reasons), *_ticked(request, refused)],
        "sent": sent,
        "records": request.POST.getlist("record")[:MOST_TITLES],
        "whys": [("", gettext("選んでください")), *WHY_OVERRIDDEN.items()],
        "why": typed(request.POST, "why", 20),
        "words": typed(request.POST, "words", 200),
        "may_go_on": all(
            reason.code == "override-without-reason"
            or (reason.overridable_with and place.by.may(reason.overridable_with))
            for reason in refused.reasons
        ),
    }


def _ticked(request: HttpRequest, refused: Refused) -> list[dict[str, Any]]:
    """What was passed over already stays ticked when something else is asked."""
    asked = {reason.code for reason in refused.reasons}
    kept = [code for code in dict.fromkeys(request.POST.getlist("overriding")) if code not in asked][:MOST_TITLES]
    return [
        {"code": code, "sentence": say(Reason(code))[0], "way_out": "", "tickable": True, "ticked": True}
        for code in kept
    ]


def _reason(reason: Reason, place: Place) -> dict[str, Any]:
    sentence, way_out = say(reason)
    may = bool(reason.overridable_with) and place.by.may(reason.overridable_with)
    return {"code": reason.code, "sentence": sentence, "way_out": way_out, "tickable": may}


def moment_of(written: str) -> datetime | None:
    """When the reader asked, by a slip typed later; None: now. Refused when it cannot be read."""
    if not written:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(written))
    except ValueError:
        raise Refused(Reason("accepted-in-future")) from None


@require_POST
@at_counter
def change(request: HttpRequest, place: Place, hold_id: int) -> HttpResponse:
    """Cancel, or collect elsewhere, for the patron at the counter."""
    patron = patron_at(request, place)
    hold = Hold.objects.open().filter(pk=hold_id, patron=patron).first() if patron else None
    if hold is None:
        return _page(request, place, patron, trouble=_trouble(request, place, Refused(Reason("hold-closed"))))
    found, key = hold, place.by.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        if "suspend" in request.POST:
            until = date.fromisoformat(typed(request.POST, "until", 10))
            starts = typed(request.POST, "starts", 10)
            circulation.suspend_hold(
                hold=found,
                until=until,
                starts_on=date.fromisoformat(starts) if starts else None,
                by=place.by,
                at=place.at,
            )
            return {"suspended": found.pk}
        if "wake" in request.POST:
            circulation.wake_hold(hold=found, by=place.by, at=place.at)
            return {"woken": found.pk}
        if "up" in request.POST:
            up = typed(request.POST, "up", 18)
            record = int(up) if up.isdecimal() else 0
            circulation.move_up_in_set(hold=found, record=record, by=place.by, at=place.at)
            return {"reordered": found.pk}
        if "cancel" in request.POST:
            why = typed(request.POST, "cancel", 20)
            circulation.cancel_hold(hold=found, by=place.by, at=place.at, why=why if why in WHY_CANCELLED else "")
            return {"cancelled": found.pk}
        pickup = find_facility(typed(request.POST, "pickup", 20))
        circulation.change_pickup(hold=found, pickup=pickup, by=place.by, at=place.at)
        found.refresh_from_db(fields=["pickup"])
        return {"moved": found.pk, **moved_on(found, pickup)}

    try:
        once(key, act, door="desk", at=place.at)
    except ValueError:
        refused_day = Refused(Reason("suspension-days"))
        return _page(request, place, patron, trouble=_trouble(request, place, refused_day))
    except Refused as refused:
        return _page(request, place, patron, trouble=_trouble(request, place, refused))
    return _back(after=key)


def _back(**query: str) -> HttpResponse:
    written = urlencode({name: value for name, value in query.items() if value})
    return HttpResponseRedirect(f"{reverse('desk:holds')}?{written}")
