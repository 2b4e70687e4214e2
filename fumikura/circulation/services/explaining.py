"""Why this reader first, why this copy, why this way, why until that day. Never who: staff and programs may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from fumikura.circulation.models import Allotment, Hold, HoldTitle, ShelfPlace, Transit
from fumikura.circulation.queries import ItemState, RulesInForce, mode_for, rules_in_force, states_of
from fumikura.circulation.rules.explaining import (
    OtherCopy,
    lost_as_copy,
    lost_for_good,
    lost_the_turn,
    lost_the_turn_then,
    lost_when_chosen,
    shelf_reasons,
    stands_still,
)
from fumikura.circulation.rules.holding import Waiting, stops_forward
from fumikura.circulation.rules.policies import plain
from fumikura.circulation.rules.travelling import Leg
from fumikura.circulation.services.queue import copies_of_titles, route, waiting_rows
from fumikura.circulation.services.routes import way_between
from fumikura.circulation.services.waiting_rules import waiting_subject
from fumikura.holdings.models import FrozenStock, Item
from fumikura.holdings.queries import items_of
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.patrons.queries import lending_facts
from fumikura.patrons.rules import PatronFacts

MOST_AHEAD, MOST_BEHIND, MOST_COPIES, MOST_IN_QUEUE = 40, 8, 60, 200
"""How many rivals are named; of the rest it is said how many there are."""


@dataclass(frozen=True, kw_only=True)
class RivalReader:
    """Somebody else who waits for the title. Nothing in it says who."""

    hold: int
    accepted_at: datetime
    entered_at: datetime
    pickup: str
    lost_by: Reason


@dataclass(frozen=True, kw_only=True)
class RivalCopy:
    item: Item
    stands_at: str
    lost_by: Reason


@dataclass(frozen=True, kw_only=True)
class WhyUntil:
    """Why a thing lies on the hold shelf through its day."""

    until: date | None
    days: int
    unit: str
    rule: str
    """The rule that the days came from."""
    contact: str
    extensions: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The same in kernel.reasons.WHY."""
        return shelf_reasons(
            until=self.until, unit=self.unit, rule=self.rule, days=self.days, extensions=self.extensions
        )


@dataclass(frozen=True, kw_only=True)
class WhyBound:
    """Why a copy is kept for the reader whom it is kept for."""

    item: Item
    hold: Hold
    bound_at: datetime
    in_hand: bool
    """It was scanned when the reader was next; otherwise it was chosen from among the copies on shelves."""
    stood_at: str
    stops: int
    readers: tuple[RivalReader, ...]
    more_readers: int
    """Who asked later and is not listed."""
    copies: tuple[RivalCopy, ...]
    origin: Facility
    way: tuple[Leg, ...]
    """By which vans it goes to the pickup; empty when it is there, or brought by appointment."""
    is_there: bool
    shelf: WhyUntil | None


def why_bound(item: Item, at: datetime) -> WhyBound | None:
    """None when the copy is kept for nobody."""
    rows = Allotment.objects.open().filter(item=item)
    allotment = rows.select_related("title__hold__pickup", "title__hold__patron__category", "title__item").first()
    if allotment is None:
        return None
    hold, on = allotment.title.hold, timezone.localdate(at)
    journey = Transit.objects.filter(item=item, sent_at__gte=allotment.since).select_related("origin").order_by("pk")
    first = journey.first()
    stood = first.origin if first else item.stands_at or item.home
    seen = allotment.snapshot
    in_hand = seen.get("in_hand", allotment.picked_at is not None and allotment.picked_at == allotment.since)
    place = ShelfPlace.objects.open().filter(item=item).select_related("facility").first()
    here = _where_now(item, place)
    readers, more = _rival_readers(allotment, on)
    ring = route()
    return WhyBound(
        item=item,
        hold=hold,
        bound_at=allotment.since,
        in_hand=in_hand,
        stood_at=seen.get("stood_at", stood.code),
        stops=seen.get("stops", stops_forward(stood.code, hold.pickup.code, ring.stops, ring.on_call)),
        readers=readers,
        more_readers=more,
        copies=_rival_copies(allotment, item, stood, in_hand=in_hand, at=at),
        origin=here,
        way=way_between(here, hold.pickup, at) if here.pk != hold.pickup_id else (),
        is_there=here.pk == hold.pickup_id,
        shelf=why_until(hold, item, place, on) if place and place.ready_on and place.facility == hold.pickup else None,
    )


def _where_now(item: Item, place: ShelfPlace | None) -> Facility:
    """Where its way begins: the hold shelf, the last place on its journey, or its shelf."""
    transit = Transit.objects.open().filter(item=item).select_related("origin", "seen_facility").first()
    if transit:
        return transit.seen_facility or transit.origin
    return place.facility if place else item.stands_at or item.home


def _rival_readers(allotment: Allotment, on: date) -> tuple[tuple[RivalReader, ...], int]:
    """Everybody ahead by the clock, and the first few behind; how many more are behind."""
    mine, hold = allotment.title, allotment.title.hold
    # Whoever was passed over then and has gone since is named too: the explanation is of that moment.
    then = [number for number, _code in allotment.snapshot.get("ahead", ())]
    still = Q(done_at=None, hold__closed_at=None) | Q(hold__in=then)
    titles = HoldTitle.objects.filter(still, record=mine.record_id).exclude(hold=hold)
    ordered = titles.select_related("hold__pickup").order_by("hold__accepted_at", "hold__entered_at", "hold")
    ahead = list(ordered.filter(hold__accepted_at__lte=hold.accepted_at)[:MOST_AHEAD])
    behind = list(ordered.filter(hold__accepted_at__gt=hold.accepted_at)[: MOST_BEHIND + 1])
    more = 0
    if len(behind) > MOST_BEHIND:
        more = ordered.filter(hold__accepted_at__gt=hold.accepted_at).count() - MOST_BEHIND
        behind = behind[:MOST_BEHIND]
    listed = [*ahead, *behind]
    chosen, *others = waiting_rows([mine, *listed])
    rivals = tuple(
        RivalReader(
            hold=waiting.hold,
            accepted_at=waiting.accepted_at,
            entered_at=waiting.entered_at,
            pickup=waiting.pickup,
            lost_by=lost_the_turn_then(waiting, chosen, allotment.snapshot, on)
            or lost_the_turn(
                waiting,
                chosen,
                on=on,
                bound_at=allotment.since,
                bound_on=timezone.localdate(allotment.since),
                wants_this_copy=title.item_id in {None, allotment.item_id},
            ),
        )
        for title, waiting in zip(listed, others, strict=True)
    )
    return rivals, more


def _rival_copies(
    allotment: Allotment, item: Item, stood: Facility, *, in_hand: bool, at: datetime
) -> tuple[RivalCopy, ...]:
    items = list(items_of(item.record_id))[:MOST_COPIES]
    states = states_of(items, at)
    frozen = set(FrozenStock.objects.filter(ended_at=None).values_list("facility_id", flat=True))
    ring, pickup = route(), allotment.title.hold.pickup.code

    def seen(one: Item, place: Facility) -> OtherCopy:
        state: ItemState = states[one.pk]
        return OtherCopy(
            number=one.pk,
            state=state.kind,
            stops=stops_forward(place.code, pickup, ring.stops, ring.on_call),
            lends_home=not (one.reference_only or one.in_house_only or one.is_latest_issue),
            lendable_from=one.lendable_from,
            is_of_another_library=one.origin != "own",
            is_bound=state.is_promised,
            is_frozen=place.pk in frozen,
            searched_in_vain=one.searched_in_vain,
            seen_at=one.last_seen_at,
        )

    chosen = next((seen(one, stood) for one in items if one.pk == item.pk), None)
    if chosen is None:
        return ()
    on = timezone.localdate(at)
    return tuple(
        RivalCopy(
            item=one,
            stands_at=(one.stands_at or one.home).code,
            lost_by=(Reason("copy-only-this") if allotment.title.item_id else None)
            or lost_for_good(seen(one, one.stands_at or one.home), on)
            or lost_when_chosen(seen(one, one.stands_at or one.home), allotment.snapshot)
            or lost_as_copy(
                seen(one, one.stands_at or one.home), chosen, on=on, bound_at=allotment.since, in_hand=in_hand
            ),
        )
        for one in items
        if one.pk != item.pk and states[one.pk].kind != "withdrawn"
    )


def why_until(
    hold: Hold,
    item: Item,
    place: ShelfPlace,
    on: date,
    facts: PatronFacts | None = None,
    *,
    rules_of: Callable[[date], RulesInForce] = rules_in_force,
) -> WhyUntil | None:
    """By which rule a thing that lies ready stays so long; `facts` when the reader was read already.

    `rules_of`: of a day, for whoever asks about many things and keeps what was answered.
    """
    if facts is None:
        if hold.patron is None:
            return None
        facts = lending_facts(hold.patron, on)
    then = place.ready_on or on
    rules = rules_of(then).rule_set
    given = rules.decide(waiting_subject(hold, item, facts, mode=mode_for(rules, then)), then)
    values = plain(given)
    return WhyUntil(
        until=place.until,
        days=values["hold.shelf_days"],
        unit=values["hold.shelf_unit"],
        rule=given["hold.shelf_days"].rule,
        contact=hold.contact,
        extensions=place.extensions,
    )


@dataclass(frozen=True, kw_only=True)
class InQueue:
    """One who waits for a title or has a copy of it promised. Nothing in it says who."""

    hold: Hold
    number: int
    """The place among those who have no copy yet; 0 for who has one."""
    state: str
    """waiting, allotted, travelling, collecting or ready."""
    item: Item | None
    """The copy that is bound."""
    stands_still: Reason | None
    """Why it is passed over today."""


def queue_for_title(record: int, at: datetime) -> tuple[list[InQueue], int]:
    """Those who wait for a title by their turn, and how many more there are than are listed."""
    wanted = Q(record=record, done_at=None, hold__closed_at=None)
    titles = HoldTitle.objects.filter(wanted).select_related("hold__pickup")
    ordered = titles.order_by("hold__accepted_at", "hold__entered_at", "hold")
    listed = list(ordered[:MOST_IN_QUEUE])
    return _in_queue(listed, timezone.localdate(at)), max(0, titles.count() - len(listed))


def _in_queue(titles: Sequence[HoldTitle], on: date) -> list[InQueue]:
    copies = copies_of_titles([title.pk for title in titles])
    bound = Allotment.objects.open().filter(title__in=titles).select_related("item__record").defer("item__record__marc")
    items = {one.title_id: one.item for one in bound}
    rows: list[InQueue] = []
    number = 0
    for title, waiting in zip(titles, waiting_rows(titles), strict=True):
        still = _still(waiting, on)
        number += 0 if waiting.copy else 1
        rows.append(
            InQueue(
                hold=title.hold,
                number=0 if waiting.copy else number,
                state=copies.get(title.pk, "waiting"),
                item=items.get(title.pk),
                stands_still=still,
            )
        )
    return rows


def _still(waiting: Waiting, on: date) -> Reason | None:
    return None if waiting.copy else stands_still(waiting, on)
