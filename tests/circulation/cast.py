"""Rules, titles and copies for the tests of lending, beside the cast that everyone knows."""

from datetime import date

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import find_record
from fumikura.catalogue.services import save_record
from fumikura.circulation import services as circulation
from fumikura.circulation.models import PolicySet
from fumikura.holdings.models import Item
from fumikura.holdings.services import NewItem, add_item
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from tests.cast import AT, SYSTEM, agency, chuo
from tests.catalogue.records import kokoro_bytes


def house_rules() -> PolicySet:
    return PolicySet.objects.first() or circulation.save_policy_set(
        name="基本の規則", rules=circulation.house_rules(), effective_from=date(2020, 4, 1), by=SYSTEM, at=AT
    )


def kokoro() -> BibliographicRecord:
    """『こころ』 as a real record, so that every page and protocol can describe it."""
    return find_record("MINASE", "100001") or save_record(kokoro_bytes(), by=SYSTEM, at=AT)


def item(barcode: str = "30000017", **facts: object) -> Item:
    house_rules()
    facts = {"home": chuo(), "record": kokoro(), "agency": agency(), **facts}
    return add_item(NewItem(barcode=barcode, **facts), by=SYSTEM, at=AT)


def at_desk(facility: str = "CHUO", *, via: str = "desk", without: tuple[str, ...] = ()) -> Actor:
    """Somebody at a counter with every right, or every right but some."""
    return Actor(ref="staff:1", facility=facility, via=via, permissions=frozenset(PERMISSIONS) - set(without))
