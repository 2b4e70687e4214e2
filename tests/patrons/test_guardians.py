"""A guardian who is still entered counts until the reader is of age."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fumikura.circulation import services
from fumikura.circulation.house import house_rules
from fumikura.kernel.refusals import Refused
from fumikura.notices.queries import address_of_mail
from fumikura.notices.services import address_by_hand
from fumikura.patrons import queries
from fumikura.patrons.models import Patron
from fumikura.patrons.rules import last_birthday_of_age, needs_guardian
from tests import cast
from tests.cast import AT, SYSTEM
from tests.circulation.cast import at_desk, item

BIRTHDAY = AT.date()


@pytest.fixture
def sakura(db: None) -> Patron:
    """Of age since today; 花子 is still entered."""
    born_on = BIRTHDAY.replace(year=BIRTHDAY.year - 18)
    hanako = cast.hanako(email="hanako@example.jp", phone="043-600-0000")
    return cast.patron("水野 さくら", "みずの さくら", "20004334", born_on=born_on, guardian=hanako)


@given(some.dates(date(1950, 1, 1), date(2050, 1, 1)), some.dates(date(2026, 1, 1), date(2060, 1, 1)))
def test_who_is_of_age_is_the_same_for_one_reader_and_for_all_in_the_database(born_on: date, on: date) -> None:
    assert needs_guardian(born_on, on) is (born_on > last_birthday_of_age(on))


def test_who_is_born_on_the_29th_of_february_is_of_age_on_the_1st_of_march() -> None:
    assert needs_guardian(date(2008, 2, 29), date(2026, 2, 28))
    assert not needs_guardian(date(2008, 2, 29), date(2026, 3, 1))


def test_of_whom_no_birthday_is_known_the_guardian_counts() -> None:
    assert needs_guardian(None, BIRTHDAY)


def test_from_the_birthday_on_nobody_answers_for_a_grown_up(sakura: Patron) -> None:
    assert sakura.guardian is not None
    day_before = date.fromordinal(BIRTHDAY.toordinal() - 1)
    assert queries.guardian_of(sakura, day_before) == sakura.guardian
    assert queries.guardian_of(sakura, BIRTHDAY) is None
    assert sakura in queries.household(sakura.guardian, day_before)
    assert sakura not in queries.household(sakura.guardian, BIRTHDAY)
    assert queries.wards_of_each([sakura.guardian.pk], BIRTHDAY) == {sakura.guardian.pk: []}


def test_what_a_grown_up_is_told_does_not_go_to_the_guardian(sakura: Patron) -> None:
    assert address_of_mail(sakura, BIRTHDAY) == ""
    assert address_by_hand(sakura, "telephone", BIRTHDAY) == ""
    sakura.born_on = None
    assert address_of_mail(sakura, BIRTHDAY) == "hanako@example.jp"
    assert address_by_hand(sakura, "telephone", BIRTHDAY) == "043-600-0000"


def test_a_grown_up_needs_no_consent_of_the_guardian_and_the_day_before_it_was_needed(sakura: Patron) -> None:
    rules = house_rules()
    rules["rules"][0]["give"]["loan.guardian_consent_for"] = ["book"]
    services.save_policy_set(name="同意", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)
    Patron.objects.filter(pk=sakura.pk).update(born_on=date.fromordinal((sakura.born_on or BIRTHDAY).toordinal() + 1))
    with pytest.raises(Refused, match="guardian-consent-needed"):
        services.check_out(item=item(), patron=Patron.objects.get(pk=sakura.pk), by=at_desk(), at=AT)
    Patron.objects.filter(pk=sakura.pk).update(born_on=sakura.born_on)
    assert services.check_out(item=item("30000025"), patron=Patron.objects.get(pk=sakura.pk), by=at_desk(), at=AT)
