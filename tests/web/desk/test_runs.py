"""The page in the van, the labels of crates, and what is late on its way."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation.models import CrateReading, Run
from fumikura.holdings.models import Missing
from tests import cast
from tests.cast import AT
from tests.circulation.test_runs import packed, ring, travelling
from tests.web.desk.conftest import RIGHTS, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def driver(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    ring()
    return enter(client, cast.staff("sano", *RIGHTS, "circulation.pack", "holdings.mark-missing"))


def post(client: Client, where: str, **fields: str) -> str:
    return client.post(where, fields, follow=True).content.decode()


def test_a_crate_is_taken_up_and_set_down_by_its_label(driver: Client) -> None:
    packed()
    page = driver.get("/desk/runs").content.decode()
    assert "箱 1・本 1点" in page and "これから" in page
    van = "/desk/runs/VAN/1"
    assert "中央図書館を出発" in driver.get(van).content.decode()
    page = post(driver, van, crate="101", stop="CHUO", request_key="a")
    assert "箱 101 を載せました（北図書館行き）" in page and "中央図書館を出発" in page
    assert "北図書館に着いた" in post(driver, van, what="left", stop="CHUO", request_key="l")
    page = post(driver, van, what="came", stop="KITA", request_key="b")
    assert "到着を記録しました" in page and 'ここで降ろす箱 <span class="num">1' in page
    page = post(driver, van, crate="101", stop="KITA", request_key="c")
    assert "箱 101 を降ろしました" in page
    page = post(driver, van, what="taken-back", stop="KITA", request_key="d")
    assert "ひとつ前の記録を消しました" in page
    assert Run.objects.count() == 1 and CrateReading.objects.count() == 2


def test_no_van_goes_on_silently_while_a_label_is_unread(driver: Client) -> None:
    packed()
    van = "/desk/runs/VAN/1"
    page = driver.post(van, {"what": "left", "stop": "CHUO", "request_key": "a"})
    assert page.status_code == 422 and "まだ札を読んでいない箱があります" in page.content.decode()
    assert not Run.objects.exists()
    post(driver, van, crate="101", stop="CHUO", request_key="b")
    post(driver, van, what="left", stop="CHUO", request_key="c")
    assert "<b>101</b>" in post(driver, van, what="went", stop="KITA", request_key="d")
    assert "南図書館に着いた" in post(driver, van, what="went", stop="KITA", sure="yes", request_key="e")
    page = post(driver, van, crate="101", stop="MINAMI", request_key="f")
    assert "箱 101 は北図書館で降ろすはずでした。中央図書館までもどって降ろすと" in page


def test_a_label_read_twice_under_one_key_is_read_once(driver: Client) -> None:
    packed()
    for _ in range(2):
        post(driver, "/desk/runs/VAN/1", crate="101", stop="CHUO", request_key="a")
    assert CrateReading.objects.count() == 1


def test_a_label_that_is_no_crate_and_a_run_that_is_none_are_answered(driver: Client) -> None:
    page = driver.post("/desk/runs/VAN/1", {"crate": "777", "stop": "CHUO", "request_key": "a"})
    assert page.status_code == 422 and "いま使われていません" in page.content.decode()
    assert driver.get("/desk/runs/VAN/9").status_code == 404
    assert driver.get("/desk/runs/VAN/1?on=soon").status_code == 404


def test_the_manifest_and_the_labels_are_pdfs(driver: Client) -> None:
    packed()
    for where in ("/desk/runs/VAN/1/manifest", "/desk/crates/labels?first=BOX-001&count=9"):
        assert driver.get(where).content.startswith(b"%PDF")
    page = driver.get("/desk/crates/labels?first=BOX&count=999").content.decode()
    assert "数字で終わる番号" in page


def test_a_late_book_is_found_by_its_barcode_or_given_up(driver: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    book = travelling()
    later = AT + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    enter(driver, driver_user())
    page = driver.get("/desk/transits").content.decode()
    assert "3開館日の遅れ" in page and "中央図書館" in page
    page = post(driver, "/desk/transits", missing=str(book.pk), request_key="a")
    assert "不明にしました" in page and Missing.objects.filter(found_at=None).exists()
    page = post(driver, "/desk/transits", scanned="30000017", request_key="b")
    assert "北図書館 行きの箱へ" in page and not Missing.objects.filter(found_at=None).exists()


def driver_user():
    from fumikura.organisation.models import User

    return User.objects.get(username="sano")
