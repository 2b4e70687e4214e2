"""A counter at 中央 on an ordinary Wednesday, with a shelf of books and the house rules."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.services import house_rules, save_policy_set
from fumikura.holdings.models import Item
from fumikura.organisation.models import User
from tests import cast

RIGHTS = (
    "patrons.view",
    "circulation.check-out",
    "circulation.check-in",
    "circulation.renew",
    "circulation.override-item",
    "circulation.override-limit",
    "circulation.override-card",
)


def book(title: str, barcode: str, *, creator: str = "夏目漱石", home=None, **fields: object) -> Item:
    now = timezone.now()
    record = BibliographicRecord.objects.create(
        source="test", number=barcode, marc=b"", title=title, creator=creator, created_at=now, changed_at=now
    )
    home = home or cast.chuo()
    return Item.objects.create(
        agency=home.agency, barcode=barcode, record=record, home=home, added_on=date(2020, 4, 1), **fields
    )


def put_rules_in_force() -> None:
    save_policy_set(name="水瀬の規則", rules=house_rules(), effective_from=date(2020, 4, 1), by=cast.SYSTEM, at=cast.AT)


@dataclass
class Counter:
    """A browser at the counter, without JavaScript: it posts what the page's own form holds."""

    client: Client
    user: User
    mode: str = "lend"

    def page(self) -> str:
        return self.client.get("/desk/" if self.mode == "lend" else "/desk/returns").content.decode()

    def hidden(self, name: str) -> str:
        return self.page().partition(f'name="{name}" value="')[2].partition('"')[0]

    def post(self, where: str, **fields: object) -> str:
        fields = {"request_key": self.hidden("request_key"), "visit": self.hidden("visit"), "mode": self.mode} | fields
        answer = self.client.post(f"/desk/{where}", fields, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def scan(self, number: str, **fields: object) -> str:
        return self.post("scans", scanned=number, **fields)

    def said(self, page: str) -> str:
        """The outcome: its code."""
        return page.partition('data-what="')[2].partition('"')[0]


@pytest.fixture
def shelf(db):
    put_rules_in_force()
    return {
        "kokoro": book("こころ", "31002745"),
        "kusamakura": book("草枕", "31001182"),
        "kita": book("五重塔", "31000937", creator="幸田露伴", home=cast.kita()),
        "jiten": book("大きな辞典", "31004406", creator="辞典の会", reference_only=True),
    }


@pytest.fixture
def hanako(db):
    return cast.hanako()


@pytest.fixture
def counter(client, shelf) -> Counter:
    user = cast.staff("sano", *RIGHTS)
    return Counter(enter(client, user), user)


def enter(client: Client, user: User, facility: str = "CHUO") -> Client:
    client.force_login(user)
    session = client.session
    session.update({"staff_facility": facility, "staff_desk": "", "seen_at": timezone.now().timestamp()})
    session.save()
    return client
