"""What organisation announces. Codes and ISO dates only."""

from dataclasses import dataclass
from typing import ClassVar

from fumikura.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class AgencyAdded(Event):
    """A name space of barcodes was added."""

    name: ClassVar[str] = "organisation.agency-added"
    agency: str


@dataclass(frozen=True, kw_only=True)
class FacilityAdded(Event):
    """A place joined the network."""

    name: ClassVar[str] = "organisation.facility-added"
    facility: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class FacilityChanged(Event):
    """What changed is named by field, not by value: the present is in the table."""

    name: ClassVar[str] = "organisation.facility-changed"
    facility: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    """Rules of a calendar were written, or one facility departs from its calendar on one day."""

    name: ClassVar[str] = "organisation.calendar-changed"
    calendar: str = ""
    facility: str = ""
    on: str = ""
    state: str = ""
    """open, closed, or as-usual when an exception was taken back."""


@dataclass(frozen=True, kw_only=True)
class UserAdded(Event):
    """A member of staff can sign in."""

    name: ClassVar[str] = "organisation.user-added"
    user: int


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(Event):
    """A member of staff can no longer sign in."""

    name: ClassVar[str] = "organisation.user-deactivated"
    user: int


@dataclass(frozen=True, kw_only=True)
class RoleDefined(Event):
    """A role was made, or its permissions were written anew."""

    name: ClassVar[str] = "organisation.role-defined"
    role: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A user acts as this role there."""

    name: ClassVar[str] = "organisation.role-granted"
    user: int
    role: str
    facility: str
    """Empty: everywhere."""


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(Event):
    """A user no longer has this role there."""

    name: ClassVar[str] = "organisation.role-withdrawn"
    user: int
    role: str
    facility: str


@dataclass(frozen=True, kw_only=True)
class StaffSignedIn(Event):
    """A member of staff signed in."""

    name: ClassVar[str] = "organisation.staff-signed-in"
    user: int


@dataclass(frozen=True, kw_only=True)
class SignInLocked(Event):
    """Too many failures in a row. Who or what was tried is not told."""

    name: ClassVar[str] = "organisation.sign-in-locked"
    door: str
    """staff or patron."""


@dataclass(frozen=True, kw_only=True)
class SignInLockLifted(Event):
    """Somebody responsible opened a door that failures had closed. For whom is not told: only a hash was kept."""

    name: ClassVar[str] = "organisation.sign-in-lock-lifted"
    door: str
    """staff, patron or address."""


@dataclass(frozen=True, kw_only=True)
class ApiTokenIssued(Event):
    """A program may act as a user at one facility."""

    name: ClassVar[str] = "organisation.api-token-issued"
    token: int
    user: int
    used_for: str = ""
    account: str = ""
    """Who sat at the command line, as the machine knows them."""


@dataclass(frozen=True, kw_only=True)
class ApiTokenRevoked(Event):
    """A token is no longer good."""

    name: ClassVar[str] = "organisation.api-token-revoked"
    token: int
    user: int
    account: str = ""


@dataclass(frozen=True, kw_only=True)
class DeviceAdded(Event):
    """A machine may act at a facility."""

    name: ClassVar[str] = "organisation.device-added"
    device: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class DeviceChanged(Event):
    """What changed is named by field; "key" when it got a new one."""

    name: ClassVar[str] = "organisation.device-changed"
    device: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DeviceStopped(Event):
    """A machine can no longer sign in."""

    name: ClassVar[str] = "organisation.device-stopped"
    device: int


@dataclass(frozen=True, kw_only=True)
class StackHeard(Event):
    """Something else lies on the antenna beside a desk or of a hold shelf: how many, never what."""

    name: ClassVar[str] = "organisation.stack-heard"
    device: int
    count: int


@dataclass(frozen=True, kw_only=True)
class VisitorsCounted(Event):
    """A gate told how many people came and went since it told so last."""

    name: ClassVar[str] = "organisation.visitors-counted"
    device: int
    came: int
    left: int


@dataclass(frozen=True, kw_only=True)
class DisasterDeclared(Event):
    """The network went into disaster mode."""

    name: ClassVar[str] = "organisation.disaster-declared"


@dataclass(frozen=True, kw_only=True)
class DisasterOver(Event):
    """The network went back to its ordinary ways."""

    name: ClassVar[str] = "organisation.disaster-over"


@dataclass(frozen=True, kw_only=True)
class SecondFactorAdded(Event):
    """A member of staff added an authenticator or a passkey."""

    name: ClassVar[str] = "organisation.second-factor-added"
    kind: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Event):
    """A second factor was removed, by its owner or by a manager."""

    name: ClassVar[str] = "organisation.second-factor-removed"
    kind: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Event):
    """New recovery codes; the old ones are no longer good."""

    name: ClassVar[str] = "organisation.recovery-codes-made"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """Somebody signed in with a recovery code."""

    name: ClassVar[str] = "organisation.recovery-code-used"


@dataclass(frozen=True, kw_only=True)
class StaffSessionsEnded(Event):
    """A member of staff signed out everywhere else."""

    name: ClassVar[str] = "organisation.staff-sessions-ended"
    count: int


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A role asks for a second factor from now on, or no longer."""

    name: ClassVar[str] = "organisation.role-changed"
    role: str
    needs_second_factor: bool


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    """Operator or working hours of a member of staff changed."""

    name: ClassVar[str] = "organisation.user-changed"
    user: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GlassBroken(Event):
    """Somebody took rights for half an hour; the reason stands in the row."""

    name: ClassVar[str] = "organisation.glass-broken"
    glass: int
    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GlassClosed(Event):
    """Rights that were taken ended before their time."""

    name: ClassVar[str] = "organisation.glass-closed"
    glass: int


@dataclass(frozen=True, kw_only=True)
class GlassReviewed(Event):
    """Somebody responsible has looked at rights that were taken."""

    name: ClassVar[str] = "organisation.glass-reviewed"
    glass: int


@dataclass(frozen=True, kw_only=True)
class MapDrawn(Event):
    """The lines of the city's map were given anew."""

    name: ClassVar[str] = "organisation.map-drawn"
    lines: int


@dataclass(frozen=True, kw_only=True)
class SigningKeyRotated(Event):
    """What the library says about readers is signed with a new key; the old one is published for a day more."""

    name: ClassVar[str] = "organisation.signing-key-rotated"
    kid: str
