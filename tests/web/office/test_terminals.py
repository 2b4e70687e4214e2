"""The office looks on at what terminals and the server say: masked, in words, one machine or all."""

import json
import re
import socket
import threading
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.services import add_device, count_visitors
from fumikura.protocols.sip2.codec import decode
from fumikura.protocols.sip2.watching import seen
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
LEND = b"11YN20260520    10000020260520    100000AOMINASE|AA20004318|AB30000017|AC|AD1234|\r"
LENT = "121NNN20260520    100000AOMINASE|AA20004318|AB30000017|AJこころ|AH2026-06-03|\r".encode()


def exchange(device: str) -> bytes:
    said = seen(
        at=cast.AT, device=device, address="192.0.2.1", request=decode(LEND), reply=decode(LENT), milliseconds=12,
        closes=False,
    )  # fmt: skip
    return json.dumps(asdict(said), ensure_ascii=False).encode() + b"\n"


@pytest.fixture
def line(settings, tmp_path):
    """A serving process that has heard two machines."""
    settings.HOME = tmp_path
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "sip2-0.sock"))
    listening.listen()
    kept = []

    def offer() -> None:
        while True:
            try:
                one, _address = listening.accept()
            except OSError:
                return
            one.sendall(exchange("SC-01") + exchange("SC-02"))
            kept.append(one)

    threading.Thread(target=offer, daemon=True).start()
    yield
    listening.close()


def test_what_machines_say_is_seen_without_who_it_is(client, line) -> None:
    by = cast.SYSTEM
    add_device(code="SC-01", name="1階", kind="combined", facility=cast.chuo(), by=by, at=cast.AT, bins={"shelve": "A"})
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    page = client.get("/office/terminals").content.decode()
    assert "話しています" in page and "棚へ → A" in page and page.count("12 ms") == 2
    assert "10:00:00" in page  # in the city's own time
    assert "11 貸出" in page and "書名: こころ" in page
    assert "20004318" not in page and "1234" not in page
    assert client.get("/office/terminals", {"device": "SC-02"}).content.decode().count("12 ms") == 1


def test_without_a_server_it_says_how_to_start_one(client, settings, tmp_path) -> None:
    settings.HOME = tmp_path
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    page = client.get("/office/terminals").content.decode()
    assert "SIP2のサーバーが動いていません" in page and "まだ登録されていません" in page


def test_the_bins_of_a_return_machine_are_set_on_a_page_and_told_to_the_machine(client) -> None:
    place, other, by = cast.chuo(), cast.kita(), cast.SYSTEM
    machine, _key = add_device(code="R-1", name="返却口", kind="return-machine", facility=place, by=by, at=cast.AT)
    add_device(code="G-1", name="出口", kind="gate", facility=place, by=by, at=cast.AT)
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    listed = client.get("/office/terminals").text
    assert "/office/terminals/R-1/bins" in listed and "/office/terminals/G-1/bins" not in listed
    sent = {"request_key": "k" * 32, "bin-shelve": "A", "bin-hold-shelf": " B ", f"bin-send:{other.code}": "C", "provisional": "1"}  # fmt: skip
    page = client.post("/office/terminals/R-1/bins", sent, follow=True).text
    assert "仕分けの口を3つ決めました" in page
    machine.refresh_from_db()
    assert machine.bins == {"shelve": "A", "hold-shelf": "B", f"send:{other.code}": "C"}
    assert machine.returns_provisionally
    assert client.get("/office/terminals/NOBODY/bins").status_code == 302


def test_whom_the_gates_counted_is_told_by_the_day(client) -> None:
    place, by, now = cast.chuo(), cast.SYSTEM, timezone.now()
    gate, _key = add_device(code="G-1", name="入口", kind="gate", facility=place, by=by, at=cast.AT)
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    for days, came, left in ((0, 12, 9), (0, 1, 4), (1, 30, 30), (6, 200, 200), (7, 5000, 5000)):
        count_visitors(device=gate, came=came, left=left, at=now - timedelta(days=days))
    page = client.get("/office/terminals").text
    told = page[page.index("来館者の数") : page.index("だれが通ったか")]
    assert re.findall(r'<td class="num">(\d+)</td>', told) == ["13", "13", "30", "243"]
    assert "G-1" in told
