"""The van, and who waits for what: holds on books that are lent, on the pick lists and on the hold shelves."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Allotment
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.project.demo.copies import barcode
from fumikura.project.demo.files import dice, toml
from fumikura.project.demo.past import Stage

HOLDS = 80
SCANNED = 12
"""So many of the copies on pick lists that are wanted elsewhere have been fetched and scanned today; of those wanted where they stand, all but
every third."""
STOPS = ("CHUO", "KITA", "SAKURA", "EKIMAE", "LOCKER", "HIGASHI", "MINAMI", "NISHI")
FIRST_RUN, SECOND_RUN, BETWEEN = time(9, 30), time(14, 0), timedelta(minutes=20)


def set_route(places: Sequence[Facility], *, by: Actor, at: datetime) -> None:
    """A ring of the larger sites, twice a day except Mondays; the others by appointment."""
    known = {place.code for place in places}
    stops = [code for code in STOPS if code in known]
    circulation.write_route(
        code="VAN",
        name="図書館便",
        stops=stops,
        runs=[_run(stops, start, at) for start in (FIRST_RUN, SECOND_RUN)],
        on_call=[place.code for place in places if place.code not in stops],
        rest_days=["monday"],
        by=by,
        at=at,
    )


def _run(stops: Sequence[str], start: time, at: datetime) -> dict[str, str]:
    first = datetime.combine(at.date(), start)
    return {code: f"{first + number * BETWEEN:%H:%M}" for number, code in enumerate([*stops, "back"])}


def place_holds(stage: Stage, *, lent: Collection[int], at: datetime) -> int:
    """Readers wait for what is lent, and some for what stands on a shelf elsewhere. Answers how many wait.

    `lent`: row numbers of the items that are out.
    """
    chance = dice("holds")
    pickups = [place for place in stage.places.values() if place.pickup == Facility.Pickup.ALL]
    shown = {barcode(ordinal) for ordinal in range(1, len(toml("town.toml")["showcase"]) + 1)}
    kept = {item.record_id for item in stage.items if item.barcode in shown}
    wanted = [item for item in stage.items if item.pk in lent][: HOLDS // 2]
    wanted += [stage.items[chance.randrange(len(stage.items))] for _ in range(HOLDS // 2)]
    wanted = [item for item in wanted if item.record_id not in kept]
    placed = 0
    for number, item in enumerate(wanted):
        reader = stage.patrons[chance.randrange(len(stage.patrons))]
        # Every second reader comes for it to where it stands: the hold shelves have something to hand out.
        pickup = item.home if number % 2 and item.home in pickups else pickups[chance.randrange(len(pickups))]
        with suppress(Refused):
            circulation.place_hold(
                patron=reader,
                want=circulation.Want((item.record,)),
                pickup=pickup,
                by=stage.acting(pickup, via="opac"),
                at=at - timedelta(hours=HOLDS - number),
            )
            placed += 1
    for place in list(stage.places.values())[:4]:
        picked = circulation.pick_list(place)
        here = Allotment.objects.open().filter(item__in=picked, title__hold__pickup=place)
        stays = set(here.values_list("item", flat=True))
        for_here = [item for number, item in enumerate(item for item in picked if item.pk in stays) if number % 3]
        for item in [*for_here, *[item for item in picked if item.pk not in stays][: SCANNED // 4]]:
            with suppress(Refused):
                circulation.check_in(item=item, by=stage.acting(place), at=at)
    return placed
