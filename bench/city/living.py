"""The counters of some sites, as a process: python -m bench.city.living NUMBER OF. Reads one command a line, answers one JSON line.

Everything is done through the verbs that a desk calls. What happens is drawn from the day and the process's number, so
that a day plays alike each time as far as other processes let it.
"""

import json
import random
import sys
import time as clock
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from bench.city.building import popular, site_codes
from bench.lending_town import django

django()

from django.db.models import Count, F, Max, Q  # noqa: E402

from fumikura.catalogue.models import BibliographicRecord  # noqa: E402
from fumikura.circulation import services  # noqa: E402
from fumikura.circulation.models import Allotment, Hold, Loan, ShelfPlace, Transit  # noqa: E402
from fumikura.circulation.queries import states_of  # noqa: E402
from fumikura.holdings.models import Item, Missing  # noqa: E402
from fumikura.journal.models import Entry  # noqa: E402
from fumikura.kernel.actors import Actor  # noqa: E402
from fumikura.kernel.permissions import PERMISSIONS  # noqa: E402
from fumikura.kernel.refusals import Refused  # noqa: E402
from fumikura.organisation.models import Facility  # noqa: E402
from fumikura.organisation.queries import system_actor  # noqa: E402
from fumikura.patrons.models import Patron  # noqa: E402
from fumikura.patrons.queries import find_patron_by_card  # noqa: E402

SITES = site_codes()
SHELF_LOSS = 50
"""One copy in so many is not where it should be: nobody who searches finds it."""
NEVER_COLLECTED = 20
"""One hold in so many."""
LATE = 12
"""One loan in so many comes back a week late."""


def is_lost(item: int) -> bool:
    return item % SHELF_LOSS == 7


class Counters:
    """What one process does for its sites."""

    def __init__(self, number: int, of: int) -> None:
        self.mine = SITES[number::of]
        self.share = len(self.mine) / len(SITES)
        self.number = number
        self.places = {place.code: place for place in Facility.objects.filter(code__in=SITES)}
        self.desk = {
            code: Actor(ref=f"staff:{n}", facility=code, via="desk", permissions=frozenset(PERMISSIONS))
            for n, code in enumerate(SITES, start=1)
        }
        self.patrons = Patron.objects.count()
        self.records = list(BibliographicRecord.objects.order_by("pk").values_list("pk", flat=True))
        last = Item.objects.aggregate(Max("pk"))["pk__max"] or 1
        self.last_item = int(last)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.in_verbs = 0.0
        self.at = datetime.now(UTC)

    def act(self, what: str, verb: Callable[..., Any], *, by: Actor, **given: Any) -> Any:
        began, used = clock.perf_counter(), clock.process_time()
        try:
            answer = verb(by=by, at=self.at, **given)
            self.done[what] += 1
        except Refused as refused:
            self.refused[f"{what}: {refused.reasons[0].code}"] += 1
            answer = None
        self.waits[what].append(clock.perf_counter() - began)
        self.in_verbs += clock.process_time() - used
        return answer

    # ---- the parts of a day -----------------------------------------------------------------------

    def pick(self, day: date, **_: Any) -> None:
        """Before opening: the hold shelf is cleared; then along the shelves for those who wait.

        What was found is scanned; what was not is said so.
        """
        self.at = _moment(day, 8, 0)
        for code in self.mine:
            for one in services.to_clear(self.places[code], day):
                self.act("cleared", services.check_in, item=one.place.item, by=self.desk[code])
            for item in services.pick_list(self.places[code]):
                if is_lost(item.pk):
                    self.act("not found", services.not_found, item=item, by=self.desk[code])
                else:
                    self.act("picked", services.check_in, item=item, by=self.desk[code])

    def open(self, day: date, begins: int, hours: int, loans: int, returns: int, holds: int) -> None:
        """Some hours at the counters; the numbers are the whole city's."""
        chance = random.Random(f"{day} {begins} {self.number}")
        todo = [
            *[self._return_of(loan) for loan in self._coming_back(day, int(returns * self.share))],
            *[self._collect_of(place) for place in self._collecting(chance)],
        ]
        todo += [self._hold(chance)] * int(holds * self.share)
        todo += [self._browse(chance)] * max(
            0, int(loans * self.share) - len([one for one in todo if one.__name__ == "collect"])
        )
        chance.shuffle(todo)
        for turn, something in enumerate(todo):
            self.at = _moment(day, begins, 0) + timedelta(seconds=hours * 3600 * turn / len(todo))
            something()

    def _coming_back(self, day: date, most: int) -> list[Loan]:
        """Most come back some days early, one in `LATE` a week late. Asked in one question: this is the readers' time, not ours."""
        is_late = Q(late=0, due_on__lte=day - timedelta(days=7))
        early = [Q(late__gt=0, early=days, due_on__lte=day + timedelta(days=days)) for days in range(9)]
        rows = (
            Loan.objects.open()
            .filter(lent_facility__code__in=self.mine)
            .annotate(late=F("pk") % LATE, early=F("pk") % 9)
        )
        rows = rows.filter(reduce(or_, early, is_late)).select_related("item", "lent_facility")
        return list(rows.order_by("due_on", "pk")[:most])

    def _return_of(self, loan: Loan) -> Callable[[], None]:
        here = loan.lent_facility.code if loan.pk % 10 < 7 else SITES[loan.pk % len(SITES)]

        def bring_back() -> None:
            self.act("check-in", services.check_in, item=loan.item, by=self.desk[here])

        return bring_back

    def _collecting(self, chance: random.Random) -> Iterator[Allotment]:
        lying = ShelfPlace.objects.open().filter(facility__code__in=self.mine).exclude(ready_on=None)
        rows = Allotment.objects.open().filter(item__in=lying.values("item"))
        for one in rows.select_related("item", "title__hold__patron", "title__hold__pickup"):
            if one.title.hold_id % NEVER_COLLECTED and chance.random() < 0.25:
                yield one

    def _collect_of(self, allotment: Allotment) -> Callable[[], None]:
        hold = allotment.title.hold

        def collect() -> None:
            self.act(
                "collected", services.check_out, item=allotment.item, patron=hold.patron, by=self.desk[hold.pickup.code]
            )

        return collect

    def _browse(self, chance: random.Random) -> Callable[[], None]:
        """A reader takes what stands on the shelf."""
        found = self._on_shelves(chance)

        def browse() -> None:
            item = next(found)
            card = f"2{chance.randrange(self.patrons):08}"
            self.act(
                "check-out",
                services.check_out,
                item=item,
                patron=find_patron_by_card(card),
                by=self.desk[item.home.code],
            )

        return browse

    def _on_shelves(self, chance: random.Random) -> Iterator[Item]:
        while True:
            picked = [chance.randrange(self.last_item) + 1 for _ in range(300)]
            items = list(Item.objects.filter(pk__in=picked).select_related("home"))
            states = states_of(items, self.at)
            standing = [one for one in items if states[one.pk].is_available and not is_lost(one.pk)]
            yield from standing

    def _hold(self, chance: random.Random) -> Callable[[], None]:
        def ask() -> None:
            record = BibliographicRecord(pk=self.records[popular(chance, len(self.records))], kind="book")
            reader = find_patron_by_card(f"2{chance.randrange(self.patrons):08}")
            self.act(
                "hold", services.place_hold, patron=reader, want=services.Want((record,)),
                pickup=self.places[chance.choice(self.mine)], by=self.desk["CHUO"],
            )  # fmt: skip

        return ask

    def van(self, day: date, hour: int, since: str) -> None:
        """A run is back: what it brought to these sites is scanned there. See `riding` for what rides how far."""
        leaves, before = _moment(day, hour, 0), datetime.fromisoformat(since)
        self.at = leaves + timedelta(hours=2)
        mine = Transit.objects.open().filter(destination__code__in=self.mine)
        for row in mine.filter(sent_at__lt=leaves).select_related("item", "origin", "destination"):
            if arrives(row, leaves, before) and not (is_lost(row.item_id) and row.pk % 40 == 0):
                self.act("arrived", services.check_in, item=row.item, by=self.desk[row.destination.code])

    def riding(self, day: date, hour: int, since: str) -> list[int]:
        """How many things lie in the van on each leg of its ring, before anything is unloaded."""
        leaves, before = _moment(day, hour, 0), datetime.fromisoformat(since)
        legs = [0] * len(SITES)
        for row in Transit.objects.open().filter(sent_at__lt=leaves).select_related("origin", "destination"):
            begin, end = SITES.index(row.origin.code), SITES.index(row.destination.code)
            on_board_before = row.sent_at < before
            for leg in range(0 if on_board_before else begin, end if on_board_before or end > begin else len(SITES)):
                legs[leg] += 1
        return legs

    def night(self, day: date, **_: Any) -> dict[str, float]:
        """What the worker does while the city sleeps; seconds of each."""
        self.at = _moment(day, 4, 0)
        by = system_actor(via="worker")
        seconds = {}
        jobs = (
            services.count_stays, services.expire_shelf, services.expire_holds, services.begin_suspensions,
            services.find_stuck, services.allot_everywhere, services.unite_sets, services.remind,
        )  # fmt: skip
        for job in jobs:
            began = clock.perf_counter()
            job(by=by, at=self.at)
            seconds[job.__name__] = clock.perf_counter() - began
        return seconds

    def count(self, day: date, **_: Any) -> dict[str, Any]:
        """The evening: where things are, and how long those waited who were told today."""
        morning = _moment(day, 0, 0)
        told = Entry.objects.filter(event="circulation.hold-ready", happened_at__gte=morning).values_list(
            "particulars__hold", "happened_at"
        )
        ready = dict(told)
        asked = Hold.objects.filter(pk__in=list(ready)).values_list("pk", "accepted_at")
        return {
            "on loan": Loan.objects.open().count(),
            "in transit": Transit.objects.open().count(),
            "on hold shelves": ShelfPlace.objects.open().count(),
            "on pick lists": Allotment.objects.open().filter(picked_at=None).count(),
            "missing": Missing.objects.filter(found_at=None).count(),
            "waiting": Hold.objects.open().count(),
            "waited": [round((ready[pk] - at).total_seconds() / 86400, 2) for pk, at in asked],
            "double": Loan.objects.open().values("item").annotate(times=Count("id")).filter(times__gt=1).count(),
        }


def arrives(row: Transit, leaves: datetime, before: datetime) -> bool:
    """The ring is driven in the order of the sites: what lies behind the van when it is loaded waits on board for the next run."""
    return row.sent_at < before or SITES.index(row.destination.code) > SITES.index(row.origin.code)


def _moment(day: date, hour: int, minute: int) -> datetime:
    """An hour of the city's day (UTC+9)."""
    return datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=9)


def main(number: int, of: int) -> None:
    counters = Counters(number, of)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        day = date.fromisoformat(command.pop("day"))
        what = command.pop("what")
        began, used = clock.perf_counter(), clock.process_time()
        answer = getattr(counters, what)(day=day, **command)
        told = {
            "answer": answer, "done": counters.done, "refused": counters.refused, "waits": counters.waits,
            "seconds": clock.perf_counter() - began, "processor": clock.process_time() - used,
            "in_verbs": counters.in_verbs,
        }  # fmt: skip
        print(json.dumps(told), flush=True)
        counters.done.clear(), counters.refused.clear(), counters.waits.clear()
        counters.in_verbs = 0.0


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
