"""What stock discovery systems send, word for word, and what they read of the answers.

VuFind's drivers PAIA, DAIA and KohaILSDI and the command line client App::PAIA were run by hand against a served town
(docs/howto/connect-a-discovery-system.md); neither comes from a package registry. Here stand the requests that they made.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from fumikura.circulation.services import check_out
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
CARD = "20004318"
HOST = "http://testserver"
JSON = "application/json; charset=UTF-8"
STORAGE = "http://purl.org/ontology/paia#StorageCondition"
SCOPES = "read_patron read_fees read_items write_items change_password"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.AT)


@pytest.fixture
def books() -> tuple[int, int]:
    """『こころ』, lent to 花子, and 『三四郎』 on the shelf."""
    house_rules()
    cast.kita()
    kokoro, sanshiro = title(), title("三四郎", "サンシロウ", number="2")
    check_out(item=copy(kokoro, "30000017"), patron=cast.hanako(), by=at_desk(), at=cast.AT - timedelta(days=5))
    copy(sanshiro, "30000025")
    return kokoro.pk, sanshiro.pk


class VuFind:
    """As the driver PAIA speaks: JSON with a charset, everything by `item`."""

    def __init__(self) -> None:
        body = {"username": CARD, "password": cast.PASSWORD, "grant_type": "password", "scope": SCOPES}
        said = Client().post("/paia/auth/login", json.dumps(body), content_type=JSON).json()
        self.headers = {"authorization": f"Bearer {said['access_token']}"}
        assert "write_items" in said["scope"].split() and said["expires_in"] > 0

    def get(self, path: str) -> Any:
        return Client().get(f"/paia/core/{CARD}{path}", headers=self.headers, content_type=JSON).json()

    def post(self, path: str, *documents: dict[str, Any]) -> list[dict[str, Any]]:
        body = json.dumps({"doc": documents})
        answer = Client().post(f"/paia/core/{CARD}/{path}", body, content_type=JSON, headers=self.headers)
        return answer.json()["doc"]


def test_vufind_signs_in_renews_holds_at_a_chosen_site_and_cancels(books: tuple[int, int]) -> None:
    _kokoro, sanshiro = books
    vufind = VuFind()
    assert vufind.get("")["status"] == 0 and vufind.get("/fees")["fee"] == []
    (loan,) = [one for one in vufind.get("/items")["doc"] if one["status"] == 3]
    assert loan["canrenew"] and len(loan["starttime"]) == len(loan["endtime"]) == len("2026-05-20")
    (renewed,) = vufind.post("renew", {"item": loan["item"]})
    assert (renewed["item"], renewed["status"]) == (loan["item"], 3) and "error" not in renewed
    wanted = f"{HOST}/titles/{sanshiro}#item-30000025"
    (placed,) = vufind.post("request", {"item": wanted, "confirm": {STORAGE: ["KITA"]}})
    assert "error" not in placed and placed["storageid"] == "KITA"
    (hold,) = [one for one in vufind.get("/items")["doc"] if one["status"] in (1, 2, 4)]
    assert hold["cancancel"] and hold["item"]
    (cancelled,) = vufind.post("cancel", {"item": hold["item"]})
    assert cancelled["item"] == hold["item"] and not cancelled.get("error")
    assert [one["status"] for one in vufind.get("/items")["doc"]] == [3]


def test_the_client_of_cpan_requests_an_edition_as_an_item(books: tuple[int, int]) -> None:
    _kokoro, sanshiro = books
    client = VuFind()
    (placed,) = client.post("request", {"item": f"{HOST}/titles/{sanshiro}"})
    assert "error" not in placed and placed["about"] == "三四郎"
    (cancelled,) = client.post("cancel", {"item": f"{HOST}/titles/{sanshiro}"})
    assert "error" not in cancelled


def test_vufind_finds_its_documents_in_daia_and_where_to_ask_for_a_loan(books: tuple[int, int]) -> None:
    kokoro, sanshiro = books
    many = "|".join(f"{HOST}/titles/{one}" for one in books)
    told = Client().get("/daia", {"id": many, "format": "json"}, headers={"accept": "application/json"})
    assert told["Content-Type"].split(";")[0] == "application/json"
    documents = {one["id"]: one for one in told.json()["document"]}
    out, there = documents[f"{HOST}/titles/{kokoro}"]["item"][0], documents[f"{HOST}/titles/{sanshiro}"]["item"][0]
    (loan,) = [one for one in out["unavailable"] if one["service"] == "loan"]
    assert (loan["href"], loan["expected"]) == (f"{HOST}/titles/{kokoro}", "2026-05-29")
    assert [one["href"] for one in there["available"] if one["service"] == "loan"] == [f"{HOST}/titles/{sanshiro}"]
    # Its default prefix, one title at a time.
    assert len(Client().get("/daia", {"id": f"ppn:{kokoro}", "format": "json"}).json()["document"]) == 1


def ilsdi(query: str) -> etree._Element:
    """Nothing is falsy to PHP's SimpleXML that has a child."""
    root = etree.fromstring(Client().get(f"/ilsdi?service={query}", headers={"accept-encoding": "plain"}).content)
    assert len(root)
    return root


def test_vufind_speaks_ils_di_as_with_koha(books: tuple[int, int]) -> None:
    _kokoro, sanshiro = books
    who = ilsdi(f"AuthenticatePatron&username={CARD}&password={cast.PASSWORD}").findtext("id")
    assert ilsdi(f"AuthenticatePatron&username={CARD}&password=wrong").findtext("code") == "PatronNotFound"
    assert ilsdi(f"GetPatronInfo&patron_id={who}&show_contact=1").findtext("surname") == "水野"
    loan = ilsdi(f"GetPatronInfo&patron_id={who}&show_contact=0&show_loans=1").find("loans/loan")
    item = loan.findtext("itemnumber")
    services = [one.text for one in ilsdi(f"GetServices&patron_id={who}&item_id={item}").iterfind("AvailableFor")]
    assert "loan renewal" in services
    renewed = ilsdi(f"RenewLoan&patron_id={who}&item_id={item}")
    day, time = renewed.findtext("date_due").split(" ")
    assert renewed.findtext("success") == "1" and (len(day), time) == (10, "23:59")
    place = f"HoldTitle&patron_id={who}&bib_id={sanshiro}&request_location=127.0.0.1&pickup_location=KITA&expiry_date=2026-07-01"
    assert ilsdi(place).findtext("code") is None
    held = ilsdi(f"GetPatronInfo&patron_id={who}&show_contact=0&show_holds=1").find("holds/hold")
    assert (held.findtext("branchname"), len(held.findtext("reservedate"))) == ("北図書館", 10)
    cancelled = ilsdi(f"CancelHold&patron_id={who}&item_id={held.findtext('reserve_id')}")
    assert cancelled.findtext("code") == "Canceled"


def test_a_copy_with_which_nothing_may_be_done_is_still_an_answer(books: tuple[int, int]) -> None:
    who = ilsdi(f"AuthenticatePatron&username={CARD}&password={cast.PASSWORD}").findtext("id")
    item = ilsdi(f"GetPatronInfo&patron_id={who}&show_loans=1").findtext("loans/loan/itemnumber")
    while ilsdi(f"RenewLoan&patron_id={who}&item_id={item}").findtext("success") == "1":
        pass
    ilsdi(f"GetServices&patron_id={who}&item_id={item}")
