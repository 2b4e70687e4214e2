"""Building the whole demo, step by step, each through the verbs of its room."""

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from fumikura.catalogue import services as catalogue
from fumikura.kernel.actors import Actor
from fumikura.organisation.queries import facilities, system_actor
from fumikura.project.demo.marc import record_of
from fumikura.project.demo.people import build_people
from fumikura.project.demo.titles import Title, compose_titles
from fumikura.project.demo.town import build_town


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
    people = build_people(agency, by=by, at=at, today=today)
    yield done(f"利用者 {len(people)} 人")
    titles = compose_titles(today.year)
    take_in(titles, by=by, at=at)
    yield done(f"書誌 {len(titles):,} 件")


def take_in(titles: list[Title], *, by: Actor, at: datetime) -> None:
    """Import the titles as a MARC file, as any library would."""
    today = timezone.localdate(at)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "minase.mrc"
        path.write_bytes(b"".join(record_of(title, entered_on=today).as_marc() for title in titles))
        report = catalogue.import_file(path, by=by, at=at)
    if report.counts.created != len(titles):
        raise RuntimeError(f"the demo's own records were not all taken in: {report}")
