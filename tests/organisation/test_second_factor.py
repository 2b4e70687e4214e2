"""Codes of an app, recovery codes, roles that need a second factor."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.organisation import services, totp
from fumikura.organisation.models import Role, SecondFactor, StaffSession, User
from fumikura.organisation.queries import may_work_at
from tests import cast

SEED = b"12345678901234567890"
RFC_6238 = {59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"}  # fmt: skip


@pytest.mark.parametrize(("seconds", "expected"), RFC_6238.items())
def test_the_codes_of_the_standard(seconds: int, expected: str) -> None:
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code(SEED, step, digits=8) == expected
    assert totp.code(SEED, step) == expected[-6:]


def test_a_secret_is_written_as_apps_expect_it() -> None:
    assert totp.read(totp.written(SEED)) == SEED
    assert totp.address(SEED, account="sano", issuer="Minase").startswith(
        "otpauth://totp/Minase%3Asano?secret=GEZDGNBV"
    )


@pytest.fixture
def sano(db: None) -> User:
    cast.chuo()
    return cast.staff("sano", "circulation.check-out", at=cast.chuo())


def now_code(after: int = 0) -> str:
    return totp.code(SEED, totp.step_at(timezone.now()) + after)


def give_factor(user: User) -> SecondFactor:
    at = timezone.now() - timedelta(minutes=5)
    code = totp.code(SEED, totp.step_at(at))
    return services.add_totp(user=user, secret=SEED, typed=code, name="電話", by=cast.SYSTEM, at=at)


def sign_in(client: Client):
    return client.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})


def test_without_a_factor_and_a_rule_the_password_is_enough(client: Client, sano: User) -> None:
    assert "second-step" not in sign_in(client).headers["Location"]
    assert StaffSession.objects.get().user == sano


def test_the_password_alone_opens_nothing_once_there_is_a_factor(client: Client, sano: User) -> None:
    row = give_factor(sano)
    assert totp.written(SEED) not in row.secret
    assert sign_in(client).headers["Location"].startswith("/staff/second-step")
    assert client.get("/desk/").status_code == 302
    wrong = client.post("/staff/second-step", {"code": "000000"})
    assert wrong.status_code == 403 and "確認コードが合いません" in wrong.content.decode()
    code = now_code()
    assert client.post("/staff/second-step", {"code": code}).status_code == 302
    assert client.get("/desk/").status_code == 200 or "place" in client.get("/desk/").headers["Location"]
    other = Client()
    sign_in(other)
    assert other.post("/staff/second-step", {"code": code}).status_code == 403


def test_guessing_codes_is_locked_after_five(client: Client, sano: User) -> None:
    give_factor(sano)
    sign_in(client)
    for _ in range(5):
        client.post("/staff/second-step", {"code": "000000"})
    assert client.post("/staff/second-step", {"code": now_code()}).status_code == 403


def test_a_recovery_code_is_good_once(client: Client, sano: User) -> None:
    give_factor(sano)
    codes = services.make_recovery_codes(user=sano, by=cast.SYSTEM, at=timezone.now())
    assert len(set(codes)) == 10
    for expected in (302, 403):
        browser = Client()
        sign_in(browser)
        assert browser.post("/staff/second-step", {"code": codes[0].upper()}).status_code == expected


def test_a_role_that_needs_one_leads_through_making_it(client: Client, sano: User) -> None:
    services.require_factor(role=Role.objects.get(), required=True, by=cast.SYSTEM, at=timezone.now())
    sign_in(client)
    page = client.get("/staff/second-step").content.decode()
    assert "2つめの確認をつくる" in page and "<svg" in page
    secret = totp.read(client.session["totp_secret"])
    done = client.post("/staff/second-step", {"code": totp.code(secret, totp.step_at(timezone.now()))})
    assert done.content.decode().count("<li><code>") == 10
    factor = SecondFactor.objects.get()
    with pytest.raises(Refused):
        services.remove_factor(factor=factor, by=cast.SYSTEM, at=timezone.now())
    page = client.get("/staff/security").content.decode()
    assert "認証アプリ" in page and "この端末" in page


def test_signing_out_everywhere_leaves_this_one(client: Client, sano: User) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)
    client.post("/staff/security", {"act": "end"})
    assert client.get("/staff/security").status_code == 200
    assert other.get("/staff/security").status_code == 302


def test_outside_working_hours_nobody_comes_in_and_sessions_end(client: Client, sano: User) -> None:
    sign_in(client)
    local = timezone.localtime()
    since, until = ((local + timedelta(hours=hours)).time().replace(microsecond=0) for hours in (2, 4))
    services.change_user(
        user=sano, operator="水瀬サービス", works_from=since, works_until=until, by=cast.SYSTEM, at=timezone.now()
    )
    assert client.get("/staff/security").status_code == 302
    assert "使えるのは" in sign_in(Client()).content.decode()
    assert may_work_at(sano, local + timedelta(hours=3))


def test_an_operators_manager_manages_the_operators_people_only(sano: User) -> None:
    manager = cast.staff("aoki", "organisation.grant-role", "organisation.configure")
    User.objects.filter(pk=manager.pk).update(operator="水瀬サービス")
    by = cast.acting("organisation.grant-role", "organisation.configure")
    by = type(by)(ref=f"staff:{manager.pk}", facility="CHUO", permissions=by.permissions)
    with pytest.raises(NotPermitted):
        services.deactivate_user(user=sano, by=by, at=timezone.now())
    added = services.add_user(username="inoue", name="井上", password="long-enough", by=by, at=timezone.now())
    assert added.operator == "水瀬サービス"
    services.deactivate_user(user=added, by=by, at=timezone.now())
