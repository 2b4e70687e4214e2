"""Before a dangerous act the second factor is shown again; what was written comes along."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation import services, totp
from fumikura.organisation.models import SecondFactor, User
from fumikura.web.visitors import PROVED_AT
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
SEED = b"12345678901234567890"


def manager(client: Client, *rights: str) -> tuple[User, list[str]]:
    """Signed in with a factor that was shown an hour ago."""
    cast.chuo()
    user = cast.staff("shimizu", "organisation.grant-role", "patrons.view", *rights)
    enter(client, user)
    now = timezone.now()
    services.add_totp(
        user=user, secret=SEED, typed=totp.code(SEED, totp.step_at(now)), name="電話", by=cast.SYSTEM, at=now
    )
    codes = services.make_recovery_codes(user=user, by=cast.SYSTEM, at=now)
    session = client.session
    session[PROVED_AT] = (now - timedelta(hours=1)).timestamp()
    session.save()
    return user, codes


def test_a_role_is_granted_only_after_the_factor_and_nothing_is_typed_twice(client: Client) -> None:
    user, codes = manager(client)
    cast.role("helper", "patrons.view")
    sent = {"act": "grant", "user": user.pk, "role": "helper", "place": "CHUO", "request_key": "g"}
    page = client.post("/office/people", sent)
    assert page.status_code == 403
    assert "もう一度、確かめます" in page.content.decode()
    assert '<input type="hidden" name="role" value="helper">' in page.content.decode()
    assert user.grants.count() == 1
    assert client.post("/office/people", sent | {"proof": "000000"}).status_code == 403
    assert client.post("/office/people", sent | {"proof": codes[0]}).status_code == 302
    assert user.grants.count() == 2
    again = {"act": "withdraw", "user": user.pk, "role": "helper", "place": "CHUO", "request_key": "w"}
    assert client.post("/office/people", again).status_code == 302


def test_whoever_thinks_better_of_it_is_led_back_to_the_page_of_the_form(client: Client) -> None:
    manager(client, *(set(PERMISSIONS) - {"organisation.grant-role", "patrons.view"}))
    form = "/office/emergencies?day=2026-05-01"
    asked = client.post("/office/emergencies/disaster", {"sure": "on"}, headers={"referer": f"http://testserver{form}"})
    assert f'href="{form}"' in asked.content.decode()
    again = client.post("/office/emergencies/disaster", {"sure": "on", "proof": "000000", "asked_from": form})
    assert f'href="{form}"' in again.content.decode(), "after a wrong code, too"
    away = client.post(
        "/office/emergencies/disaster", {"sure": "on", "proof": "000000", "asked_from": "//evil.example"}
    )
    assert "evil.example" not in away.content.decode()


def test_who_has_a_passkey_only_can_show_it_before_changing_anything_of_their_own(client: Client) -> None:
    manager(client)
    SecondFactor.objects.update(kind="passkey")
    page = client.get("/staff/security").content.decode()
    assert 'name="proof"' not in page and 'value="prove"' in page, "no box for a code that they do not have"
    asked = client.post("/staff/security", {"act": "codes"}).content.decode()
    assert "data-passkey" in asked and '<input type="hidden" name="act" value="codes">' in asked
    client.post("/staff/security", {"act": "passkey", "passkey": "{}"})
    assert SecondFactor.objects.count() == 1


def test_who_has_no_second_factor_is_invited_to_one(client: Client) -> None:
    cast.chuo()
    enter(client, cast.staff("shimizu", "organisation.grant-role"))
    assert "2つめの確認を加えませんか" in client.get("/staff/place").content.decode()


def test_what_is_dangerous_asks_for_the_factor_and_does_nothing_before(client: Client) -> None:
    manager(client, *(set(PERMISSIONS) - {"organisation.grant-role", "patrons.view"}))
    before = Entry.objects.count()
    for page, sent in (
        ("/office/glass", {"act": "break", "right": "patrons.merge", "reason": "急ぎ"}),
        ("/office/emergencies/disaster", {"sure": "on"}),
        ("/office/webhooks", {"name": "x"}),
        ("/office/webhooks/1/resume", {}),
        ("/office/sessions", {"act": "end"}),
        ("/office/withdrawals", {"act": "approve"}),
        ("/office/messages/loan-slip/ja", {"act": "save", "subject": "x", "body": "{day}"}),
    ):
        answer = client.post(page, sent)
        assert answer.status_code == 403 and "もう一度、確かめます" in answer.content.decode(), page
    assert Entry.objects.count() == before
    assert (
        client.post("/office/messages/loan-slip/ja", {"act": "preview", "subject": "x", "body": "y"}).status_code == 200
    )
