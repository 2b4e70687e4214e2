"""ILS-DI: our answers read as VuFind's Koha driver reads them, element by element."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from fumikura.circulation.models import Hold
from fumikura.circulation.services import check_out
from fumikura.holdings.models import Item
from fumikura.patrons.models import Patron
from fumikura.patrons.services.sessions import open_session
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
CARD = "20004318"
DLF = {"dlf": "http://diglib.org/ilsdi/1.1"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.AT)


@pytest.fixture
def books() -> tuple[Item, Item]:
    """『こころ』, lent to 花子, and 『三四郎』 on the shelf."""
    house_rules()
    kokoro = copy(title(), "30000017")
    check_out(item=kokoro, patron=cast.hanako(), by=at_desk(), at=cast.AT - timedelta(days=5))
    return kokoro, copy(title("三四郎", "サンシロウ", number="2"), "30000025")


def ask(service: str, **arguments: Any) -> etree._Element:
    """By GET, as the driver asks; it takes nothing but 200 and well-formed XML."""
    answer = Client().get("/ilsdi", {"service": service, **arguments})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer["Cache-Control"] == "no-store"
    return etree.fromstring(answer.content)


def signed_in() -> str:
    return ask("AuthenticatePatron", username=CARD, password=cast.PASSWORD).findtext("id") or ""


def code(service: str, **arguments: Any) -> str | None:
    return ask(service, **arguments).findtext("code")


def test_a_reader_signs_in_and_sees_their_own(books: tuple[Item, Item]) -> None:
    kokoro, sanshiro = books
    patron = signed_in()
    told = ask("GetPatronInfo", patron_id=patron, show_contact=1)
    assert [told.findtext(name) for name in ("cardnumber", "surname", "lastname", "firstname", "categorycode")] == [
        CARD, "水野", "水野", "花子", "adult",
    ]  # fmt: skip
    assert {one.tag for one in told} & {"address", "zipcode", "phone", "email", "holds", "loans"} == set()
    (loan,) = ask("GetPatronInfo", patron_id=patron, show_contact=0, show_loans=1).findall("loans/loan")
    assert loan.findtext("itemnumber") == str(kokoro.pk) and loan.findtext("barcode") == "30000017"
    assert (loan.findtext("date_due"), loan.findtext("renewals")) == ("2026-05-29 23:59", "0")
    assert loan.findtext("why") == "規則「基本」で、14日です。"
    ask("HoldTitle", patron_id=patron, bib_id=sanshiro.record_id, request_location="127.0.0.1")
    (hold,) = ask("GetPatronInfo", patron_id=patron, show_contact=0, show_holds=1).findall("holds/hold")
    assert [hold.findtext(name) for name in ("biblionumber", "branchname", "reservedate", "title", "reserve_id")] == [
        str(sanshiro.record_id), "中央図書館", "2026-05-20", "三四郎", str(Hold.objects.get().pk),
    ]  # fmt: skip
    assert "先に申し込んだ方から" in (hold.findtext("why") or "")
    assert ask("GetPatronInfo", patron_id=patron, show_fines=1).findall("fines/fine") == []
    status = ask("GetPatronStatus", patron_id=patron)
    assert (status.findtext("type"), status.findtext("status")) == ("adult", "0")


def test_what_may_be_renewed_is_asked_and_renewed(books: tuple[Item, Item]) -> None:
    kokoro, sanshiro = books
    patron = signed_in()
    offered = [one.text for one in ask("GetServices", patron_id=patron, item_id=kokoro.pk).findall("AvailableFor")]
    assert offered == ["loan renewal"]
    assert Hold.objects.count() == 0
    there = [one.text for one in ask("GetServices", patron_id=patron, item_id=sanshiro.pk).findall("AvailableFor")]
    assert there == ["title level hold", "item level hold"] and Hold.objects.count() == 0
    renewed = ask("RenewLoan", patron_id=patron, item_id=kokoro.pk)
    assert (renewed.findtext("success"), renewed.findtext("renewals")) == ("1", "1")
    day, time = (renewed.findtext("date_due") or "").split(" ")
    assert day > "2026-05-29" and time == "23:59"
    again = ask("RenewLoan", patron_id=patron, item_id=kokoro.pk)
    assert again.findtext("success") == "0" and again.findtext("error") and again.findtext("message")
    assert ask("RenewLoan", patron_id=patron, item_id=sanshiro.pk).findtext("success") == "0"
    assert code("RenewLoan", patron_id=patron, item_id=999999) == "RecordNotFound"


def test_a_title_and_a_copy_are_held_and_let_go(books: tuple[Item, Item]) -> None:
    _kokoro, sanshiro = books
    cast.kita()
    patron, bib = signed_in(), sanshiro.record_id
    held = ask("HoldItem", patron_id=patron, bib_id=bib, item_id=sanshiro.pk, pickup_location="KITA",
               needed_before_date="2026-07-01", pickup_expiry_date="2026-07-01")  # fmt: skip
    assert (held.findtext("code"), held.findtext("pickup_location")) == (None, "北図書館")
    hold = Hold.objects.get()
    assert hold.titles.get().item_id == sanshiro.pk and str(hold.needed_by) == "2026-07-01"
    twice = ask("HoldTitle", patron_id=patron, bib_id=bib, request_location="127.0.0.1")
    assert twice.findtext("code") == "NotHoldable" and twice.findtext("message")
    assert code("CancelHold", patron_id=patron, item_id=hold.pk) == "Canceled"
    assert code("CancelHold", patron_id=patron, item_id=hold.pk) == "RecordNotFound"
    assert code("HoldTitle", patron_id=patron, bib_id=bib, pickup_location="NOWHERE") == "LocationNotFound"
    assert code("HoldTitle", patron_id=patron, bib_id=999999) == "RecordNotFound"
    assert code("HoldItem", patron_id=patron, bib_id=books[0].record_id, item_id=sanshiro.pk) == "RecordNotFound"
    once = {"service": "HoldTitle", "patron_id": patron, "bib_id": bib}
    for _again in (1, 2):
        told = Client().post("/ilsdi", once, headers={"idempotency-key": "k1"})
        assert etree.fromstring(told.content).findtext("title") == "三四郎"
    assert Hold.objects.open().count() == 1


def test_nobody_touches_a_hold_or_loan_of_somebody_else(books: tuple[Item, Item]) -> None:
    kokoro, sanshiro = books
    ask("HoldTitle", patron_id=signed_in(), bib_id=sanshiro.record_id)
    hold = Hold.objects.get()
    other = open_session(patron=cast.taro(), at=cast.AT)
    assert code("CancelHold", patron_id=other, item_id=hold.pk) == "RecordNotFound"
    assert Hold.objects.open().count() == 1
    assert ask("RenewLoan", patron_id=other, item_id=kokoro.pk).findtext("success") == "0"


def test_availability_is_told_copy_by_copy_and_names_nobody(books: tuple[Item, Item]) -> None:
    kokoro, sanshiro = books
    ids = f"{kokoro.record_id} {sanshiro.record_id} 999999"
    told = ask("GetAvailability", id=ids, id_type="bib")
    assert told.tag == f"{{{DLF['dlf']}}}collection"
    out, there, unknown = told.findall("dlf:record", DLF)
    simple = "dlf:items/dlf:item/dlf:simpleavailability/dlf:"
    assert out.find("dlf:bibliographic", DLF).get("id") == str(kokoro.record_id)
    assert out.findtext(f"{simple}availabilitystatus", namespaces=DLF) == "not available"
    assert out.findtext(f"{simple}dateavailable", namespaces=DLF) == "2026-05-29"
    assert there.find("dlf:items/dlf:item", DLF).get("id") == str(sanshiro.pk)
    assert there.findtext(f"{simple}availabilitystatus", namespaces=DLF) == "available"
    assert there.findtext(f"{simple}location", namespaces=DLF) == "中央図書館"
    assert unknown.findtext("dlf:simpleavailability/dlf:availabilitystatus", namespaces=DLF) == "unknown"
    one, none = ask("GetAvailability", id=f"{sanshiro.pk} x", id_type="item").findall("dlf:record", DLF)
    assert one.find("dlf:bibliographic", DLF).get("id") == str(sanshiro.record_id)
    assert none.findtext(f"{simple}availabilitystatus", namespaces=DLF) == "unknown"
    whole = ask("GetAvailability", id=sanshiro.record_id, id_type="bib", return_type="bib")
    assert whole.findtext(".//dlf:availabilitystatus", namespaces=DLF) == "available"
    for answer in (told, ask("GetRecords", id=ids)):
        text = etree.tostring(answer, encoding="unicode")
        assert not any(word in text for word in ("花子", "水野", CARD, "borrowernumber"))


def test_records_come_as_marcxml_with_their_copies_and_nobodys_loans(books: tuple[Item, Item]) -> None:
    kokoro, _sanshiro = books
    record, none = ask("GetRecords", id=f"{kokoro.record_id} 999999", schema="MARCXML").findall("record")
    marc = etree.fromstring((record.findtext("marcxml") or "").encode())
    assert etree.QName(marc).localname == "record"
    assert "こころ" in etree.tostring(marc, encoding="unicode")
    assert record.findtext("items/item/barcode") == "30000017"
    assert record.findtext("items/item/onloan") == "2026-05-29"
    assert record.find("issues") is None and record.find("reserves") is None
    assert none.findtext("code") == "RecordNotFound"
    assert code("GetRecords", id=kokoro.record_id, schema="MODS") == "UnsupportedSchema"


def test_what_is_wrong_has_the_codes_of_the_protocol(books: tuple[Item, Item]) -> None:
    kokoro, _sanshiro = books
    assert ask("Fly").findtext("message") == "NotSupported"
    assert [one.text for one in ask("Describe").findall("service/name")][:2] == ["Describe", "GetAvailability"]
    assert [one.text for one in ask("Describe", verb="GetRecords").findall("service/required")] == ["id"]
    assert code("LookupPatron", id=CARD, id_type="cardnumber") == "NotAllowed"
    assert code("GetAvailability", id=1) == "MissingParameter"
    assert code("GetAvailability", id=1, id_type="shelf") == "IllegalParameter"
    assert code("GetRecords", id=1, colour="red") == "IllegalParameter"
    assert code("GetRecords", id=["1", "2"]) == "MultipleValuesNotAllowed"
    assert (
        code("HoldTitle", patron_id=signed_in(), bib_id=kokoro.record_id, needed_before_date="x") == "IllegalParameter"
    )
    hanako = Patron.objects.get()
    for stranger in (CARD, str(hanako.pk), hanako.key, "0" * 32, "\x00"):
        for service in ("GetPatronInfo", "GetPatronStatus"):
            assert code(service, patron_id=stranger) == "PatronNotFound"
    assert code("CancelHold", patron_id=CARD, item_id=1) == "PatronNotFound"
    for attempt in range(5):
        assert code("AuthenticatePatron", username=CARD, password=f"guess {attempt}") == "PatronNotFound"
    locked = ask("AuthenticatePatron", username=CARD, password=cast.PASSWORD)
    assert locked.findtext("code") == "PatronNotFound" and locked.find("id") is None and locked.findtext("message")
    assert Client().put("/ilsdi").status_code == 405
