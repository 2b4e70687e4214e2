"""The stocktake for programs: the JSON API and the command."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fumikura.holdings.models import ShelvingLocation
from fumikura.organisation.services import issue_api_token
from fumikura.stocktake.models import Reading, ScanBatch
from fumikura.stocktake.services import open_stocktake, undo_batch
from tests.cast import AT, SYSTEM, chuo, kita, staff
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db


def token(facility=None, *rights: str) -> str:
    user = staff("handy", *rights, at=facility or chuo())
    return issue_api_token(user=user, facility=facility or chuo(), name="読み取り機", by=SYSTEM, at=AT)[1]


def send(client, stocktake: int, key: str, bearer: str, **body: object):
    return client.post(
        f"/api/v1/stocktakes/{stocktake}/batches",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {bearer}", "Idempotency-Key": key},
    )


def test_a_handheld_sends_a_batch_and_a_lost_answer_is_asked_for_again(client) -> None:
    book = item(call_number="913.6/ナ")
    one = open_stocktake(facility=chuo(), by=at_desk(), at=AT)
    bearer = token(None, "stocktake.count")
    first = send(client, one.pk, "a", bearer, numbers=[book.barcode, "39999999"], shelf="1", source="rfid")
    again = send(client, one.pk, "a", bearer, numbers=[book.barcode, "39999999"], shelf="1", source="rfid")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["verdicts"] == {"right": 1, "unknown": 1}
    assert [one["number"] for one in first.json()["to_look_at"]] == ["39999999"]
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    under_another_key = send(client, one.pk, "b", bearer, numbers=[book.barcode, "39999999"], shelf="1", source="rfid")
    assert under_another_key.json()["repeated"] is True
    assert ScanBatch.objects.count() == 1
    headers = {"Authorization": f"Bearer {bearer}"}
    assert client.get(f"/api/v1/stocktakes/{one.pk}", headers=headers).json()["percent"] == 100
    assert client.get("/api/v1/stocktakes", headers=headers).json()[0]["takes_batches"] is True


def test_without_the_right_or_at_another_site_nothing_is_counted(client) -> None:
    one = open_stocktake(facility=chuo(), by=at_desk(), at=AT)
    assert send(client, one.pk, "a", token(None, "circulation.check-out"), numbers=["1"]).status_code == 403
    elsewhere = staff("kita-handy", "stocktake.count", at=kita())
    _, bearer = issue_api_token(user=elsewhere, facility=kita(), name="北", by=SYSTEM, at=AT)
    assert send(client, one.pk, "b", bearer, numbers=["1"]).status_code == 403


def run(*words: str) -> str:
    out = StringIO()
    call_command("stocktake", *words, stdout=out)
    return out.getvalue()


def test_a_file_is_read_from_the_command_line_and_twice_is_once(tmp_path) -> None:
    ShelvingLocation.objects.create(facility=chuo(), code="GEN", name="一般")
    book = item(call_number="913.6/ナ")
    assert "1" in run("open", "CHUO")
    scan = tmp_path / "scan.txt"
    scan.write_text(f"{book.barcode}\n39999999\n")
    number = run("list", "CHUO").split()[0]
    for _ in range(2):
        assert "right 1" in run("read", number, str(scan), "--shelf", "3")
    assert Reading.objects.count() == 2
    assert "100%" in run("show", number)
    undo_batch(batch=ScanBatch.objects.get(), by=at_desk(), at=AT)
    assert "right 1" in run("read", number, str(scan), "--shelf", "3")
    assert ScanBatch.objects.counted().count() == 1


def test_the_command_says_what_is_wrong() -> None:
    chuo()
    with pytest.raises(CommandError, match="この所在はありません"):
        run("open", "CHUO", "--location", "X")
    with pytest.raises(CommandError, match="見つかりません"):
        run("show", "7")
