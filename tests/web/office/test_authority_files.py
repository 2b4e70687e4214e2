"""A librarian brings a table of 件名 in: looks first, takes it in, sees the differences, takes it back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fumikura.catalogue.models import Authority, AuthorityImport
from fumikura.web.office import relinking
from tests import cast
from tests.catalogue.test_authority_files import TABLE

pytestmark = pytest.mark.django_db
PAGE = "/office/authorities/files"


@pytest.fixture
def librarian(client: Client, settings, tmp_path) -> Client:
    settings.FILES_DIR = tmp_path
    cast.staff("sano", "catalogue.change-authority", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


def sent(client: Client, text: str, name: str = "件名.csv") -> str:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, text.encode())}).content.decode()


def test_it_is_looked_at_taken_in_and_taken_back(librarian: Client) -> None:
    assert "まだ典拠ファイルを取り込んでいません" in librarian.get(PAGE).content.decode()
    page = sent(librarian, TABLE)
    assert "まだ何も変わっていません" in page and "水瀬の民話" in page and "見出しがありません" in page
    assert not Authority.objects.exists()
    there = re.search(r'action="(/office/authorities/files/[0-9a-f-]+/start)"', page)
    assert there
    report = librarian.post(there[1], {"request_key": "k1"}, follow=True)
    assert "取り込みました。" in report.content.decode() and Authority.objects.count() == 2
    undo = f"{report.redirect_chain[-1][0].split('?')[0]}/undo"
    page = librarian.post(undo, {"request_key": "k2"}).content.decode()
    assert "取り消しました。" in page and not Authority.objects.exists()
    again = librarian.post(undo, {"request_key": "k3"})
    assert again.status_code == 422 and "もう取り消されています" in again.content.decode()


def test_given_up_it_leaves_nothing(librarian: Client) -> None:
    there = re.search(r'action="(/office/authorities/files/[0-9a-f-]+/start)"', sent(librarian, TABLE))
    assert there
    page = librarian.post(there[1], {"discard": "1"}, follow=True).content.decode()
    assert "何も変わっていません" in page and not Authority.objects.exists()


def test_what_is_no_file_of_authorities_is_told(librarian: Client) -> None:
    assert "典拠のファイルではありません" in sent(librarian, "title,author\nこころ,漱石\n")
    assert "ファイルが選ばれていません" in librarian.post(PAGE, {}).content.decode()


class Beside:
    """A thread that is over as soon as it is begun: what it writes is seen by the test."""

    def __init__(self, target, **_named) -> None:
        self.start = target


def test_a_large_one_is_relinked_beside_the_request_and_says_how_far_it_is(librarian: Client, monkeypatch) -> None:
    monkeypatch.setattr(relinking, "AT_ONCE", -1)
    monkeypatch.setattr(relinking.threading, "Thread", Beside)
    monkeypatch.setattr(relinking.connection, "close", lambda: None)
    there = re.search(r'action="(/office/authorities/files/[0-9a-f-]+/start)"', sent(librarian, TABLE))
    assert there
    report = librarian.post(there[1], {"request_key": "k1"}, follow=True)
    page = report.redirect_chain[-1][0].split("?")[0]
    batch = AuthorityImport.objects.get()
    assert relinking.relinking_of(batch).is_over
    relinking._note(batch, relinking.Relinking(looked_at=300, of=900))
    shown = librarian.get(page).content.decode()
    assert "結び直しています" in shown and "300 / 900" in shown and "この取り込みを取り消す" not in shown
    refused = librarian.post(f"{page}/undo", {"request_key": "k2"})
    assert refused.status_code == 422 and "終わってから" in refused.content.decode()
    monkeypatch.setattr(relinking, "STANDS_STILL", -1.0)
    assert "もう一度結び直す" in librarian.get(page).content.decode()
    librarian.post(f"{page}/relink", {"request_key": "k3"})
    assert relinking.relinking_of(batch).is_over
    relinking._note(batch, relinking.Relinking(names=1, records=2, doubtful=1, is_over=True))
    assert "2 件を、別名で当たる典拠へ結び直しました" in librarian.get(page).content.decode()
