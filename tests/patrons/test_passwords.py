"""Patrons sign in with the card as it is scanned or typed; failures close the door for a while."""

from datetime import timedelta

import pytest

from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.patrons import queries, services
from tests import cast

pytestmark = pytest.mark.django_db
SELF = Actor(ref="patron", via="opac", permissions=frozenset({"patrons.change-own-password"}))


def sign_in(card: str = "20004318", password: str = cast.PASSWORD, address: str = "192.0.2.1", minutes: int = 0):
    return services.check_password(card, password, address, cast.AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("card", ["20004318", "２０００４３１８", "A20004318A\r", " 2000 4318 "])
def test_the_card_is_taken_in_any_width(card: str) -> None:
    hanako = cast.hanako()
    assert sign_in(card) == hanako


def test_a_sign_in_that_succeeds_leaves_no_trace_of_the_patron() -> None:
    cast.hanako()
    before = Entry.objects.count()
    sign_in()
    assert Entry.objects.count() == before


def test_a_wrong_card_a_wrong_password_and_no_password_say_the_same() -> None:
    cast.hanako()
    nobody = services.register(
        name="x", category=cast.category(), home=cast.chuo(), card_number="20007777", by=cast.SYSTEM, at=cast.AT
    )
    assert nobody.password == ""
    for card, password in (("99999999", "x"), ("20004318", "wrong"), ("20007777", ""), ("", "")):
        with pytest.raises(Refused) as refused:
            sign_in(card, password, address=f"192.0.2.{len(card)}{len(password)}")
        assert [reason.code for reason in refused.value.reasons] == ["sign-in-failed"]


def test_five_failures_close_the_card_and_only_that_card() -> None:
    hanako, taro = cast.hanako(), cast.taro()
    for number in range(5):
        with pytest.raises(Refused, match="sign-in-failed"):
            sign_in(password="wrong", address=f"192.0.2.{number}")
    with pytest.raises(Refused, match="sign-in-locked"):
        sign_in("２０００４３１８", minutes=14)
    assert sign_in("20004326") == taro
    assert sign_in(minutes=15) == hanako


def test_the_card_of_a_joined_record_signs_in_as_the_one_that_lives_on() -> None:
    old, living = cast.hanako(), cast.taro()
    services.merge(old=old, into=living, by=cast.SYSTEM, at=cast.AT)
    assert sign_in("20004318") == living


def test_a_success_forgets_the_failures_before_it() -> None:
    hanako = cast.hanako()
    for _ in range(3):
        for number in range(4):
            with pytest.raises(Refused, match="sign-in-failed"):
                sign_in(password="wrong", address=f"192.0.2.{number}")
        assert sign_in(address="192.0.2.77") == hanako


def test_a_stopped_card_is_told_only_to_who_knows_the_password() -> None:
    card = queries.current_card(cast.hanako())
    assert card
    services.stop_card(card=card, reason="lost", by=cast.SYSTEM, at=cast.AT)
    with pytest.raises(Refused, match="sign-in-failed"):
        sign_in(password="wrong")
    with pytest.raises(Refused, match="card-stopped"):
        sign_in()


def test_a_patron_changes_the_password_by_showing_the_old_one() -> None:
    hanako = cast.hanako()
    with pytest.raises(Refused, match="password-wrong"):
        services.change_password(patron=hanako, old="no", new="yamanashi-no-mi", by=SELF, at=cast.AT)
    with pytest.raises(Refused, match="password-guessable"):
        services.change_password(patron=hanako, old=cast.PASSWORD, new="password123", by=SELF, at=cast.AT)
    services.change_password(patron=hanako, old=cast.PASSWORD, new="yamanashi-no-mi", by=SELF, at=cast.AT)
    assert sign_in(password="yamanashi-no-mi") == hanako
