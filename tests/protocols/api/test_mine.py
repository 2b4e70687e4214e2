"""A reader's own program: loans, renewing, holds, the card; and never anybody else's."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation.services import check_out
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.AT)


class Phone:
    """The program of one reader."""

    def __init__(self, card: str) -> None:
        body = {"card": card, "password": cast.PASSWORD}
        self.token = self.send("post", "sessions", **body).json()["token"]

    def send(self, method: str, path: str, key: str = "", **body: Any) -> Any:
        headers = {"idempotency-key": key or uuid4().hex}
        if hasattr(self, "token"):
            headers["authorization"] = f"Bearer {self.token}"
        ask = getattr(Client(), method)
        if method == "get":
            return ask(f"/api/v1/my/{path}", headers=headers)
        return ask(f"/api/v1/my/{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def lent() -> Phone:
    """花子 has 『こころ』; 『三四郎』 stands at 北."""
    house_rules()
    hanako = cast.hanako()
    check_out(item=copy(title(), "30000017"), patron=hanako, by=at_desk(), at=cast.AT - timedelta(days=5))
    copy(title("三四郎", "サンシロウ", number="2"), "30000025", home=cast.kita())
    return Phone("20004318")


def test_a_reader_sees_and_renews_what_they_have(lent: Phone) -> None:
    (loan,) = lent.send("get", "loans").json()
    assert (loan["title"], loan["renewals"]) == ("こころ", 0)
    key = uuid4().hex
    first = lent.send("post", f"loans/{loan['id']}/renewals", key)
    again = lent.send("post", f"loans/{loan['id']}/renewals", key)
    assert (first.status_code, again.status_code, again.json()["renewals"]) == (201, 201, 1)
    card = lent.send("get", "card").json()
    assert (card["valid"], card["loans"], card["holds"]) == (True, 1, 0)
    assert "花子" not in json.dumps(card, ensure_ascii=False)


def test_a_hold_is_placed_moved_put_to_sleep_and_cancelled(lent: Phone) -> None:
    record = title("三四郎", "サンシロウ", number="2").pk
    placed = lent.send("post", "holds", record=record, pickup="KITA")
    assert placed.status_code == 201 and placed.json()["pickup"] == "KITA"
    number = placed.json()["id"]
    assert [one["id"] for one in lent.send("get", "holds").json()] == [number]
    assert lent.send("put", f"holds/{number}/pickup", pickup="CHUO").json()["pickup"] == "CHUO"
    asleep = lent.send("put", f"holds/{number}/suspension", until="2026-06-10")
    assert asleep.json()["suspended_until"] == "2026-06-10"
    assert lent.send("delete", f"holds/{number}/suspension").json()["suspended_until"] is None
    assert lent.send("delete", f"holds/{number}").status_code == 204
    assert lent.send("get", "holds").json() == []
    gone = lent.send("put", f"holds/{number}/pickup", pickup="CHUO")
    assert gone.status_code == 409 and gone.json()["reasons"][0]["code"] == "hold-closed"


def test_nobody_reaches_what_is_another_readers(lent: Phone) -> None:
    (loan,) = lent.send("get", "loans").json()
    cast.taro()
    taro = Phone("20004326")
    refused = taro.send("post", f"loans/{loan['id']}/renewals")
    assert refused.status_code == 404 and taro.send("get", "loans").json() == []


def test_a_wrong_password_opens_nothing_and_the_end_is_the_end(lent: Phone) -> None:
    wrong = Client().post(
        "/api/v1/my/sessions", json.dumps({"card": "20004318", "password": "x"}), content_type="application/json"
    )
    assert wrong.status_code == 409 and wrong.json()["reasons"][0]["code"] == "sign-in-failed"
    assert lent.send("delete", "sessions").status_code == 204
    assert lent.send("get", "loans").status_code == 401


def test_a_reader_is_told_why_in_the_language_of_the_program(lent: Phone) -> None:
    def why(address: str, language: str = "ja") -> Any:
        headers = {"authorization": f"Bearer {lent.token}", "accept-language": language}
        return Client().get(address, headers=headers).json()

    (loan,) = lent.send("get", "loans").json()
    told = why(loan["explanation"], "ko")
    assert (told["due_on"], [one["code"] for one in told["why"]]) == (loan["due_on"], ["due-calendar-days"])
    assert told["why"][0]["sentence"] == "규칙 ‘基本’에 따라 14일입니다."
    hold = lent.send("post", "holds", record=title("三四郎", "サンシロウ", number="2").pk, pickup="KITA").json()
    turn = why(hold["explanation"])
    assert (turn["state"], [one["code"] for one in turn["why"]]) == ("allotted", ["queue-rule", "copy-at-pickup"])
    assert turn["why"][1]["sentence"] == "北図書館の棚にありました。受け取る館なので、運びません。"
    cast.taro()
    theirs = Phone("20004326")
    assert theirs.send("get", f"loans/{loan['id']}/explanation").status_code == 404
    assert theirs.send("get", f"holds/{hold['id']}/explanation").status_code == 409
