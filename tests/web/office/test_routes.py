"""便の道筋: tried on a week, then saved; explained between two sites."""

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Rotation, Route
from fumikura.holdings.models import Item
from tests import cast
from tests.cast import AT
from tests.circulation.cast import at_desk, item
from tests.circulation.test_runs import ring
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
FORM = {
    "code": "EAST",
    "name": "東回り",
    "order0": "2",
    "stop0": "KITA",
    "at0-0": "10:00",
    "order1": "1",
    "stop1": "CHUO",
    "at1-0": "09:30",
    "back-0": "11:00",
    "rest": ["monday"],
    "on_call": ["MINAMI"],
}


@pytest.fixture
def manager(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    cast.chuo(), cast.kita(), cast.facility("MINAMI", "南図書館")
    return enter(client, cast.staff("shimizu", "circulation.set-route"))


def test_a_new_route_is_shown_as_a_week_before_it_is_saved(manager: Client) -> None:
    assert "便はまだありません" in manager.get("/office/routes").content.decode()
    page = manager.post("/office/routes/new", FORM).content.decode()
    assert "まだ保存していません" in page and "走りません" in page and not Route.objects.exists()
    page = manager.post("/office/routes/new", {**FORM, "save": "yes", "request_key": "k"}, follow=True).content.decode()
    assert "「東回り」を保存しました" in page and "中央図書館 → 北図書館" in page
    row = Route.objects.get()
    assert (row.stops, row.runs) == (["CHUO", "KITA"], [{"CHUO": "09:30", "KITA": "10:00", "back": "11:00"}])
    assert (row.rest_days, row.on_call) == (["monday"], ["MINAMI"])
    page = manager.get("/office/routes/EAST").content.decode()
    assert 'value="09:30"' in page and "これからの一週間" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"at0-0": "09:00"}, "時刻"),
        ({"stop0": "CHUO"}, "2度入っています"),
        ({"name": ""}, "足りません"),
    ],
)
def test_a_route_that_cannot_be_driven_is_refused_and_nothing_typed_is_lost(
    manager: Client, fields: dict[str, str], words: str
) -> None:
    answer = manager.post("/office/routes/new", {**FORM, **fields})
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and 'value="11:00"' in page


def test_the_way_between_two_sites_is_told_ride_by_ride(manager: Client) -> None:
    ring()
    page = manager.get("/office/routes/way", {"from": "KITA", "to": "MINAMI", "ready": "2026-05-20T09:00"})
    assert "北図書館 11:00 → 南図書館 11:30（5/20の第1便）" in page.content.decode()
    page = manager.get("/office/routes/way", {"from": "KITA", "to": "KITA"}).content.decode()
    assert "同じ館です" in page
    assert manager.get("/office/routes/way", {"from": "X", "ready": "soon"}).status_code == 200


def test_an_unknown_route_is_no_page(manager: Client) -> None:
    assert manager.get("/office/routes/NONE").status_code == 404


def test_a_rotation_is_seen_before_it_is_begun(manager: Client) -> None:
    item("30000017")
    form = {"code": "JUN", "name": "巡回", "first_on": "2026-06-01", "weeks": "8", "stop0": "KITA", "stop1": "MINAMI"}
    page = manager.post("/office/rotations", {**form, "set0": "30000017", "try": "yes"}).content.decode()
    assert "まだ保存していません" in page and "南図書館" in page and 'value="JUN"' in page
    assert not Rotation.objects.exists()
    refused = manager.post("/office/rotations", {**form, "set0": "999", "try": "yes"})
    assert refused.status_code == 422
    form |= {"set0": "30000017", "request_key": "k"}
    assert "「巡回」を保存しました" in manager.post("/office/rotations", form, follow=True).content.decode()


def test_what_goes_back_to_one_place_is_told_for_many_copies(client: Client) -> None:
    book, kita = item("30000017"), cast.kita()
    office = enter(client, cast.staff("shimizu", "holdings.change-item"))
    page = office.post("/office/return-places", {"numbers": "30000017 999", "place": "KITA"}).content.decode()
    assert "999" in page and Item.objects.get().return_to is None
    sent = {"numbers": "30000017", "place": "KITA", "request_key": "a"}
    page = office.post("/office/return-places", sent, follow=True).content.decode()
    assert "1点は、どこで返されても北図書館へ送ります" in page and Item.objects.get().return_to == kita
    assert circulation.check_in(item=book, by=at_desk(), at=AT).stop.to == "KITA"
    sent = {"numbers": "30000017", "place": "", "request_key": "b"}
    assert "ふつうの行き先にもどしました" in office.post("/office/return-places", sent, follow=True).content.decode()
    assert office.post("/office/return-places", {"numbers": ""}).status_code == 422
