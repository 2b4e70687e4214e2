"""Finding anything from any page of staff; what a right closes is not shown, and said to be closed."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fumikura.circulation.models import Crate
from fumikura.circulation.services import check_out
from fumikura.holdings.models import Item
from fumikura.holdings.services.sets import make_set
from fumikura.journal.events import Event
from fumikura.patrons.models import Patron
from fumikura.web.acts import ACTS
from fumikura.web.staff.helping import SHARED, _texts
from fumikura.web.staff_ways import CATALOGUING, DESK, OFFICE
from tests import cast
from tests.circulation.cast import at_desk, house_rules, item
from tests.web.desk.conftest import book, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako(monkeypatch: pytest.MonkeyPatch) -> Patron:
    monkeypatch.setattr(timezone, "now", lambda: cast.AT)
    return cast.hanako()


@pytest.fixture
def sano(client: Client, hanako: Patron) -> Client:
    rights = ("patrons.view", "circulation.set-rules", "organisation.change-calendar", "circulation.check-out")
    return enter(client, cast.staff("sano", *rights))


@pytest.fixture
def kimura(client: Client, hanako: Patron) -> Client:
    return enter(client, cast.staff("kimura", "circulation.check-in"))


def asked(client: Client, text: str) -> str:
    return client.get("/staff/find", {"q": text}).content.decode()


def test_a_card_that_is_read_opens_its_reader_and_a_barcode_its_copy(sano: Client, hanako: Patron) -> None:
    kokoro = book("こころ", "1000000014")
    assert sano.get("/staff/find", {"q": "20004318"}).headers["Location"] == f"/desk/readers/{hanako.key}"
    assert sano.get("/staff/find", {"q": kokoro.barcode}).headers["Location"] == f"/desk/copies/{kokoro.pk}"


def test_readers_are_found_by_kana_sites_by_name_and_pages_by_what_people_call_them(
    sano: Client, hanako: Patron
) -> None:
    assert f"/desk/readers/{hanako.key}" in asked(sano, "みずの")
    assert "/office/sites/CHUO/calendar" in asked(sano, "ちゅうおう") or "/office/sites/CHUO/calendar" in asked(
        sano, "中央"
    )
    assert 'href="/office/policies"' in asked(sano, "きまり")
    assert 'href="/desk/sets"' in asked(sano, "団体") and 'href="/desk/sets"' in asked(sano, "学校")
    assert 'href="/desk/returns"' not in asked(sano, "返却 "), "that right they have not got"


def test_rules_are_found_by_what_they_say(sano: Client) -> None:
    house_rules()
    assert asked(sano, "DVD").count('href="/office/policies"') >= 1


def test_without_the_right_no_reader_is_found_by_name_or_card_and_the_page_says_so(
    kimura: Client, hanako: Patron
) -> None:
    for text in ("みずの", "20004318"):
        page = asked(kimura, text)
        assert hanako.key not in page and "水野" not in page
        assert "利用者をさがす権限は、この窓口にはありません" in page
    assert "/office/policies" not in asked(kimura, "きまり")


def test_the_label_of_a_crate_or_of_a_set_opens_it(sano: Client) -> None:
    box = Crate.objects.create(number="HAKO-12", origin=cast.chuo(), destination=cast.kita(), opened_at=cast.AT)
    assert sano.get("/staff/find", {"q": "hako-12"}).headers["Location"] == f"/desk/crates/{box.pk}"
    one = make_set(
        number="S0001", name="環境 4年", home=cast.chuo(), items=[book("川", "31000998")], by=cast.SYSTEM, at=cast.AT
    )
    assert sano.get("/staff/find", {"q": "S0001"}).headers["Location"] == f"/desk/sets/{one.pk}"


def test_nothing_found_says_how_to_go_on_and_strange_words_do_no_harm(sano: Client) -> None:
    assert "見つかりません" in asked(sano, "ぬるぽぬるぽ")
    for strange in ("<b>", "%_%", "\x00\x00", "a" * 5000, "٣٤٥٦٧", "🈂️" * 40):
        assert sano.get("/staff/find", {"q": strange}).status_code in {200, 302}


def test_what_i_did_today_names_titles_and_no_reader(client: Client, hanako: Patron) -> None:
    house_rules()
    user = cast.staff("sano", "patrons.view")
    lent: Item = item()
    check_out(item=lent, patron=hanako, by=replace(at_desk(), ref=f"staff:{user.pk}"), at=cast.AT)
    page = enter(client, user).get("/staff/today").content.decode()
    assert "CHUO" not in page and "貸した" in page and lent.record.title in page and "水野" not in page
    assert "この日の記録はありません" in client.get("/staff/today", {"day": "3"}).content.decode()
    assert client.get("/staff/today", {"day": "x"}).status_code == 200


def test_whatever_is_written_in_the_journal_is_told_in_words() -> None:
    for room in Path("fumikura").glob("*/events.py"):
        importlib.import_module(f"fumikura.{room.parent.name}.events")
    known = {event.name for event in Event.__subclasses__() if event.__module__.startswith("fumikura.")}
    assert known - set(ACTS) == set()


def test_every_page_of_the_menus_is_explained_or_says_where_to_read(sano: Client) -> None:
    assert "カードを読むと" in sano.get("/staff/help", {"page": "desk:lend", "back": "/desk/"}).content.decode()
    assert "どのページでも" in sano.get("/staff/help", {"page": "x"}).content.decode()
    assert 'href="https://evil' not in sano.get("/staff/help", {"back": "https://evil.example/"}).content.decode()
    known = {name for name, _words, _may in (*DESK, *OFFICE, *CATALOGUING)}
    for name in known:
        reverse(name)
    assert set(SHARED.values()) <= set(_texts())
    for told in _texts().values():
        assert len(told["ja"]) == len(told["en"])
