"""また貸し: what a group borrowed goes on to one of its own people. Who has it is known only while they have it."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from fumikura.circulation.group_events import OnwardCounted, OnwardLent, OnwardReturned
from fumikura.circulation.models import Loan, OnwardCount, OnwardLoan
from fumikura.circulation.services.scene import Scene, item_subject
from fumikura.holdings.models import Item, ItemSet
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import lending_facts

MOST_TOLD = 100_000


@transaction.atomic
def lend_on(*, item: Item, holder: str, by: Actor, at: datetime) -> OnwardLoan:
    """Note who of the group has it now; lent on a second time, the first holder is forgotten. It counts once for each.

    Refused: onward-holder-missing, not-on-loan, onward-not-group.
    """
    by.require("circulation.lend-set")
    scene, words = Scene(by, at), holder.strip()[:40]
    if not words:
        raise Refused(Reason("onward-holder-missing"))
    loan = _loan_to_group(item, scene)
    assert loan.patron is not None
    row, _new = OnwardLoan.objects.update_or_create(loan=loan, defaults={"holder": words, "since": scene.on})
    month = scene.on.replace(day=1)
    count, _new = OnwardCount.objects.get_or_create(patron=loan.patron, month=month)
    OnwardCount.objects.filter(pk=count.pk).update(noted=F("noted") + 1)
    scene.record(OnwardLent(item=item.pk, record=item.record_id), item_subject(item))
    return row


def _loan_to_group(item: Item, scene: Scene) -> Loan:
    loan = Loan.objects.open().select_for_update(of=("self",)).select_related("patron").filter(item=item).first()
    if loan is None or loan.patron is None:
        raise Refused(Reason("not-on-loan"))
    if not is_group(loan.patron, scene.on):
        raise Refused(Reason("onward-not-group"))
    return loan


@transaction.atomic
def take_back_onward(*, item: Item, by: Actor, at: datetime) -> None:
    """It is back with the group: who had it is forgotten. Refused("onward-not-lent")."""
    by.require("circulation.lend-set")
    gone, _each = OnwardLoan.objects.filter(loan__item=item, loan__returned_at=None).delete()
    if not gone:
        raise Refused(Reason("onward-not-lent"))
    Scene(by, at).record(OnwardReturned(item=item.pk, record=item.record_id), item_subject(item))


@transaction.atomic
def tell_onward_count(*, patron: Patron, month: date, told: int, by: Actor, at: datetime) -> OnwardCount:
    """The group's own count of a month, beside what was noted one by one; said again, the later one stands.

    Refused: onward-not-group, onward-count-unlikely.
    """
    by.require("circulation.lend-set")
    scene = Scene(by, at)
    if not is_group(patron, scene.on):
        raise Refused(Reason("onward-not-group"))
    if not 0 <= told <= MOST_TOLD or month > scene.on:
        raise Refused(Reason("onward-count-unlikely"))
    first = month.replace(day=1)
    row, _new = OnwardCount.objects.update_or_create(patron=patron, month=first, defaults={"told": told})
    scene.record(OnwardCounted(month=first.isoformat(), told=told), "circulation.onward-count")
    return row


@transaction.atomic
def forget_onward(*, by: Actor, at: datetime) -> int:
    """The night job: what the library has back is with nobody of the group any more. Answers how many."""
    by.require("circulation.check-in")
    # Asked from the few that are lent on: joined, SQLite begins with every loan there ever was.
    is_open = Exists(Loan.objects.open().filter(pk=OuterRef("loan")))
    gone = list(OnwardLoan.objects.filter(~is_open).prefetch_related("loan__item"))
    for row in gone:
        item = row.loan.item
        Scene(by, at).record(OnwardReturned(item=item.pk, record=item.record_id), item_subject(item))
    OnwardLoan.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)


def lent_on_of_set(one: ItemSet) -> list[str]:
    """Barcodes of what the group that has this set lent on to its own people: perhaps not in the box."""
    rows = OnwardLoan.objects.filter(loan__returned_at=None, loan__item__set_places__set=one)
    return list(rows.order_by("loan__item__barcode").values_list("loan__item__barcode", flat=True))


def is_group(patron: Patron, on: date) -> bool:
    """Whether this reader lends on: a class, a circle, an institution."""
    return lending_facts(patron, on).is_group


def onward_of(patron: Patron) -> dict[int, OnwardLoan]:
    """Who of the group has what, by the row of the loan."""
    rows = OnwardLoan.objects.filter(loan__patron=patron, loan__returned_at=None)
    return {row.loan_id: row for row in rows}
