"""One good card a patron; a lost one is stopped, a new one gains no time."""

from datetime import date, timedelta

import pytest

from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.patrons import queries, services
from fumikura.patrons.models import Block
from tests import cast

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_a_card_is_good_as_long_as_its_category_says() -> None:
    card = queries.current_card(cast.hanako())
    assert card and card.expires_on == date(2029, 5, 20)


def test_a_second_card_with_a_number_that_is_taken_has_both_reasons() -> None:
    hanako, _ = cast.hanako(), cast.taro()
    with pytest.raises(Refused) as refused:
        services.issue_card(patron=hanako, number="20004326", by=cast.SYSTEM, at=cast.AT)
    assert codes(refused) == ["card-number-taken", "has-card-already"]


def test_the_check_digit_of_the_agency_is_asked_for() -> None:
    cast.agency(card_check="7dr")
    with pytest.raises(Refused) as refused:
        cast.patron(card="1234567")
    assert codes(refused) == ["card-malformed"]
    assert cast.patron(card="1234564")


def test_a_lost_card_is_known_and_stopped_and_the_new_one_ends_the_same_day() -> None:
    hanako = cast.hanako()
    later = cast.AT + timedelta(days=300)
    new = services.reissue_card(patron=hanako, number="20009999", by=cast.SYSTEM, at=later)
    assert new.expires_on == date(2029, 5, 20)
    assert queries.card_is_stopped("20004318") and not queries.card_is_stopped("20009999")
    assert queries.find_patron_by_card("20004318") == hanako
    assert not queries.lending_facts(hanako, cast.TODAY).card_stopped


def test_when_every_card_is_stopped_lending_is_told() -> None:
    hanako = cast.hanako()
    card = queries.current_card(hanako)
    assert card
    services.stop_card(card=card, reason="lost", by=cast.SYSTEM, at=cast.AT)
    services.stop_card(card=card, reason="again", by=cast.SYSTEM, at=cast.AT)
    assert queries.lending_facts(hanako, cast.TODAY).card_stopped
    with pytest.raises(Refused, match="card-stopped"):
        services.renew_card(card=card, by=cast.SYSTEM, at=cast.AT)


def test_renewing_counts_from_today_and_never_shortens() -> None:
    card = queries.current_card(cast.hanako())
    assert card
    later = cast.AT + timedelta(days=365)
    assert services.renew_card(card=card, by=cast.SYSTEM, at=later).expires_on == date(2030, 5, 20)
    assert services.renew_card(card=card, by=cast.SYSTEM, at=cast.AT).expires_on == date(2030, 5, 20)


def test_a_block_holds_until_it_is_lifted() -> None:
    hanako = cast.hanako()
    made = services.block(patron=hanako, reason="replacement-due", by=cast.SYSTEM, at=cast.AT)
    assert queries.lending_facts(hanako, date(2030, 1, 1)).blocks == ("replacement-due",)
    services.unblock(block=made, by=cast.SYSTEM, at=cast.AT)
    services.unblock(block=made, by=cast.SYSTEM, at=cast.AT + timedelta(days=1))
    assert queries.lending_facts(hanako, cast.TODAY).blocks == ()
    assert Block.objects.get().lifted_at == cast.AT
    with pytest.raises(Refused, match="ends-before-it-starts"):
        services.block(patron=hanako, reason="x", ends_on=date(2026, 5, 1), by=cast.SYSTEM, at=cast.AT)


def test_each_verb_asks_for_its_right() -> None:
    hanako = cast.hanako()
    card = queries.current_card(hanako)
    made = services.block(patron=hanako, reason="x", by=cast.SYSTEM, at=cast.AT)
    nobody = cast.acting()
    for act in (
        lambda: services.issue_card(patron=hanako, number="1", by=nobody, at=cast.AT),
        lambda: services.stop_card(card=card, reason="lost", by=nobody, at=cast.AT),
        lambda: services.renew_card(card=card, by=nobody, at=cast.AT),
        lambda: services.block(patron=hanako, reason="x", by=nobody, at=cast.AT),
        lambda: services.unblock(block=made, by=nobody, at=cast.AT),
        lambda: services.set_password(patron=hanako, password="x", by=nobody, at=cast.AT),
        lambda: services.change(patron=hanako, name="x", by=nobody, at=cast.AT),
        lambda: services.view(patron=hanako, by=nobody, at=cast.AT),
        lambda: services.close(patron=hanako, by=nobody, at=cast.AT),
    ):
        with pytest.raises(NotPermitted):
            act()
