"""The nightly files: whole or not at all, the same catalogue the same bytes."""

import gzip
import hashlib
import json
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pymarc
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fumikura.holdings.models import Withdrawal
from fumikura.protocols.dumps import writing
from tests.cast import AT
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def test_the_catalogue_and_its_holdings_go_out_and_foreign_eyes_can_read_them() -> None:
    kokoro = title("こころ")
    copy(kokoro, barcode="31002745", call_number="913.6/ナ")
    Withdrawal.objects.create(item=copy(kokoro, barcode="31009999"), withdrawn_at=AT, reason="worn")
    writing.write_dumps(AT)
    [dump] = Client().get("/dumps/").json()["dumps"]
    files = {one["name"]: one for one in dump["files"]}
    whole = {name: b"".join(Client().get(one["url"]).streaming_content) for name, one in files.items()}
    assert {hashlib.sha256(whole[name]).hexdigest() == one["sha256"] for name, one in files.items()} == {True}
    [record] = list(pymarc.MARCReader(BytesIO(gzip.decompress(whole["titles.mrc.gz"]))))
    assert "こころ" in record.title
    line = json.loads(gzip.decompress(whole["titles.jsonl.gz"]))
    assert line["id"] == kokoro.pk
    assert any("245" in field for field in line["marc"]["fields"])
    [held] = gzip.decompress(whole["holdings.jsonl.gz"]).decode().splitlines()
    assert json.loads(held)["call_number"] == "913.6/ナ"


def test_the_same_catalogue_gives_the_same_bytes_and_two_nights_are_kept() -> None:
    title("こころ")
    made = [writing.write_dumps(AT + timedelta(days=day)) for day in range(4)]
    assert writing.dumps() == [made[3], made[2]]
    assert (made[3] / "SHA256SUMS").read_text() == (made[2] / "SHA256SUMS").read_text()


def test_a_full_disk_leaves_the_earlier_dump_and_says_so(home: Path) -> None:
    first = writing.write_dumps(AT)
    first.parent.chmod(0o755)
    (home / "dumps").rename(home / "kept")
    (home / "dumps").write_text("not a folder")
    with pytest.raises(CommandError, match="書き出せませんでした"):
        call_command("dump", stdout=StringIO())
    assert (home / "kept" / first.name / "index.json").is_file()


def test_nothing_but_the_files_of_a_dump_can_be_fetched(home: Path) -> None:
    made = writing.write_dumps(AT)
    (home / "secret-key").write_text("secret")
    for path in (
        f"/dumps/{made.name}/../secret-key",
        "/dumps/../secret-key",
        f"/dumps/{made.name}/index.jsonx",
        "/dumps/x/y",
    ):
        assert Client().get(path).status_code == 404
