"""What patrons announces: codes and counts. Who it was is in the entry's patron_key, which can be blanked."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class CategoryDefined(Event):
    """A patron category was made, or written anew."""

    name: ClassVar[str] = "patrons.category-defined"
    category: str


@dataclass(frozen=True, kw_only=True)
class PatronRegistered(Event):
    """A person or group was registered."""

    name: ClassVar[str] = "patrons.patron-registered"
    category: str
    residency: str
    home: str


@dataclass(frozen=True, kw_only=True)
class PatronsRegistered(Event):
    """Many at once, as when a register is taken over."""

    name: ClassVar[str] = "patrons.patrons-registered"
    count: int


@dataclass(frozen=True, kw_only=True)
class PatronChanged(Event):
    """Fields by name; neither the old nor the new values."""

    name: ClassVar[str] = "patrons.patron-changed"
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PatronViewed(Event):
    """A member of staff opened somebody's address and details, ordinarily or by break-glass; patrons can ask who did."""

    name: ClassVar[str] = "patrons.patron-viewed"
    by_glass: bool


@dataclass(frozen=True, kw_only=True)
class CardIssued(Event):
    """A card was handed out."""

    name: ClassVar[str] = "patrons.card-issued"
    expires_on: str


@dataclass(frozen=True, kw_only=True)
class CardRenewed(Event):
    """A card is good for longer."""

    name: ClassVar[str] = "patrons.card-renewed"
    expires_on: str


@dataclass(frozen=True, kw_only=True)
class CardStopped(Event):
    """A card was reported lost, or replaced, or stopped."""

    name: ClassVar[str] = "patrons.card-stopped"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PatronBlocked(Event):
    """A pause in lending begins; without an end it lasts until it is lifted."""

    name: ClassVar[str] = "patrons.patron-blocked"
    reason: str
    ends_on: str


@dataclass(frozen=True, kw_only=True)
class PatronUnblocked(Event):
    """A pause in lending was lifted."""

    name: ClassVar[str] = "patrons.patron-unblocked"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Event):
    """A password was set, by staff or by the patron."""

    name: ClassVar[str] = "patrons.password-set"


@dataclass(frozen=True, kw_only=True)
class PatronMerged(Event):
    """Two records of a reader became one; the entry carries the key of the one that lives on."""

    name: ClassVar[str] = "patrons.patron-merged"


@dataclass(frozen=True, kw_only=True)
class PatronsParted(Event):
    """A joining of two records was taken back; the entry carries the key of the one that had gone."""

    name: ClassVar[str] = "patrons.patrons-parted"


@dataclass(frozen=True, kw_only=True)
class ApplicationMade(Event):
    """Somebody applied on line for a card, a renewal or a change."""

    name: ClassVar[str] = "patrons.application-made"
    kind: str


@dataclass(frozen=True, kw_only=True)
class ApplicationSettled(Event):
    """A desk looked at the document and took an application up, or the application was dropped."""

    name: ClassVar[str] = "patrons.application-settled"
    kind: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class PostcodesLoaded(Event):
    """The library's file of postcodes was read."""

    name: ClassVar[str] = "patrons.postcodes-loaded"
    count: int


@dataclass(frozen=True, kw_only=True)
class ProxyNamed(Event):
    """A patron lets a helper act for them."""

    name: ClassVar[str] = "patrons.proxy-named"


@dataclass(frozen=True, kw_only=True)
class ProxyEnded(Event):
    """A helper no longer acts for a patron."""

    name: ClassVar[str] = "patrons.proxy-ended"


@dataclass(frozen=True, kw_only=True)
class CalendarFeedMade(Event):
    """A patron made a secret address for due dates; an older one no longer answers."""

    name: ClassVar[str] = "patrons.calendar-feed-made"
    with_titles: bool


@dataclass(frozen=True, kw_only=True)
class CalendarFeedRevoked(Event):
    """The secret address for due dates no longer answers."""

    name: ClassVar[str] = "patrons.calendar-feed-revoked"


@dataclass(frozen=True, kw_only=True)
class ShelfOpened(Event):
    """A patron began to keep a sealed history."""

    name: ClassVar[str] = "patrons.shelf-opened"


@dataclass(frozen=True, kw_only=True)
class ShelfErased(Event):
    """A patron's sealed history was destroyed, key and all."""

    name: ClassVar[str] = "patrons.shelf-erased"


@dataclass(frozen=True, kw_only=True)
class PatronForgotten(Event):
    """Somebody closed the account; nothing that says who it was is left."""

    name: ClassVar[str] = "patrons.patron-forgotten"
    category: str


@dataclass(frozen=True, kw_only=True)
class OwnDataFetched(Event):
    """A patron fetched a copy of what the library keeps about them."""

    name: ClassVar[str] = "patrons.own-data-fetched"


@dataclass(frozen=True, kw_only=True)
class ServiceAdded(Event):
    """Another service may ask readers for permission."""

    name: ClassVar[str] = "patrons.service-added"
    service: int


@dataclass(frozen=True, kw_only=True)
class ServiceStopped(Event):
    """Another service may ask no longer; every permit ended."""

    name: ClassVar[str] = "patrons.service-stopped"
    service: int


@dataclass(frozen=True, kw_only=True)
class PermitGiven(Event):
    """A reader lets a service know or do something."""

    name: ClassVar[str] = "patrons.permit-given"
    service: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PermitWithdrawn(Event):
    """A reader took a permission back."""

    name: ClassVar[str] = "patrons.permit-withdrawn"
    service: int


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Event):
    """A patron added a passkey."""

    name: ClassVar[str] = "patrons.passkey-added"


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(Event):
    """A patron removed a passkey."""

    name: ClassVar[str] = "patrons.passkey-removed"


@dataclass(frozen=True, kw_only=True)
class PatronSessionsEnded(Event):
    """A patron signed out everywhere else."""

    name: ClassVar[str] = "patrons.patron-sessions-ended"
    count: int


@dataclass(frozen=True, kw_only=True)
class ContactPointAdded(Event):
    """A patron can be reached by another way: LINE, or a browser that shows notices."""

    name: ClassVar[str] = "patrons.contact-point-added"
    way: str


@dataclass(frozen=True, kw_only=True)
class ContactPointRemoved(Event):
    """A way to reach a patron was taken away, by the patron or because nothing arrives there any more."""

    name: ClassVar[str] = "patrons.contact-point-removed"
    way: str
