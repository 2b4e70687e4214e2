"""Two hundred patrons: the cast, groups, and households with guardians and children. All invented."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import with_check
from fumikura.organisation.models import Agency
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.rules import NewPatron, card_expiry
from fumikura.project.demo.files import Worded, dice, toml, worded
from fumikura.project.demo.town import PASSWORD

PATRONS = 200
OF_HOUSEHOLD = "of-household"
"""Stands for the card of the grown-up before, until the cards are numbered."""
LENDING_HOMES = (
    "CHUO",
    "KITA",
    "MINAMI",
    "HIGASHI",
    "NISHI",
    "KAWABE",
    "MIDORI",
    "SAKURA",
    "YATSU",
    "OHASHI",
    "EKIMAE",
)


def card_number(ordinal: int) -> str:
    """The card of the `ordinal`th patron of the demo, from 1."""
    return with_check("7dr", f"2{ordinal:06}")


def build_people(agency: Agency, *, by: Actor, at: datetime, today: date) -> list[Patron]:
    """All patrons with their cards, in the order of their card numbers."""
    for category in toml("town.toml")["categories"]:
        patrons.define_category(**category, by=by, at=at)
    plan = toml("people.toml")
    register = compose_people(today, encoded_password=make_password(PASSWORD))
    people = patrons.register_many(people=register, agency=agency, by=by, at=at)
    for patron, member in zip(people, plan["cast"], strict=False):
        if member.get("card") == "blocked":
            patrons.block(
                patron=patron, reason="not-reachable", note="はがきが返送されました", by=by, at=at, starts_on=today
            )
        if member.get("card") == "stopped":
            patrons.stop_card(card=Card.objects.get(patron=patron), reason="lost", by=by, at=at)
    return people


def compose_people(today: date, *, encoded_password: str = "") -> list[NewPatron]:
    """The register, as data: the same for the same day."""
    plan, throw = toml("people.toml"), dice("people")
    years = {category["code"]: category["card_years"] for category in toml("town.toml")["categories"]}
    found: list[NewPatron] = []
    grown_up = ""
    for person in islice(_everybody(plan, throw, today), PATRONS):
        member = _with_card(person, len(found) + 1, years[person.category], throw, today)
        if member.category in {"adult", "senior"}:
            grown_up = member.card_number
        found.append(replace(member, guardian_card=grown_up) if member.guardian_card == OF_HOUSEHOLD else member)
    return [replace(person, encoded_password=encoded_password) for person in found]


def _everybody(plan: dict[str, Any], throw: Random, today: date) -> Iterator[NewPatron]:
    yield from _cast(plan["cast"], today)
    yield from _groups(plan)
    while True:
        yield from _household(plan, throw, today)


def _cast(cast: Sequence[dict[str, Any]], today: date) -> Iterator[NewPatron]:
    numbers = {member["name"]: card_number(ordinal) for ordinal, member in enumerate(cast, start=1)}
    for ordinal, member in enumerate(cast, start=1):
        expired = today - timedelta(days=40) if member.get("card") == "expired" else None
        yield NewPatron(
            name=member["name"],
            reading=member["reading"],
            category=member["category"],
            home=member["home"],
            born_on=birthday(today, member["age"], 100),
            residency=member.get("residency", "resident"),
            language=member.get("language", "ja"),
            guardian_card=numbers.get(member.get("guardian", ""), ""),
            expires_on=expired,
            email=f"cast{ordinal}@example.com",
            phone=f"000-1000-{ordinal:04}",
            district="本町",
            address=f"水瀬市本町3-{1 if 'guardian' in member else ordinal}",
            postcode="999-0001",
        )


def _groups(plan: dict[str, Any]) -> Iterator[NewPatron]:
    for category, key, home in (("circle", "circles", "CHUO"), ("institution", "institutions", "KAWABE")):
        for name in worded(plan[key]):
            yield NewPatron(name=name.text, reading=name.reading, category=category, home=home, residency="group")
    for name in worded(plan["classes"]):
        yield NewPatron(name=name.text, reading=name.reading, category="class", home=name.more, residency="group")


def _household(plan: dict[str, Any], throw: Random, today: date) -> Iterator[NewPatron]:
    """One to two grown-ups and up to three children, who live together and whose guardian is the first of them."""
    family = Worded.of(throw.choice(plan["family_names"]))
    district = throw.choice(plan["districts"])
    block = f"{throw.randint(1, 8)}-{throw.randint(1, 30)}"
    shared = {
        "home": throw.choice(LENDING_HOMES),
        "district": district,
        "address": f"水瀬市{district}{block}",
        "postcode": f"999-{plan['districts'].index(district) + 1:04}",
        "phone": f"000-{throw.randint(2000, 9999)}-{throw.randint(0, 9999):04}",
    }
    parents = throw.sample(plan["adults"], throw.choice((1, 1, 2)))
    age = throw.choice((19, 24, 31, 38, 44, 52, 61, 70, 79, 86)) + throw.randint(0, 4)
    residency = throw.choices(("resident", "works", "studies", "neighbour"), weights=(84, 7, 4, 5))[0]
    for given in worded(parents):
        yield NewPatron(
            **shared,
            name=f"{family.text} {given.text}",
            reading=f"{family.reading} {given.reading}",
            category="senior" if age >= 65 else "adult",
            born_on=birthday(today, age, throw.randint(1, 360)),
            residency=residency,
            email=f"reader{throw.randint(1000, 9999)}@example.com" if throw.random() < 0.7 else "",
        )
    for given in worded(throw.sample(plan["children"], throw.choice((0, 1, 2, 3)) if 30 <= age <= 52 else 0)):
        yield NewPatron(
            **shared,
            name=f"{family.text} {given.text}",
            reading=f"{family.reading} {given.reading}",
            category="child",
            born_on=birthday(today, throw.randint(0, 14), throw.randint(1, 360)),
            guardian_card=OF_HOUSEHOLD,
        )


def birthday(today: date, age: int, days: int) -> date:
    """Born so that the person is `age` today and had the last birthday `days` days ago."""
    day = today - timedelta(days=days)
    return day.replace(year=day.year - age, day=min(day.day, 28))


def _with_card(person: NewPatron, ordinal: int, years: int, throw: Random, today: date) -> NewPatron:
    """A card that is good for a while yet, or (five in a hundred) has run out."""
    lasts = throw.randint(30, 365 * years - 1) if throw.random() < 0.95 else -throw.randint(1, 200)
    expires_on = person.expires_on or today + timedelta(days=lasts)
    issued_on = max(card_expiry(expires_on, -years), person.born_on or date.min)
    return replace(person, card_number=card_number(ordinal), issued_on=issued_on, expires_on=expires_on)
