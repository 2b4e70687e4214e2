"""A table with strange columns: the page guesses, shows the first rows, and keeps the answer for the next delivery."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fumikura.catalogue.models import BibliographicRecord, ColumnMapping
from fumikura.catalogue.services import save_mapping
from tests import cast
from tests.cast import AT, SYSTEM
from tests.catalogue.test_mappings import PLAN, TABLE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: object) -> None:
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def librarian(client: Client) -> Client:
    cast.staff("sano", "catalogue.import", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


def send(client: Client, content: bytes, **fields: str) -> str:
    answer = client.post("/office/imports", {"file": SimpleUploadedFile("新着.csv", content), **fields})
    return answer.headers["Location"]


def test_from_a_refused_table_to_its_records(librarian: Client) -> None:
    there = send(librarian, TABLE.encode("cp932"))
    page = librarian.get(there).content.decode()
    assert "書名の列が見つかりません" in page and f"{there}/columns" in page
    page = librarian.get(f"{there}/columns").content.decode()
    assert "品名" in page and "坊っちゃん" in page
    choice = {
        "header": "yes",
        "column-0": "title",
        "column-1": "creator",
        "column-2": "title_reading",
        "name": "新着リスト",
    }
    answer = librarian.post(f"{there}/columns", choice)
    assert answer.headers["Location"] == there
    assert "取り込むと、こうなります" in librarian.get(there).content.decode()
    librarian.post(f"{there}/start")
    assert BibliographicRecord.objects.get(title="こころ").reading == "ココロ"
    assert ColumnMapping.objects.get().name == "新着リスト"


def test_a_row_set_aside_is_shown_in_the_letters_of_its_list(librarian: Client) -> None:
    there = send(librarian, "書名,著者\nこころ,夏目\n,著者だけ\n".encode("cp932"))
    page = librarian.get(librarian.post(f"{there}/start").headers["Location"], follow=True).content.decode()
    assert ",著者だけ" in page


def test_a_kept_mapping_that_fits_is_chosen_by_itself_and_can_be_chosen_at_once(librarian: Client) -> None:
    save_mapping("新着リスト", PLAN, by=SYSTEM, at=AT)
    there = send(librarian, TABLE.encode())
    assert '<option value="title" selected>' in librarian.get(f"{there}/columns").content.decode()
    there = send(librarian, TABLE.encode() + b"\n", mapping="新着リスト")
    assert "取り込むと、こうなります" in librarian.get(there).content.decode()


def test_without_a_title_it_says_so_and_keeps_what_was_chosen(librarian: Client) -> None:
    there = send(librarian, TABLE.encode())
    answer = librarian.post(f"{there}/columns", {"header": "yes", "column-1": "creator", "name": "途中"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "書名の列が選ばれていません" in page and 'value="途中"' in page
    assert '<option value="creator" selected>' in page


def test_a_table_without_header_names_its_columns_by_number(librarian: Client) -> None:
    there = send(librarian, "こころ,夏目漱石\n坊っちゃん,夏目漱石\n".encode())
    assert "2列目" in librarian.get(f"{there}/columns?header=no").content.decode()
    librarian.post(f"{there}/columns", {"header": "no", "column-0": "title", "column-1": "creator"})
    librarian.post(f"{there}/start")
    assert BibliographicRecord.objects.count() == 2


def test_a_kept_mapping_can_be_thrown_away(librarian: Client) -> None:
    save_mapping("新着リスト", PLAN, by=SYSTEM, at=AT)
    assert "保存した列の対応" in librarian.get("/office/imports").content.decode()
    librarian.post("/office/imports/mappings/forget", {"name": "新着リスト"})
    assert not ColumnMapping.objects.exists()


def test_what_is_no_table_has_no_columns_page(librarian: Client) -> None:
    there = send(librarian, b"%PDF-1.7 \xff\xfe\x00\x81")
    assert librarian.get(f"{there}/columns").status_code == 404
