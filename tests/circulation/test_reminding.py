"""督促 at night: one household, one transaction; a run that was cut off goes on where it stopped."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.circulation import services
from fumikura.circulation.house import house_rules
from fumikura.circulation.models import Exemption, Loan, Reminder
from fumikura.circulation.rules.reminding import Stage, stages_for
from fumikura.circulation.services import reminding
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from tests import cast
from tests.cast import AT, SYSTEM
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db
NIGHT = AT + timedelta(days=14 + 7)


def reminded() -> list[tuple[str, int]]:
    entries = Entry.objects.filter(event="circulation.overdue-reminded").order_by("pk")
    return [(Patron.objects.get(key=one.patron_key).name, one.particulars["loans"]) for one in entries]


@pytest.fixture
def overdue() -> None:
    """花子 with a child who has a book as well, and 太郎."""
    hanako, taro = cast.hanako(), cast.taro()
    child = cast.patron("水野 さくら", "みずの さくら", "20004334", born_on=date(2018, 5, 20))
    Patron.objects.filter(pk=child.pk).update(guardian=hanako)
    for number, reader in enumerate((hanako, child, taro)):
        services.check_out(item=item(f"3000010{number}"), patron=reader, by=at_desk(), at=AT)


def test_a_household_gets_one_message_addressed_to_the_guardian(overdue: None) -> None:
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 2), ("北川 太郎", 1)]
    assert services.remind(by=SYSTEM, at=NIGHT) == []
    assert len(reminded()) == 2


def test_from_the_birthday_on_a_grown_up_is_reminded_and_not_the_guardian_who_is_still_entered(overdue: None) -> None:
    eighteen = NIGHT.date().replace(year=NIGHT.year - 18)
    Patron.objects.filter(name="水野 さくら").update(born_on=eighteen)
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 1), ("北川 太郎", 1), ("水野 さくら", 1)]


def test_on_the_eve_of_the_birthday_the_guardian_is_reminded(overdue: None) -> None:
    eighteen = NIGHT.date().replace(year=NIGHT.year - 18)
    Patron.objects.filter(name="水野 さくら").update(born_on=eighteen + timedelta(days=1))
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 2), ("北川 太郎", 1)]


EVENING = AT + timedelta(hours=8, minutes=30)
"""Half an hour before 中央 closes."""


def test_what_went_home_for_a_night_is_asked_for_the_day_after_by_stages_of_its_own() -> None:
    reader = cast.hanako(email="hanako@example.jp")
    loan = services.check_out(item=item(), patron=reader, kind="overnight", by=at_desk(), at=EVENING)
    assert loan.due_on == AT.date() + timedelta(days=1)
    services.remind(by=SYSTEM, at=AT + timedelta(days=1))
    assert reminded() == []
    for days in (2, 3, 4, 8):
        services.remind(by=SYSTEM, at=AT + timedelta(days=days))
    told = Entry.objects.filter(event="circulation.overdue-reminded").order_by("pk")
    assert [(one.particulars["channel"], one.particulars["stage"]) for one in told] == [
        ("e-mail", 1),
        ("telephone", 3),
        ("letter", 7),
    ]


def test_a_city_says_when_a_night_that_becomes_a_week_is_asked_for() -> None:
    rules = house_rules()
    rules["rules"][0]["give"]["overnight.stages"] = "none"
    services.save_policy_set(name="督促なし", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)
    services.check_out(item=item(), patron=cast.hanako(), kind="overnight", by=at_desk(), at=EVENING)
    services.remind(by=SYSTEM, at=AT + timedelta(days=30))
    assert reminded() == []
    assert stages_for({}, "overnight")[0] == Stage(1, "e-mail")


def test_what_was_read_in_the_house_and_never_ended_reminds_nobody() -> None:
    services.check_out(item=item(), patron=cast.hanako(), kind="in-house", by=at_desk(), at=AT)
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == []


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(overdue: None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = reminding._remind_household
    done: list[int] = []

    def cut_off(household: int, scene: object) -> list[str]:
        if done:
            raise KeyboardInterrupt
        done.append(household)
        return whole(household, scene)

    monkeypatch.setattr(reminding, "_remind_household", cut_off)
    with pytest.raises(KeyboardInterrupt):
        services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 2)]
    monkeypatch.undo()
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 2), ("北川 太郎", 1)]
    assert Loan.objects.filter(reminded=[7]).count() == 3


def test_each_household_is_a_transaction_of_its_own(overdue: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        services.remind(by=SYSTEM, at=NIGHT)
    assert sum(query["sql"].startswith("SAVEPOINT") for query in queries) == 2
    assert Reminder.objects.count() == 2


def test_a_night_asks_nothing_of_households_to_whom_nothing_is_to_be_said(overdue: None) -> None:
    def asked(at: datetime) -> int:
        with CaptureQueriesContext(connection) as queries:
            services.remind(by=SYSTEM, at=at)
        return len(queries)

    services.remind(by=SYSTEM, at=NIGHT)
    two = asked(NIGHT)
    for number in range(5):
        reader = cast.patron(f"人{number}", "ひと", f"2000500{number}")
        services.check_out(item=item(f"3000020{number}"), patron=reader, by=at_desk(), at=AT)
    services.remind(by=SYSTEM, at=NIGHT)
    assert len(reminded()) == 7
    assert asked(NIGHT) == two


def test_letters_instead_of_calls_are_written_in_as_many_statements_for_nine_as_for_three() -> None:
    def asked(calls: int) -> int:
        readers = [cast.patron(f"人{calls}{n}", "ひと", f"2000{calls}{n:03}") for n in range(calls)]
        made = [
            Reminder.objects.create(patron=reader, channel="telephone", stage=7, made_on=NIGHT.date())
            for reader in (*readers, readers[0])
        ]
        Reminder.objects.create(patron=readers[1], channel="letter", stage=7, made_on=NIGHT.date())
        wanted = [one.pk for one in made]
        with CaptureQueriesContext(connection) as queries:
            assert services.remind_by_letter(reminders=wanted, by=at_desk(), at=NIGHT) == calls + 1
        letters = Reminder.objects.filter(patron__in=readers, channel="letter", done_at=None)
        assert sorted(letters.values_list("patron", flat=True)) == [reader.pk for reader in readers]
        assert services.reopen_reminders(reminders=wanted, by=at_desk(), at=NIGHT) == 2, "one each"
        assert services.finish_reminders(reminders=wanted, by=at_desk(), at=NIGHT) == wanted
        return len(queries)

    assert asked(3) == asked(9)


def test_whoever_is_exempted_is_left_alone_with_their_children_until_the_day_has_passed(overdue: None) -> None:
    hanako = Patron.objects.get(name="水野 花子")
    services.exempt(patron=hanako, why="illness", words="", until=NIGHT.date(), by=SYSTEM, at=NIGHT)
    assert services.overdue_of_household(hanako, NIGHT.date()) == []
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("北川 太郎", 1)]
    services.remind(by=SYSTEM, at=NIGHT + timedelta(days=1))
    assert reminded() == [("北川 太郎", 1), ("水野 花子", 2)]
    assert not Exemption.objects.exists()


def test_one_loan_is_exempted_and_no_longer(overdue: None) -> None:
    loan = Loan.objects.get(patron__name="北川 太郎")
    made = services.exempt(loan=loan, why="post", words="", until=NIGHT.date(), by=SYSTEM, at=NIGHT)
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 2)]
    assert [one.pk for one in services.exemptions(NIGHT.date())] == [made.pk]
    services.end_exemption(exemption=made, by=SYSTEM, at=NIGHT)
    services.end_exemption(exemption=made, by=SYSTEM, at=NIGHT)
    services.remind(by=SYSTEM, at=NIGHT)
    assert reminded() == [("水野 花子", 2), ("北川 太郎", 1)]
    assert Entry.objects.filter(event="circulation.exemption-ended").count() == 1


def test_an_exemption_needs_a_reason_a_day_and_an_open_loan(overdue: None) -> None:
    loan = Loan.objects.get(patron__name="北川 太郎")
    services.check_in(item=loan.item, by=at_desk(), at=NIGHT)
    loan.refresh_from_db()
    with pytest.raises(Refused) as refused:
        services.exempt(loan=loan, why="other", words=" ", until=AT.date(), by=SYSTEM, at=NIGHT)
    codes = {reason.code for reason in refused.value.reasons}
    assert codes == {"exemption-days", "exemption-without-reason", "loan-returned"}


def test_whom_nobody_can_telephone_gets_a_letter_and_a_household_only_one(overdue: None) -> None:
    hanako = Patron.objects.get(name="水野 花子")
    first, second = (
        Reminder.objects.create(patron=hanako, channel="telephone", stage=stage, made_on=NIGHT.date())
        for stage in (14, 30)
    )
    assert services.remind_by_letter(reminders=[first.pk, second.pk], by=at_desk(), at=NIGHT) == 2
    assert [(one.patron, one.stage) for one in services.reminders_to_do("letter")] == [(hanako, 14)]
    assert services.reminders_to_do("telephone") == []
    assert services.remind_by_letter(reminders=[first.pk], by=at_desk(), at=NIGHT) == 0
