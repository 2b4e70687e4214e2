"""A pickup locker at the API: from the wish of a reader to the empty door, and to the last day of one who never came."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.holdings.models import Item
from tests import cast
from tests.circulation.cast import at_desk, item
from tests.circulation.test_lockers import locker
from tests.protocols.api.test_mine import Phone
from tests.protocols.sip2.dialogue import device

pytestmark = pytest.mark.django_db
HANAKO, TARO = "20004318", "20004326"


class Clock:
    at = cast.AT

    def now(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(timezone, "now", found.now)
    return found


class Machine:
    """The locker at the station, with two doors."""

    def __init__(self, kind: str = "locker") -> None:
        self.place = locker()
        made, key = device(code=f"M-{kind}", kind=kind, facility=self.place)
        self.signed = "Basic " + base64.b64encode(f"{made.code}:{key}".encode()).decode()

    def doors(self) -> list[str]:
        told = Client().get("/api/v1/locker/doors", headers={"authorization": self.signed}).json()
        return [door["state"] for door in told["doors"]]

    def say(self, path: str, key: str = "", **body: Any) -> Any:
        headers = {"authorization": self.signed, "idempotency-key": key or uuid4().hex}
        return Client().post(f"/api/v1/locker/{path}", json.dumps(body), "application/json", headers=headers)


def wished(card: str, book: Item) -> int:
    """The hold that a reader places with a program of their own."""
    placed = Phone(card).send("post", "holds", record=book.record_id, pickup="EKI")
    assert placed.status_code == 201, placed.json()
    return placed.json()["id"]


def laid_in(machine: Machine, book: Item) -> dict[str, Any]:
    circulation.check_in(item=book, by=at_desk("EKI"), at=timezone.now())
    told = machine.say("stays", item=book.barcode)
    assert told.status_code == 201, told.json()
    return told.json()


def code_of(hold: int) -> str:
    return circulation.locker_of([hold])[hold].code


def why_not(answer: Any) -> list[str]:
    assert answer.status_code == 409
    return [reason["code"] for reason in answer.json()["reasons"]]


def test_from_the_wish_to_the_empty_door() -> None:
    cast.hanako()
    book, machine = item("30000017"), Machine()
    hold = wished(HANAKO, book)
    stay = laid_in(machine, book)
    assert (stay["door"], machine.doors()) == (1, ["kept", "free"])
    assert why_not(machine.say("openings", code="00000000x")) == ["locker-code-wrong"]
    opened = machine.say("openings", code=code_of(hold)).json()
    assert (opened["stay"], opened["door"]) == (stay["stay"], 1)
    taken = machine.say(f"stays/{stay['stay']}/collection", "closed-1").json()
    again = machine.say(f"stays/{stay['stay']}/collection", "closed-1").json()
    assert (taken["items"], taken["repeated"]) == (1, False) and again == taken | {"repeated": True}
    assert machine.say(f"stays/{stay['stay']}/collection").json()["items"] == 0  # told again after the line was cut
    assert machine.doors() == ["free", "free"] and Loan.objects.open().count() == 1
    (loan,) = Phone(HANAKO).send("get", "loans").json()
    assert loan["item"] == "30000017"
    assert Phone(HANAKO).send("get", "holds").json() == []


def test_what_nobody_takes_is_over_and_goes_home(clock: Clock) -> None:
    cast.taro()
    book, machine = item("30000025"), Machine()
    hold = wished(TARO, book)
    stay, code = laid_in(machine, book)["stay"], code_of(hold)
    clock.at += timedelta(days=20)
    circulation.expire_shelf(by=at_desk(), at=clock.at)
    assert machine.doors() == ["over", "free"]
    assert why_not(machine.say("openings", code=code)) == ["locker-code-wrong"]
    assert machine.say(f"stays/{stay}/removal").json()["door"] == 1
    assert machine.doors() == ["free", "free"] and not Loan.objects.exists()
    assert why_not(machine.say(f"stays/{stay}/collection")) == ["locker-stay-over"]
    assert circulation.check_in(item=book, by=at_desk("EKI"), at=clock.at).stop.to == "CHUO"


def test_a_door_that_does_not_work_is_passed_over_and_no_other_machine_opens_one() -> None:
    cast.hanako()
    book, machine = item("30000017"), Machine()
    assert machine.say("doors/1/fault", fault="開かない").status_code == 201
    hold = wished(HANAKO, book)
    assert (laid_in(machine, book)["door"], machine.doors()) == (2, ["fault", "kept"])
    machine.say("doors/2/fault", fault="開かない")
    assert why_not(machine.say("openings", code=code_of(hold))) == ["locker-door-fault"]
    machine.say("doors/2/fault", fault="")
    assert machine.say("openings", code=code_of(hold)).status_code == 201
    assert Machine("gate").say("openings", code=code_of(hold)).status_code == 403
