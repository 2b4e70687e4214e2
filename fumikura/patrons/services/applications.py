"""書かない窓口: what somebody wrote on the telephone, until a desk has seen a document; then nothing of it is kept."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.events import ApplicationMade, ApplicationSettled, PostcodesLoaded
from fumikura.patrons.models import Application, Card, Category, Patron, Postcode
from fumikura.patrons.queries import current_card, letters
from fumikura.patrons.rules import objections_to_application, objections_to_password
from fumikura.patrons.services.cards import renew_card
from fumikura.patrons.services.register import change, register

GOOD_FOR = timedelta(days=14)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CONFIRMABLE = ("name", "born_on", "address")
FIELDS = ("name", "reading", "born_on", "postcode", "address", "phone", "email", "residency", "language")


@transaction.atomic
def apply_for_card(
    *, answers: Mapping[str, str], password: str, by: Actor, at: datetime, confirmed: Mapping[str, str] | None = None
) -> Application:
    """Keep what was written for two weeks, under a code that any desk can scan. Refused with every objection at once.

    `confirmed` is what the city's identity service told of name, born_on and address; kept is only which of them agree.
    """
    by.require("patrons.apply")
    kept = {name: answers.get(name, "").strip()[:200] for name in FIELDS}
    today = timezone.localdate(at)
    reasons = list(objections_to_application(kept, on=today))
    if password:
        reasons += objections_to_password(password, card_numbers=(), born_on=_day(kept["born_on"]))
        kept["password"] = make_password(password)
    if reasons:
        raise Refused(*reasons)
    if agree := [name for name in CONFIRMABLE if confirmed and kept[name] and confirmed.get(name) == kept[name]]:
        kept["confirmed"] = " ".join(agree)
    return _keep(Application.Kind.NEW, None, kept, by=by, at=at)


@transaction.atomic
def ask_for_change(*, patron: Patron, kind: str, answers: Mapping[str, str], by: Actor, at: datetime) -> Application:
    """A reader asks for another address, or for a card that is good for longer; the latest wish replaces the one before."""
    by.require("patrons.change-own")
    kept = {name: answers[name].strip()[:200] for name in ("postcode", "address") if name in answers}
    if kind == Application.Kind.CHANGE and not kept.get("address"):
        raise Refused(Reason("application-incomplete:address"))
    Application.objects.filter(patron=patron, kind=kind, settled_at=None).delete()
    return _keep(kind, patron, kept, by=by, at=at)


def _keep(kind: str, patron: Patron | None, kept: dict[str, str], *, by: Actor, at: datetime) -> Application:
    made = Application.objects.create(
        code="".join(secrets.choice(_LETTERS) for _ in range(8)),
        kind=kind,
        patron=patron,
        answers=kept,
        applied_at=at,
        ends_on=timezone.localdate(at) + GOOD_FOR,
    )
    _record(ApplicationMade(kind=kind), made, by=by, at=at)
    return made


def find_application(code: str, *, on: date) -> Application:
    """As scanned or typed. Refused("application-unknown") when there is none, it is over or was taken up."""
    tidy = "".join(letter for letter in code.upper() if letter in _LETTERS)[-8:]
    found = Application.objects.filter(code=tidy, settled_at=None, ends_on__gte=on).select_related("patron__home")
    if application := found.first():
        return application
    raise Refused(Reason("application-unknown"))


def open_wishes(*, on: date) -> list[Application]:
    """What registered readers asked for on line, the oldest first."""
    rows = Application.objects.filter(settled_at=None, ends_on__gte=on, patron__isnull=False)
    return list(rows.select_related("patron__home").order_by("applied_at")[:200])


@transaction.atomic
def hand_over_card(
    *, application: Application, card: str, category: Category, home: Facility, by: Actor, at: datetime
) -> Patron:
    """The document was seen: register the applicant with this card, and empty the application."""
    locked = _taken(application)
    answers = dict(locked.answers)
    password = answers.pop("password", "")
    born_on = _day(answers.pop("born_on"))
    details: dict[str, Any] = {name: answers[name] for name in FIELDS if name in answers and name != "name"}
    town = Postcode.objects.filter(number=letters(details["postcode"]).replace("-", "")).first()
    if town is not None:
        details["district"] = town.district
    patron = register(
        name=answers["name"], category=category, home=home, card_number=card, born_on=born_on, by=by, at=at, **details
    )
    if password:
        Patron.objects.filter(pk=patron.pk).update(password=password)
    _settle(locked, "taken-up", by=by, at=at)
    return patron


@transaction.atomic
def grant_wish(*, application: Application, by: Actor, at: datetime) -> None:
    """Do what a registered reader asked for: write the address, or make the card good for longer."""
    locked = _taken(application)
    patron = locked.patron
    if patron is None:
        raise Refused(Reason("application-unknown"))
    if locked.kind == Application.Kind.CHANGE:
        change(patron=patron, by=by, at=at, **locked.answers)
    elif card := current_card(patron):
        renew_card(card=Card.objects.get(pk=card.pk), by=by, at=at)
    _settle(locked, "taken-up", by=by, at=at)


@transaction.atomic
def drop_application(*, application: Application, by: Actor, at: datetime) -> None:
    """Nothing comes of it; what was written is emptied."""
    by.require("patrons.register")
    _settle(_taken(application), "dropped", by=by, at=at)


def _taken(application: Application) -> Application:
    locked = Application.objects.select_for_update(of=("self",)).select_related("patron").get(pk=application.pk)
    if locked.settled_at is not None:
        raise Refused(Reason("application-unknown"))
    return locked


def _settle(application: Application, outcome: str, *, by: Actor, at: datetime) -> None:
    application.answers, application.settled_at = {}, at
    application.save(update_fields=["answers", "settled_at"])
    _record(ApplicationSettled(kind=application.kind, outcome=outcome), application, by=by, at=at)


def forget_applications(at: datetime) -> int:
    """Those that nobody came for; answers how many."""
    return Application.objects.filter(ends_on__lt=timezone.localdate(at)).delete()[0]


@transaction.atomic
def load_postcodes(*, lines: Iterable[tuple[str, str, str]], by: Actor, at: datetime) -> int:
    """(number, address, district) of the whole file; what was loaded before goes."""
    by.require("organisation.configure")
    rows = {(number, address): district for number, address, district in lines}
    Postcode.objects.all().delete()
    made = [
        Postcode(number=number, address=address[:120], district=district[:40])
        for (number, address), district in rows.items()
    ]
    Postcode.objects.bulk_create(made, batch_size=2_000)
    record(PostcodesLoaded(count=len(made)), by=by, at=at)
    return len(made)


def addresses_of_postcode(number: str) -> list[str]:
    """What the postal service writes for this number, as typed in any width."""
    digits = "".join(letter for letter in letters(number) if letter.isdigit())
    return list(Postcode.objects.filter(number=digits).order_by("pk").values_list("address", flat=True))


def has_postcodes() -> bool:
    """Whether the library has read a file of postcodes at all."""
    return Postcode.objects.exists()


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _record(event: Any, application: Application, *, by: Actor, at: datetime) -> None:
    key = application.patron.key if application.patron else ""
    record(event, by=by, at=at, subject=f"patrons.application:{application.pk}", patron_key=key)
