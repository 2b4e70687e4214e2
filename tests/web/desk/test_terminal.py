"""図書館ターミナル: a card, a book, a crate, two keys. And the locker beside it, in the hands of the simulator."""

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Crate, Hold, Loan
from fumikura.holdings.models import Item
from fumikura.organisation.models import User
from fumikura.organisation.services import add_device
from fumikura.project.management.commands.locker import Machine, Said
from tests import cast
from tests.cast import AT
from tests.circulation.cast import at_desk
from tests.circulation.test_lockers import crate_for_station, locker, on_its_way, ready_at_station, station, unstaffed
from tests.web.desk.conftest import RIGHTS, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    station()
    rights = (*RIGHTS, "circulation.pack", "circulation.fill-locker", "organisation.configure")
    return enter(client, cast.staff("ota", *rights), "EKI")


def post(client: Client, **fields: object) -> str:
    return client.post("/desk/terminal", fields).content.decode()


def sealed(page: str) -> str:
    return page.partition('name="open" value="')[2].partition('"')[0]


def test_a_crate_arrives_a_card_is_read_and_the_book_is_handed_out_with_one_key(clerk: Client) -> None:
    crate_for_station()
    page = post(clerk, scanned="101", request_key="a")
    assert "箱 101 を受け取りました" in page and "2冊が受け取れます" in page
    page = post(clerk, scanned="20004326", request_key="b")
    assert "2番目" in page and "こころ" in page
    book = Item.objects.get(barcode="30000025")
    for _ in range(2):
        told = post(clerk, open=sealed(page), hand="yes", item=str(book.pk), request_key="c")
        assert "1冊をわたしました" in told
    assert Loan.objects.open().get().item == book


def test_a_returned_book_asks_for_a_crate_once_and_goes_into_it_from_then_on(clerk: Client) -> None:
    for barcode in ("30000017", "30000025"):
        book = _lent(barcode)
    page = post(clerk, scanned="30000017", request_key="a")
    assert "中央図書館行きの箱がまだありません" in page and 'name="begin"' in page
    first = Item.objects.get(barcode="30000017")
    page = post(clerk, scanned="205", begin=str(first.pk), request_key="b")
    assert "箱 205（中央図書館行き）" in page
    page = post(clerk, scanned="30000025", request_key="c")
    assert "返却しました" in page and "箱 205（中央図書館行き）に入れてください" in page
    assert Crate.objects.get().lines.count() == 2 and book.barcode == "30000025"


def _lent(barcode: str) -> Item:
    from fumikura.patrons.models import Patron
    from tests.circulation.cast import item

    book = item(barcode)
    patron = Patron.objects.first() or cast.hanako()
    circulation.check_out(item=book, patron=patron, by=at_desk(), at=AT)
    return book


@pytest.mark.parametrize("scanned", ["???", "99999999", "4901234567894"])
def test_what_is_neither_card_nor_book_nor_crate_is_said(clerk: Client, scanned: str) -> None:
    assert "どれでもありません" in post(clerk, scanned=scanned, request_key="a")


def test_a_card_that_is_open_too_long_or_forged_opens_nothing(clerk: Client) -> None:
    assert "時間がたちました" in post(clerk, open="1:forged", hand="yes", item="1", request_key="a")


def test_a_locker_is_filled_emptied_and_marked_at_the_counter(clerk: Client) -> None:
    assert "予約ロッカーはありません" in clerk.get("/desk/locker").content.decode()
    ready_at_station()

    def act(**fields: str) -> str:
        return clerk.post("/desk/locker", fields, follow=True).content.decode()

    assert "扉は3枚になりました" in act(doors="3", request_key="a")
    assert "1番の扉に入れてください：こころ" in act(scanned="30000017", request_key="b")
    assert "2番は使わないことにしました" in act(door="2", broken="yes", request_key="c")
    assert "2番はまた使えます" in act(door="2", works="yes", request_key="d")
    assert "1番から取り出しました" in act(door="1", out="yes", request_key="e")
    assert "もう何も入っていません" in act(door="1", out="yes", request_key="f")


def test_a_door_that_was_opened_and_never_closed_is_settled_by_whoever_looks(clerk: Client) -> None:
    book, _hold = ready_at_station()
    stay = circulation.fill_locker(item=book, facility=locker(), by=at_desk("EKI"), at=AT)
    circulation.open_locker(code=stay.code, facility=locker(), by=at_desk("EKI"), at=AT)
    assert "閉めた知らせがありません" in clerk.get("/desk/locker").content.decode()
    page = clerk.post("/desk/locker", {"door": "1", "taken": "yes", "request_key": "a"}, follow=True).content.decode()
    assert "1点を貸出にしました" in page and "閉めた知らせ" not in page


def test_a_book_on_its_way_is_read_once_at_the_locker_and_its_door_is_named(clerk: Client) -> None:
    book, hold = on_its_way(cast.hanako(), "30000017", unstaffed())
    page = clerk.post("/desk/locker", {"scanned": book.barcode, "request_key": "a"}, follow=True).content.decode()
    assert "1番の扉に入れてください：こころ" in page
    circulation.cancel_hold(hold=hold, by=at_desk(), at=AT)
    page = clerk.post("/desk/locker", {"scanned": book.barcode, "request_key": "b"}, follow=True).content.decode()
    assert "中央図書館 行きの箱へ" in page


def test_the_page_of_returns_names_the_door_of_a_locker(clerk: Client) -> None:
    book, _hold = on_its_way(cast.hanako(), "30000017", unstaffed())
    scan = {"scanned": book.barcode, "mode": "take-back", "request_key": "a"}
    assert "ロッカーの1番へ" in clerk.post("/desk/scans", scan, follow=True).content.decode()


def test_the_reader_sees_the_door_and_the_code_and_nobody_else_does(clerk: Client) -> None:
    book, hold = ready_at_station()
    stay = circulation.fill_locker(item=book, facility=locker(), by=at_desk("EKI"), at=AT)
    assert stay.code not in clerk.get("/desk/locker").content.decode()
    reader = Client()
    reader.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    page = reader.get("/my/holds").content.decode()
    assert stay.code in page and "番の扉" in page and f"locker-{hold.pk}" in page


@pytest.mark.django_db(transaction=True)
def test_the_simulator_speaks_as_a_machine_does(live_server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    book, _hold = ready_at_station()
    _device, key = add_device(code="LOCKER-1", name="駅", kind="locker", facility=locker(), by=cast.SYSTEM, at=AT)
    machine = Machine(str(live_server), "LOCKER-1", key)
    assert "扉 1 が開きました" in machine.obey(f"fill {book.barcode}")
    assert "kept" in machine.obey("list")
    code = circulation.locker_of([Hold.objects.get().pk])[Hold.objects.get().pk].code
    with pytest.raises(Said, match="この番号の扉はありません"):
        machine.obey("open 00000000x")
    assert "扉 1 が開きました" in machine.obey(f"open {code}")
    assert "1 点を貸し出しました" in machine.obey("close")
    assert "故障" in machine.obey("fault 2 鍵が回らない") and "fault" in machine.obey("list")
    assert "また使えます" in machine.obey("works 2")
    assert "何も入っていません" in machine.obey("out 1")
    assert machine.obey("sing").startswith("list")
    with pytest.raises(Said):
        Machine(str(live_server), "LOCKER-1", "wrong").obey("list")
    assert User.objects.count() == 0
