"""組の申込みと貸付: a set is promised for a term, stands for a term at another place of the network, and comes home."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fumikura.circulation.group_events import SetBooked, SetBookingEnded, SetPlaced, SetRecalled
from fumikura.circulation.models import Loan, SetBooking, ShelfPlace, Transit
from fumikura.circulation.rules.booking import Term, objections_to_term
from fumikura.circulation.services.onward import is_group
from fumikura.circulation.services.returns import check_in
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Deposit, Item, ItemSet, ItemSetMember, Missing
from fumikura.holdings.services.deposits import leave_deposit, put_in_deposit
from fumikura.holdings.services.sets import members_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused, standing
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron


@dataclass(frozen=True)
class Placed:
    """What happened to the things of a set that was placed elsewhere."""

    sent: tuple[str, ...]
    """Barcodes that go into the crate now."""
    for_hold: tuple[str, ...]
    """Barcodes for which somebody waits: they go that way first."""
    later: tuple[str, ...]
    """Barcodes that are with readers or elsewhere: they follow when they are scanned."""


@transaction.atomic
def book_set(
    *,
    set: ItemSet,
    first_on: date,
    last_on: date,
    by: Actor,
    at: datetime,
    patron: Patron | None = None,
    facility: Facility | None = None,
    note: str = "",
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
) -> SetBooking:
    """Promise a set for a term to a group or to a place of the network: one of the two.

    `why` and `words` say why objections are passed over. Refused: set-for-whom, set-at-home, set-term-past,
    set-term-long, set-booked for each term it meets, set-away, set-for-one-person (a card that is no group's).
    """
    by.require("circulation.lend-set")
    scene = Scene(by, at, why=why, words=words)
    asked = objections_to_card(patron, scene)
    left = standing(asked, overriding=overriding, permissions=by.permissions)
    made = _promise(set, Term(first_on, last_on), scene, patron=patron, facility=facility, note=note, left=left)
    scene.record_passed_over(asked, set_subject(set))
    return made


def _promise(
    set: ItemSet,
    term: Term,
    scene: Scene,
    *,
    patron: Patron | None,
    facility: Facility | None,
    note: str,
    left: tuple[Reason, ...] = (),
) -> SetBooking:
    """`left`: what already speaks against it."""
    one = ItemSet.objects.select_for_update().get(pk=set.pk)
    reasons = [*left, *_about_whom(one, patron, facility)]
    reasons += objections_to_term(term, on=scene.on, booked=_terms(open_bookings(one)), away_until=away_until(one))
    if reasons:
        raise Refused(*reasons)
    made = SetBooking.objects.create(
        set=one,
        patron=patron,
        facility=facility,
        first_on=term.first_on,
        last_on=term.last_on,
        note=note.strip()[:100],
        made_at=scene.at,
    )
    event = SetBooked(booking=made.pk, set=one.pk, first_on=term.first_on.isoformat(), last_on=term.last_on.isoformat())
    scene.record(event, set_subject(one), patron_key=patron.key if patron else "")
    return made


def objections_to_card(patron: Patron | None, scene: Scene) -> tuple[Reason, ...]:
    """A set is for groups: with the card of one person perhaps the wrong card was read."""
    if patron is None or is_group(patron, scene.on):
        return ()
    return (Reason.of("set-for-one-person", overridable_with="circulation.override-item"),)


def _about_whom(one: ItemSet, patron: Patron | None, facility: Facility | None) -> list[Reason]:
    if (patron is None) == (facility is None):
        return [Reason("set-for-whom")]
    return [Reason("set-at-home")] if facility and facility.pk == one.home_id else []


@transaction.atomic
def cancel_set_booking(*, booking: SetBooking, by: Actor, at: datetime) -> None:
    """The promise is taken back. Refused("booking-over")."""
    by.require("circulation.lend-set")
    row = SetBooking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    if row.ended_at:
        raise Refused(Reason("booking-over"))
    end_bookings([row], "cancelled", Scene(by, at))


@transaction.atomic
def restore_set_booking(*, booking: SetBooking, patron: Patron | None, by: Actor, at: datetime) -> SetBooking:
    """A booking cancelled by mistake stands again, unless somebody else was promised the set meanwhile.

    `patron`: for whom it was, which only the page still knows. That it is one person was answered for when it was made.
    Refused: not-undoable, whatever book_set refuses.
    """
    by.require("circulation.lend-set")
    row = SetBooking.objects.select_related("set", "facility").get(pk=booking.pk)
    if row.ended_as != "cancelled" or (row.facility is None and patron is None):
        raise Refused(Reason("not-undoable"))
    term = Term(row.first_on, row.last_on)
    return _promise(row.set, term, Scene(by, at), patron=patron, facility=row.facility, note=row.note)


def end_bookings(bookings: Sequence[SetBooking], ended_as: str, scene: Scene) -> None:
    """A step of the verbs on sets: the promise is over, and for whom it was is forgotten."""
    for row in bookings:
        SetBooking.objects.filter(pk=row.pk).update(ended_at=scene.at, ended_as=ended_as, patron=None)
        event = SetBookingEnded(booking=row.pk, set=row.set_id, ended_as=ended_as)
        scene.record(event, f"holdings.set:{row.set_id}")


@transaction.atomic
def place_set(
    *,
    set: ItemSet,
    facility: Facility,
    until: date,
    by: Actor,
    at: datetime,
    overriding: frozenset[str] = frozenset(),
    why: str = "",
    words: str = "",
) -> Placed:
    """団体貸付: for a term the set belongs to that place. What stands here is sent at once, the rest when it is scanned.

    `why` and `words` say why promises are passed over. Refused: set-empty, set-at-home, set-term-past, set-term-long, set-booked (by others).
    """
    by.require("circulation.lend-set")
    by.require("circulation.check-in")
    scene = Scene(by, at, why=why, words=words)
    one = ItemSet.objects.select_for_update().get(pk=set.pk)
    items = members_of(one)
    reasons = [] if items else [Reason("set-empty")]
    reasons += [Reason("set-at-home")] if facility.pk == one.home_id else []
    theirs = [row for row in open_bookings(one) if row.facility_id == facility.pk]
    promised = objections_to_promises(one, until, scene, besides=theirs)
    reasons += standing(promised, overriding=overriding, permissions=by.permissions)
    if reasons:
        raise Refused(*reasons)
    scene.record_passed_over(promised, set_subject(one))
    put_in_deposit(items, facility=facility, until=until, at=at)
    placed = SetPlaced(
        set=one.pk, facility=facility.code, until=until.isoformat(), items=tuple(item.pk for item in items)
    )
    scene.record(placed, set_subject(one))
    end_bookings([row for row in theirs if row.first_on <= until], "placed", scene)
    here = {item.pk for item in standing_free(items, scene.site)}
    stops = [(item, check_in(item=item, by=by, at=at).stop) for item in items if item.pk in here]
    return Placed(
        sent=tuple(item.barcode for item, stop in stops if stop.kind == "send" and stop.to == facility.code),
        for_hold=tuple(item.barcode for item, stop in stops if stop.to != facility.code),
        later=tuple(item.barcode for item in items if item.pk not in here),
    )


def objections_to_promises(
    one: ItemSet, until: date, scene: Scene, *, besides: Sequence[SetBooking]
) -> tuple[Reason, ...]:
    """What others were promised of the time from today to `until`; whoever may lend what is kept may pass that over."""
    return objections_to_term(
        Term(scene.on, until),
        on=scene.on,
        booked=_terms([row for row in open_bookings(one) if row not in besides]),
        away_until=None,
        overridable_with="circulation.override-hold",
    )


@transaction.atomic
def recall_set(*, set: ItemSet, by: Actor, at: datetime) -> int:
    """The term elsewhere ends now: everything belongs home again, and the place finds it on its list. Answers how many.

    Refused("set-not-placed").
    """
    by.require("circulation.lend-set")
    one = ItemSet.objects.select_for_update().get(pk=set.pk)
    terms = list(deposits_of(one))
    if not terms:
        raise Refused(Reason("set-not-placed"))
    items = [term.item for term in terms]
    leave_deposit(items, at=at)
    recalled = SetRecalled(set=one.pk, facility=terms[0].facility.code, items=tuple(item.pk for item in items))
    Scene(by, at).record(recalled, set_subject(one))
    return len(items)


def open_bookings(one: ItemSet) -> list[SetBooking]:
    """Bookings of the set that are to come or under way."""
    rows = SetBooking.objects.open().filter(set=one).select_related("patron", "facility", "set")
    return list(rows.order_by("first_on", "pk"))


def deposits_of(one: ItemSet) -> list[Deposit]:
    """The terms elsewhere of the things of a set."""
    return list(_deposits().filter(item__set_places__set=one))


def _deposits() -> "QuerySet[Deposit]":
    rows = Deposit.objects.filter(ended_at=None).select_related("facility", "item__record").defer("item__record__marc")
    return rows.order_by("item__call_number", "item")


@dataclass
class WhereSet:
    """Where the things of a set are."""

    size: int = 0
    terms: list[Deposit] = field(default_factory=list)
    """Of what stands for a term at another place."""
    due: list[date] = field(default_factory=list)
    """Of what is lent, the latest first."""
    moving: int = 0
    stands_elsewhere: bool = False
    """Something of it does not stand at its home."""


def where_sets_are(sets: Iterable[ItemSet]) -> dict[int, WhereSet]:
    """By row number: as many questions for a hundred as for one."""
    found = {one.pk: WhereSet() for one in sets}
    members = ItemSetMember.objects.filter(set__in=found, item__in=Item.objects.in_stock())
    for number, elsewhere in members.values_list("set", "item__stands_at"):
        found[number].size += 1
        found[number].stands_elsewhere |= elsewhere is not None
    theirs, of_set = Q(item__set_places__set__in=found), F("item__set_places__set")
    for term in _deposits().filter(theirs).annotate(of_set=of_set):
        found[vars(term)["of_set"]].terms.append(term)
    lent = Loan.objects.open().filter(theirs, item__withdrawal=None).annotate(of_set=of_set).order_by("-due_on")
    for number, due_on in lent.values_list("of_set", "due_on"):
        found[number].due.append(due_on)
    moving = Transit.objects.open().filter(theirs, item__withdrawal=None).annotate(of_set=of_set)
    for number in moving.values_list("of_set", flat=True):
        found[number].moving += 1
    return found


def away_until(one: ItemSet) -> date | None:
    """The last day of what the set is away for now: a loan to a group, or a term at another place."""
    lent = Loan.objects.open().filter(item__set_places__set=one).order_by("-due_on")
    days = [term.until for term in deposits_of(one)]
    days += list(lent.values_list("due_on", flat=True)[:1])
    return max(days, default=None)


def standing_free(items: Sequence[Item], site: Facility) -> list[Item]:
    """Those of the items that stand at `site` on a shelf: in nobody's hands and on no journey."""
    return list(_free().filter(Q(stands_at=site) | Q(stands_at=None, home=site), pk__in=[item.pk for item in items]))


def sets_to_send_home(site: Facility) -> list[Item]:
    """Things of sets that stand at `site` after their term: fetch and scan them, and they are sent home."""
    elsewhere = Deposit.objects.filter(item=OuterRef("pk"), ended_at=None)
    of_sets = ItemSetMember.objects.filter(item=OuterRef("pk"), set__ended_at=None)
    rows = _free().filter(~Exists(elsewhere), Exists(of_sets), stands_at=site).exclude(home=F("stands_at"))
    return list(rows.select_related("record", "home").defer("record__marc").order_by("call_number", "pk"))


def _free() -> "QuerySet[Item]":
    busy = (
        Exists(Loan.objects.open().filter(item=OuterRef("pk"))),
        Exists(Transit.objects.open().filter(item=OuterRef("pk"))),
        Exists(ShelfPlace.objects.open().filter(item=OuterRef("pk"))),
        Exists(Missing.objects.filter(item=OuterRef("pk"), found_at=None)),
    )
    return Item.objects.in_stock().filter(*(~one for one in busy))


def _terms(bookings: Sequence[SetBooking]) -> list[Term]:
    return [Term(row.first_on, row.last_on) for row in bookings]


def set_subject(one: ItemSet) -> str:
    """What an entry about a set is about."""
    return f"holdings.set:{one.pk}"
