"""Cards: one good card a patron, numbers checked by the agency's scheme."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean, is_valid
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Agency
from fumikura.patrons.events import CardIssued, CardRenewed, CardStopped
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.queries import find_card, reader_of
from fumikura.patrons.rules import card_expiry


def reader_showing(scanned: str, *, agency: str = "") -> Patron:
    """Whoever stands at a door with this card. Refused: card-unknown, card-stopped.

    A card that was reported lost stays stopped when its reader has a newer one: who shows it now may be somebody else.
    """
    card = find_card(scanned, agency=agency)
    reader = reader_of(card) if card else None
    if card is None or reader is None:
        raise Refused(Reason("card-unknown"))
    if card.stopped_at is not None:
        raise Refused(Reason("card-stopped"))
    return reader


@transaction.atomic
def issue_card(
    *,
    patron: Patron,
    number: str,
    by: Actor,
    at: datetime,
    agency: Agency | None = None,
    expires_on: date | None = None,
) -> Card:
    """Hand out the card with this number (as scanned). Without `expires_on` it is good as long as the category says.

    `agency` is the one of the patron's home unless given. Refused with card-malformed, card-number-taken,
    has-card-already.
    """
    by.require("patrons.issue-card")
    locked = Patron.objects.select_for_update(of=("self",)).select_related("category", "home__agency").get(pk=patron.pk)
    issuer = agency or locked.home.agency
    text = clean(number)
    reasons = number_objections(issuer, text)
    if Card.objects.filter(patron=locked, stopped_at=None).exists():
        reasons = (*reasons, Reason.of("has-card-already"))
    if reasons:
        raise Refused(*reasons)
    today = timezone.localdate(at)
    card = Card.objects.create(
        agency=issuer,
        patron=locked,
        number=text,
        issued_on=today,
        expires_on=expires_on or card_expiry(today, locked.category.card_years),
    )
    record(
        CardIssued(expires_on=card.expires_on.isoformat()),
        by=by,
        at=at,
        subject=f"patrons.card:{card.pk}",
        patron_key=locked.key,
    )
    return card


def number_objections(agency: Agency, number: str) -> tuple[Reason, ...]:
    """Why this cleaned number cannot be a new card of `agency`."""
    if not is_valid(agency.card_check, number) or len(number) > 30:
        return (Reason.of("card-malformed", number=number[:40]),)
    if Card.objects.filter(agency=agency, number=number).exists():
        return (Reason.of("card-number-taken", number=number),)
    return ()


@transaction.atomic
def stop_card(*, card: Card, reason: str, by: Actor, at: datetime) -> None:
    """Stop a card for good ("lost", "replaced", "withdrawn" …). A stopped card stays as it is."""
    by.require("patrons.stop-card")
    locked = Card.objects.select_for_update(of=("self",)).select_related("patron").get(pk=card.pk)
    if locked.stopped_at is not None:
        return
    locked.stopped_at, locked.stop_reason = at, reason
    locked.save(update_fields=["stopped_at", "stop_reason"])
    record(CardStopped(reason=reason), by=by, at=at, subject=f"patrons.card:{locked.pk}", patron_key=locked.patron.key)


@transaction.atomic
def renew_card(*, card: Card, by: Actor, at: datetime, expires_on: date | None = None) -> Card:
    """Make the card good again from today, as long as the category says or until `expires_on`.

    A stopped card is not renewed: Refused("card-stopped").
    """
    by.require("patrons.renew-card")
    locked = Card.objects.select_for_update(of=("self",)).select_related("patron__category").get(pk=card.pk)
    if locked.stopped_at is not None:
        raise Refused(Reason.of("card-stopped"))
    today = timezone.localdate(at)
    locked.expires_on = expires_on or max(locked.expires_on, card_expiry(today, locked.patron.category.card_years))
    locked.save(update_fields=["expires_on"])
    record(
        CardRenewed(expires_on=locked.expires_on.isoformat()),
        by=by,
        at=at,
        subject=f"patrons.card:{locked.pk}",
        patron_key=locked.patron.key,
    )
    return locked


@transaction.atomic
def reissue_card(
    *, patron: Patron, number: str, by: Actor, at: datetime, reason: str = "lost", term: str = "as-before"
) -> Card:
    """Stop the card in use and hand out another one with the same last day: nothing is gained by losing a card.

    With the term "anew" it is good as long as a renewed one, for whoever showed where they live: patrons.renew-card.
    """
    old = Card.objects.filter(patron=patron, stopped_at=None).select_related("agency").first()
    if old is None:
        return issue_card(patron=patron, number=number, by=by, at=at)
    stop_card(card=old, reason=reason, by=by, at=at)
    made = issue_card(patron=patron, number=number, agency=old.agency, expires_on=old.expires_on, by=by, at=at)
    return renew_card(card=made, by=by, at=at) if term == "anew" else made
