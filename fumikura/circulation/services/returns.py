"""An item is laid on a desk, into a machine or a box: what it was in the middle of ends, and it is told where to go."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.events import ClaimResolved, LoanReturned, LostItemCameBack, ReturnReceived, ReturnUndone
from fumikura.circulation.models import Loan
from fumikura.circulation.rules.returning import (
    HandingBack,
    Journey,
    Keep,
    Laid,
    NextStop,
    SendTo,
    SetAside,
    Shelve,
    box_counts_for,
    breaks_place,
    journey_after,
    next_stop,
    objections_to_check_in,
)
from fumikura.circulation.services.journeys import see_on_its_way, travel
from fumikura.circulation.services.pauses import end_pause_of, pause_loans
from fumikura.circulation.services.resting import Rest, asked_rest, rest_of
from fumikura.circulation.services.scene import (
    Scene,
    Whereabouts,
    asked_rules,
    asked_site,
    asked_whereabouts,
    find,
    loan_subject,
)
from fumikura.circulation.services.serving import Serving, serve, settle
from fumikura.holdings.models import Item
from fumikura.holdings.services import (
    end_kept_aside,
    end_missing,
    keep_aside,
    note_seen,
    record_seen,
    stand_at,
)
from fumikura.holdings.services.relocating import relocate
from fumikura.journal.services import forget_patron_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.patrons.models import Patron
from fumikura.patrons.services.shelves import keep_on_shelf
from fumikura.statements.ahead import read_ahead
from fumikura.statements.writes import prepared_update

BOX = "book-post"
"""The door of a return box in the wall: it cannot refuse, and nobody saw when the item fell in."""


@dataclass(frozen=True)
class CheckedIn:
    """What one scan did."""

    stop: NextStop
    loan: Loan | None
    """The loan that ended, without its reader; None when none did."""
    messages: tuple[str, ...]
    """For staff: codes of kernel.reasons.STAFF."""


@transaction.atomic
def check_in(
    *,
    item: Item,
    by: Actor,
    at: datetime,
    mode: str = "final",
    overriding: frozenset[str] = frozenset(),
    missing_parts: tuple[str, ...] = (),
    excuse: str = "",
    returned_at: datetime | None = None,
    why: str = "",
    words: str = "",
) -> CheckedIn:
    """Close whatever the item was in the middle of and say where it goes now. Refused with every reason at once.

    An accepted `excuse` for a late return keeps a pause away. `returned_at`: it came back earlier than it is scanned
    (a box emptied late, a night when nothing worked); Refused("returned-in-future") when that cannot be. `mode` is final, or provisional (仮返却) for a machine: then the loan stays open with a mark until staff finalise it.
    `why` and `words` say why objections are passed over.
    """
    by.require("circulation.check-in")
    scene = Scene(by, at, returned_at, why, words)
    questions = (*asked_whereabouts(item), asked_site(scene), *asked_rest(item), *asked_rules(scene))
    with read_ahead(*questions):
        where = find(item)
        if returned_at and (returned_at > at or (where.loan and returned_at < where.loan.lent_at)):
            raise Refused(Reason("returned-in-future"))
        handing = _handing_back(where, scene, missing_parts)
        objections = objections_to_check_in(handing) if where.loan else ()
        if reasons := standing(objections, overriding=overriding, permissions=by.permissions):
            raise Refused(*reasons)
        note_seen(where.item, facility=scene.site, at=at)
        if mode == "provisional":
            return _receive(where, scene)
        reader = where.loan.patron_id if where.loan else None
        back = _finalise(where, scene, handing)
    if back.loan and reader and "was-overdue" in back.messages and not excuse:
        pause_loans(Patron.objects.get(pk=reader), back.loan, _days_late(back.loan), scene)
    scene.record_overridden(objections, where.item)
    return back


def _handing_back(where: Whereabouts, scene: Scene, missing_parts: tuple[str, ...]) -> HandingBack:
    item, is_overnight = where.item, where.loan is not None and where.loan.kind == "overnight"
    return_to = where.loan.lent_facility if where.loan and is_overnight else item.return_to
    return HandingBack(
        here=scene.site.code,
        home=item.home.code,
        takes_returns=scene.site.takes_returns,
        return_to=return_to.code if return_to else "",
        return_to_name=return_to.name if return_to else "",
        return_to_name_en=return_to.name_en if return_to else "",
        is_overnight=is_overnight,
        missing_parts=missing_parts,
        can_refuse=scene.by.via != BOX,
    )


def _receive(where: Whereabouts, scene: Scene) -> CheckedIn:
    """Into a machine: nothing ends and nobody is served yet."""
    if where.loan and where.loan.received_at is None:
        Loan.objects.filter(pk=where.loan.pk).update(received_at=scene.at, received_facility=scene.site)
        scene.record(ReturnReceived(loan=where.loan.pk, item=where.item.pk), loan_subject(where.loan))
    elif where.transit:
        see_on_its_way(where.transit, where.item, scene)
    else:
        record_seen(where.item, by=scene.by, at=scene.at)
    return CheckedIn(Keep(scene.site.code), None, ())


def _finalise(where: Whereabouts, scene: Scene, handing: HandingBack) -> CheckedIn:
    messages = _end_what_is_open(where, scene)
    serving = serve(where, scene)
    owner = where.item.return_to.code if where.item.return_to else ""
    rest = Rest(handing.home) if serving.wanted or owner or where.is_withdrawn else rest_of(where, scene)
    stop = next_stop(
        Laid(
            here=handing.here,
            home=handing.home,
            rests_at=rest.at,
            return_to=owner,
            is_withdrawn=where.is_withdrawn,
            wanted=serving.wanted,
        )
    )
    destination = where.transit.destination.code if where.transit else ""
    journey = journey_after(stop, here=handing.here, destination=destination)
    travel(journey, stop, where, scene)
    if isinstance(stop, SetAside):
        keep_aside(where.item, facility=scene.site, why=stop.why, at=scene.at)
    if where.loan and breaks_place(handing):
        messages.append("return-place-rule-broken")
    _settle_down(stop, where, scene)
    settled = settle(serving, stop, journey, where, scene)
    was_told = serving.was_bound_now or serving.has_expired or set(settled) - {"already-on-hold-shelf"}
    if not (where.loan or where.is_missing or was_told) and journey is Journey.NONE:
        record_seen(where.item, by=scene.by, at=scene.at)
    messages += [*serving.messages, *settled, *_about_next(stop, journey, serving, rest, where)]
    return CheckedIn(stop, where.loan, tuple(messages))


def _end_what_is_open(where: Whereabouts, scene: Scene) -> list[str]:
    """The loan, the search or the waiting that this scan ends; the journey is compared with the next stop later."""
    if where.loan:
        return end_loan(where.loan, where.item, scene)
    if where.is_missing and end_missing(where.item, by=scene.by, at=scene.at):
        return ["missing-item-found"]
    if where.is_kept_aside:
        end_kept_aside(where.item, at=scene.at)
        return []
    if where.transit or where.is_withdrawn or where.shelf_place:
        return []
    if (where.item.stands_at_id or where.item.home_id) != scene.site.pk:
        return ["was-elsewhere"]
    return [] if where.allotment else ["was-not-on-loan"]


def _settle_down(stop: NextStop, where: Whereabouts, scene: Scene) -> None:
    """It has come to stay, or it stands here for the time being."""
    item = where.item
    if where.new_home == scene.site.code and not where.is_withdrawn:
        relocate(item, home=scene.site, by=scene.by, at=scene.at)
    elif isinstance(stop, Shelve):
        stand_at(item, scene.site)


def end_loan(loan: Loan, item: Item, scene: Scene) -> list[str]:
    """End an open loan. Its link to the reader is cut and the key blanked in this transaction (返したら消える)."""
    loan.returned_at = _when_returned(loan, scene)
    loan.returned_facility_id = loan.received_facility_id or scene.site.pk
    # Asked for only when the reader has something to be told.
    reader = loan.patron.key if (loan.claimed_at or loan.lost_at) and loan.patron else ""
    if loan.snapshot.get("shelf"):
        _keep_for_the_reader(loan, item)
    loan.patron = None
    _cut(loan=loan.pk, returned_at=loan.returned_at, facility=loan.returned_facility_id)
    days_late = _days_late(loan)
    returned = LoanReturned(
        loan=loan.pk,
        item=item.pk,
        record=item.record_id,
        returned_on=timezone.localdate(loan.returned_at).isoformat(),
        days_overdue=days_late,
        material=item.material,
        ndc=item.record.ndc,
    )
    scene.record(returned, loan_subject(loan))
    forget_patron_of(loan_subject(loan))
    # Claimed first and declared lost afterwards, both are settled: whoever was asked to replace it must hear so.
    told = []
    if loan.claimed_at:
        scene.record(ClaimResolved(), patron_key=reader)
        told.append("claim-resolved")
    if loan.lost_at:
        scene.record(LostItemCameBack(), patron_key=reader)
        told.append("lost-item-came-back")
    return told or (["was-overdue"] if days_late else [])


def _keep_for_the_reader(loan: Loan, item: Item) -> None:
    """マイ本棚: sealed for the reader's eyes before the link is cut; nothing of it stays in the clear."""
    assert loan.returned_at is not None
    sheet = {
        "title": item.record.title,
        "creator": BibliographicRecord.objects.values_list("creator", flat=True).get(pk=item.record_id),
        "record": str(item.record_id),
        "lent_on": timezone.localdate(loan.lent_at).isoformat(),
        "returned_on": timezone.localdate(loan.returned_at).isoformat(),
    }
    if loan.patron_id is not None:
        keep_on_shelf(patron_id=loan.patron_id, sheet=sheet)
    loan.snapshot = {name: value for name, value in loan.snapshot.items() if name != "shelf"}
    Loan.objects.filter(pk=loan.pk).update(snapshot=loan.snapshot)


@prepared_update
def _cut(loan: int, returned_at: datetime, facility: int) -> tuple["QuerySet[Loan]", dict[str, Any]]:
    ended = {"patron": None, "returned_at": returned_at, "returned_facility": facility}
    return Loan.objects.filter(pk=loan), ended


def _days_late(loan: Loan) -> int:
    """Of a loan that has ended."""
    assert loan.returned_at is not None
    return max(0, (timezone.localdate(loan.returned_at) - loan.due_on).days)


def _when_returned(loan: Loan, scene: Scene) -> datetime:
    """When staff say so; when a machine received it; for a box, the closing of the last open day before the scan; otherwise now."""
    if scene.returned_at:
        return scene.returned_at
    if loan.received_at:
        return loan.received_at
    if scene.by.via != BOX:
        return scene.at
    lent_on = timezone.localdate(loan.lent_at)
    day = box_counts_for(scanned_on=scene.on, lent_on=lent_on, calendar=scene.calendar)
    closing = timezone.make_aware(datetime.combine(day, scene.site.closes))
    return max(loan.lent_at, min(closing, scene.at))


def _about_next(stop: NextStop, journey: Journey, serving: Serving, rest: Rest, where: Whereabouts) -> list[str]:
    match stop:
        case SendTo() if journey is Journey.GOES_ON and not serving.was_bound_now:
            return ["still-on-its-way"]
        case SendTo():
            return ["send-for-hold"] if stop.hold else _without_hold(rest)
        case SetAside():
            return [stop.why]
        case Keep():
            replaced = where.item.withdrawal.reason == "replaced"
            return ["item-withdrawn", "replaced-earlier"] if replaced else ["item-withdrawn"]
    return list(rest.messages)


def _without_hold(rest: Rest) -> list[str]:
    return list(rest.messages) if "send-to-deposit" in rest.messages else [*rest.messages, "send-home"]


@transaction.atomic
def undo_check_in(*, loan: Loan, patron: Patron, due_on: date, renewals: int, by: Actor, at: datetime) -> Loan:
    """Open a returned loan again for its reader, whom only the desk that took it back still knows. A pause for being late ends.

    Refused("not-undoable") once the item was lent, promised to another reader, seen on its way or arrived.
    """
    by.require("circulation.check-in")
    where = find(loan.item)
    last = Loan.objects.filter(item=where.item).order_by("-lent_at", "-id").first()
    if last is None or last.pk != loan.pk or last.returned_at is None or where.is_missing:
        raise Refused(Reason("not-undoable"))
    if where.allotment or where.shelf_place or (where.transit and where.transit.seen_at):
        raise Refused(Reason("not-undoable"))
    if where.transit:
        where.transit.delete()
    if where.is_kept_aside:
        end_kept_aside(where.item, at=at)
    last.patron, last.due_on, last.renewals = patron, due_on, renewals
    last.returned_at = last.returned_facility = last.received_at = last.received_facility = None
    last.save()
    scene = Scene(by, at)
    end_pause_of(patron, last, scene)
    undone = ReturnUndone(loan=last.pk, item=where.item.pk, record=where.item.record_id)
    scene.record(undone, loan_subject(last), patron_key=patron.key)
    return last
