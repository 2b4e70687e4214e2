"""Steps of verbs above that lend things to another place of the network for a term."""

from collections.abc import Sequence
from datetime import date, datetime

from fumikura.holdings.models import Deposit, Item
from fumikura.organisation.models import Facility


def put_in_deposit(items: Sequence[Item], *, facility: Facility, until: date, at: datetime) -> None:
    """From now on they belong to that place until that day; a term elsewhere ends. The verb above writes the entry."""
    leave_deposit(items, at=at)
    Deposit.objects.bulk_create([Deposit(item=item, facility=facility, until=until) for item in items])


def leave_deposit(items: Sequence[Item], *, at: datetime) -> None:
    """They belong home again."""
    Deposit.objects.filter(item__in=items, ended_at=None).update(ended_at=at)
