"""What we tell other programs, checked by the library that their makers install: standardwebhooks of PyPI."""

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from fumikura.webhooks.models import Delivery
from fumikura.webhooks.services import redeliver, secret_of, send_due
from tests.webhooks.program import BY, lend, listening, told

pytestmark = pytest.mark.django_db


def test_a_stock_verifier_takes_what_we_send_and_nothing_else() -> None:
    with listening() as program:
        webhook = told(program)
        record = lend()
        program.status = 500
        now = timezone.now()
        assert send_due(now) == 0
        program.status = 204
        redeliver(Delivery.objects.values_list("pk", flat=True), webhook=webhook, by=BY, at=now)
        assert send_due(now + timedelta(seconds=2)) == 1
    (first, _), (headers, body) = program.got

    verifier = Verifier(secret_of(webhook))
    news = verifier.verify(body, headers)
    assert (news["type"], news["data"]["records"]) == ("availability", [record])
    named = [{name.lower(): value for name, value in one.items()} for one in (first, headers)]
    assert named[0]["webhook-id"] == named[1]["webhook-id"]
    assert named[0]["webhook-signature"] != named[1]["webhook-signature"]  # signed anew at every attempt

    old = {**named[1], "webhook-timestamp": str(int(now.timestamp()) - 3600)}
    for wrong_headers, wrong_body in ((headers, body.replace(b"availability", b"record")), (old, body)):
        with pytest.raises(WebhookVerificationError):
            verifier.verify(wrong_body, wrong_headers)
    with pytest.raises(WebhookVerificationError):
        Verifier("whsec_" + "A" * 43).verify(body, headers)
