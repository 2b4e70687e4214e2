"""Other programs are told what changed: signed, again after silence, given up in the end, and never about a person."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from fumikura.journal.models import Entry
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Refused
from fumikura.webhooks.models import Delivery, Webhook
from fumikura.webhooks.rules import PAUSES, secret_text, signed_headers
from fumikura.webhooks.services import (
    WebhookFacts,
    end_webhook,
    forget_arrived,
    redeliver,
    resume_webhook,
    secret_of,
    send_due,
    set_webhook,
    take_notice,
)
from tests import cast
from tests.web.desk.conftest import enter
from tests.webhooks.program import BY, Program, lend, listening, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    with listening() as one:
        yield one


def test_a_loan_is_told_with_its_record_and_nothing_of_the_reader(program: Program) -> None:
    told(program, "availability", "record")
    assert any(one.reader == "webhooks" for one in subscriptions())
    record = lend()
    now = timezone.now()
    assert send_due(now) == 2
    _headers, body = next(one for one in program.got if b"availability" in one[1])
    assert json.loads(body)["data"]["records"] == [record]
    for secret in ("花子", "20004318", "patron", "staff"):
        assert secret not in body.decode()
    assert send_due(now) == 0


def test_the_signature_is_the_one_that_the_reference_libraries_compute() -> None:
    """The example in the tests of the libraries of Standard Webhooks."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert secret_text(key) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    message, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
    headers = signed_headers(key, message=message, body=body, at=1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


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


def test_a_program_that_is_gone_is_switched_off_and_the_office_is_told(client, program: Program) -> None:
    cast.chuo()
    one = told(program)
    lend()
    program.status = 410
    now = timezone.now()
    assert send_due(now) == 0 and len(program.got) == 1
    assert Entry.objects.filter(event="webhooks.webhook-stopped").count() == 1
    take_notice(list(Entry.objects.order_by("pk")))
    assert send_due(now + timedelta(days=9)) == 0 and len(program.got) == 1 and Delivery.objects.count() == 1
    enter(client, cast.staff("shimizu", *PERMISSIONS))
    assert "止めてあります" in client.get("/office/webhooks").content.decode()
    assert "もういらない" in client.get(f"/office/webhooks/{one.pk}").content.decode()
    program.status = 204
    page = client.post(f"/office/webhooks/{one.pk}/resume", follow=True).content.decode()
    assert "また送りはじめます" in page and "もういらない" not in page
    assert send_due(timezone.now()) == 1
    resume_webhook(one, by=BY, at=now)
    assert Entry.objects.filter(event="webhooks.webhook-resumed").count() == 1
