"""Pure rules about people and cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fumikura.kernel.japanese import fold, is_kana
from fumikura.kernel.refusals import Reason

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
OLDEST = 125
OF_AGE = 18
"""成年 (民法4条): from this birthday on nobody answers for a reader, whoever is still entered as the guardian."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What kind of reader somebody is: all that the limits of loans and holds go by."""

    categories: tuple[str, ...]
    """Category codes from the patron's own up to the root, e.g. ("child", "person", "everyone")."""
    age: int | None
    residency: str
    services: tuple[str, ...] = ()
    """障害者サービス and the like: any of them may be asked for by a rule."""

    @property
    def is_group(self) -> bool:
        """A class, a circle, an institution: somebody answers for it, and nobody is its parent."""
        return self.residency == "group" or "group" in self.categories


@dataclass(frozen=True, kw_only=True)
class PatronFacts(Standing):
    """What lending may know of a patron. No name, no address, no birthday."""

    key: str
    home: str
    """Code of the facility the patron belongs to."""
    card_expires_on: date | None
    """Last good day of the newest card; None when there never was one."""
    card_stopped: bool
    """No card is good: all of them were stopped, or none was issued."""
    blocks: tuple[str, ...]
    """Reasons of the blocks open on that day."""


@dataclass(frozen=True, kw_only=True)
class NewPatron:
    """One line of a register that is taken over: codes instead of rows, and everything optional that can be."""

    name: str
    reading: str
    category: str
    home: str
    card_number: str = ""
    born_on: date | None = None
    residency: str = "resident"
    postcode: str = ""
    address: str = ""
    district: str = ""
    phone: str = ""
    email: str = ""
    language: str = "ja"
    guardian_card: str = ""
    """Card number of the guardian, in the same batch or registered before."""
    encoded_password: str = ""
    """As Django's make_password gives it; empty: no password yet."""
    issued_on: date | None = None
    """None: the day of the registration."""
    expires_on: date | None = None
    """None: as long as the category's cards are good."""


def age_on(born_on: date | None, on: date) -> int | None:
    """Full years on that day; whoever is born on 29 February has the birthday on 1 March in other years."""
    if born_on is None:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def needs_guardian(born_on: date | None, on: date) -> bool:
    """Whether a guardian who is entered counts on that day; of whom no birthday is known (a group, a child), it does."""
    age = age_on(born_on, on)
    return age is None or age < OF_AGE


def last_birthday_of_age(on: date) -> date:
    """Whoever is born later is not of age on that day."""
    try:
        return on.replace(year=on.year - OF_AGE)
    except ValueError:
        return on.replace(year=on.year - OF_AGE, day=28)


def card_expiry(issued_on: date, years: int) -> date:
    """The last good day of a card: the same day `years` later; of 29 February, the 28th."""
    try:
        return issued_on.replace(year=issued_on.year + years)
    except ValueError:
        return issued_on.replace(year=issued_on.year + years, day=28)


def objections_to_password(password: str, *, card_numbers: tuple[str, ...], born_on: date | None) -> tuple[Reason, ...]:
    """Why this cannot be a password: its length, or that it can be read off the card or the birthday."""
    reasons = []
    if len(password) < SHORTEST_PASSWORD:
        reasons.append(Reason.of("password-too-short", limit=SHORTEST_PASSWORD))
    if len(password) > LONGEST_PASSWORD:
        reasons.append(Reason.of("password-too-long", limit=LONGEST_PASSWORD))
    digits = "".join(letter for letter in password if letter.isalnum()).upper()
    birthday = born_on.strftime("%Y%m%d") if born_on else ""
    if digits and (digits in card_numbers or digits == birthday or len(set(digits)) == 1):
        reasons.append(Reason.of("password-guessable"))
    return tuple(reasons)


def objections_to_application(answers: Mapping[str, str], *, on: date) -> tuple[Reason, ...]:
    """Why a desk could not work with this: every field at once, each reason about its field."""
    reasons = []
    for name in ("name", "reading", "born_on", "address"):
        if not answers.get(name, "").strip():
            reasons.append(Reason(f"application-incomplete:{name}"))
    if not (answers.get("phone", "").strip() or answers.get("email", "").strip()):
        reasons.append(Reason("application-incomplete:phone"))
    reading, written_name = answers.get("reading", "").split(), answers.get("name", "").split()
    if reading and not all(is_kana(fold(part)) for part in reading):
        reasons.append(Reason("name-reading-not-kana"))
    elif reading and written_name and len(reading) != len(written_name):
        reasons.append(Reason("name-parts-differ"))
    if written := answers.get("born_on", "").strip():
        try:
            born_on = date.fromisoformat(written)
        except ValueError:
            reasons.append(Reason("birthday-wrong"))
        else:
            if not 0 <= (age_on(born_on, on) or 0) <= OLDEST or born_on > on:
                reasons.append(Reason("birthday-wrong"))
    postcode = answers.get("postcode", "")
    if postcode and sum(letter.isdigit() for letter in fold(postcode)) != 7:
        reasons.append(Reason("postcode-wrong"))
    return tuple(reasons)
