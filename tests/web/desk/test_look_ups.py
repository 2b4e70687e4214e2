"""Finding a patron or an item from the counter, journeys, overdue items, the keys."""

import pytest
from django.utils import timezone

from fumikura.catalogue.services import save_record
from fumikura.circulation.services import check_out
from fumikura.discovery import versions
from fumikura.discovery.models import IndexVersion
from fumikura.holdings.models import Item
from fumikura.holdings.services import NewItem, add_item
from fumikura.journal.models import Entry
from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from tests import cast
from tests.catalogue import records
from tests.web.desk.conftest import Counter, enter

pytestmark = pytest.mark.django_db


def test_a_patron_is_found_by_reading_and_opened_in_writing(counter, hanako):
    page = counter.client.get("/desk/patrons", {"q": "みずの"}).content.decode()
    assert hanako.key in page
    opened = counter.post("visits", patron=hanako.key)
    assert counter.said(opened) == "patron-open" and "水野" in opened
    assert Entry.objects.filter(event="patrons.patron-viewed", patron_key=hanako.key).count() == 1


def test_without_the_right_nobody_is_found(client, shelf, hanako):
    user = cast.staff("kimura", "circulation.check-in")
    enter(client, user)
    page = client.get("/desk/patrons", {"q": "みずの"}).content.decode()
    assert hanako.key not in page and "権限" in page


def test_nobody_found_says_how_to_search(counter):
    assert "ひらがな" in counter.client.get("/desk/patrons", {"q": "存在しない"}).content.decode()


def test_an_item_shows_where_it_is_and_never_who_has_it(counter, shelf, hanako):
    by = cast.acting("circulation.check-out")
    check_out(item=shelf["kokoro"], patron=hanako, by=by, at=timezone.now())
    page = counter.client.get("/desk/items", {"q": "31002745"}).content.decode()
    assert "貸出中です" in page and "水野" not in page


def test_a_card_looked_up_as_an_item_says_so(counter, hanako):
    assert "これは利用カードです" in counter.client.get("/desk/items", {"q": "20004318"}).content.decode()


def test_a_copy_that_stands_elsewhere_than_at_home_is_told_with_the_place(counter, shelf):
    Item.objects.filter(barcode="31002745").update(stands_at=cast.kita())
    page = counter.client.get("/desk/items", {"q": "31002745"}).content.decode()
    assert "棚にあるはずです（いまは北図書館）" in page


def test_the_list_of_journeys_knows_both_ends(counter, shelf, hanako):
    counter.mode = "take-back"
    counter.scan("31000937")
    assert "北図書館" in counter.client.get("/desk/transits").content.decode()
    kita = Counter(enter(counter.client, counter.user, "KITA"), counter.user)
    assert "中央図書館" in kita.client.get("/desk/transits").content.decode()


def test_the_overdue_list_names_no_one(counter, shelf, hanako):
    by = cast.acting("circulation.check-out")
    check_out(item=shelf["kokoro"], patron=hanako, by=by, at=cast.AT)
    page = counter.client.get("/desk/overdue").content.decode()
    if timezone.localdate() > cast.TODAY + timezone.timedelta(days=21):
        assert "こころ" in page
    assert "水野" not in page


@pytest.mark.parametrize("page", ["help", "patrons", "items", "transits", "overdue", "", "returns"])
def test_every_page_is_whole_in_both_languages(counter, page):
    for language in ("ja", "en"):
        answer = counter.client.get(f"/desk/{page}", headers={"Accept-Language": language})
        assert answer.status_code == 200 and f'lang="{language}"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_item_is_found_by_the_reading_of_its_title(client, settings, tmp_path):
    settings.INDEX_DIR = tmp_path / "index"
    record = save_record(records.kokoro_bytes(), by=cast.SYSTEM, at=cast.AT)
    copy = NewItem(agency=cast.agency(), barcode="35000001", record=record, home=cast.chuo())
    add_item(copy, by=cast.SYSTEM, at=cast.AT)
    read_everything(subscriptions(), clock=timezone.now)
    enter(client, cast.staff("kimura", "circulation.check-in"))
    page = client.get("/desk/items", {"q": "ココロ"}).content.decode()
    for name in IndexVersion.objects.values_list("name", flat=True):
        versions.forget(name)
    assert "3500 0001" in page and "棚にあるはずです" in page
