"""貸出票: the date to bring things back in large letters, never a name; titles only when the patron wishes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fumikura.web.design.days import day
from fumikura.web.desk.rows import loans_by_id
from fumikura.web.desk.words import title_of


@dataclass(frozen=True)
class SlipDay:
    """What is due on one day."""

    words: str
    count: int
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Slip:
    days: tuple[SlipDay, ...]
    printed: str
    titles: bool


def slip_of(loans: Collection[int], *, titles: bool, at: datetime) -> Slip:
    """The slip of these loans, the earliest day first."""
    due: dict[date, list[str]] = defaultdict(list)
    for loan in loans_by_id(loans).values():
        due[loan.due_on].append(title_of(loan.item))
    now = timezone.localtime(at)
    days = tuple(SlipDay(day(on, now.date()), len(due[on]), tuple(due[on])) for on in sorted(due))
    return Slip(days=days, printed=f"{day(now.date(), now.date())} {now:%H:%M}", titles=titles)
