"""ICタグ貼り on the page of the desk, without JavaScript, and the devices that a command plays."""

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fumikura.holdings.models import Item, ItemIdentifier, Tagging
from fumikura.holdings.queries import find_item, tagging_progress
from fumikura.holdings.rules import tag_number
from fumikura.holdings.services import add_location
from fumikura.holdings.tag_layouts import tag_layouts
from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.tags import read_tag
from tests import cast
from tests.protocols.sip2.dialogue import device
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
FIRST, SECOND = "E004015012345678", "E00401501234567A"


@pytest.fixture
def desk(client, shelf):
    enter(client, cast.staff("shimizu", *PERMISSIONS))

    def send(**fields: object) -> str:
        fields = {"request_key": f"key{send.turn}", **fields}
        send.turn += 1
        answer = client.post("/desk/tagging", fields, follow=True)
        assert answer.status_code in {200, 422}
        return answer.content.decode()

    send.turn = 0
    return send


def kokoro() -> Item:
    return Item.objects.get(barcode="31002745")


def test_a_copy_is_scanned_written_and_noted_with_its_tag_and_the_day(client, desk):
    page = client.get("/desk/tagging", {"scanned": "31002745"}).content.decode()
    assert "こころ" in page
    told = client.get(f"/desk/tagging/{kokoro().pk}.json").json()
    assert told["memory"] in page
    assert (told["dsfid"], told["afi"]) == (0x3E, 7)
    assert read_tag(bytes.fromhex(told["memory"]), told["dsfid"]).item == "31002745"
    said = desk(item=kokoro().pk, tag="e0:04:01:50:12:34:56:78")
    assert "タグを記録しました" in said
    noted = Tagging.objects.get()
    assert (noted.tag, noted.tagged_on) == (FIRST, timezone.localdate())
    assert find_item(FIRST) == kokoro()
    assert Entry.objects.filter(event="holdings.item-tagged").count() == 1


def test_a_library_that_describes_its_layout_has_new_tags_written_so(client, desk, settings, tmp_path):
    settings.TAG_LAYOUTS_DIR = tmp_path
    example = (Path(__file__).resolve().parents[3] / "demo/tag_layouts/invented-example.toml").read_text()
    own = example.replace("for_new_tags = false", "for_new_tags = true")
    (tmp_path / "ours.toml").write_text(own)
    told = client.get(f"/desk/tagging/{kokoro().pk}.json").json()
    assert (told["dsfid"], told["memory"][:4]) == (0xE1, "4D5A")
    assert read_tag(bytes.fromhex(told["memory"]), None, tag_layouts()).item == "31002745"
    assert "架空の見本レイアウト" in client.get("/desk/tagging", {"scanned": "31002745"}).content.decode()
    pk = kokoro().pk
    Item.objects.filter(pk=pk).update(barcode="3100274531002745Z")  # too long for it: ISO 28560-2 takes it
    assert client.get(f"/desk/tagging/{pk}.json").json()["dsfid"] == 6


def test_the_same_form_sent_twice_is_done_once(desk):
    for _ in range(2):
        assert "タグを記録しました" in desk(item=kokoro().pk, tag=FIRST, request_key="once")
    assert Entry.objects.filter(event="holdings.item-tagged").count() == 1


def test_another_tag_is_put_on_only_when_it_is_read_once_more_and_undo_brings_the_old_one_back(desk):
    desk(item=kokoro().pk, tag=FIRST)
    said = desk(item=kokoro().pk, tag=SECOND)
    assert "もう別のタグが付いています" in said
    assert f'name="again" value="{SECOND}"' in said
    assert "もう別のタグ" in desk(item=kokoro().pk, tag="E004015099999999", again=SECOND, replacing=FIRST)
    said = desk(item=kokoro().pk, tag=SECOND, again=SECOND, replacing=FIRST)
    assert Tagging.objects.get(ended_at=None).tag == SECOND
    assert find_item(SECOND) == kokoro()  # ends in A: no start and stop letters of a label
    last = re.search(r'name="undo" value="(\d+)"', said).group(1)
    assert "取り消しました" in desk(undo=last)
    assert Tagging.objects.get(ended_at=None).tag == FIRST
    assert list(ItemIdentifier.objects.values_list("value", flat=True)) == [FIRST]
    assert "取り消せません" in desk(undo=last)


def test_what_cannot_be_done_is_said_in_words(client, desk):
    desk(item=kokoro().pk, tag=FIRST)
    other = Item.objects.get(barcode="31001182")
    assert "別の資料に付いています" in desk(item=other.pk, tag=FIRST)
    assert "ICタグの番号ではありません" in desk(item=other.pk, tag="31002745")
    assert "もうこの資料のものとして" in desk(item=kokoro().pk, tag=FIRST)
    Item.objects.filter(pk=other.pk).update(origin="interlibrary")
    assert "タグを貼れません" in desk(item=other.pk, tag=SECOND)
    unknown = client.get("/desk/tagging", {"scanned": "39999999"})
    assert unknown.status_code == 422
    assert "見つかりません" in unknown.content.decode()
    assert Tagging.objects.count() == 1


def test_who_has_no_right_reads_but_does_not_write(client, shelf):
    enter(client, cast.staff("kimura", "patrons.view"))
    page = client.get("/desk/tagging", {"scanned": "31002745"}).content.decode()
    assert "権限がありません" in page
    refused = client.post("/desk/tagging", {"item": kokoro().pk, "tag": FIRST, "request_key": "k"})
    assert refused.status_code == 422
    assert not Tagging.objects.exists()


def test_progress_by_place_and_what_is_missing_in_the_order_of_the_shelves(client, desk):
    shelves = [
        add_location(facility=cast.chuo(), code=code, name=code, by=cast.SYSTEM, at=cast.AT)
        for code in ("一般", "書庫")
    ]
    for turn, location in enumerate(shelves):
        type(location).objects.filter(pk=location.pk).update(walk_order=2 - turn)
    Item.objects.filter(home=cast.chuo()).update(location=shelves[0], call_number="913.6")
    sorekara = Item.objects.get(barcode="31001182")
    Item.objects.filter(pk=sorekara.pk).update(location=shelves[1])
    rows = client.get("/desk/tagging/missing.csv").content.decode().splitlines()
    assert rows[1].startswith("書庫,913.6,31001182")
    assert "31002745" in "".join(rows)
    desk(item=kokoro().pk, tag=FIRST)
    said = desk(**{"item": sorekara.pk, "not-taggable": "yes"})
    assert "「貼れない」と記録しました" in said
    places = {one.location.code: one for one in tagging_progress(cast.chuo())}
    assert (places["書庫"].tagged, places["書庫"].to_tag, places["書庫"].not_taggable) == (0, 0, 1)
    assert places["一般"].tagged == 1
    assert places["一般"].to_tag == len(rows) - 3
    after = client.get("/desk/tagging/missing.csv").content.decode()
    assert "31002745" not in after
    assert "31001182" not in after
    assert "全館の進み具合" in client.get("/desk/tagging?all=yes").content.decode()


@pytest.mark.parametrize(
    ("read", "number"),
    [
        ("e0 04 01 50 12 34 56 78", FIRST),
        ("Ｅ００４０１５０１２３４５６７８", FIRST),
        ("31002745", ""),
        ("E004-XYZ", ""),
        ("", ""),
    ],
)
def test_the_number_of_a_tag_is_known_however_a_reader_writes_it(read, number):
    assert tag_number(read) == number


@pytest.mark.django_db(transaction=True)
def test_a_gate_is_played_against_a_running_server_and_ends_by_itself(live_server, shelf):
    made, key = device(code="GATE-1", kind="gate")
    out = io.StringIO()
    options = {
        "device": made.code,
        "url": live_server.url,
        "item": ["31002745"],
        "tag": ["ffff"],
        "came": 3,
        "stdout": out,
    }
    call_command("simulate", "gate", key=key, **options)
    said = out.getvalue()
    assert "こころ  鳴ります" in said
    assert "→ POST /api/v1/device/visitors" in said
    assert said.rstrip().endswith("終わりました。")
    assert Entry.objects.get(event="organisation.visitors-counted").particulars["came"] == 3
    with pytest.raises(CommandError, match="鍵が違います"):
        call_command("simulate", "reader", key="wrong", **options)
