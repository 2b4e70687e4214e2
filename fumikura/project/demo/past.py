"""What happened in the town in the past year, and how it stands today."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from random import Random

from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.rules.bands import age_band
from fumikura.circulation.services import PastLoan
from fumikura.holdings import services as holdings
from fumikura.holdings.models import Item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import calendars_for
from fumikura.organisation.rules import Calendar
from fumikura.patrons.models import Patron
from fumikura.project.demo.files import dice, rules, toml

PAST_LOANS = 3200
OPEN_LOANS = 220
JOURNEYS = 36
MISSING = 14
WITHDRAWN = 18
LIBRARIES = {"central", "branch"}
NOT_LENT = {"newspaper", "map"}
AGE_BANDS = tuple(dict.fromkeys(age_band(age) for age in range(90)))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything the past is played with."""

    items: Sequence[Item]
    patrons: Sequence[Patron]
    places: Mapping[str, Facility]
    calendars: Mapping[int, Calendar]
    today: date
    by: Actor

    def acting(self, place: Facility, via: str = "desk") -> Actor:
        return replace(self.by, facility=place.code, via=via)


def set_rules(*, by: Actor, at: datetime) -> None:
    """The house rules and the city's own, in force since before the first loan."""
    house = circulation.house_rules()
    today = timezone.localdate(at)
    circulation.save_policy_set(
        name="水瀬市の貸出規則",
        rules={**house, "rules": [*house["rules"], *rules(today.year)]},
        effective_from=today - timedelta(days=800),
        by=by,
        at=at,
    )


def set_stage(
    items: Sequence[Item], patrons: Sequence[Patron], places: Sequence[Facility], *, by: Actor, today: date
) -> Stage:
    return Stage(
        items=items,
        patrons=patrons,
        places={place.code: place for place in places},
        calendars=calendars_for(places),
        today=today,
        by=by,
    )


def lend_in_the_past(stage: Stage) -> int:
    """A year of loans that have ended, lived through by nobody in particular."""
    throw = dice("past loans")
    chosen = throw.choices([item for item in stage.items[shown() :] if _is_lent(item)], k=PAST_LOANS)
    found: list[PastLoan] = []
    busy: dict[int, date] = {}
    # Each copy's loans follow one another from the day it came; a busy copy is passed over.
    for item in chosen:
        begins = max(busy.get(item.pk, stage.today - timedelta(days=365)), item.added_on) + timedelta(days=1)
        past = _past_loan(item, begins, stage, throw)
        if past:
            found.append(past)
            busy[item.pk] = timezone.localdate(past.returned_at)
    return circulation.take_over_loans(sorted(found, key=lambda past: past.lent_at), by=stage.by)


def _is_lent(item: Item) -> bool:
    return item.home.lends and item.material not in NOT_LENT and not (item.reference_only or item.in_house_only)


def _past_loan(item: Item, begins: date, stage: Stage, throw: Random) -> PastLoan | None:
    """A loan of that copy, begun and ended on open days before today; None when there is no more room for one."""
    lent_facility = _desk(item.home, stage, throw)
    returned_facility = lent_facility if throw.random() < 0.8 or item.home.kind == "school" else item.home
    lent_on = stage.calendars[lent_facility.pk].next_open(begins + timedelta(days=throw.randint(0, 300)))
    late = throw.choices((0, 1, 4, 20), weights=(88, 6, 4, 2))[0]
    days = throw.randint(1, 14) if not late else 14 + late
    returned_on = stage.calendars[returned_facility.pk].next_open(lent_on + timedelta(days=days))
    if returned_on >= stage.today:
        return None
    due_on = stage.calendars[lent_facility.pk].next_open(lent_on + timedelta(days=7 if item.material == "dvd" else 14))
    child = item.location is not None and item.location.code in {"children", "picture"}
    return PastLoan(
        item=item,
        lent_at=_moment(lent_on, lent_facility, throw),
        lent_facility=lent_facility,
        due_on=due_on,
        returned_at=_moment(returned_on, returned_facility, throw),
        returned_facility=returned_facility,
        category="child" if child else throw.choices(("adult", "senior", "circle"), weights=(70, 24, 6))[0],
        age_band=throw.choice(AGE_BANDS[:3] if child else AGE_BANDS[3:]),
        district=throw.choice(toml("people.toml")["districts"]),
    )


def _desk(home: Facility, stage: Stage, throw: Random) -> Facility:
    """Mostly where the copy stands; sometimes it was fetched to a terminal or another library. Schools lend their own."""
    if home.kind == "school" or throw.random() < 0.75:
        return home
    return stage.places[throw.choice(("EKIMAE", "EKIMAE", "NISHIGUCHI", "SHIYAKUSHO", "CHUO", "KITA", "SAKURA"))]


def _moment(day: date, place: Facility, throw: Random) -> datetime:
    """Some minute of the opening hours of that day."""
    first, last = (at.hour * 60 + at.minute for at in (place.opens, place.closes))
    minute = throw.randint(first, last - 1)
    return timezone.make_aware(datetime.combine(day, time(minute // 60, minute % 60)))


def lend_now(stage: Stage) -> set[int]:
    """Open loans by the verb itself, in the order of the days on which they were made: some are long overdue by now.

    Answers the row numbers of the items.
    """
    throw = dice("open loans")
    readers = [patron for patron in stage.patrons[3:] if patron.category.code != "class"]
    hanako, taro, kenta = stage.patrons[:3]
    expected = [hanako, kenta, taro, hanako, kenta, hanako, taro, kenta, hanako]
    free = [item for item in stage.items[shown() :] if _is_lent(item)]
    lent: set[int] = set()
    for at, item, place in sorted(_wishes(throw.sample(free, OPEN_LOANS), stage, throw), key=lambda wish: wish[0]):
        lately = timezone.localdate(at) > stage.today - timedelta(days=13)
        reader = expected.pop() if expected and lately and place.kind in LIBRARIES else throw.choice(readers)
        try:
            loan = circulation.check_out(item=item, patron=reader, by=stage.acting(place), at=at)
        except Refused:
            continue  # an expired card, a full account: this reader went home without it
        lent.add(item.pk)
        if throw.random() < 0.1:
            _renew(loan, at + timedelta(days=3), stage)
    return lent


def _wishes(items: Sequence[Item], stage: Stage, throw: Random) -> Iterator[tuple[datetime, Item, Facility]]:
    """When and where each of these is to be lent: a few weeks or months ago, mostly in the last fortnight."""
    for item in items:
        days = throw.choices((throw.randint(1, 13), throw.randint(15, 45), throw.randint(60, 150)), weights=(82, 13, 5))
        place = _desk(item.home, stage, throw)
        wanted = max(stage.today - timedelta(days=days[0]), item.added_on)
        day = stage.calendars[place.pk].next_open(wanted)
        if day < stage.today:
            yield _moment(day, place, throw), item, place


def _renew(loan: Loan, at: datetime, stage: Stage) -> None:
    if timezone.localdate(at) < stage.today and not loan.renewals:
        with suppress(Refused):
            circulation.renew(loan=loan, by=stage.acting(loan.lent_facility, "opac"), at=at)


def move_things(stage: Stage, *, lent: set[int], at: datetime) -> None:
    """Copies on their way home, copies nobody can find, copies that have left the stock."""
    throw = dice("things")
    free = [item for item in stage.items[shown() :] if _is_lent(item) and item.pk not in lent]
    elsewhere = [stage.places[code] for code in ("CHUO", "KITA", "EKIMAE", "SAKURA", "NISHIGUCHI")]
    yesterday = at - timedelta(days=1)
    chosen = iter(throw.sample(free, JOURNEYS + MISSING + WITHDRAWN))
    for item in islice(chosen, JOURNEYS):
        found_at = throw.choice([place for place in elsewhere if place.pk != item.home_id])
        if item.home.kind != "school":
            circulation.check_in(item=item, by=stage.acting(found_at), at=yesterday)
    for item in islice(chosen, MISSING):
        when = at - timedelta(days=throw.randint(3, 200))
        holdings.mark_missing(item, last_at=item.home, by=stage.acting(item.home), at=when)
    for item in chosen:
        when = at - timedelta(days=throw.randint(3, 300))
        reason = throw.choice(("worn", "outdated", "lost"))
        holdings.withdraw_item(item, reason=reason, by=stage.acting(item.home), at=when)


def play_showcase(stage: Stage, *, at: datetime) -> None:
    """What the first barcodes are printed for."""
    hanako, taro = stage.patrons[:2]
    chuo = stage.acting(stage.places["CHUO"])
    for item, one in zip(stage.items, toml("town.toml")["showcase"], strict=False):
        here = stage.acting(item.home)
        match one["is"]:
            case "overdue":
                circulation.check_out(item=item, patron=taro, by=here, at=_some_days_ago(at, 30, item.home, stage))
            case "on-loan":
                circulation.check_out(item=item, patron=hanako, by=here, at=_some_days_ago(at, 5, item.home, stage))
            case "withdrawn":
                holdings.withdraw_item(item, reason="worn", by=here, at=at - timedelta(days=30))
            case "missing":
                holdings.mark_missing(item, last_at=item.home, by=here, at=at - timedelta(days=12))
            case "in-transit":
                circulation.check_in(item=item, by=chuo, at=at - timedelta(hours=2))


def _some_days_ago(at: datetime, days: int, place: Facility, stage: Stage) -> datetime:
    day = stage.calendars[place.pk].previous_open(timezone.localdate(at) - timedelta(days=days))
    return timezone.make_aware(datetime.combine(day, time(15, 30)))


def shown() -> int:
    """How many of the first copies are kept for the showcase."""
    return len(toml("town.toml")["showcase"])
