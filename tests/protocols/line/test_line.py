"""A friend at LINE sends the code from my page and is connected; without LINE's signature nothing is heard."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from fumikura.patrons.models import ContactPoint
from fumikura.patrons.services.contacts import ask_for_code
from fumikura.protocols.line.codec import read
from tests.cast import acting, hanako
from tests.notices.servers import Listening, http_server

pytestmark = pytest.mark.django_db
SECRET = "channel-secret"


def tell(event: dict[str, Any], secret: str = SECRET) -> int:
    body = json.dumps({"destination": "U9", "events": [event]}).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"X-Line-Signature": signature}
    return Client().post("/line/webhook", body, content_type="application/json", headers=headers).status_code


def text(said: str) -> dict[str, Any]:
    source = {"type": "user", "userId": "U0123"}
    return {"type": "message", "replyToken": "r1", "source": source, "message": {"type": "text", "text": said}}


@pytest.fixture
def line(settings: Any) -> Any:
    with http_server() as listening:
        settings.LINE_TOKEN, settings.LINE_SECRET, settings.LINE_API = "token", SECRET, listening.address
        yield listening


def answers(line: Listening) -> list[str]:
    assert all(one.path == "/v2/bot/message/reply" for one in line.arrived)
    return [json.loads(one.body)["messages"][0]["text"] for one in line.arrived]


def test_a_code_connects_once_and_leaving_disconnects(line: Listening) -> None:
    by = acting("patrons.change-own", via="opac")
    code = ask_for_code(patron=hanako(), by=by, at=timezone.now())
    assert tell(text("こんにちは")) == 200
    assert tell(text(f" {code.lower()} ")) == 200
    assert tell(text(code)) == 200
    wrong, connected, again = answers(line)
    assert "この番号は使えません" in wrong
    assert "つながりました" in connected
    assert wrong == again
    assert ContactPoint.objects.get().address == "U0123"
    tell({"type": "unfollow", "source": {"type": "user", "userId": "U0123"}})
    assert not ContactPoint.objects.exists()


def test_what_line_has_not_signed_is_not_heard(line: Listening, settings: Any) -> None:
    assert tell(text("x"), secret="another") == 403
    settings.LINE_SECRET = ""
    assert tell(text("x")) == 404
    assert line.arrived == []


@given(some.recursive(some.none() | some.text(max_size=5), lambda inner: some.dictionaries(
    some.sampled_from(["events", "source", "type", "userId", "message", "text", "replyToken"]), inner | some.lists(inner, max_size=2),
    max_size=3,
), max_leaves=8))  # fmt: skip
def test_any_body_is_read_without_fault(body: Any) -> None:
    for said in (*read(json.dumps({"events": [body]}).encode()), *read(json.dumps(body).encode())):
        assert said.kind in {"text", "follow", "unfollow"}
        assert said.user
