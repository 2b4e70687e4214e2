"""Registering people and groups, one at the desk or a whole register."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean, is_valid
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Agency, Facility
from fumikura.patrons.events import CategoryDefined, PatronChanged, PatronRegistered, PatronsRegistered, PatronViewed
from fumikura.patrons.models import Card, Category, Patron
from fumikura.patrons.queries import letters
from fumikura.patrons.rules import NewPatron, card_expiry
from fumikura.patrons.services.cards import issue_card

BATCH = 500
KEYED = {"name", "reading", "phone"}


@transaction.atomic
def define_category(
    *, code: str, name: str, by: Actor, at: datetime, name_en: str = "", parent: str = "", card_years: int = 3
) -> Category:
    """Add a patron category, or write the one with this code anew. `parent` is the code of the one above it."""
    by.require("organisation.configure")
    above = Category.objects.get(code=parent) if parent else None
    category, _ = Category.objects.update_or_create(
        code=code, defaults={"name": name, "name_en": name_en, "parent": above, "card_years": card_years}
    )
    record(CategoryDefined(category=code), by=by, at=at, subject=f"patrons.category:{code}")
    return category


@transaction.atomic
def register(
    *,
    name: str,
    category: Category,
    home: Facility,
    by: Actor,
    at: datetime,
    card_number: str = "",
    **details: Any,
) -> Patron:
    """Register a person or group, with a card when a number is given.

    `details` are further fields of Patron: reading, born_on, residency, postcode, address, district, phone, email,
    language, note, guardian.
    """
    by.require("patrons.register")
    if not home.registers:
        raise Refused(Reason.of("site-does-not-register", site=home.name))
    patron = Patron(name=name.strip(), category=category, home=home, registered_at=at, **details)
    write_keys(patron)
    patron.save()
    record(
        PatronRegistered(category=category.code, residency=patron.residency, home=home.code),
        by=by,
        at=at,
        subject=f"patrons.patron:{patron.pk}",
        patron_key=patron.key,
    )
    if card_number:
        issue_card(patron=patron, number=card_number, by=by, at=at)
    return patron


def write_keys(patron: Patron) -> None:
    """Set what finding compares: the folded reading and name, the digits of the telephone number."""
    patron.sort_key = letters(patron.reading)[:100]
    patron.name_key = letters(patron.name)[:100]
    patron.phone_key = "".join(letter for letter in letters(patron.phone) if letter.isdigit())


@transaction.atomic
def register_many(*, people: Iterable[NewPatron], agency: Agency, by: Actor, at: datetime) -> list[Patron]:
    """Take over a register: all of it, or Refused with every line that cannot be taken ("line" counts from 1).

    One entry for the batch. Card numbers are cleaned and checked by the agency's scheme.
    """
    by.require("patrons.register")
    by.require("patrons.issue-card")
    lines = list(people)
    categories = {category.code: category for category in Category.objects.all()}
    homes = {facility.code: facility for facility in Facility.objects.all()}
    if reasons := _objections(lines, agency, set(categories), set(homes)):
        raise Refused(*reasons)
    patrons = [_unsaved(line, categories[line.category], homes[line.home], at) for line in lines]
    Patron.objects.bulk_create(patrons, batch_size=BATCH)
    cards = [_unsaved_card(line, patron, agency, at) for line, patron in zip(lines, patrons, strict=True)]
    Card.objects.bulk_create([card for card in cards if card.number], batch_size=BATCH)
    _link_guardians(lines, patrons, agency)
    record(PatronsRegistered(count=len(patrons)), by=by, at=at)
    return patrons


def _objections(lines: list[NewPatron], agency: Agency, categories: set[str], homes: set[str]) -> tuple[Reason, ...]:
    taken = set(Card.objects.filter(agency=agency).values_list("number", flat=True))
    known = taken | {clean(line.card_number) for line in lines if line.card_number}
    reasons = []
    for number, line in enumerate(lines, 1):
        card = clean(line.card_number)
        if line.category not in categories:
            reasons.append(Reason.of("category-unknown", line=number, category=line.category))
        if line.home not in homes:
            reasons.append(Reason.of("facility-unknown", line=number, facility=line.home))
        if card and (not is_valid(agency.card_check, card) or len(card) > 30):
            reasons.append(Reason.of("card-malformed", line=number, number=card[:40]))
        if card and card in taken:
            reasons.append(Reason.of("card-number-taken", line=number, number=card))
        if line.guardian_card and clean(line.guardian_card) not in known:
            reasons.append(Reason.of("guardian-unknown", line=number))
        taken.add(card)
    return tuple(reasons)


def _unsaved(line: NewPatron, category: Category, home: Facility, at: datetime) -> Patron:
    patron = Patron(
        name=line.name,
        reading=line.reading,
        born_on=line.born_on,
        category=category,
        residency=line.residency,
        home=home,
        postcode=line.postcode,
        address=line.address,
        district=line.district,
        phone=line.phone,
        email=line.email,
        language=line.language,
        password=line.encoded_password,
        registered_at=at,
    )
    write_keys(patron)
    return patron


def _unsaved_card(line: NewPatron, patron: Patron, agency: Agency, at: datetime) -> Card:
    issued_on = line.issued_on or timezone.localdate(at)
    return Card(
        agency=agency,
        patron=patron,
        number=clean(line.card_number),
        issued_on=issued_on,
        expires_on=line.expires_on or card_expiry(issued_on, patron.category.card_years),
    )


def _link_guardians(lines: list[NewPatron], patrons: list[Patron], agency: Agency) -> None:
    numbers = {clean(line.guardian_card) for line in lines if line.guardian_card}
    guardians = dict(Card.objects.filter(agency=agency, number__in=numbers).values_list("number", "patron_id"))
    wards = []
    for line, patron in zip(lines, patrons, strict=True):
        if line.guardian_card:
            patron.guardian_id = guardians[clean(line.guardian_card)]
            wards.append(patron)
    Patron.objects.bulk_update(wards, ["guardian"], batch_size=BATCH)


@transaction.atomic
def change(*, patron: Patron, by: Actor, at: datetime, **fields: Any) -> Patron:
    """Write new values for the named fields (name, address, home, category, guardian …)."""
    by.require("patrons.change")
    for field, value in fields.items():
        setattr(patron, field, value)
    write_keys(patron)
    keys = {"sort_key", "name_key", "phone_key"} if KEYED & fields.keys() else set()
    patron.save(update_fields=sorted(fields.keys() | keys))
    record(
        PatronChanged(fields=tuple(sorted(fields))),
        by=by,
        at=at,
        subject=f"patrons.patron:{patron.pk}",
        patron_key=patron.key,
    )
    return patron


@transaction.atomic
def change_own(*, patron: Patron, email: str, phone: str, by: Actor, at: datetime) -> None:
    """What a patron may write without a document: where to be reached."""
    by.require("patrons.change-own")
    patron.email, patron.phone = email, phone
    write_keys(patron)
    patron.save(update_fields=["email", "phone", "phone_key"])
    record(
        PatronChanged(fields=("email", "phone")),
        by=by,
        at=at,
        subject=f"patrons.patron:{patron.pk}",
        patron_key=patron.key,
    )


@transaction.atomic
def view(*, patron: Patron, by: Actor, at: datetime) -> Patron:
    """Open somebody's address and details; that it was done is recorded, so that the patron can ask who did."""
    by.require("patrons.view")
    looked = PatronViewed(by_glass="patrons.view" in by.by_glass)
    record(looked, by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
    return patron


@transaction.atomic
def close(*, patron: Patron, by: Actor, at: datetime) -> None:
    """Moved away, or died: no sign-in and no loans any more; cards are stopped. What is still on loan stays on loan."""
    by.require("patrons.change")
    patron.closed_at = at
    patron.password = ""
    patron.save(update_fields=["closed_at", "password"])
    Card.objects.filter(patron=patron, stopped_at=None).update(stopped_at=at, stop_reason="closed")
    record(
        PatronChanged(fields=("closed_at",)),
        by=by,
        at=at,
        subject=f"patrons.patron:{patron.pk}",
        patron_key=patron.key,
    )
