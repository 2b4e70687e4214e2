"""Reading patrons. What leaves this room towards lending is PatronFacts; names are for the desk and for themselves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from fumikura.kernel.barcodes import clean
from fumikura.kernel.japanese import fold, sort_key
from fumikura.patrons.models import (
    Block,
    Card,
    Category,
    ContactPoint,
    PartnerService,
    Passkey,
    Patron,
    PatronSession,
    Permit,
)
from fumikura.patrons.rules import PatronFacts, Standing, age_on, last_birthday_of_age, needs_guardian
from fumikura.statements.ahead import Asked
from fumikura.statements.reads import prepared

MOST_FOUND = 50


def find_card(scanned: str, *, agency: str = "") -> Card | None:
    """The card with this number, as scanned or typed; the one in use before a stopped one when agencies share numbers."""
    number = clean(scanned)
    if not number:
        return None
    return _cards_of_agency.first(number=number, agency=agency) if agency else _cards_numbered.first(number=number)


@prepared
def _cards_numbered(number: str) -> "QuerySet[Card]":
    in_use = Case(When(stopped_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    cards = Card.objects.filter(number=number).select_related("patron__category", "patron__home", "agency")
    return cards.order_by(in_use, "-issued_on", "-id")


@prepared
def _cards_of_agency(number: str, agency: str) -> "QuerySet[Card]":
    in_use = Case(When(stopped_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    cards = Card.objects.filter(number=number, agency__code=agency)
    return cards.select_related("patron__category", "patron__home", "agency").order_by(in_use, "-issued_on", "-id")


def find_patron_by_card(scanned: str, *, agency: str = "") -> Patron | None:
    """Whom the card with this number stands for, also when it has expired or was stopped: see lending_facts, card_is_stopped."""
    card = find_card(scanned, agency=agency)
    return reader_of(card) if card else None


def reader_of(card: Card) -> Patron | None:
    """Whom a card stands for: of a record that was joined into another the one that lives on. None once it is closed."""
    patron = card.patron
    if patron.merged_into_id:
        patron = Patron.objects.select_related("category", "home").get(pk=patron.merged_into_id)
    return patron if patron.closed_at is None else None


def card_is_stopped(scanned: str, *, agency: str = "") -> bool:
    """Whether this very card was stopped, although the patron may have a newer one."""
    card = find_card(scanned, agency=agency)
    return card is not None and card.stopped_at is not None


def current_card(patron: Patron) -> Card | None:
    """The card in use, or None when all were stopped."""
    return _cards_in_use_of.first(patron=patron.pk)


def asked_current_card(patron: Patron) -> Asked:
    """What `current_card` reads, for `read_ahead`."""
    return _cards_in_use_of.asked(patron=patron.pk)


@prepared
def _cards_in_use_of(patron: int) -> "QuerySet[Card]":
    return Card.objects.filter(patron=patron, stopped_at=None).select_related("agency").order_by("id")


def cards_of_each(patrons: Iterable[int]) -> dict[int, Card]:
    """The cards in use of many readers, by row number of the reader: one question for all."""
    rows = Card.objects.filter(patron__in=list(patrons), stopped_at=None).order_by("-id")
    return {one.patron_id: one for one in rows}


def guardian_of(patron: Patron, on: date) -> Patron | None:
    """Who answers for the patron on that day: a guardian who is entered counts until the patron is of age."""
    return patron.guardian if patron.guardian_id and needs_guardian(patron.born_on, on) else None


def wards_of_each(patrons: Iterable[int], on: date) -> dict[int, list[int]]:
    """Row numbers of those for whom each of many readers answers on that day: one question for all."""
    found: dict[int, list[int]] = {number: [] for number in patrons}
    minors = Patron.objects.filter(_under_age(last_birthday_of_age(on)), guardian__in=found, closed_at=None)
    for guardian, ward in minors.order_by("pk").values_list("guardian", "pk"):
        found[guardian or 0].append(ward)
    return found


def _under_age(born_after: date) -> Q:
    return Q(born_on=None) | Q(born_on__gt=born_after)


def get_patron(pk: int) -> Patron:
    """The patron with this row number. Patron.DoesNotExist when there is none."""
    if patron := _patrons_numbered.first(pk=pk):
        return patron
    raise Patron.DoesNotExist


@prepared
def _patrons_numbered(pk: int) -> "QuerySet[Patron]":
    return Patron.objects.filter(pk=pk).select_related("category", "home")


def cards_in_use(*, numbers: Sequence[str] = (), home: str = "", since: date | None = None) -> Sequence[Card]:
    """Cards that were not stopped, by number, for printing: these numbers, of patrons of one facility, issued since a day."""
    cards = Card.objects.filter(stopped_at=None, patron__closed_at=None).select_related("patron", "agency")
    if numbers:
        cards = cards.filter(number__in=[clean(number) for number in numbers])
    if home:
        cards = cards.filter(patron__home__code=home)
    if since:
        cards = cards.filter(issued_on__gte=since)
    return list(cards.order_by("number"))


def patrons_whose_card_ends(on: date) -> list[Patron]:
    """Those whose card in use is good for the last time on that day."""
    ending = Card.objects.filter(stopped_at=None, expires_on=on).values("patron")
    return list(Patron.objects.filter(pk__in=ending, closed_at=None).select_related("guardian").order_by("pk"))


def find_patrons(text: str) -> Sequence[Patron]:
    """Patrons for the desk by name in any script or variant, by reading, card number or telephone; at most 50.

    Those whose name or reading begins with `text` come first, then 五十音 order.
    """
    folded, number = letters(text), clean(text).replace("-", "")
    if not folded:
        return []
    matches = Q(sort_key__contains=folded) | Q(name_key__contains=folded)
    if number.isdigit() and len(number) >= 4:
        matches |= Q(cards__number=number) | Q(phone_key__endswith=number)
    begins = Q(sort_key__startswith=folded) | Q(name_key__startswith=folded)
    rank = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
    patrons: QuerySet[Patron] = Patron.objects.filter(matches, closed_at=None).select_related("category", "home")
    found = patrons.annotate(rank=rank).order_by("rank", "sort_key", "id").distinct()[:MOST_FOUND]
    # What finding compares knows が from か; in 五十音 order they stand together.
    return sorted(found, key=lambda patron: (vars(patron)["rank"], sort_key(patron.reading or patron.name), patron.pk))


def letters(text: str) -> str:
    """Folded and without spaces: how names and readings are compared."""
    return "".join(fold(text).split())


def lending_facts(patron: Patron, on: date) -> PatronFacts:
    """What lending may know of `patron` on that day."""
    card = _card_that_counts(patron)
    return PatronFacts(
        key=patron.key,
        categories=tuple(_lineage(patron.category_id)),
        age=age_on(patron.born_on, on),
        residency=patron.residency,
        services=tuple(patron.services),
        home=patron.home.code,
        card_expires_on=card.expires_on if card else None,
        card_stopped=card is None or card.stopped_at is not None,
        blocks=tuple(block.reason for block in open_blocks(patron, on)),
    )


def card_expires_on(patron: Patron) -> date | None:
    """The part of `lending_facts` that says how long the card is good."""
    card = _card_that_counts(patron)
    return card.expires_on if card else None


def _card_that_counts(patron: Patron) -> Card | None:
    """The one in use; when all were stopped, the newest."""
    cards = _cards_of(patron=patron.pk)
    return next((card for card in cards if card.stopped_at is None), next(iter(cards), None))


def standing_of(patron: Patron, on: date) -> Standing:
    """The part of `lending_facts` that limits go by. Nothing is asked when the categories were read with the patron."""
    lineage: list[str] = []
    step: Category | None = patron.category
    while step is not None and step.code not in lineage:
        lineage.append(step.code)
        step = step.parent
    return Standing(
        categories=tuple(lineage),
        age=age_on(patron.born_on, on),
        residency=patron.residency,
        services=tuple(patron.services),
    )


def find_standing(patron: Patron, on: date) -> Standing:
    """The same of a patron whose category was not read."""
    return standing_of_each([patron], on)[patron.pk]


def standing_of_each(patrons: Iterable[Patron], on: date) -> dict[int, Standing]:
    """The same of many, by row number: one question for all."""
    codes = {pk: (code, parent) for pk, code, parent in _every_category()}
    return {
        patron.pk: Standing(
            categories=tuple(_above(patron.category_id, codes)),
            age=age_on(patron.born_on, on),
            residency=patron.residency,
            services=tuple(patron.services),
        )
        for patron in patrons
    }


def asked_lending_facts(patron: Patron, on: date) -> tuple[Asked, ...]:
    """What `lending_facts` reads, for `read_ahead`."""
    return _cards_of.asked(patron=patron.pk), _every_category.asked(), _blocks_that_hold.asked(patron=patron.pk, on=on)


def asked_at_counter(pk: int, on: date) -> tuple[Asked, ...]:
    """What `get_patron`, `lending_facts` and `current_card` read of one patron, for `read_ahead`."""
    return (
        _patrons_numbered.asked(pk=pk),
        _cards_of.asked(patron=pk),
        _every_category.asked(),
        _blocks_that_hold.asked(patron=pk, on=on),
        _cards_in_use_of.asked(patron=pk),
    )


@prepared
def _cards_of(patron: int) -> "QuerySet[Card]":
    return Card.objects.filter(patron=patron).only("expires_on", "stopped_at").order_by("-expires_on", "-id")


@prepared
def _every_category() -> "QuerySet[Category, tuple[int, str, int | None]]":
    return Category.objects.values_list("pk", "code", "parent_id")


def _lineage(category_id: int) -> list[str]:
    """Codes from the category up to the root. The table is small: it is read whole."""
    return _above(category_id, {pk: (code, parent) for pk, code, parent in _every_category()})


def _above(category_id: int, rows: Mapping[int, tuple[str, int | None]]) -> list[str]:
    lineage: list[str] = []
    step: int | None = category_id
    while step is not None and len(lineage) < len(rows):
        code, step = rows[step]
        lineage.append(code)
    return lineage


def lineage_of(category: str) -> tuple[str, ...]:
    """Codes from this category up to the root."""
    found = find_category(category)
    return tuple(_lineage(found.pk)) if found else (category,)


def blocked_patrons(on: date) -> frozenset[int]:
    """Row numbers of patrons to whom nothing is lent on that day because of a block."""
    still = Q(ends_on=None) | Q(ends_on__gte=on)
    blocks = Block.objects.filter(still, starts_on__lte=on, lifted_at=None).exclude(reason="holds-paused")
    return frozenset(blocks.values_list("patron_id", flat=True))


def open_blocks(patron: Patron, on: date) -> Sequence[Block]:
    """Blocks that hold on that day, oldest first."""
    return _blocks_that_hold(patron=patron.pk, on=on)


@prepared
def _blocks_that_hold(patron: int, on: date) -> "QuerySet[Block]":
    still = Q(ends_on=None) | Q(ends_on__gte=on)
    blocks = Block.objects.filter(still, patron=patron, starts_on__lte=on, lifted_at=None)
    return blocks.order_by("starts_on", "id")


def pauses_of_each(patrons: Iterable[int], on: date) -> dict[int, dict[str, date | None]]:
    """By row number of the reader: reason → last day of every block that is not over on that day; None without an end."""
    found: dict[int, dict[str, date | None]] = {number: {} for number in patrons}
    still = Q(ends_on=None) | Q(ends_on__gte=on)
    rows = Block.objects.filter(still, patron__in=found, lifted_at=None)
    for patron, reason, ends_on in rows.values_list("patron", "reason", "ends_on"):
        other = found[patron].get(reason, date.min)
        found[patron][reason] = max(other, ends_on) if other and ends_on else None
    return found


def household(patron: Patron, on: date) -> Sequence[Patron]:
    """The patron and those in their care on that day (children, a group), oldest first: whose loans one page may show."""
    return [patron, *_wards_of(guardian=patron.pk, born_after=last_birthday_of_age(on))]


def asked_household(patron: Patron, on: date) -> Asked:
    """What `household` reads, for `read_ahead`."""
    return _wards_of.asked(guardian=patron.pk, born_after=last_birthday_of_age(on))


@prepared
def _wards_of(guardian: int, born_after: date) -> "QuerySet[Patron]":
    wards = Patron.objects.filter(_under_age(born_after), guardian=guardian, closed_at=None)
    return wards.select_related("category", "home").order_by("born_on", "id")


def find_category(code: str) -> Category | None:
    return Category.objects.filter(code=code).first()


def categories() -> Sequence[Category]:
    return list(Category.objects.select_related("parent").order_by("id"))


def signed_in_patron(key: str) -> Patron | None:
    """The open patron with this key, for a session. Their category comes with the two above it."""
    return _signed_in.first(key=key)


@prepared
def _signed_in(key: str) -> "QuerySet[Patron]":
    open_ones = Patron.objects.filter(key=key, closed_at=None)
    return open_ones.select_related("category__parent__parent", "home")


def family_of(patron: Patron) -> list[Patron]:
    """The others of the household: the guardian, whose guardian this reader is, and their brothers and sisters."""
    head = patron.guardian_id or patron.pk
    household = Patron.objects.filter(Q(guardian=head) | Q(pk=head), closed_at=None).exclude(pk=patron.pk)
    return list(household.select_related("category", "home").order_by("born_on", "id"))


def find_service(client_id: str) -> PartnerService | None:
    """The partner service with this id, unless it was stopped."""
    return PartnerService.objects.filter(client_id=client_id, stopped_at=None).first()


def partner_services() -> list[PartnerService]:
    return list(PartnerService.objects.filter(stopped_at=None).order_by("name", "pk"))


def permits_of(patron: Patron) -> list[Permit]:
    """What this reader lets other services know or do."""
    return list(Permit.objects.filter(patron=patron, withdrawn_at=None).select_related("service").order_by("pk"))


AGE_BANDS = ((0, "0-6"), (7, "7-12"), (13, "13-15"), (16, "16-17"), (18, "18-64"), (65, "65-"))


def eligibility(patron: Patron, on: date) -> dict[str, bool | str]:
    """What entitles to a service, and nothing that says who it is: resident, age band, whether the card is good."""
    card, age = current_card(patron), age_on(patron.born_on, on)
    band = "" if age is None else [name for first, name in AGE_BANDS if age >= first][-1]
    return {
        "resident": patron.residency == Patron.Residency.RESIDENT,
        "age_band": band,
        "card_valid": card is not None and card.expires_on >= on,
    }


def passkeys_of(patron: Patron) -> list[Passkey]:
    return list(Passkey.objects.filter(patron=patron).select_related("patron").order_by("added_at", "pk"))


def open_sessions_of(patron: Patron) -> list[PatronSession]:
    """Where this patron is signed in, the newest first."""
    return list(PatronSession.objects.filter(patron=patron).order_by("-began_at", "-pk"))


def contacts_of(patron: Patron, way: str = "") -> list[ContactPoint]:
    """Where the patron is reached beside mail and telephone, the oldest first; of one way, or of all. Reads what was prefetched."""
    rows = [one for one in patron.contact_points.all() if one.address and way in {"", one.way}]
    return sorted(rows, key=lambda one: (one.since, one.pk))
