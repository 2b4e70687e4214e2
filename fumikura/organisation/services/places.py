"""Verbs about places: agencies, facilities, calendars, single days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import SCHEMES
from fumikura.kernel.contacts import postcode, telephone
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import rules as rules_of_calendars
from fumikura.organisation.events import (
    AgencyAdded,
    CalendarChanged,
    FacilityAdded,
    FacilityChanged,
)
from fumikura.organisation.models import Agency, Calendar, ExceptionalDay, Facility, ServicePoint
from fumikura.organisation.services.people import require_here


@transaction.atomic
def add_agency(
    *,
    code: str,
    name: str,
    by: Actor,
    at: datetime,
    name_en: str = "",
    isil: str = "",
    item_check: str = "none",
    card_check: str = "none",
) -> Agency:
    """Add an agency, the name space of barcodes. The checks are names in kernel.barcodes.SCHEMES."""
    by.require("organisation.configure")
    unknown = [scheme for scheme in (item_check, card_check) if scheme not in SCHEMES]
    if unknown:
        raise Refused(*(Reason.of("check-scheme-unknown", scheme=scheme) for scheme in unknown))
    if Agency.objects.filter(code=code).exists():
        raise Refused(Reason.of("code-taken", taken=code))
    agency = Agency.objects.create(
        code=code, name=name, name_en=name_en, isil=isil, item_check=item_check, card_check=card_check
    )
    record(AgencyAdded(agency=code), by=by, at=at, subject=f"organisation.agency:{code}")
    return agency


@transaction.atomic
def write_calendar(*, code: str, name: str, rules: Sequence[Mapping[str, Any]], by: Actor, at: datetime) -> Calendar:
    """Add a calendar, or give the one with this code new rules (data for organisation.rules.Calendar).

    Refused: calendar-malformed for each rule that cannot be read, calendar-contradicts for each two that disagree.
    """
    by.require("organisation.configure")
    if wrong := rules_of_calendars.problems(rules):
        raise Refused(*(Reason.of("calendar-malformed", problem=problem) for problem in wrong))
    if pairs := rules_of_calendars.contradictions(rules):
        raise Refused(*(Reason.of("calendar-contradicts", rules=f"{one + 1}, {other + 1}") for one, other in pairs))
    calendar, _ = Calendar.objects.update_or_create(
        code=code, defaults={"name": name, "rules": [dict(rule) for rule in rules]}
    )
    record(CalendarChanged(calendar=code), by=by, at=at, subject=f"organisation.calendar:{code}")
    return calendar


@transaction.atomic
def add_facility(
    *,
    code: str,
    name: str,
    agency: Agency,
    calendar: Calendar,
    kind: str,
    opens: time,
    closes: time,
    by: Actor,
    at: datetime,
    desks: Iterable[str] = (),
    **capabilities: Any,
) -> Facility:
    """Add a facility and its desks (names; codes become "KITA-1", "KITA-2", …).

    `capabilities` are the further fields of Facility: reading, name_en, postcode, phone, holds_stock, pickup …
    Refused: code-taken, telephone-wrong, postcode-wrong.
    """
    by.require("organisation.configure")
    fields = _readable(capabilities)
    if Facility.objects.filter(code=code).exists():
        raise Refused(Reason.of("code-taken", taken=code))
    facility = Facility.objects.create(
        code=code, name=name, agency=agency, calendar=calendar, kind=kind, opens=opens, closes=closes, **fields
    )
    ServicePoint.objects.bulk_create(
        ServicePoint(facility=facility, code=f"{code}-{number}", name=desk) for number, desk in enumerate(desks, 1)
    )
    record(FacilityAdded(facility=code, kind=kind), by=by, at=at, subject=f"organisation.facility:{code}")
    return facility


@transaction.atomic
def change_facility(*, facility: Facility, by: Actor, at: datetime, **fields: Any) -> Facility:
    """Write new values for the named fields of `facility`. Its code stays what it is.

    Refused: telephone-wrong, postcode-wrong.
    """
    by.require("organisation.configure")
    for field, value in _readable(fields).items():
        setattr(facility, field, value)
    facility.save(update_fields=list(fields))
    record(
        FacilityChanged(facility=facility.code, fields=tuple(sorted(fields))),
        by=by,
        at=at,
        subject=f"organisation.facility:{facility.code}",
    )
    return facility


def _readable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same with telephone and postcode written in the one way; Refused with every one of them that cannot be read."""
    found, reasons = dict(fields), []
    for name, read, code in (("phone", telephone, "telephone-wrong"), ("postcode", postcode, "postcode-wrong")):
        if name not in found:
            continue
        try:
            found[name] = read(found[name])
        except ValueError:
            reasons.append(Reason(code))
    if reasons:
        raise Refused(*reasons)
    return found


def open_day(*, facility: Facility, on: date, by: Actor, at: datetime, note: str = "") -> ExceptionalDay:
    """臨時開館: open on a day on which the calendar says closed. Replaces an earlier exception for that day."""
    return _exception(facility, on, ExceptionalDay(facility=facility, on=on, is_open=True, note=note), by=by, at=at)


def close_day(*, facility: Facility, on: date, by: Actor, at: datetime, note: str = "") -> ExceptionalDay:
    """臨時休館: closed on a day on which the calendar says open. Replaces an earlier exception for that day."""
    return _exception(facility, on, ExceptionalDay(facility=facility, on=on, is_open=False, note=note), by=by, at=at)


@transaction.atomic
def follow_calendar(*, facility: Facility, on: date, by: Actor, at: datetime) -> None:
    """Take back the exception of that day, so that the calendar holds again. Nothing happens if there was none."""
    require_here("organisation.change-calendar", facility, by)
    deleted, _ = ExceptionalDay.objects.filter(facility=facility, on=on).delete()
    if deleted:
        _record_day(facility, on, "as-usual", by=by, at=at)


@transaction.atomic
def _exception(facility: Facility, on: date, day: ExceptionalDay, *, by: Actor, at: datetime) -> ExceptionalDay:
    require_here("organisation.change-calendar", facility, by)
    ExceptionalDay.objects.filter(facility=facility, on=on).delete()
    ExceptionalDay.objects.bulk_create([day])
    _record_day(facility, on, "open" if day.is_open else "closed", by=by, at=at)
    return day


def _record_day(facility: Facility, on: date, state: str, *, by: Actor, at: datetime) -> None:
    record(
        CalendarChanged(facility=facility.code, on=on.isoformat(), state=state),
        by=by,
        at=at,
        subject=f"organisation.facility:{facility.code}",
    )
