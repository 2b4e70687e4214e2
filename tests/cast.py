"""The small cast that everyone knows: 中央 and 北, 佐野さん and 木村さん, 花子 and 太郎. Built with the verbs themselves."""

from datetime import UTC, date, datetime, time

from fumikura.kernel.actors import Actor
from fumikura.organisation import queries as places
from fumikura.organisation import services as organisation
from fumikura.organisation.models import Agency, Calendar, Facility, Role, User
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Category, Patron

AT = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
"""Wednesday 2026-05-20, ten in the morning in 水瀬."""
TODAY = date(2026, 5, 20)
SYSTEM = places.system_actor(via="cli")
PASSWORD = "kokoro-no-tomo"


def agency(code: str = "MINASE", **fields: str) -> Agency:
    return Agency.objects.filter(code=code).first() or organisation.add_agency(
        code=code, name="水瀬市立図書館", by=SYSTEM, at=AT, **fields
    )


def calendar(code: str = "MONDAY") -> Calendar:
    return Calendar.objects.filter(code=code).first() or organisation.write_calendar(
        code=code,
        name="月曜休館",
        rules=[{"weekday": "monday", "on_holiday": "next-weekday"}, {"yearly_from": "12-29", "yearly_to": "01-03"}],
        by=SYSTEM,
        at=AT,
    )


def facility(code: str = "CHUO", name: str = "中央図書館", **fields: object) -> Facility:
    return Facility.objects.filter(code=code).first() or organisation.add_facility(
        code=code,
        name=name,
        agency=agency(),
        calendar=calendar(),
        kind="central" if code == "CHUO" else "branch",
        opens=time(9),
        closes=time(19),
        desks=["総合カウンター", "こどもカウンター"],
        by=SYSTEM,
        at=AT,
        **fields,
    )


def chuo() -> Facility:
    return facility()


def kita() -> Facility:
    return facility("KITA", "北図書館")


def role(code: str, *permissions: str) -> Role:
    return organisation.define_role(code=code, name=code, permissions=permissions, by=SYSTEM, at=AT)


def staff(username: str, *permissions: str, at: Facility | None = None) -> User:
    """A member of staff with these permissions at one facility, or everywhere."""
    user = organisation.add_user(username=username, name=username, password=PASSWORD, by=SYSTEM, at=AT)
    if permissions:
        organisation.grant_role(
            user=user, role=role(f"role-of-{username}", *permissions), facility=at, by=SYSTEM, at=AT
        )
    return user


def acting(*permissions: str, facility: str = "CHUO", via: str = "desk") -> Actor:
    return Actor(ref="staff:1", facility=facility, via=via, permissions=frozenset(permissions))


def category(code: str = "adult", parent: str = "", **fields: object) -> Category:
    return patrons.define_category(code=code, name=code, parent=parent, by=SYSTEM, at=AT, **fields)


def patron(name: str = "水野 花子", reading: str = "みずの はなこ", card: str = "20004318", **fields: object) -> Patron:
    """A patron at 中央 with a card, and with PASSWORD as password."""
    details = {"category": category(), "home": chuo(), "born_on": date(1985, 3, 9), **fields}
    someone = patrons.register(name=name, reading=reading, card_number=card, by=SYSTEM, at=AT, **details)
    patrons.set_password(patron=someone, password=PASSWORD, by=SYSTEM, at=AT)
    return someone


def hanako(**fields: object) -> Patron:
    return patron(**fields)


def taro(**fields: object) -> Patron:
    return patron("北川 太郎", "きたがわ たろう", "20004326", home=kita(), **fields)
