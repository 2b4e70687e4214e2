"""What every verb of this room looks at first: where and when it happens, and where the item is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils import timezone

from fumikura.circulation.events import RefusalOverridden
from fumikura.circulation.models import Loan, Transit
from fumikura.holdings.models import Item
from fumikura.holdings.services import lock_item
from fumikura.journal.events import Event
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendar_for, find_facility
from fumikura.organisation.rules import Calendar
from fumikura.patrons.models import Patron


@dataclass(frozen=True)
class Scene:
    """Who acts, when, and at which site."""

    by: Actor
    at: datetime

    @cached_property
    def site(self) -> Facility:
        return find_facility(self.by.facility)

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_for(self.site)

    @property
    def on(self) -> date:
        """The local day."""
        return timezone.localdate(self.at)

    def record(self, event: Event, subject: str = "", patron_key: str = "") -> None:
        record(event, by=self.by, at=self.at, subject=subject, patron_key=patron_key)

    def record_overridden(self, reasons: tuple[Reason, ...], item: Item) -> None:
        """One entry for each objection that was passed over."""
        for reason in reasons:
            event = RefusalOverridden(code=reason.code, item=item.pk, record=item.record_id)
            self.record(event, item_subject(item))

    def minutes_before_closing(self) -> int:
        """Negative once the site has closed."""
        local = timezone.localtime(self.at)
        closes = timezone.make_aware(datetime.combine(local.date(), self.site.closes))
        if self.site.closes <= self.site.opens:
            closes += timedelta(days=1)
        return int((closes - local).total_seconds() // 60)


@dataclass(frozen=True)
class Whereabouts:
    """The one item under lock, and the open rows that say where it is."""

    item: Item
    loan: Loan | None
    transit: Transit | None

    @property
    def is_missing(self) -> bool:
        return self.item.missing_id is not None

    @property
    def is_kept_aside(self) -> bool:
        return self.item.kept_aside_id is not None

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self.item, "withdrawal")

    @property
    def subject(self) -> str:
        return item_subject(self.item)


def find(item: Item) -> Whereabouts:
    """Lock the item and read where it is. A patron is locked before, never after."""
    item = lock_item(item)
    transits = (
        Transit.objects.open().select_related("destination").only("item", "sent_at", "seen_at", "destination__code")
    )
    return Whereabouts(
        item=item,
        loan=Loan.objects.open().filter(item=item).first(),
        transit=transits.filter(item=item).first(),
    )


def lock_patron(pk: int) -> Patron:
    """The patron's row, held until the transaction ends."""
    rows = Patron.objects.select_for_update(of=("self",)).select_related("home")
    return rows.only("key", "born_on", "category", "residency", "district", "guardian", "home__code").get(pk=pk)


def item_subject(item: Item) -> str:
    return f"holdings.item:{item.pk}"


def loan_subject(loan: Loan) -> str:
    return f"circulation.loan:{loan.pk}"
