"""予約: placing in one tap, and what its reader may do with it afterwards. Each act can be taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.acquisitions.queries import copies_on_order, things_asked_for
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import get_record
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold
from fumikura.circulation.rules.expecting import Expected
from fumikura.circulation.services import Standing
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, find_facility
from fumikura.patrons.models import Patron
from fumikura.web.design.days import day, in_japanese
from fumikura.web.design.names import name_of
from fumikura.web.my.codes import Drawing, squares
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.stand_ins import moved_on, moved_on_words
from fumikura.web.visitors import for_patrons, typed, visitor
from fumikura.web.ways import names_of_places, way_in_words
from fumikura.web.whys import estimate_in_words, mine_in_words, moment

LONGEST_SLEEP = timedelta(days=365)
MOST_PARTS = 30
Act = Callable[[Hold, HttpRequest, Actor, datetime], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class HoldLine:
    """One hold in the words of its reader."""

    pk: int
    record: int
    title: str
    more: int
    """Further titles of a set."""
    parts: tuple[tuple[int, str], ...]
    """The titles of a set in their order, numbers and words; empty for a single one."""
    is_ordered: bool
    creator: str
    ndc: str
    kind: str
    pickup: str
    pickup_code: str
    pickup_id: str
    """The id of the select in which it is changed."""
    state: str
    headline: str
    detail: str
    tag: str
    """The kind of `tag`: ok, wait or plain."""
    is_asleep: bool
    suspended_from: date | None
    suspended_until: date | None
    needed_by: date | None
    may_sleep: bool
    door: int = 0
    """Behind which door of a locker it lies; 0: not in a locker."""
    code: str = ""
    square: Drawing | None = None
    """The code for the locker's reader."""
    asked: str = ""
    """When it was asked for: the queue goes by that."""
    why: tuple[str, ...] = ()
    """Why it stands where it stands, in whole sentences."""
    way: str = ""
    """Why it takes that long: the vans it travels with."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_patrons
def holds(request: HttpRequest) -> HttpResponse:
    """The list; a POST places a hold on a title and comes back to the list, which then says the place in the queue."""
    return _place(request) if request.method == "POST" else _list(request)


def _list(request: HttpRequest, *, reasons: list[Said] | None = None) -> HttpResponse:
    patron, at = signed_in(request), timezone.now()
    after = typed(request.GET, "after", 64)
    done = answer_to(after, door="my")
    standings = circulation.holds_of(patron, at)
    whys = circulation.whys_mine(patron, standings, at)
    names = names_of_places()
    lines = _with_lockers([_line(standing, whys[standing.hold.pk], names, at) for standing in standings])
    placed = next((line for line in lines if line.pk == done.get("placed")), None)
    page = {
        "lines": lines,
        "placed": placed,
        "done": _done_words(done),
        "moved_on": moved_on_words(done),
        "undo": done.get("cancelled", 0),
        "undo_key": after,
        "reasons": reasons or [],
        "pickups": pickups(patron),
        "today": timezone.localdate(at),
        "furthest": timezone.localdate(at) + LONGEST_SLEEP,
        "request_key": uuid4().hex,
    }
    return render(request, "my/holds.html", page, status=422 if reasons else 200)


def _with_lockers(lines: list[HoldLine]) -> list[HoldLine]:
    """Behind which door, and the code that opens it: for the reader's own eyes."""
    stays = circulation.locker_of(line.pk for line in lines if line.state == "ready")
    return [
        replace(line, door=stay.compartment.number, code=stay.code, square=squares(stay.code))
        if (stay := stays.get(line.pk))
        else line
        for line in lines
    ]


def _done_words(done: Mapping[str, Any]) -> str:
    said = {
        "cancelled": _("予約を取りやめました。"),
        "suspended": _("予約を休ませました。順番はそのままです。"),
        "woken": _("予約を元にもどしました。"),
        "moved": _("受け取る館を変えました。順番はそのままです。"),
        "term": _("いつまでに要るかを変えました。"),
        "reordered": _("順番を変えました。"),
        "restored": _("取りやめを元にもどしました。順番も前のとおりです。"),
    }
    return next((sentence for what, sentence in said.items() if what in done), "")


def _place(request: HttpRequest) -> HttpResponse:
    record = _record(typed(request.POST, "record", 20))
    try:
        return place(request, circulation.Want((record,)))
    except Refused as refused:
        return _refused(request, record, refused)


def place(request: HttpRequest, want: circulation.Want) -> HttpResponse:
    """Let the signed-in reader wait for this, collected where the form says; leads to the list. Refused with every reason."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    # A page of results has one form with a button for each book: what was done once is one book, not the page.
    books = ".".join(str(record.pk) for record in want.records[:1])
    key = f"{here.request_key[:40]}.{books}" if here.request_key else uuid4().hex
    pickup = find_facility(typed(request.POST, "pickup", 20))

    def act() -> dict[str, Any]:
        hold = circulation.place_hold(
            patron=patron, want=want, pickup=pickup, by=here.patron_actor(), at=at,
            requested=things_asked_for(patron), on_order=copies_on_order(record.pk for record in want.records),
        )  # fmt: skip
        return {"placed": hold.pk, **moved_on(hold, pickup)}

    once(key, act, door="my", at=at)
    return HttpResponseRedirect(f"{reverse('my:holds')}?{urlencode({'after': key})}")


def _refused(request: HttpRequest, record: BibliographicRecord, refused: Refused) -> HttpResponse:
    codes = {reason.kind for reason in refused.reasons}
    page = {
        "record": record,
        "reasons": said(refused),
        "may_choose_again": bool(codes & {"not-a-pickup", "pickup-not-for-you", "facility-unknown"}),
        "nothing_held": "no-lendable-copy" in codes,
        "pickups": pickups(signed_in(request)),
        "request_key": uuid4().hex,
    }
    return render(request, "my/hold_refused.html", page, status=422)


def _record(number: str) -> BibliographicRecord:
    try:
        return get_record(int(number))
    except (ValueError, OverflowError, BibliographicRecord.DoesNotExist):
        raise Http404 from None


@require_POST
@for_patrons
def change(request: HttpRequest, hold_id: int, what: str) -> HttpResponse:
    """One act on one's own hold: cancellation, suspension, waking, pickup, term or restoration."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    act = ACTS[what]
    key = here.request_key or uuid4().hex
    hold = Hold.objects.open().filter(pk=hold_id, patron=patron).first()
    if hold is None:
        return _list(request, reasons=said(Refused(Reason("hold-closed"))))
    found = hold
    try:
        once(key, lambda: act(found, request, here.patron_actor(), at), door="my", at=at)
    except Refused as refused:
        return _list(request, reasons=said(refused))
    return HttpResponseRedirect(f"{reverse('my:holds')}?{urlencode({'after': key})}")


@require_POST
@for_patrons
def restore(request: HttpRequest) -> HttpResponse:
    """Take a cancellation back. Whose hold it was, only the key of that request still knows."""
    patron, here, at = signed_in(request), visitor(request), timezone.now()
    cancelled = answer_to(typed(request.POST, "undo", 64), door="my").get("cancelled")
    hold = Hold.objects.filter(pk=cancelled, closed_as="cancelled").first() if cancelled else None
    key = here.request_key or uuid4().hex
    try:
        if hold is None:
            raise Refused(Reason("not-undoable"))
        found = hold

        def act() -> dict[str, Any]:
            circulation.undo_cancel_hold(hold=found, patron=patron, by=here.patron_actor(), at=at)
            return {"restored": found.pk}

        once(key, act, door="my", at=at)
    except Refused as refused:
        return _list(request, reasons=said(refused))
    return HttpResponseRedirect(f"{reverse('my:holds')}?{urlencode({'after': key})}")


def _cancel(hold: Hold, request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    circulation.cancel_hold(hold=hold, by=by, at=at)
    return {"cancelled": hold.pk}


def _suspend(hold: Hold, request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    until = _day(request, "until")
    if until is None or until < timezone.localdate(at) or until > timezone.localdate(at) + LONGEST_SLEEP:
        raise Refused(Reason("needed-by-passed"))
    circulation.suspend_hold(hold=hold, starts_on=_day(request, "starts"), until=until, by=by, at=at)
    return {"suspended": hold.pk}


def _wake(hold: Hold, request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    circulation.wake_hold(hold=hold, by=by, at=at)
    return {"woken": hold.pk}


def _move(hold: Hold, request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    pickup = find_facility(typed(request.POST, "pickup", 20))
    circulation.change_pickup(hold=hold, pickup=pickup, by=by, at=at)
    hold.refresh_from_db(fields=["pickup"])
    return {"moved": hold.pk, **moved_on(hold, pickup)}


def _set_term(hold: Hold, request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    circulation.set_needed_by(hold=hold, needed_by=_day(request, "needed_by"), by=by, at=at)
    return {"term": hold.pk}


def _reorder(hold: Hold, request: HttpRequest, by: Actor, at: datetime) -> dict[str, Any]:
    circulation.move_up_in_set(hold=hold, record=_number(request, "up"), by=by, at=at)
    return {"reordered": hold.pk}


def _number(request: HttpRequest, name: str) -> int:
    written = typed(request.POST, name, 18)
    return int(written) if written.isdecimal() else 0


ACTS: Mapping[str, Act] = {
    "cancellation": _cancel,
    "suspension": _suspend,
    "waking": _wake,
    "pickup": _move,
    "term": _set_term,
    "order": _reorder,
}


def _day(request: HttpRequest, name: str) -> date | None:
    """The day typed into a date field; None when it is empty. Refused when it is no day."""
    written = typed(request.POST, name, 10)
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused(Reason("needed-by-passed")) from None


def said(refused: Refused) -> list[Said]:
    return [Said(*words(reason, get_language() or "ja")) for reason in refused.reasons]


def pickups(patron: Patron) -> list[tuple[str, str]]:
    """(code, name) of the places where this reader may collect, the own library first."""
    open_to_all = [place for place in facilities() if place.pickup == Facility.Pickup.ALL]
    open_to_all.sort(key=lambda place: place.pk != patron.home_id)
    return [(place.code, name_of(place)) for place in open_to_all]


def _line(standing: Standing, why: Sequence[Reason], names: Mapping[str, str], at: datetime) -> HoldLine:
    hold, record = standing.hold, standing.titles[0].record
    headline, detail, tag = _in_words(standing, timezone.localdate(at))
    return HoldLine(
        pk=hold.pk,
        record=record.pk,
        title=_title_of(record),
        more=len(standing.titles) - 1,
        parts=tuple((one.record_id, _title_of(one.record)) for one in standing.titles[:MOST_PARTS]),
        is_ordered=hold.kind == Hold.Kind.ORDERED,
        creator=spoken_name(record.creator),
        ndc=record.ndc,
        kind=record.kind,
        pickup=name_of(hold.pickup),
        pickup_code=hold.pickup.code,
        pickup_id=f"pickup-{hold.pk}",
        state=standing.state,
        headline=headline,
        detail=detail,
        tag=tag,
        is_asleep=standing.is_asleep,
        suspended_from=hold.suspended_from
        if hold.suspended_from and hold.suspended_from > timezone.localdate(at)
        else None,
        suspended_until=hold.suspended_until,
        needed_by=hold.needed_by,
        may_sleep=standing.state in {"waiting", "allotted"},
        asked=_("申し込み {when}").format(when=moment(hold.accepted_at, timezone.localdate(at))),
        why=mine_in_words(why, timezone.localdate(at), names),
        way=way_in_words(standing.way, names) if standing.way else "",
    )


def _title_of(record: BibliographicRecord) -> str:
    return " ".join(part for part in (record.title, record.volume) if part)


def _in_words(standing: Standing, today: date) -> tuple[str, str, str]:
    """Headline, detail, kind of tag."""
    if standing.state == "ready":
        until = standing.until
        detail = (
            _("{day}までに受け取ってください。").format(day=day(until, today))
            if until
            else _("お電話でお知らせします。")
        )
        return _("受け取れます"), detail, "ok"
    if standing.state in {"travelling", "allotted"}:
        words_ = _("運んでいます") if standing.state == "travelling" else _("棚から取ってくるところです")
        if standing.is_late:
            return words_, _("予定より遅れています。館の者がさがしています。届いたらお知らせします。"), "wait"
        arrives = standing.arrives_at
        detail = (
            _("{day}ごろに届く見込みです。").format(day=day(timezone.localdate(arrives), today))
            if arrives
            else _("届いたらお知らせします。")
        )
        return words_, detail, "wait"
    if standing.state == "collecting":
        return _("そろうのを待っています"), _("全部そろってからお知らせします。"), "wait"
    if standing.is_asleep and standing.hold.suspended_until:
        until_day = day(standing.hold.suspended_until, today)
        return _("お休み中"), _("{day}まで休みます。順番はそのままです。").format(day=until_day), "plain"
    if not standing.position:
        return _("順番を待っています"), "", "plain"
    headline = _("{position}番目").format(position=standing.position)
    return headline, _estimate(standing, today), "plain"


def _estimate(standing: Standing, today: date) -> str:
    counted = _("{waiting}人が待っています（所蔵{copies}点）。").format(
        waiting=standing.waiting, copies=standing.copies
    )
    between = "" if in_japanese() else " "
    if not isinstance(standing.expected, Expected):
        return counted + between + estimate_in_words(standing.expected, today)
    early, late = standing.expected.earliest, standing.expected.latest
    weeks = max(1, (early - today).days // 7), max(1, -(-(late - today).days // 7))
    if weeks[0] >= weeks[1]:
        span = _("およそ{weeks}週間").format(weeks=weeks[1])
    else:
        span = _("およそ{first}〜{last}週間").format(first=weeks[0], last=weeks[1])
    return counted + between + _("これまでの貸出から見て{span}先です（約束ではありません）。").format(span=span)
