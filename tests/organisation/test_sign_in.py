"""Staff sign in by user name and password; five failures in 15 minutes close the door for a while."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.organisation.attempts import TRIES_FROM_ONE_ADDRESS, WINDOW, locked_until
from fumikura.organisation.models import SignInAttempt
from fumikura.organisation.services import sign_in_staff
from tests import cast


def sign_in(password: str = cast.PASSWORD, address: str = "192.0.2.1", at: datetime = cast.AT, name: str = "sano"):
    return sign_in_staff(username=name, password=password, address=address, at=at)


@pytest.mark.django_db
def test_the_right_password_opens_and_is_in_the_journal() -> None:
    sano = cast.staff("sano")
    assert sign_in(name=" Sano ") == sano
    assert Entry.objects.get(event="organisation.staff-signed-in").actor == f"staff:{sano.pk}"
    assert not SignInAttempt.objects.exists()


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_name_say_the_same() -> None:
    cast.staff("sano")
    for name in ("sano", "nobody"):
        with pytest.raises(Refused) as refused:
            sign_in("wrong", name=name)
        assert [reason.code for reason in refused.value.reasons] == ["sign-in-failed"]


@pytest.mark.django_db
def test_after_five_failures_even_the_right_password_waits_and_then_opens_again() -> None:
    cast.staff("sano")
    for second in range(5):
        with pytest.raises(Refused, match="sign-in-failed"):
            sign_in("wrong", address=f"192.0.2.{second}", at=cast.AT + timedelta(seconds=second))
    with pytest.raises(Refused) as refused:
        sign_in(at=cast.AT + timedelta(minutes=5))
    (reason,) = refused.value.reasons
    assert (reason.code, reason.facts()["minutes"]) == ("sign-in-locked", 10)
    assert Entry.objects.filter(event="organisation.sign-in-locked").count() == 1
    assert sign_in(at=cast.AT + WINDOW)


@pytest.mark.django_db
def test_a_few_slips_of_colleagues_do_not_close_the_address_they_share() -> None:
    cast.staff("sano")
    for number in range(10):
        with pytest.raises(Refused, match="sign-in-failed"):
            sign_in("wrong", name=f"colleague{number}")
    assert sign_in()


@pytest.mark.django_db
def test_many_failures_from_one_address_close_that_address_for_every_name() -> None:
    cast.staff("sano")
    for number in range(TRIES_FROM_ONE_ADDRESS):
        with pytest.raises(Refused, match="sign-in-failed"):
            sign_in("wrong", name=f"guess{number}")
    with pytest.raises(Refused, match="sign-in-locked"):
        sign_in()
    assert sign_in(address="192.0.2.99")


@pytest.mark.django_db
def test_neither_names_nor_addresses_are_kept_in_the_clear() -> None:
    with pytest.raises(Refused):
        sign_in("wrong")
    kept = " ".join(SignInAttempt.objects.values_list("what", flat=True))
    assert len(kept) == 64 * 2 + 1
    assert "sano" not in kept and "192.0.2.1" not in kept


@given(st.lists(st.integers(0, 3600), max_size=12), st.integers(0, 3600))
def test_a_lock_is_never_longer_than_the_window_and_needs_five(seconds: list[int], now: int) -> None:
    at = cast.AT + timedelta(seconds=now)
    until = locked_until([cast.AT + timedelta(seconds=second) for second in seconds], at)
    recent = [second for second in seconds if now - WINDOW.total_seconds() < second <= now]
    assert (until is None) == (len(recent) < 5)
    if until is not None:
        assert at < until <= at + WINDOW
