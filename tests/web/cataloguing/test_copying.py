"""Copying a record from another library: found, looked at, opened in the editor, saved; a silent target is said to be silent."""

import pytest
from django.test import Client

from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.marc.marcxml import element_text
from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.models import Target
from tests import cast
from tests.catalogue.records import kokoro
from tests.interop.replaying import serving
from tests.web.cataloguing.conftest import RIGHTS, form_of, saved
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


def answer_with(*records: str) -> bytes:
    named = [one.replace("<record>", '<record xmlns="http://www.loc.gov/MARC21/slim">') for one in records]
    inside = "".join(f"<record><recordData>{one}</recordData></record>" for one in named)
    return (
        '<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.1</version>'
        f"<numberOfRecords>{len(records)}</numberOfRecords><records>{inside}</records></searchRetrieveResponse>"
    ).encode()


THEIRS = element_text(content_of(kokoro("777", "坊っちゃん :", "KENRITSU")))


@pytest.fixture
def librarian(client: Client) -> Client:
    cast.chuo()
    return enter(client, cast.staff("sano", *RIGHTS))


def add_target(client: Client, address: str, **facts: str):
    form = form_of(client.get("/cataloguing/targets?known=1").content.decode(), '/cataloguing/targets"')
    return client.post(
        "/cataloguing/targets", {**form, "name": "県立図書館", "address": address, "seconds": "1", **facts}
    )


def test_a_record_is_found_taken_over_and_saved(librarian: Client) -> None:
    with serving(lambda asked: (200, answer_with(THEIRS) if "坊" in asked["query"] else answer_with(), 0)) as address:
        assert add_target(librarian, address).status_code == 302
        page = librarian.get("/cataloguing/copy?q=坊っちゃん").content.decode()
        assert "見つかりませんでした" in librarian.get("/cataloguing/copy?q=草枕").content.decode()
    assert "県立図書館" in page and "1 件" in page and "夏目, 漱石" in page
    answer = librarian.post("/cataloguing/copy/take", form_of(page, "/cataloguing/copy/take"))
    assert not BibliographicRecord.objects.exists()
    editor = librarian.get(answer.headers["Location"]).content.decode()
    assert 'value="坊っちゃん"' in editor
    librarian.post(answer.headers["Location"], form_of(editor, "/cataloguing/edits/") | {"act": "save"})
    record = BibliographicRecord.objects.get()
    assert (record.source, record.number, record.title) == ("KENRITSU", "777", "坊っちゃん")


def test_what_we_have_already_is_said(librarian: Client) -> None:
    record = saved()
    with serving(lambda _asked: (200, answer_with(THEIRS), 0)) as address:
        add_target(librarian, address)
        page = librarian.get("/cataloguing/copy?q=4101010137").content.decode()
    assert "もう持っています" in page and f"/cataloguing/records/{record.pk}" in page


def test_a_number_without_a_source_is_not_taken_for_ours(librarian: Client) -> None:
    bare = THEIRS.replace("KENRITSU", "").replace('<controlfield tag="003"></controlfield>', "")
    with serving(lambda _asked: (200, answer_with(bare), 0)) as address:
        add_target(librarian, address)
        page = librarian.get("/cataloguing/copy?q=x").content.decode()
    lines = form_of(page, "/cataloguing/copy/take")["lines"]
    assert "\n001 " not in lines and "035 ## $a(県立図書館)777" in lines


def test_a_silent_target_is_said_to_be_silent_and_the_others_answer(librarian: Client) -> None:
    with serving(lambda _asked: (200, b"", 3)) as slow, serving(lambda _asked: (200, answer_with(THEIRS), 0)) as here:
        add_target(librarian, slow, name="遠い図書館")
        add_target(librarian, here)
        page = librarian.get("/cataloguing/copy?q=坊").content.decode()
    assert "時間内に答えがありませんでした" in page and "坊っちゃん" in page
    assert "答えがありません" in librarian.get("/cataloguing/targets").content.decode()


def test_a_target_is_changed_tried_and_given_up(librarian: Client) -> None:
    with serving(lambda _asked: (200, answer_with(), 0)) as address:
        add_target(librarian, address)
        target = Target.objects.get()
        assert "答えがありました" in librarian.get(f"/cataloguing/targets?target={target.pk}&try=1").content.decode()
    page = librarian.get(f"/cataloguing/targets?target={target.pk}").content.decode()
    form = form_of(page.partition("<h2")[2] and page, '/cataloguing/targets"')
    librarian.post("/cataloguing/targets", {**form, "source": "KEN"})
    assert Target.objects.get().source == "KEN"
    librarian.post(f"/cataloguing/targets/{target.pk}/end")
    assert "問い合わせ先がまだありません" in librarian.get("/cataloguing/copy").content.decode()


def test_an_address_that_cannot_be_asked_is_refused_and_the_form_stays(librarian: Client) -> None:
    answer = add_target(librarian, "file:///etc/passwd")
    page = answer.content.decode()
    assert answer.status_code == 422 and "この住所では問い合わせできません" in page and "file:///etc/passwd" in page
