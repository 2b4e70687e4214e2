"""Readers and gates at the API: a stack of tags, and how many people passed."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation.models import Hold
from fumikura.circulation.services import Want, cancel_hold, check_in, check_out, place_hold
from fumikura.holdings.tag_layouts import tag_layouts
from fumikura.journal.models import Entry
from fumikura.kernel.tags import Tag, write_tag
from fumikura.organisation.models import Device
from tests import cast
from tests.circulation.cast import at_desk, item
from tests.protocols.sip2.dialogue import device
from tests.web.test_rights import sign_in

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).resolve().parents[3] / "demo/tag_layouts"


class Gate:
    def __init__(self, code: str = "GATE-1", key: str = "") -> None:
        self.code = code
        self.key = key or device(code=code, kind="gate")[1]

    def post(self, path: str, body: dict[str, Any], request_key: str = "", key: str = "") -> Any:
        signed = base64.b64encode(f"{self.code}:{key or self.key}".encode()).decode()
        headers = {"authorization": f"Basic {signed}"} | ({"idempotency-key": request_key} if request_key else {})
        return Client().post(
            f"/api/v1/device/{path}", json.dumps(body), content_type="application/json", headers=headers
        )


def image(number: str, layout: str = "fixed") -> str:
    return write_tag(Tag(item=number, owner="JP-1001234", layout=layout), layouts=tag_layouts()).hex()


def test_a_mixed_stack_is_told_tag_by_tag(settings) -> None:
    settings.TAG_LAYOUTS_DIR = EXAMPLES
    lent, _shelved = item("30000017"), item("30000025")
    check_out(item=lent, patron=cast.hanako(), by=at_desk(), at=cast.AT)
    tags = [
        {"memory": image("30000017")},
        {"memory": image("30000025", "objects"), "dsfid": 6},
        {"memory": image("99999999")},
        {"memory": "ffff", "dsfid": 0x3E},
        {"memory": "not hexadecimal"},
        {"memory": image("30000017", "invented-example"), "dsfid": 0xE1},
        {"memory": image("30000025", "invented-example")},
    ]
    told = Gate().post("readings", {"tags": tags}).json()["tags"]
    assert [(one["item"], one["state"], one["may_pass"], one["security"]) for one in told] == [
        ("30000017", "on-loan", True, 194),
        ("30000025", "on-shelf", False, 7),
        ("99999999", "", True, 7),
        ("", "", True, 7),
        ("", "", True, 7),
        ("30000017", "on-loan", True, 194),
        ("30000025", "on-shelf", False, 7),
    ]
    assert told[1]["title"] == "こころ"
    assert [one["unreadable"] for one in told[3:5]] == ["short", "encoding"]


def test_visitors_are_counted_once() -> None:
    gate = Gate()
    assert gate.post("visitors", {"came": 12, "left": 9}, "monday-10").json() == {"repeated": False}
    assert gate.post("visitors", {"came": 12, "left": 9}, "monday-10").json() == {"repeated": True}
    entry = Entry.objects.get(event="organisation.visitors-counted")
    assert (entry.facility, entry.particulars["came"], entry.actor) == ("CHUO", 12, "device:GATE-1")


def test_a_wrong_key_opens_nothing() -> None:
    answer = Gate().post("visitors", {"came": 1}, "x", key="wrong")
    assert answer.status_code == 401
    assert not Entry.objects.filter(event="organisation.visitors-counted").exists()


def test_what_lies_beside_a_desk_is_offered_to_that_desk_and_its_tags_follow_the_loan(client: Client) -> None:
    made, key = device(code="MADO-1", kind="desk-reader")
    pad, gate = Gate(made.code, key), Gate()
    first, _second = item("30000017"), item("30000025")
    tags = {"tags": [{"memory": image("30000017")}, {"memory": image("30000025")}, {"memory": "ffff"}]}
    assert [one["security"] for one in pad.post("stack", tags).json()["tags"]] == [7, 7, 7]
    assert gate.post("stack", tags).status_code == 403
    assert client.get("/desk/pads").status_code == 302  # nobody works there

    sign_in(client, "circulation.check-out")
    assert client.get("/desk/pads").json()["pads"][0]["numbers"] == ["30000017", "30000025"]
    assert "この窓口のリーダー" in client.get("/desk/").text
    check_out(item=first, patron=cast.hanako(), by=at_desk(), at=cast.AT)
    assert [one["security"] for one in pad.post("stack", tags).json()["tags"]] == [194, 7, 7]
    told = Entry.objects.filter(event="organisation.stack-heard")
    assert [entry.particulars["count"] for entry in told] == [2]  # told again is no news

    pad.post("stack", {"tags": []})
    assert client.get("/desk/pads").json()["pads"][0]["numbers"] == []
    Device.objects.filter(pk=made.pk).update(lying=["30000017"], lying_at=timezone.now() - timedelta(minutes=5))
    assert client.get("/desk/pads").json()["pads"][0]["numbers"] == []  # a reader that was switched off


def test_a_hold_shelf_with_antennas_tells_what_is_right_wrong_and_not_there(client: Client) -> None:
    made, key = device(code="TANA-1", kind="hold-shelf")
    shelf, now = Gate(made.code, key), timezone.now()
    ready, gone, _stranger = item("30000017"), item("30000025"), item("30000033")
    for copy, patron in ((ready, cast.hanako()), (gone, cast.taro())):
        place_hold(patron=patron, want=Want((copy.record,), copy), pickup=cast.chuo(), by=at_desk(), at=now)
        check_in(item=copy, by=at_desk(), at=now)
    sign_in(client, "circulation.check-out")
    assert "いま聞こえません" in client.get("/desk/hold-shelf").text

    told = shelf.post("shelf", {"tags": [{"memory": image("30000017")}, {"memory": image("30000033")}]}).json()
    assert [one["item"] for one in told["tags"]] == ["30000017", "30000033"]
    assert {what: [one["item"] for one in told[what]] for what in ("right", "to_fetch", "strangers", "absent")} == {
        "right": ["30000017"], "to_fetch": [], "strangers": ["30000033"], "absent": ["30000025"],
    }  # fmt: skip
    assert told["right"][0]["slot"] and told["right"][0]["until"] and "花子" not in str(told)
    page = client.get("/desk/hold-shelf").text
    assert "棚に見えない本" in page and "この棚に番号のない本" in page and "2点が見えます" in page

    for hold in Hold.objects.open():
        cancel_hold(hold=hold, by=at_desk(), at=now)
    told = shelf.post("shelf", {"tags": [{"memory": image("30000017")}]}).json()
    assert ([one["item"] for one in told["to_fetch"]], told["absent"], told["right"]) == (["30000017"], [], [])
    assert Gate().post("shelf", {"tags": []}).status_code == 403
