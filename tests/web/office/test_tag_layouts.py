"""Layouts of IC tags in the office: checked line by line, tried on a tag, kept, dropped and taken back."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fumikura.holdings.tag_layouts import tag_layouts
from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.tags import Tag, write_tag
from fumikura.kernel.tags.descriptions import described
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
EXAMPLE = (Path(__file__).resolve().parents[3] / "demo/tag_layouts/invented-example.toml").read_text()
PAGE = "/office/tag-layouts"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.TAG_LAYOUTS_DIR = tmp_path / "layouts"


def test_a_layout_is_checked_tried_kept_and_dropped(client, settings):
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    assert "まだありません" in client.get(PAGE).content.decode()
    image = write_tag(
        Tag(item="1000000014", owner="JP-1001234", layout="invented-example"), layouts=[described(EXAMPLE)]
    )
    tried = client.post(PAGE, {"text": EXAMPLE, "memory": image.hex(), "dsfid": "E1"}).content.decode()
    assert "記述は正しく読めました" in tried and "資料番号は 1000000014" in tried
    assert not tag_layouts()
    damaged = client.post(PAGE, {"text": EXAMPLE, "memory": image[:-1].hex() + "00", "dsfid": "E1"}).content.decode()
    assert "検査の値が合いません" in damaged
    kept = client.post(PAGE, {"file": SimpleUploadedFile("a.toml", EXAMPLE.encode()), "keep": "1"}, follow=True)
    assert "いまから読みます" in kept.content.decode() and [one.name for one in tag_layouts()] == ["invented-example"]
    # Kept again it replaces itself, and a tag is tried without any text.
    client.post(PAGE, {"text": EXAMPLE.replace("\n", "\r\n"), "keep": "1"})
    assert "資料番号は 1000000014" in client.post(PAGE, {"memory": image.hex(), "dsfid": "E1"}).content.decode()
    dropped = client.post(PAGE, {"drop": "invented-example"}).content.decode()
    assert "をはずしました" in dropped and "[[field]]" in dropped and not tag_layouts()
    assert (settings.TAG_LAYOUTS_DIR / "invented-example.dropped").read_text() == EXAMPLE, (
        "closing the page loses nothing"
    )
    assert "をはずしました" not in client.post(PAGE, {"drop": "invented-example"}).content.decode(), (
        "it is gone already"
    )
    assert Entry.objects.filter(event="holdings.tag-layout-kept").count() == 2
    assert Entry.objects.filter(event="holdings.tag-layout-dropped").count() == 1


def test_where_the_server_may_not_write_it_says_so_and_the_text_stays(client, settings, tmp_path):
    settings.TAG_LAYOUTS_DIR = tmp_path / "a file" / "layouts"
    (tmp_path / "a file").write_text("")
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    answer = client.post(PAGE, {"text": EXAMPLE, "keep": "1"})
    page = answer.content.decode()
    assert answer.status_code == 503 and "サーバーがフォルダーに書けません" in page and "[[field]]" in page
    assert not Entry.objects.filter(event="holdings.tag-layout-kept").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "TOML として読めません"),
        (EXAMPLE.replace('holds = "item"', 'holds = "book"', 1), "行目"),
    ],
)
def test_a_wrong_description_says_its_line_and_is_not_lost(client, text: str, told: str):
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    answer = client.post(PAGE, {"text": text, "keep": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422 and told in page and "この記述は使えません" in page and not tag_layouts()
    assert client.post(PAGE, {"file": SimpleUploadedFile("a.toml", b"\xff\xfe"), "keep": "1"}).status_code == 422
    large = SimpleUploadedFile("a.toml", "あ".encode() * 40_000)
    assert "100000 bytes" in client.post(PAGE, {"file": large, "keep": "1"}).content.decode()
    assert "16進" in client.post(PAGE, {"memory": "zz"}).content.decode()


def test_who_may_not_configure_has_no_such_page(client):
    cast.chuo()
    enter(client, cast.staff("kimura", "circulation.check-out"))
    assert client.get(PAGE).status_code in (302, 403)
