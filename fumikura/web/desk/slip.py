"""貸出票: the date to bring things back in large letters, never a name; titles only when the patron wishes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext

from fumikura.web.design.days import day
from fumikura.web.desk.rows import loans_by_id
from fumikura.web.desk.words import title_of


@dataclass(frozen=True)
class SlipDay:
    """What is due on one day."""

    words: str
    count: int
    titles: tuple[str, ...]
    why: tuple[str, ...]
    """What moved the day, in sentences."""


@dataclass(frozen=True)
class Slip:
    days: tuple[SlipDay, ...]
    printed: str
    titles: bool


def slip_of(loans: Collection[int], *, titles: bool, at: datetime) -> Slip:
    """The slip of these loans, the earliest day first."""
    due: dict[date, list[str]] = defaultdict(list)
    why: dict[date, set[str]] = defaultdict(set)
    for loan in loans_by_id(loans).values():
        due[loan.due_on].append(title_of(loan.item))
        why[loan.due_on].update(loan.snapshot.get("why", ()))
    now = timezone.localtime(at)
    said = _reasons()
    days = tuple(
        SlipDay(
            day(on, now.date()),
            len(due[on]),
            tuple(due[on]),
            tuple(said[code] for code in sorted(why[on]) if code in said),
        )
        for on in sorted(due)
    )
    return Slip(days=days, printed=f"{day(now.date(), now.date())} {now:%H:%M}", titles=titles)


def _reasons() -> dict[str, str]:
    return {
        "hard-date": gettext("決まった日に合わせました。"),
        "card-expiry": gettext("カードの期限に合わせました。"),
        "moved-to-next-open": gettext("休館日なので、次の開館日にしました。"),
        "moved-to-previous-open": gettext("休館日なので、前の開館日にしました。"),
    }
