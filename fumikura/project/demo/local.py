"""What is particular to the town: its people of culture, its own 件名, and the records of the former town library."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from pymarc import Record

from fumikura.catalogue import services as catalogue
from fumikura.catalogue.authorities import find_authorities
from fumikura.catalogue.models import Authority
from fumikura.catalogue.services import AuthorityFacts, TieFacts
from fumikura.kernel.actors import Actor
from fumikura.project.demo.files import Worded, toml
from fumikura.project.demo.marc import record_of
from fumikura.project.demo.titles import NOBODY, Title

FORMER = "MINASE-OLD"
"""The source of what the former town library's catalogue says."""


def take_in_former(titles: Sequence[Title], *, by: Actor, at: datetime, today: date) -> int:
    """Import the former town library's records: some are of books that are here already; answer how many pairs that makes."""
    records = list(_former(titles, today))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kyu-minase.mrc"
        path.write_bytes(b"".join(record.as_marc() for record in records))
        catalogue.import_file(path, by=by, at=at)
    sure, doubtful = catalogue.compare_all(by=by, at=at)
    return sure + doubtful


def _former(titles: Sequence[Title], today: date) -> Iterator[Record]:
    plan = toml("local.toml")
    known = {title.title.text: title for title in reversed(titles) if title.kind == "book"}
    for ordinal, one in enumerate(plan["duplicates"], start=1):
        ours = known[one["title"]]
        yield _told_otherwise(ours, f"K{ordinal:05}", one["as"], ours.isbn if one.get("isbn", True) else "", today)
    for ordinal, one in enumerate(plan["unread"], start=1):
        title = Title(
            number=f"K1{ordinal:04}",
            title=Worded(one["title"], ""),
            author=Worded(one["author"], ""),
            publisher=Worded("水瀬町", ""),
            year=one["year"],
            ndc=one["ndc"],
        )
        yield _of_the_former(record_of(title, entered_on=today))


def _told_otherwise(ours: Title, number: str, words: str, isbn: str, today: date) -> Record:
    """The same book as another catalogue has it: other letters, perhaps no ISBN, no readings."""
    title = Title(
        number=number,
        title=Worded(words, ""),
        author=Worded(ours.author.text, ""),
        said=ours.said,
        publisher=Worded(ours.publisher.text, ""),
        year=ours.year,
        ndc=ours.ndc,
        series=NOBODY,
        isbn=isbn,
        pages=ours.pages,
    )
    return _of_the_former(record_of(title, entered_on=today))


def _of_the_former(record: Record) -> Record:
    record["003"].data = FORMER
    return record


def name_people_and_subjects(*, by: Actor, at: datetime) -> int:
    """The people of culture with what ties them, and the town's own 件名; answer how many people."""
    plan = toml("local.toml")
    for one in plan["people"]:
        person = _person(one, by=by, at=at)
        for tie in one["ties"]:
            catalogue.add_tie(authority=person, facts=TieFacts(**tie), by=by, at=at)
    made = {}
    for one in plan["subjects"]:
        facts = AuthorityFacts(
            heading=one["heading"],
            reading=one["reading"],
            variants=tuple((name, kana) for name, kana in one["variants"]),
        )
        made[one["heading"]] = catalogue.add_authority(kind="subject", facts=facts, scheme="local", by=by, at=at)
    for one in plan["subjects"]:
        if above := one.get("broader"):
            catalogue.relate(one=made[one["heading"]], other=made[above], kind="broader", by=by, at=at)
    return len(plan["people"])


def _person(one: dict[str, str], *, by: Actor, at: datetime) -> Authority:
    """The author that records name already, or somebody new."""
    found = find_authorities(one["heading"], "person").first()
    if found is None:
        facts = AuthorityFacts(
            heading=one["heading"],
            reading=one.get("reading", ""),
            dates=one.get("dates", ""),
            is_local=True,
            local_note=one["note"],
        )
        return catalogue.add_authority(kind="person", facts=facts, by=by, at=at)
    facts = AuthorityFacts(
        heading=found.heading,
        reading=one.get("reading") or found.reading,
        dates=one.get("dates") or found.dates,
        is_local=True,
        local_note=one["note"],
    )
    return catalogue.change_authority(authority=found, facts=facts, by=by, at=at)
