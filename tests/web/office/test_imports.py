"""A librarian brings a file in: first the figures, then the records; whatever is wrong is said and nothing is half done."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord, ImportBatch
from fumikura.web.office import uploads
from tests import cast
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
TABLE = "書名,著者,ISBN\nこころ,夏目 漱石,9784003101117\n坊っちゃん,夏目 漱石,\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: object) -> None:
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def librarian(client: Client) -> Client:
    cast.staff("sano", "catalogue.import", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    return client


def send(client: Client, content: bytes, name: str = "新着.csv", **fields: str):
    return client.post("/office/imports", {"file": SimpleUploadedFile(name, content), **fields})


def test_first_the_figures_and_nothing_is_written_then_the_records(librarian: Client) -> None:
    answer = send(librarian, TABLE.encode())
    assert answer.status_code == 302
    page = librarian.get(answer.headers["Location"]).content.decode()
    assert "取り込むと、こうなります" in page and "坊っちゃん" in page and "新着.csv" in page
    assert not BibliographicRecord.objects.exists()
    start = librarian.post(f"{answer.headers['Location']}/start")
    report = librarian.get(start.headers["Location"], follow=True)
    assert "取り込みが終わりました" in report.content.decode()
    assert BibliographicRecord.objects.count() == 2
    assert librarian.post(f"{answer.headers['Location']}/start").status_code == 302
    assert ImportBatch.objects.get().times_finished == 1


@pytest.mark.shared_data
def test_the_real_file_goes_in_and_what_cannot_is_kept_with_its_bytes(librarian: Client) -> None:
    real = shared("data/marc/japan/dev_120.mrc").read_bytes()
    broken = real + b"00042nam a2200037   4500"
    place = send(librarian, broken, "dev_120.mrc").headers["Location"]
    report = librarian.get(librarian.post(f"{place}/start").headers["Location"], follow=True)
    batch = ImportBatch.objects.get()
    assert batch.created > 100 and batch.quarantined == 1
    page = report.content.decode()
    assert "別に置いたレコード" in page and "00042nam" in page
    ordinal = batch.quarantine.get().ordinal
    kept = librarian.get(f"/office/imports/batches/{batch.pk}/quarantine/{ordinal}")
    assert kept.content == b"00042nam a2200037   4500"
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert librarian.get(f"/office/imports/batches/{batch.pk}/quarantine").content == kept.content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TABLE.encode("utf-8-sig"), "utf-8"),
        (TABLE.encode("cp932"), ""),
        (TABLE.encode("euc_jp"), ""),
        (TABLE.encode("euc_jp"), "euc_jp"),
        (TABLE.encode("iso2022_jp"), ""),
        (TABLE.encode(), "marc-8"),
    ],
    ids=["BOM said", "Shift_JIS", "EUC-JP", "EUC-JP said", "ISO-2022-JP", "MARC-8 said of a table"],
)
def test_a_table_comes_in_however_it_is_written(librarian: Client, content: bytes, said: str) -> None:
    place = send(librarian, content, encoding=said).headers["Location"]
    librarian.post(f"{place}/start")
    assert set(BibliographicRecord.objects.values_list("title", flat=True)) == {"こころ", "坊っちゃん"}


def test_a_reader_that_fails_is_said_on_the_page(librarian: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def falls_over(*_arguments: object, **_more: object) -> None:
        raise KeyError("example-t")

    monkeypatch.setattr(uploads, "rehearse_import", falls_over)
    page = librarian.get(send(librarian, TABLE.encode()).headers["Location"]).content.decode()
    assert "図書館側の不具合" in page and "KeyError" in page and "このファイルをやめる" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 rest of a zip", "ZIP"),
        (b"", "空です"),
        (b"%PDF-1.7", "PDF"),
        ("ただの文章です。".encode(), "何のファイルか分かりません"),
    ],
)
def test_a_file_that_is_no_catalogue_is_named_and_the_way_out_stands_beside(
    librarian: Client, content: bytes, words: str
) -> None:
    place = send(librarian, content, "x.bin").headers.get("Location")
    page = librarian.get(place).content.decode()
    assert words in page and "続きから取り込む" not in page
    assert librarian.post(f"{place}/discard").headers["Location"] == "/office/imports"
    assert librarian.get(place).status_code == 404


def test_a_file_without_records_is_not_offered_to_be_taken_in(librarian: Client) -> None:
    page = librarian.get(send(librarian, "書名,著者\n".encode()).headers["Location"]).content.decode()
    assert "書誌が1件もありません" in page and "/start" not in page


def test_without_a_file_the_page_says_so(librarian: Client) -> None:
    assert "ファイルを選んでください" in librarian.post("/office/imports", {}).content.decode()


def test_a_full_disk_leaves_nothing_half_done(librarian: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_upload: uploads.Upload) -> uploads.Upload:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "note", no_room)
    answer = send(librarian, TABLE.encode())
    assert answer.status_code == 507 and "空き" in answer.content.decode()
    assert list((Path(settings.FILES_DIR) / "imports").iterdir()) == []


def test_a_disk_that_fills_up_while_records_go_in_is_said_on_the_page(
    librarian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = send(librarian, TABLE.encode()).headers["Location"]
    real_open, full = Path.open, OSError(28, "No space left on device")

    def no_room(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if mode == "wb":
            real_open(path, "wb").close()
            raise full
        return real_open(path, mode, *rest, **more)

    def starved(*_arguments: object, **_more: object) -> None:
        raise full

    with monkeypatch.context() as narrow:
        narrow.setattr(Path, "open", no_room)
        narrow.setattr(uploads, "import_file", starved)
        assert librarian.post(f"{place}/start").headers["Location"] == place
    page = librarian.get(place).content.decode()
    assert "ディスクがいっぱい" in page and "続きから取り込む" in page
    assert [each.name for each in uploads.find(UUID(place.rpartition("/")[2])).folder.glob("note*")] == ["note.json"]
    librarian.post(f"{place}/start")
    assert BibliographicRecord.objects.count() > 0


def test_a_name_from_outside_stays_inside_its_folder(librarian: Client) -> None:
    place = send(librarian, TABLE.encode(), "../../../etc/passwd").headers["Location"]
    upload = uploads.find(UUID(place.rpartition("/")[2]))
    assert upload and upload.path.parent.parent.parent == Path(settings.FILES_DIR) / "imports"


def test_an_import_whose_process_died_can_go_on(librarian: Client) -> None:
    place = send(librarian, TABLE.encode()).headers["Location"]
    found = uploads.find(UUID(place.rpartition("/")[2]))
    assert found
    told = json.loads((found.folder / "note.json").read_text())
    long_ago = (timezone.now() - timedelta(minutes=5)).timestamp()
    (found.folder / "note.json").write_text(json.dumps({**told, "phase": "importing", "noted_at": long_ago}))
    assert "途中で止まっています" in librarian.get(place).content.decode()
    librarian.post(f"{place}/start")
    assert BibliographicRecord.objects.count() == 2


def test_the_right_is_asked_for(client: Client) -> None:
    cast.staff("kimura", "circulation.check-out", at=cast.chuo())
    client.post("/staff/sign-in", {"username": "kimura", "password": cast.PASSWORD})
    client.post("/staff/place", {"place": "CHUO/CHUO-1"})
    assert client.get("/office/imports").status_code == 403
    assert send(client, TABLE.encode()).status_code == 403
    assert not (Path(settings.FILES_DIR) / "imports").exists()


def test_the_list_takes_as_many_queries_for_thirty_imports_as_for_one(librarian: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert librarian.get("/office/imports").status_code == 200
        return len(asked)

    for number in range(30):
        if number == 1:
            few = queries()
        ImportBatch.objects.create(
            file_name=f"{number}.mrc", file_digest=str(number), format="iso2709", started_at=cast.AT
        )
    assert queries() == few <= 8
