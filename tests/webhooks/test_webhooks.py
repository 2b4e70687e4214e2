"""Other programs are told what changed: signed, again after silence, given up in the end, and never about a person."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from fumikura.circulation.services import check_out
from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Refused
from fumikura.webhooks.models import Delivery, Webhook
from fumikura.webhooks.rules import PAUSES
from fumikura.webhooks.services import (
    WebhookFacts,
    end_webhook,
    forget_arrived,
    redeliver,
    secret_of,
    send_due,
    set_webhook,
    take_notice,
)
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.desk.conftest import enter
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
BY = cast.acting("webhooks.set")


class Program:
    """Another program, which answers what it is told to."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []
        program = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                program.got.append((dict(self.headers), body))
                self.send_response(program.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/told"


@pytest.fixture
def program():
    one = Program()
    yield one
    one.server.shutdown()
    one.server.server_close()


def told(program: Program, *topics: str) -> Webhook:
    facts = WebhookFacts("学校の図書", program.address, topics or ("availability",))
    return set_webhook(facts, by=BY, at=cast.AT)


def lend() -> int:
    """花子 borrows 『こころ』."""
    house_rules()
    record = title()
    check_out(item=copy(record), patron=cast.hanako(), by=at_desk(), at=cast.AT)
    assert any(one.reader == "webhooks" for one in subscriptions())
    # Handed over as the reader of the journal would: on PostgreSQL it reads only what was committed.
    take_notice(list(Entry.objects.order_by("pk")))
    return record.pk


def test_a_loan_is_told_signed_with_its_record_and_nothing_of_the_reader(program: Program) -> None:
    webhook = told(program, "availability", "record")
    record = lend()
    now = timezone.now()
    assert send_due(now) == 2
    headers, body = next(one for one in program.got if b"availability" in one[1])
    assert json.loads(body)["records"] == [record]
    for secret in ("花子", "20004318", "patron", "staff"):
        assert secret not in body.decode()
    stamp, _, given = headers["Fumikura-Signature"].partition(",v1=")
    signed = f"{stamp.removeprefix('t=')}.".encode() + body
    assert hmac.new(secret_of(webhook).encode(), signed, hashlib.sha256).hexdigest() == given
    assert send_due(now) == 0


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_is_not_taken_comes_again_ever_later_and_is_given_up_after_three_days(
    program: Program, status: int
) -> None:
    program.status = status
    webhook = told(program)
    lend()
    at = timezone.now()
    for pause in PAUSES:
        assert send_due(at) == 0
        assert Delivery.objects.get().due_at == at + pause
        assert send_due(at + pause - timedelta(seconds=1)) == 0
        at += pause
    send_due(at)
    given_up = Delivery.objects.get()
    assert (given_up.given_up_at, given_up.attempts, given_up.answer) == (at, len(PAUSES) + 1, str(status))
    program.status = 200
    assert redeliver([given_up.pk], webhook=webhook, by=BY, at=at) == 1
    assert send_due(at) == 1


def test_a_program_that_is_away_keeps_no_other_waiting_longer_than_once(program: Program) -> None:
    told(program)
    set_webhook(WebhookFacts("いない", "http://127.0.0.1:9/", ("availability",)), by=BY, at=cast.AT)
    lend()
    Delivery.objects.update(entry=1)
    assert send_due(timezone.now()) == 1
    assert Delivery.objects.get(arrived_at=None).answer.startswith("cannot-connect")


def test_the_same_entries_again_tell_nothing_twice_and_what_arrived_is_forgotten(program: Program) -> None:
    webhook = told(program)
    lend()
    before = Delivery.objects.count()
    entries = list(Entry.objects.order_by("pk"))
    take_notice(entries)
    assert Delivery.objects.count() == before
    now = timezone.now()
    send_due(now)
    forget_arrived(now + timedelta(days=8))
    assert not Delivery.objects.exists()
    end_webhook(webhook, by=BY, at=now)
    take_notice(entries)
    assert not Delivery.objects.exists()


def test_what_makes_no_webhook_is_refused() -> None:
    for facts, code in (
        (WebhookFacts("x", "ftp://x/", ("record",)), "webhook-address"),
        (WebhookFacts("x", "http://x/", ("persons",)), "webhook-topics"),
    ):
        with pytest.raises(Refused) as refused:
            set_webhook(facts, by=BY, at=cast.AT)
        assert refused.value.reasons[0].code == code


def test_the_office_sets_shows_and_sends_again(client, program: Program) -> None:
    cast.chuo()
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    assert "まだありません" in client.get("/office/webhooks").content.decode()
    bad = client.post("/office/webhooks", {"name": "学校", "address": "x", "request_key": "a"})
    assert bad.status_code == 422 and 'value="学校"' in bad.content.decode()
    form = {"name": "学校", "address": program.address, "topics": ["availability"], "request_key": "b"}
    page = client.post("/office/webhooks", form, follow=True).content.decode()
    webhook = Webhook.objects.get()
    assert secret_of(webhook) in page
    program.status = 500
    lend()
    send_due(timezone.now())
    page = client.get(f"/office/webhooks/{webhook.pk}").content.decode()
    assert "500" in page
    program.status = 200
    sent = client.post(f"/office/webhooks/{webhook.pk}/again", {"delivery": [Delivery.objects.get().pk]}, follow=True)
    assert "もう一度送ります" in sent.content.decode()
    assert send_due(timezone.now()) == 1
    client.post(f"/office/webhooks/{webhook.pk}/end")
    assert Webhook.objects.get().ended_at
