"""The town itself: its places, categories, titles and its van, which every case finds there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from typing import Any

from django.db import transaction

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Route
from fumikura.organisation.models import Agency, Calendar, Facility
from fumikura.patrons.models import Category
from tests.specs.cases import read
from tests.specs.town.words import FILLER, ORDINARY_DAY, dates_as_text, morning_of

KINDS = {
    "CHUO": "central", "KITA": "branch", "MINAMI": "branch", "HIGASHI": "room", "EKIMAE": "counter", "LOCKER": "locker",
    "BM-A1": "stop", "SHOGAKKO": "school", "BUNKAKAN": "culture",
}  # fmt: skip


@contextmanager
def founded(world: dict[str, Any] | None = None) -> Iterator[None]:
    """The town's places, categories and titles, until the block ends."""
    world = world or read("world.yaml")
    with transaction.atomic():
        agency = Agency.objects.create(code="TOWN", name="町立図書館")
        calendars = {
            code: Calendar.objects.create(code=code, name=code, rules=dates_as_text(rules))
            for code, rules in world["calendars"].items()
        }
        for code, facts in world["sites"].items():
            opens, closes = facts["hours"]
            Facility.objects.create(
                code=code, agency=agency, name=facts["name"], kind=facts.get("kind") or KINDS[code], calendar=calendars[facts["calendar"]],
                opens=time.fromisoformat(opens), closes=time(0) if closes == "24:00" else time.fromisoformat(closes),
                holds_stock=facts["holds_stock"], lends=facts["lends"], takes_returns=facts["takes_returns"],
                pickup=facts["pickup"], registers=facts["registers"], openings=openings_of(facts),
            )  # fmt: skip
        _categories(world["trees"]["category"])
        Route.objects.create(code="VAN", name="便", stops=world["van"]["ring"], on_call=world["van"]["on_call"],
            runs=[_run(run) for run in world["van"]["runs"]], rest_days=["monday"],
        )  # fmt: skip
        for number, title in {**world["titles"], FILLER: FILLER}.items():
            BibliographicRecord.objects.create(
                source="TOWN", number=number, title=title, marc=b"", created_at=morning_of(ORDINARY_DAY),
                changed_at=morning_of(ORDINARY_DAY),
            )  # fmt: skip
        yield
        transaction.set_rollback(True)


def _run(times: dict[str, str]) -> dict[str, str]:
    return {"back" if stop.startswith("back") else stop: when for stop, when in times.items()}


def openings_of(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Only a place that tells its audiences apart has hours of its own for them."""
    if "community_hours" not in facts:
        return []
    opens, closes = facts["hours"]
    evenings = [
        {"audience": "everyone", "weekdays": [day], "opens": start, "closes": end}
        for day, (start, end) in facts["community_hours"].items()
    ]
    return [{"audience": "school", "opens": opens, "closes": closes}, *evenings]


def _categories(tree: dict[str, list[str]]) -> None:
    rows: dict[str, Category] = {"everyone": Category.objects.create(code="everyone", name="everyone")}
    for parent, children in tree.items():
        for child in children:
            rows[child] = Category.objects.create(code=child, name=child, parent=rows[parent])
