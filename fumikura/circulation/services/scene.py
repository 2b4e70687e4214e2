"""What every verb of this room looks at first: where and when it happens, and where the item is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import connection
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from fumikura.circulation.events import RefusalOverridden
from fumikura.circulation.models import Allotment, Loan, ShelfPlace, Transit
from fumikura.circulation.queries import RulesInForce, asked_rules_in_force, rules_in_force
from fumikura.holdings.models import Item
from fumikura.journal.events import Event
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import asked_facility, calendar_for, find_facility
from fumikura.organisation.rules import AudienceHours, Calendar, weekdays_of_desk, weekdays_to_collect
from fumikura.patrons.models import Patron
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared

READ_FOR_A_SCAN = (
    "barcode", "record", "home", "material", "collection", "reference_only", "in_house_only", "lendable_from",
    "is_latest_issue", "age_from", "origin", "return_to", "stands_at", "added_on", "home__code", "home__kind",
    "return_to__code", "return_to__name", "return_to__name_en",
    "withdrawal__item", "withdrawal__reason", "record__ndc",
)  # fmt: skip
"""What a desk decides by; the rest of the item is read when somebody asks for it."""


LONGEST_WORDS = 200


@dataclass(frozen=True)
class Scene:
    """Who acts, when, and at which site."""

    by: Actor
    at: datetime
    returned_at: datetime | None = None
    """When a thing that is scanned now really came back, when staff know it."""
    why: str = ""
    """Why objections are passed over: the choice of whoever does, as a code."""
    words: str = ""
    """The same in their own words."""

    @cached_property
    def site(self) -> Facility:
        return find_facility(self.by.facility)

    @cached_property
    def calendar(self) -> Calendar:
        """Of the site; of the desk, where it has hours of its own."""
        whole = calendar_for(self.site)
        return whole.on_weekdays(weekdays_of_desk(self.openings, self.by.desk)) if self.site.openings else whole

    @cached_property
    def openings(self) -> tuple[AudienceHours, ...]:
        """Hours of single desks or audiences at the site."""
        return tuple(AudienceHours.read(written) for written in self.site.openings)

    @cached_property
    def keeps_days_of_its_own(self) -> bool:
        """Whether the desk has."""
        return any(opening.desk == self.by.desk != "" for opening in self.openings)

    def calendar_to_collect(self, pickup: Facility) -> Calendar:
        """On which days held things are handed out there: at the desk of this act, where the site names no other."""
        if self.by.facility != pickup.code:
            return calendar_to_collect(pickup)
        return calendar_to_collect(pickup, self.by.desk) if pickup.openings else self.calendar

    @cached_property
    def on(self) -> date:
        """The local day."""
        return timezone.localdate(self.at)

    @cached_property
    def rules(self) -> RulesInForce:
        """Of the day."""
        return rules_in_force(self.on)

    def record(self, event: Event, subject: str = "", patron_key: str = "") -> None:
        record(event, by=self.by, at=self.at, subject=subject, patron_key=patron_key)

    def record_overridden(self, reasons: tuple[Reason, ...], item: Item) -> None:
        """One entry for each objection that was passed over."""
        self.record_passed_over(reasons, item_subject(item), item=item.pk, record=item.record_id)

    def record_passed_over(self, reasons: Iterable[Reason], subject: str, *, item: int = 0, record: int = 0) -> None:
        """The same for what is not one item; what speaks against it twice in the same words is passed over once."""
        for code in dict.fromkeys(reason.code for reason in reasons):
            words = self.words[:LONGEST_WORDS]
            passed = RefusalOverridden(code=code, item=item, record=record, why=self.why, words=words)
            self.record(passed, subject)

    def minutes_before_closing(self) -> int:
        """Negative once the site, or the desk with hours of its own, has closed."""
        local = timezone.localtime(self.at)
        own = [one.closes for one in self.openings if one.desk == self.by.desk != "" and one.is_on(local.date())]
        closes = timezone.make_aware(datetime.combine(local.date(), max(own, default=self.site.closes)))
        if not own and self.site.closes <= self.site.opens:
            closes += timedelta(days=1)
        return int((closes - local).total_seconds() // 60)


@dataclass(frozen=True)
class Whereabouts:
    """The one item under lock, and the open rows that say where it is."""

    item: Item
    loan: Loan | None
    transit: Transit | None
    allotment: Allotment | None
    """The hold that it is bound to."""
    shelf_place: ShelfPlace | None
    """Where it lies on a hold shelf."""
    is_missing: bool
    is_kept_aside: bool
    new_home: str
    """The code of the facility to which it is to belong once it has come there; empty when it stays where it belongs."""

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self.item, "withdrawal")

    @property
    def subject(self) -> str:
        return item_subject(self.item)


def find(item: Item) -> Whereabouts:
    """Lock the item and read where it is. A patron is locked before, never after.

    The lock comes first and everything is read after it: a row joined to a row that one had to wait for is an old one.
    """
    lock_item_row(item)
    found = _item_with_open_rows(item=item.pk)[0]
    rows = vars(found)
    return Whereabouts(
        item=found,
        loan=_loans(pk=rows["loan_row"])[0] if rows["loan_row"] else None,
        transit=_journeys(pk=rows["transit_row"])[0] if rows["transit_row"] else None,
        allotment=_allotments(pk=rows["allotment_row"])[0] if rows["allotment_row"] else None,
        shelf_place=_shelf_places(pk=rows["place_row"])[0] if rows["place_row"] else None,
        is_missing=rows["missing_row"] is not None,
        is_kept_aside=rows["aside_row"] is not None,
        new_home=rows["new_home"] or "",
    )


def asked_whereabouts(item: Item) -> tuple[Asked, ...]:
    """The lock and the first read of `find`, for `read_ahead`."""
    return _lock_on_item.asked(item=item.pk), _item_with_open_rows.asked(item=item.pk)


@prepared
def _item_with_open_rows(item: int) -> "QuerySet[Item]":
    return (
        Item.objects.select_related("home", "return_to", "withdrawal", "record")
        .only(*READ_FOR_A_SCAN)
        .annotate(
            an_open_loan=FilteredRelation("loans", condition=Q(loans__returned_at=None)),
            an_open_transit=FilteredRelation("transits", condition=Q(transits__arrived_at=None)),
            an_open_allotment=FilteredRelation("allotments", condition=Q(allotments__ended_at=None)),
            an_open_place=FilteredRelation("shelf_places", condition=Q(shelf_places__ended_at=None)),
            an_open_missing=FilteredRelation("missings", condition=Q(missings__found_at=None)),
            an_open_aside=FilteredRelation("kept_aside", condition=Q(kept_aside__ended_at=None)),
            an_open_relocation=FilteredRelation("relocations", condition=Q(relocations__ended_at=None)),
        )
        .annotate(
            loan_row=F("an_open_loan__id"),
            transit_row=F("an_open_transit__id"),
            allotment_row=F("an_open_allotment__id"),
            place_row=F("an_open_place__id"),
            missing_row=F("an_open_missing__id"),
            aside_row=F("an_open_aside__id"),
            new_home=F("an_open_relocation__home__code"),
        )
        .filter(pk=item)
    )


@prepared
def _loans(pk: int) -> "QuerySet[Loan]":
    return Loan.objects.filter(pk=pk)


@prepared
def _journeys(pk: int) -> "QuerySet[Transit]":
    journeys = Transit.objects.filter(pk=pk).select_related("destination")
    return journeys.only("item", "purpose", "origin", "sent_at", "seen_at", "destination__code")


@prepared
def _allotments(pk: int) -> "QuerySet[Allotment]":
    return Allotment.objects.filter(pk=pk).select_related("title__hold__pickup", "title__hold__patron", "item")


@prepared
def _shelf_places(pk: int) -> "QuerySet[ShelfPlace]":
    return ShelfPlace.objects.filter(pk=pk).select_related("facility")


def lock_item_row(item: Item) -> None:
    """SQLite has let only this transaction in; there is nothing to ask."""
    if connection.features.has_select_for_update:
        _lock_on_item(item=item.pk)


@prepared
def _lock_on_item(item: int) -> "QuerySet[Item, tuple[int]]":
    return Item.objects.select_for_update().filter(pk=item).values_list("pk")


def asked_lock_on_patron(pk: int) -> Asked:
    return _patrons_under_lock.asked(patron=pk)


def asked_rules(scene: Scene) -> tuple[Asked, ...]:
    """What `scene.rules` reads; nothing once it was read."""
    return () if "rules" in vars(scene) else (asked_rules_in_force(scene.on),)


def asked_site(scene: Scene) -> Asked:
    """What `scene.site` reads."""
    return asked_facility(scene.by.facility)


def lock_patron(pk: int) -> Patron:
    """The patron's row, held until the transaction ends."""
    return _patrons_under_lock(patron=pk)[0]


def lock_living_patron(pk: int) -> tuple[Patron, bool]:
    """The same; of a record that was joined into another the one that lives on, and whether that was so."""
    patron = lock_patron(pk)
    if patron.merged_into_id is None:
        return patron, False
    return lock_patron(patron.merged_into_id), True


@prepared
def _patrons_under_lock(patron: int) -> "QuerySet[Patron]":
    rows = Patron.objects.select_for_update(of=("self",)).select_related("home").filter(pk=patron)
    return rows.only(
        "key", "born_on", "category", "residency", "district", "guardian", "consents", "services", "merged_into", "keeps_shelf",
        "home__code",
    )  # fmt: skip


def calendar_to_collect(pickup: Facility, desk: str = "") -> Calendar:
    """On which days held things are handed out at this site."""
    return days_to_collect(pickup, calendar_for(pickup), desk)


def days_to_collect(pickup: Facility, calendar: Calendar, desk: str = "") -> Calendar:
    """The same of a site whose calendar was read."""
    return calendar.on_weekdays(weekdays_to_collect(map(AudienceHours.read, pickup.openings), desk))


def item_subject(item: Item) -> str:
    """What an entry about a copy is about."""
    return f"holdings.item:{item.pk}"


def loan_subject(loan: Loan) -> str:
    """What an entry about a loan is about."""
    return f"circulation.loan:{loan.pk}"
