"""The van, and who waits for what: holds on books that are lent, on the pick lists and on the hold shelves."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta

from fumikura.circulation import services as circulation
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.project.demo.copies import barcode
from fumikura.project.demo.files import dice, toml
from fumikura.project.demo.past import Stage

HOLDS = 60
SCANNED = 12
"""So many of the copies on pick lists have been fetched and scanned today."""
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
    records = [item.record for item in stage.items if item.pk in lent][: HOLDS // 2]
    records += [stage.items[chance.randrange(len(stage.items))].record for _ in range(HOLDS // 2)]
    records = [record for record in records if record.pk not in kept]
    placed = 0
    for number, record in enumerate(records):
        reader = stage.patrons[chance.randrange(len(stage.patrons))]
        pickup = pickups[chance.randrange(len(pickups))]
        with suppress(Refused):
            circulation.place_hold(
                patron=reader,
                want=circulation.Want((record,)),
                pickup=pickup,
                by=stage.acting(pickup, via="opac"),
                at=at - timedelta(hours=HOLDS - number),
            )
            placed += 1
    for place in list(stage.places.values())[:4]:
        for item in circulation.pick_list(place)[: SCANNED // 4]:
            with suppress(Refused):
                circulation.check_in(item=item, by=stage.acting(place), at=at)
    return placed
