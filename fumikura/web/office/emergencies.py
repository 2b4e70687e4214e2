"""緊急休館: counted first, then done, and taken back if need be; due dates of many loans; disaster mode."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Closure, DueShift, Loan, ShiftedLoan
from fumikura.circulation.queries import rules_in_force
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for, facilities, open_disaster
from fumikura.organisation.services import declare_disaster, end_disaster
from fumikura.web.design.days import day, in_japanese
from fumikura.web.office.frame import name_of, office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor
from fumikura.web.whys import why_sentence

RIGHT = "circulation.close-site"
LISTED = 100
"""More than all sites of a city: whoever closes everything finds every one of them in the list."""
TOGETHER = 2
"""From so many things on one button for all of them is worth showing."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the form asks for."""

    places: tuple[Facility, ...]
    first_on: date
    last_on: date
    substitute: Facility | None
    new_due_on: date | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The preview of one site."""

    place: str
    days: int
    holds: int
    kept_longer: int
    leaving: int


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
@stepped_up
def emergencies(request: HttpRequest) -> HttpResponse:
    """GET with days counts what would happen; the POST of the same form does it."""
    if request.method == "POST":
        return _do(request)
    return _page(request)


def _page(request: HttpRequest, *, reasons: list[tuple[str, str]] | None = None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    plan: dict[str, Any] = {}
    if not reasons and typed(sent, "first"):
        try:
            plan = _plan(_wanted(request))
        except Refused as refused:
            reasons = _said(refused)
    today = timezone.localdate()
    done = answer_to(typed(request.GET, "after", 64), door="office")
    page: dict[str, object] = {
        "reasons": reasons,
        "plan": plan,
        "sites": [
            (one.code, name_of(one), "everywhere" in sent or one.code in sent.getlist("site")) for one in facilities()
        ],
        "substitutes": [("", _("移さない（そのまま取り置いて、日を延ばす）")), *_substitutes()],
        "sent": {name: typed(sent, name) for name in ("first", "last", "new_due", "substitute", "note")},
        "today": today,
        "closures": _closed(_closures(), today),
        "shifts": [_shifted(row, today) for row in _shifts()],
        "together": _together(today),
        "disaster": open_disaster(),
        "changes": _changes_in_disaster(today),
        "may_declare": "organisation.declare-disaster" in visitor(request).permissions,
        "done": _done(done),
        "left": _left(done, today),
        "request_key": uuid4().hex,
    }
    return office(request, "emergencies", page, status=422 if reasons else 200)


def _changes_in_disaster(today: date) -> dict[str, Any]:
    """What disaster mode would change now: whom nobody reminds, and which rules are written for it."""
    late = Loan.objects.open().filter(due_on__lt=today, received_at=None)
    try:
        rules = rules_in_force(today).rule_set.rules
    except Refused:
        rules = ()
    return {"late": late.count(), "rules": [rule.id for rule in rules if rule.conditions.get("mode")]}


def _closures() -> list[Closure]:
    return list(Closure.objects.select_related("facility", "substitute").order_by("-pk")[:LISTED])


def _shifts() -> list[DueShift]:
    return list(DueShift.objects.select_related("facility").order_by("-pk")[:LISTED])


def _together(today: date) -> dict[str, Any]:
    """What was decided last, where it is more than one thing: one button takes all of it back."""
    last = Closure.objects.filter(undone_at=None).order_by("-pk").first()
    if last is None:
        return {}
    closures, shifts = _made_with(last)
    if closures.count() + shifts.count() < TOGETHER:
        return {}
    made = timezone.localtime(last.made_at)
    return {
        "pk": last.pk,
        "when": f"{day(made.date(), today)} {made:%-H:%M}",
        "sites": closures.count(),
        "loans": ShiftedLoan.objects.filter(shift__in=shifts).count(),
    }


def _made_with(row: Closure) -> tuple["QuerySet[Closure]", "QuerySet[DueShift]"]:
    """What stands of all that one click decided."""
    standing = {"made_at": row.made_at, "undone_at": None}
    return Closure.objects.filter(**standing), DueShift.objects.filter(**standing)


def _substitutes() -> list[tuple[str, str]]:
    return [(one.code, name_of(one)) for one in facilities() if one.pickup == Facility.Pickup.ALL]


def _wanted(request: HttpRequest) -> Wanted:
    """The form, or Refused with every field that cannot be read."""
    sent = request.POST if request.method == "POST" else request.GET
    places = {one.code: one for one in facilities()}
    wanted = [*places] if "everywhere" in sent else sent.getlist("site")
    chosen = tuple(places[code] for code in wanted if code in places)
    first, last, new_due = (_day(typed(sent, name, 10)) for name in ("first", "last", "new_due"))
    if not chosen or first is None or last is None or (typed(sent, "new_due") and new_due is None):
        raise Refused(Reason("closing-incomplete"))
    return Wanted(
        places=chosen,
        first_on=first,
        last_on=last,
        substitute=places.get(typed(sent, "substitute", 20)),
        new_due_on=new_due,
        note=typed(sent, "note", 200),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _plan(wanted: Wanted) -> dict[str, Any]:
    days = {"first_on": wanted.first_on, "last_on": wanted.last_on}
    plans = [
        (place, circulation.plan_closure(facility=place, **days, substitute=wanted.substitute))
        for place in wanted.places
    ]
    loans = 0
    if wanted.new_due_on:
        scope = _scope(wanted)
        loans = sum(circulation.plan_shift(**days, new_due_on=wanted.new_due_on, facility=one) for one in scope)
    return {
        "rows": [_counted(place, plan) for place, plan in plans],
        "due": sum(plan.due for _place, plan in plans),
        "loans": loans,
        "new_due": day(wanted.new_due_on) if wanted.new_due_on else "",
        "closed_then": _closed_then(wanted),
        "moves": wanted.substitute is not None,
    }


def _counted(place: Facility, plan: circulation.ClosurePlan) -> Counted:
    figures = {"holds": plan.holds, "kept_longer": plan.kept_longer, "leaving": plan.leaving}
    return Counted(place=name_of(place), days=len(plan.days), **figures)


def _closed_then(wanted: Wanted) -> str:
    """The names of those sites that will not be open on the new day; they are not asked to be."""
    new_due = wanted.new_due_on
    if new_due is None:
        return ""
    mark = "、" if in_japanese() else ", "
    return mark.join(name_of(place) for place in wanted.places if not calendar_for(place).is_open(new_due))


def _scope(wanted: Wanted) -> list[Facility | None]:
    """Everything when every site closes; otherwise what was lent at those that do."""
    return [None] if len(wanted.places) == len(facilities()) else list(wanted.places)


def _do(request: HttpRequest) -> HttpResponse:
    here, at = visitor(request), timezone.now()
    by = here.staff_actor(via="office")
    key = by.request_key or uuid4().hex
    try:
        wanted = _wanted(request)
        once(key, lambda: _close(wanted, by, at), door="office", at=at)
    except Refused as refused:
        return _page(request, reasons=_said(refused))
    return _back(key)


def _close(wanted: Wanted, by: Actor, at: datetime) -> dict[str, Any]:
    days = {"first_on": wanted.first_on, "last_on": wanted.last_on}
    moved = loans = 0
    for place in wanted.places:
        closure = circulation.close_site(
            facility=place, **days, substitute=wanted.substitute, note=wanted.note, by=by, at=at
        )  # fmt: skip
        moved += len(closure.moved_holds) + len(closure.kept_longer)
    if wanted.new_due_on:
        for one in _scope(wanted):
            shift = circulation.shift_due_dates(**days, new_due_on=wanted.new_due_on, facility=one, by=by, at=at)
            loans += shift.loans.count()
    return {"closed": len(wanted.places), "moved": moved, "loans": loans}


@require_POST
@for_staff(RIGHT)
@stepped_up
def undo_closure(request: HttpRequest, closure: int) -> HttpResponse:
    row = Closure.objects.filter(pk=closure).first()

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        if row is None:
            raise Refused(Reason("not-undoable"))
        circulation.undo_close_site(closure=row, by=by, at=at)
        return {"reopened": row.pk}

    return _undone(request, act)


@require_POST
@for_staff(RIGHT)
@stepped_up
def undo_together(request: HttpRequest, closure: int) -> HttpResponse:
    """Everything that was decided in the same click as this closure and still stands."""
    row = Closure.objects.filter(pk=closure, undone_at=None).first()

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        if row is None:
            raise Refused(Reason("not-undoable"))
        closures, shifts = _made_with(row)
        told: dict[str, Any] = {"put_back": 0, "returned": 0, "left": []}
        for shift in shifts.order_by("-pk"):
            one = _taken_back(shift, by, at)
            told = {name: told[name] + one[name] for name in told}
        for one_closure in closures.order_by("-pk"):
            circulation.undo_close_site(closure=one_closure, by=by, at=at)
        return {"all": True, **told}

    return _undone(request, act)


def _taken_back(shift: DueShift, by: Actor, at: datetime) -> dict[str, Any]:
    done = circulation.undo_shift(shift=shift, by=by, at=at)
    left = [[one.barcode, one.why.code, one.due_on.isoformat()] for one in done.left]
    return {"put_back": done.put_back, "returned": done.returned, "left": left}


@require_POST
@for_staff("circulation.shift-due-dates")
@stepped_up
def undo_shift(request: HttpRequest, shift: int) -> HttpResponse:
    row = DueShift.objects.filter(pk=shift).first()

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        if row is None:
            raise Refused(Reason("not-undoable"))
        return _taken_back(row, by, at)

    return _undone(request, act)


@require_POST
@for_staff("organisation.declare-disaster")
@stepped_up
def disaster(request: HttpRequest) -> HttpResponse:
    """Into disaster mode, or out of it."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        if "end" in request.POST:
            end_disaster(by=by, at=at)
            return {"disaster": "over"}
        if "sure" not in request.POST:
            raise Refused(Reason("disaster-not-confirmed"))
        declare_disaster(by=by, at=at, note=typed(request.POST, "note", 200))
        return {"disaster": "declared"}

    return _undone(request, act)


def _undone(request: HttpRequest, act: Any) -> HttpResponse:
    at = timezone.now()
    by = visitor(request).staff_actor(via="office")
    key = by.request_key or uuid4().hex
    try:
        once(key, lambda: act(by, at), door="office", at=at)
    except Refused as refused:
        return _page(request, reasons=_said(refused))
    return _back(key)


def _back(key: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('office:emergencies')}?{urlencode({'after': key})}")


def _said(refused: Refused) -> list[tuple[str, str]]:
    return [words(reason, get_language() or "ja") for reason in refused.reasons]


def _done(done: dict[str, Any]) -> list[str]:
    if "closed" in done:
        said = [_("{count}館を休館にしました。").format(count=done["closed"])]
        if done.get("moved"):
            said.append(_("受け取りや取り置きの日を変えた予約：{n}件。").format(n=done["moved"]))
        if done.get("loans"):
            said.append(_("返却期限を動かした貸出：{n}点。").format(n=done["loans"]))
        return said
    if "reopened" in done:
        return [_("休館を取り消しました。")]
    if "all" in done:
        return [_("休館と返却期限を、まとめて元にもどしました。"), _put_back(done)]
    if "put_back" in done:
        return [_("返却期限を元にもどしました。"), _put_back(done)]
    if "disaster" in done:
        return [_("災害モードに入りました。") if done["disaster"] == "declared" else _("災害モードを終えました。")]
    return []


def _put_back(done: dict[str, Any]) -> str:
    figures = _("元の日にもどった：{back}点。").format(back=done["put_back"])
    if done["returned"]:
        figures += _("そのあと返された：{returned}点。").format(returned=done["returned"])
    if done["left"]:
        figures += _("そのままの日：{left}点（下の表）。").format(left=len(done["left"]))
    return figures


def _left(done: dict[str, Any], today: date) -> list[dict[str, str]]:
    """Every loan that kept its day when a shift was taken back, with the reason."""
    return [
        {"barcode": barcode, "why": why_sentence(Reason(code)), "due": day(date.fromisoformat(due), today)}
        for barcode, code, due in done.get("left", ())
    ]


def _closed(rows: list[Closure], today: date) -> list[dict[str, Any]]:
    moved_on = {row.facility_id for row in rows if row.substitute and not row.undone_at}
    left = circulation.left_behind(moved_on)
    return [
        {
            "pk": row.pk,
            "place": name_of(row.facility),
            "days": f"{day(row.first_on, today)} – {day(row.last_on, today)}",
            "substitute": name_of(row.substitute) if row.substitute else "",
            "moved": len(row.moved_holds) + len(row.kept_longer),
            "left": left[row.facility_id] if row.substitute and not row.undone_at and row.last_on >= today else 0,
            "undone": row.undone_at is not None,
        }
        for row in rows
    ]


def _shifted(row: DueShift, today: date) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "days": f"{day(row.first_on, today)} – {day(row.last_on, today)}",
        "new_due": day(row.new_due_on, today),
        "place": name_of(row.facility) if row.facility else _("すべての館"),
        "loans": row.loans.count(),
        "undone": row.undone_at is not None,
    }
