"""When somebody who waits may expect a copy: what is in the house, what is lent, how long readers keep it, who comes before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from fumikura.circulation.models import HoldTitle, Loan
from fumikura.circulation.rules.expecting import Expected, Turn, expected
from fumikura.circulation.services.copies import free_of_each
from fumikura.circulation.services.queue import waiting_lines
from fumikura.circulation.services.stays import turns_of_materials, turns_of_titles
from fumikura.holdings.models import Item, Missing
from fumikura.kernel.refusals import Reason
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared

LATE_DAYS = 7
"""When an overdue copy is hoped for."""


def estimate_for_title(record: int, at: datetime) -> Expected | Reason:
    """For somebody who would ask now. A reason when nobody can tell."""
    outlook = Outlook({record}, timezone.localdate(at))
    return outlook.estimate(record, outlook.copies[record], len(outlook.lines[record]) + 1)


@dataclass
class Outlook:
    """What may be expected of some titles. Each thing is asked once for all of them, when it is wanted first."""

    records: Collection[int]
    on: date

    def expected(self, title: HoldTitle, position: int) -> Expected | Reason:
        """For who has this place in the line."""
        items = [item for item in self.copies[title.record_id] if title.item_id in {None, item.pk}]
        return self.estimate(title.record_id, items, position)

    def estimate(self, record: int, items: Sequence[Item], position: int) -> Expected | Reason:
        """Of these copies of a title."""
        present = [item for item in items if not self._is_lost(item)]
        if not present:
            return Reason("estimate-no-copy")
        turn = self._own_turns.get(record) or self._turns[present[0].material]
        if turn is None:
            return Reason("estimate-no-history")
        # A copy in other hands than a borrower's is on its way to a reader before us.
        elsewhere = self.on + timedelta(days=turn.slow)
        free_on = [self._back_on(item, elsewhere) for item in present]
        free_on += [self.on] * self._free.get(record, 0)
        found = expected(position=position, free_on=free_on, turn=turn, travel_days=2)
        return found or Reason("estimate-no-copy")

    @cached_property
    def lines(self) -> dict[int, list[int]]:
        """The holds that wait for each title, first to last."""
        return waiting_lines(self.records)

    @cached_property
    def copies(self) -> dict[int, list[Item]]:
        """Those of each title that may ever be lent and are not missing."""
        found: dict[int, list[Item]] = {record: [] for record in self.records}
        for item in _serving_items(records=listed(self.records)):
            found[item.record_id].append(item)
        return found

    def _is_lost(self, item: Item) -> bool:
        _due_on, lost_at = self._loans.get(item.pk, (None, None))
        return lost_at is not None

    def _back_on(self, item: Item, elsewhere: date) -> date:
        due_on, _lost_at = self._loans.get(item.pk, (elsewhere, None))
        return due_on if due_on >= self.on else self.on + timedelta(days=LATE_DAYS)

    @cached_property
    def _loans(self) -> dict[int, tuple[date, datetime | None]]:
        items = [item.pk for copies in self.copies.values() for item in copies]
        return {item: (due_on, lost_at) for item, due_on, lost_at in _loans_of(items=listed(items))} if items else {}

    @cached_property
    def _own_turns(self) -> dict[int, Turn]:
        return turns_of_titles(self.records)

    @cached_property
    def _turns(self) -> dict[str, Turn | None]:
        """Of things of that kind: for titles that were hardly lent."""
        return turns_of_materials({item.material for copies in self.copies.values() for item in copies})

    @cached_property
    def _free(self) -> dict[int, int]:
        return free_of_each(self.records, self.on)


@prepared
def _serving_items(records: str) -> "QuerySet[Item]":
    items = Item.objects.filter(Among("record", records), withdrawal=None, reference_only=False, in_house_only=False)
    there = items.filter(origin="own").exclude(missings__in=Missing.objects.filter(found_at=None))
    return there.only("pk", "record", "material")


@prepared
def _loans_of(items: str) -> "QuerySet[Loan, tuple[int, date, datetime | None]]":
    return Loan.objects.open().filter(Among("item", items)).values_list("item", "due_on", "lost_at")
