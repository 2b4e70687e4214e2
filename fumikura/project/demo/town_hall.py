"""Building the whole demo, step by step, each through the verbs of its room."""

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from fumikura.catalogue import services as catalogue
from fumikura.kernel.actors import Actor
from fumikura.organisation.queries import facilities, system_actor
from fumikura.project.demo.copies import compose_copies
from fumikura.project.demo.features import make_features
from fumikura.project.demo.files import folder
from fumikura.project.demo.floors import draw_floors
from fumikura.project.demo.local import name_people_and_subjects, take_in_former
from fumikura.project.demo.marc import record_of
from fumikura.project.demo.network import place_holds, set_route
from fumikura.project.demo.past import lend_in_the_past, lend_now, move_things, play_showcase, set_rules, set_stage
from fumikura.project.demo.people import build_people
from fumikura.project.demo.programmes import make_programmes
from fumikura.project.demo.stock import build_shelves, build_stock
from fumikura.project.demo.titles import Title, compose_titles
from fumikura.project.demo.town import build_town
from fumikura.project.demo.under_way import begin_work


def is_empty() -> bool:
    """Whether a demo town may be built here: no facility has been registered yet."""
    return not facilities()


def build(*, at: datetime) -> Iterator[tuple[str, float]]:
    """Build the town; answer (what was done, seconds) after each step."""
    by = system_actor(via="cli")
    today = timezone.localdate(at)
    began = time.perf_counter()

    def done(what: str) -> tuple[str, float]:
        nonlocal began
        took, began = time.perf_counter() - began, time.perf_counter()
        return what, took

    agency, places = build_town(by=by, at=at)
    yield done(f"{len(places)} か所の館と窓口、暦、職員")
    call_command("postcodes", str(folder() / "postcodes.csv"), stdout=StringIO())
    people = build_people(agency, by=by, at=at, today=today)
    yield done(f"郵便番号と、利用者 {len(people)} 人")
    titles = compose_titles(today.year)
    take_in(titles, by=by, at=at)
    yield done(f"書誌 {len(titles):,} 件")
    pairs = take_in_former(titles, by=by, at=at, today=today)
    local = name_people_and_subjects(by=by, at=at)
    yield done(f"旧町立図書館の書誌(重複の候補 {pairs} 組)と市ゆかりの人 {local} 人")
    set_rules(by=by, at=at)
    set_route(places, by=by, at=at)
    copies = compose_copies(titles, today)
    by_code = {place.code: place for place in places}
    shelves = build_shelves(places, by=by, at=at)
    with transaction.atomic():
        items = build_stock(copies, agency=agency, places=by_code, shelves=shelves, by=by)
    yield done(f"資料 {len(items):,} 点")
    stage = set_stage(items, people, places, by=by, today=today)
    past = lend_in_the_past(stage)
    yield done(f"この1年の貸出 {past:,} 件")
    with transaction.atomic():
        play_showcase(stage, at=at)
        lent = lend_now(stage)
        move_things(stage, lent=lent, at=at)
        waiting = place_holds(stage, lent=lent, at=at)
        begin_work(stage, at=at)
    yield done(f"いまの貸出 {len(lent)} 件と予約 {waiting} 件、回送・コンテナ・蔵書点検・除籍・学級セット・巡回文庫")
    draw_floors(places, shelves, by=by, at=at)
    make_features(by=by, at=at)
    make_programmes(by_code, by=by, at=at)
    call_command("index", "rebuild", verbosity=0, stdout=StringIO())
    yield done("検索の索引")


def take_in(titles: list[Title], *, by: Actor, at: datetime) -> None:
    """Import the titles as a MARC file, as any library would."""
    today = timezone.localdate(at)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "minase.mrc"
        path.write_bytes(b"".join(record_of(title, entered_on=today).as_marc() for title in titles))
        report = catalogue.import_file(path, by=by, at=at)
    if report.counts.created != len(titles):
        raise RuntimeError(f"the demo's own records were not all taken in: {report}")
