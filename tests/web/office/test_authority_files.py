"""A librarian brings a table of 件名 in: looks first, takes it in, sees the differences, takes it back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fumikura.catalogue.models import Authority
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
