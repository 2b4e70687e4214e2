"""A program of its own: 花子 borrows by every door and brings everything back; then everything that is kept is looked through.

Run by test_forgetting.py in a home of its own, because the suite's database may not be a file. Prints one JSON object: how
often 花子's key stands in the files at each step, and every pair of her and a book that was found while the books were
lent and after they had come back.
"""

import json
import os
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import django
import pymarc

os.environ["DJANGO_SETTINGS_MODULE"] = "fumikura.project.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from fumikura.catalogue.models import BibliographicRecord  # noqa: E402
from fumikura.catalogue.services import save_record  # noqa: E402
from fumikura.circulation import services as circulation  # noqa: E402
from fumikura.circulation.models import Hold, Loan  # noqa: E402
from fumikura.holdings.models import Item  # noqa: E402
from fumikura.journal.services import once  # noqa: E402
from fumikura.kernel.permissions import PERMISSIONS  # noqa: E402
from fumikura.notices.services import send_waiting  # noqa: E402
from fumikura.patrons.models import Card, Patron  # noqa: E402
from fumikura.project.timetable import TIMETABLE  # noqa: E402
from fumikura.project.worker import Worker  # noqa: E402
from tests import cast  # noqa: E402
from tests.circulation.cast import at_desk, house_rules, item  # noqa: E402
from tests.circulation.test_offline_lists import Terminal as Offline  # noqa: E402
from tests.circulation.traces import pairs_in_files, pairs_in_rows, pairs_in_the_journal  # noqa: E402
from tests.protocols.sip2.dialogue import Terminal as Sip2  # noqa: E402

TITLES = {
    "30000017": "山月記のうた", "30000025": "檸檬のある棚", "30000033": "銀の匙の話", "30000041": "蜜柑の汽車",
    "30000058": "舞姫の手紙", "30000066": "高瀬舟の夜", "30000074": "雪国の宿帳", "30000082": "伊豆の道連れ",
}  # fmt: skip
DESK, SIP2, OFFLINE, LATE, CLAIMED, LOST, WANTED, HELD = TITLES


def night(days: int = 0) -> None:
    at = timezone.now() + timedelta(days=days)
    Worker().read_once()
    send_waiting(at=at.replace(hour=3), limit=100)
    for job in TIMETABLE:
        job.run(at)
    if connection.vendor == "postgresql":
        with Path(settings.HOME, "dump.sql").open("wb") as file:
            subprocess.run(["pg_dump", "--inserts", os.environ["DATABASE_URL"]], stdout=file, check=True)


def found(key: bytes) -> int:
    return sum(path.read_bytes().count(key) for path in Path(settings.HOME).rglob("*") if path.is_file())


def pairs(patron: Patron) -> list[str]:
    where = (patron, TITLES.values(), TITLES)
    return [*pairs_in_rows(*where), *pairs_in_the_journal(patron), *pairs_in_files(Path(settings.HOME), *where)]


def books() -> None:
    for number, (barcode, title) in enumerate(TITLES.items()):
        marc = pymarc.Record(force_utf8=True)
        marc.add_field(
            pymarc.Field("001", data=str(number)),
            pymarc.Field("245", pymarc.Indicators("1", "0"), [pymarc.Subfield("a", title)]),
        )
        item(barcode, record=save_record(marc.as_marc(), source="t", by=cast.SYSTEM, at=timezone.now()))


def at_the_counter(client: Client, page: str, number: str) -> None:
    html = client.get(page).content.decode()
    hidden = {
        name: html.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("request_key", "visit", "mode")
    }
    told = client.post("/desk/scans", {**hidden, "scanned": number}, follow=True)
    assert told.status_code == 200, told.content[:2000]


def borrow(client: Client, patron: Patron, sip2: Sip2) -> None:
    at_the_counter(client, "/desk/", "20004318")
    at_the_counter(client, "/desk/", DESK)
    assert sip2.lend(SIP2, "20004318", at=timezone.now()).fixed["ok"] == "1"
    by, long_ago = at_desk(), timezone.now() - timedelta(days=40)
    for barcode, at in ((LATE, long_ago), (CLAIMED, long_ago), (LOST, timezone.now())):
        copy = Item.objects.get(barcode=barcode)
        circulation.check_out(item=copy, patron=patron, by=by, at=at)
    circulation.claim_returned(loan=Loan.objects.open().get(item__barcode=CLAIMED), by=by, at=timezone.now())
    circulation.declare_lost(loan=Loan.objects.open().get(item__barcode=LOST), by=by, at=timezone.now())
    offline = Offline()
    offline.writes("loan", 0, card="20004318", item=OFFLINE)
    offline.sends()
    offline.enters()
    held = BibliographicRecord.objects.get(title=TITLES[HELD])
    circulation.place_hold(patron=patron, want=circulation.Want((held,)), pickup=cast.chuo(), by=by, at=timezone.now())
    wanted = BibliographicRecord.objects.get(title=TITLES[WANTED])
    hold = circulation.place_hold(
        patron=patron,
        want=circulation.Want((wanted,)),
        pickup=cast.chuo(),
        by=by,
        at=timezone.now(),
        needed_by=timezone.localdate(),
    )
    assert isinstance(hold, Hold)


def take_back(copy: Item) -> None:
    by, at = replace(at_desk(), request_key=uuid4().hex), timezone.now()
    once(by.request_key, lambda: {"stop": circulation.check_in(item=copy, by=by, at=at).stop.kind}, door="desk", at=at)


def bring_back(client: Client, sip2: Sip2) -> None:
    at_the_counter(client, "/desk/returns", DESK)
    assert sip2.take_back(SIP2, at=timezone.now()).fixed["ok"] == "1"
    for barcode in (OFFLINE, LATE, CLAIMED, LOST):
        take_back(Item.objects.get(barcode=barcode))
    for hold in Hold.objects.open().filter(titles__record__title=TITLES[HELD]):
        circulation.cancel_hold(hold=hold, by=at_desk(), at=timezone.now())


def main() -> None:
    call_command("migrate", verbosity=0)
    house_rules()
    patron = cast.hanako(email="hanako@example.jp")
    cast.staff("sano", *PERMISSIONS, at=cast.chuo())
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    books()
    client = Client(SERVER_NAME="localhost")
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    sip2, key, told = Sip2(), patron.key.encode(), {}
    night()
    told["before"] = found(key)
    borrow(client, patron, sip2)
    night()
    told["lent"] = found(key)
    told["open_loans"] = Loan.objects.open().filter(patron=patron).count()
    told["pairs_while_lent"] = len(pairs(patron))
    bring_back(client, sip2)
    told["pairs_before_the_night"] = len(pairs(patron))
    night(days=2)
    night(days=3)  # what was announced in the first night is untied in the next
    told["still_lent"] = Loan.objects.filter(patron=patron).count()
    told["after"] = found(key)
    told["pairs_after"] = pairs(patron)
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
