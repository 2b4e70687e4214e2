"""Readers are told once, in the day, of what is still true; and nothing of it is kept."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from fumikura.circulation.models import Hold
from fumikura.circulation.services import check_in, check_out, close_site, declare_lost, place_hold, withdraw
from fumikura.circulation.services.holds import Want
from fumikura.journal.readers import read_on
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.refusals import Refused
from fumikura.notices import services
from fumikura.notices.channels import Email, Undeliverable
from fumikura.notices.composing import Facts, letter_text
from fumikura.notices.jobs import tell_in_the_morning
from fumikura.notices.models import FailedAddress, Notice, Wording
from fumikura.notices.queries import earlier_wordings
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, acting, chuo, hanako, taro
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
OWN = acting("notices.choose", via="opac")


@pytest.fixture(autouse=True)
def rules(settings: Any) -> None:
    house_rules()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.NOTICES_FROM, settings.NOTICES_UNTIL = 0, 24
    settings.PUBLIC_ADDRESS = "https://opac.example.jp"


def reader(**facts: Any) -> Patron:
    return hanako(email="hanako@example.jp", **facts)


def want(patron: Patron, kind: str, *by_ways: str, on_screens: bool = False) -> None:
    services.choose(
        patron=patron, kind=kind, by_ways=by_ways, with_titles=True, titles_on_screens=on_screens, by=OWN, at=AT
    )


def read_the_journal() -> None:
    [notices] = [one for one in subscriptions() if one.reader == "notices"]
    while read_on(notices, at=AT):
        pass


def send(at: datetime = AT) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    services.send_waiting(at=at + timedelta(days=1))
    return list(mail.outbox)


def wait_for_kokoro(patron: Patron) -> None:
    kokoro = title("こころ")
    item = copy(kokoro)
    check_out(item=item, patron=taro(), by=at_desk(), at=AT)
    place_hold(patron=patron, want=Want((kokoro,)), pickup=item.home, by=SYSTEM, at=AT)
    check_in(item=item, by=at_desk(), at=AT)


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows the journal's readers what is committed, nothing else
def test_who_waits_is_told_once_when_the_book_is_ready() -> None:
    wait_for_kokoro(reader())
    read_the_journal()
    read_the_journal()
    [message] = send()
    assert message.to == ["hanako@example.jp"]
    assert "用意しました" in message.subject
    assert "こころ" in message.body
    assert "中央図書館" in message.body
    assert "https://opac.example.jp/my/" in message.body
    assert not send()
    assert Notice.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows the journal's readers what is committed, nothing else
def test_a_message_says_whom_to_call_when_the_library_has_said_so() -> None:
    patron = reader()
    wait_for_kokoro(patron)
    read_the_journal()
    Facility.objects.update(phone="071-000-1001")
    [message] = send()
    assert "電話 071-000-1001" in message.body and "電話" not in letter_text("due-soon", Facts(), patron, "ja").body


def test_a_book_brought_back_before_the_message_leaves_is_not_spoken_of() -> None:
    patron = reader()
    item = copy(title("こころ"))
    loan = check_out(item=item, patron=patron, by=at_desk(), at=AT)
    services.expect(kind="due-soon", patrons=[patron], at=AT)
    check_in(item=item, by=at_desk(), at=AT)
    assert loan.due_on
    assert not send()
    assert Notice.objects.get().state == "overtaken"


def test_three_days_before_it_is_due_a_reader_is_told_and_on_no_other_day() -> None:
    patron = reader()
    loan = check_out(item=copy(title("こころ")), patron=patron, by=at_desk(), at=AT)
    days_left = (loan.due_on - AT.date()).days
    for day in range(days_left + 1):
        tell_in_the_morning(AT + timedelta(days=day))
    [told] = Notice.objects.all()
    assert told.on == loan.due_on - timedelta(days=3)


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows the journal's readers what is committed, nothing else
def test_nothing_of_a_book_or_an_address_is_kept_with_a_notice() -> None:
    wait_for_kokoro(reader())
    read_the_journal()
    assert send()
    with connection.cursor() as cursor:
        for table in ("notices_notice", "notices_choice", "notices_failedaddress"):
            cursor.execute(f"SELECT * FROM {table}")
            said = repr(cursor.fetchall())
            assert "こころ" not in said
            assert "example.jp" not in said


def test_who_does_not_want_to_be_told_is_not_told_and_who_has_no_address_is_left_out() -> None:
    patron = reader()
    want(patron, "due-soon")
    assert services.expect(kind="due-soon", patrons=[patron, taro()], at=AT) == 0


def test_a_child_without_an_address_is_told_through_the_guardian() -> None:
    child = taro(born_on=date(2018, 5, 20), guardian=reader())
    check_out(item=copy(title("こころ")), patron=child, by=at_desk(), at=AT)
    services.expect(kind="due-soon", patrons=[child], at=AT + timedelta(days=12))
    mail.outbox.clear()
    services.send_waiting(at=AT + timedelta(days=12, hours=1))
    [message] = mail.outbox
    assert message.to == ["hanako@example.jp"]
    assert child.name in message.body


class Broken(Email):
    """A mail server that fails so many times."""

    def __init__(self, failure: Exception, times: int) -> None:
        self.failure, self.times, self.numbers = failure, times, list[str]()

    def send(self, message: Any, *, address: str, number: str) -> None:
        self.numbers.append(number)
        if self.times:
            self.times -= 1
            raise self.failure


def through(monkeypatch: pytest.MonkeyPatch, way: Email) -> None:
    monkeypatch.setattr(services.telling, "channels", lambda: {"e-mail": way})


def test_a_server_that_does_not_answer_is_tried_again_under_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    way = Broken(OSError("no route"), times=2)
    through(monkeypatch, way)
    services.expect(kind="hold-over", patrons=[reader()], at=AT)
    for hours in range(4):
        services.send_waiting(at=AT + timedelta(hours=hours))
    assert Notice.objects.get().state == "sent"
    assert len(way.numbers) == 3
    assert len(set(way.numbers)) == 1


def test_a_server_that_is_down_costs_one_wait_and_the_others_keep_their_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    way = Broken(OSError("no route"), times=1)
    through(monkeypatch, way)
    services.expect(kind="hold-over", patrons=[reader(), taro(email="taro@example.jp")], at=AT)
    assert services.send_waiting(at=AT) == 0
    assert len(way.numbers) == 1
    assert services.send_waiting(at=AT + timedelta(minutes=1)) == 0
    assert services.send_waiting(at=AT + timedelta(minutes=3)) == 2
    assert sorted(Notice.objects.values_list("tries", flat=True)) == [1, 2]


def test_after_the_last_try_it_is_given_up_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    through(monkeypatch, Broken(OSError("no route"), times=99))
    services.expect(kind="hold-over", patrons=[reader()], at=AT)
    for hours in range(48):
        services.send_waiting(at=AT + timedelta(hours=hours))
    gone = Notice.objects.get()
    assert (gone.state, gone.trouble, gone.tries) == ("given-up", "OSError", 6)


def test_an_address_that_never_works_is_not_written_to_again_until_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    through(monkeypatch, Broken(Undeliverable(), times=1))
    patron = reader()
    services.expect(kind="hold-over", patrons=[patron], at=AT)
    services.send_waiting(at=AT)
    assert FailedAddress.objects.filter(patron=patron).exists()
    assert services.expect(kind="due-soon", patrons=[patron], at=AT) == 0
    Patron.objects.filter(pk=patron.pk).update(email="new@example.jp")
    assert services.expect(kind="due-soon", patrons=[patron], at=AT) == 1


def test_a_worker_killed_while_sending_is_made_good_after_ten_minutes() -> None:
    services.expect(kind="hold-over", patrons=[reader()], at=AT)
    Notice.objects.update(state="sending", next_try_at=AT + services.LOST_AFTER, tries=1)
    assert services.send_waiting(at=AT + timedelta(minutes=5)) == 0
    assert services.send_waiting(at=AT + timedelta(minutes=11)) == 1


def test_the_library_says_it_in_its_own_words_and_faults_are_refused_all_at_once() -> None:
    office = acting("notices.change-wording", via="office")
    with pytest.raises(Refused) as refused:
        services.change_wording(kind="hold-over", language="ja", subject="", body="{titel}", by=office, at=AT)
    assert [reason.kind for reason in refused.value.reasons] == ["wording-empty", "wording-variable-unknown"]
    services.change_wording(
        kind="hold-over", language="ja", subject="ごめんなさい", body="{name}さん", by=office, at=AT
    )
    services.expect(kind="hold-over", patrons=[reader()], at=AT)
    [message] = send()
    assert (message.subject, message.body) == ("ごめんなさい", "水野 花子さん\n")
    services.restore_wording(kind="hold-over", language="ja", by=office, at=AT)
    assert not Wording.objects.filter(until=None).exists()
    [earlier] = earlier_wordings("hold-over", "ja")
    assert (earlier.subject, earlier.by) == ("ごめんなさい", "staff:1")


def test_a_reader_of_english_is_told_in_english() -> None:
    services.expect(kind="hold-over", patrons=[reader(language="en")], at=AT)
    [message] = send()
    assert message.subject == "About your hold"


def test_of_earlier_days_neither_order_nor_minute_of_what_was_told_is_kept() -> None:
    readers = [hanako(), taro()]
    for minute, patron in enumerate(readers):
        row = {"patron": patron, "kind": "hold-ready", "on": AT.date(), "channel": "e-mail", "state": "sent"}
        moment = AT + timedelta(minutes=minute)
        Notice.objects.create(**row, next_try_at=moment, settled_at=moment)
    waiting = Notice.objects.create(patron=readers[0], kind="overdue", on=AT.date(), channel="line", next_try_at=AT)
    today = (AT + timedelta(days=1)).date()
    assert services.mix_settled(before=today) == 2
    kept = Notice.objects.exclude(pk=waiting.pk)
    assert {one.patron for one in kept} == set(readers) and {one.state for one in kept} == {"sent"}
    assert len({one.settled_at for one in kept}) == 1
    assert services.mix_settled(before=today) == 0
    assert Notice.objects.get(pk=waiting.pk).next_try_at == AT


def test_a_returned_mail_marks_the_address() -> None:
    patron = reader()
    by = acting("notices.change-wording", via="cli")
    assert services.address_came_back(address="HANAKO@example.jp", by=by, at=AT) == 1
    assert services.expect(kind="due-soon", patrons=[patron], at=AT) == 0


def test_who_wants_one_message_a_day_gets_one_the_next_morning(settings: Any) -> None:
    settings.NOTICES_FROM = 8
    patron = reader()
    check_out(item=copy(title("こころ")), patron=patron, by=at_desk(), at=AT)
    services.set_habit(patron=patron, opens=0, closes=24, digest=True, by=OWN, at=AT)
    soon = AT + timedelta(days=12)
    for kind in ("due-soon", "card-expiry", "suggestion-answered"):
        services.expect(kind=kind, patrons=[patron], at=soon)
    mail.outbox.clear()
    assert services.send_waiting(at=soon + timedelta(hours=2)) == 0
    assert services.send_waiting(at=soon + timedelta(days=1)) == 3
    [message] = mail.outbox
    assert message.subject == "図書館からのお知らせ（3件）"
    assert "■ 返す日が近い本があります（1点）\n・こころ" in message.body


def test_readers_hours_hold_within_those_of_the_library() -> None:
    patron = reader()
    services.set_habit(patron=patron, opens=18, closes=20, digest=False, by=OWN, at=AT)
    services.expect(kind="hold-over", patrons=[patron], at=AT)
    assert services.send_waiting(at=AT + timedelta(hours=7)) == 0
    assert services.send_waiting(at=AT + timedelta(hours=8, minutes=1)) == 1


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows the journal's readers what is committed, nothing else
def test_who_collects_at_a_site_that_closes_is_told() -> None:
    patron = reader()
    wait_for_kokoro(patron)
    first = AT.date() + timedelta(days=2)
    close_site(facility=chuo(), first_on=first, last_on=first + timedelta(days=1), by=SYSTEM, at=AT)
    read_the_journal()
    subjects = [message.subject for message in send()]
    assert "中央図書館の臨時休館のお知らせ" in subjects


@pytest.mark.django_db(transaction=True)
def test_who_waits_is_told_when_the_last_copy_is_lost_and_when_it_is_withdrawn() -> None:
    kokoro = title("こころ")
    item = copy(kokoro)
    waiting = reader()
    loan = check_out(item=item, patron=taro(), by=at_desk(), at=AT)
    place_hold(patron=waiting, want=Want((kokoro,)), pickup=item.home, by=SYSTEM, at=AT)
    last = frozenset({"last-copy-with-holds"})
    withdraw(item=item, reason="worn", by=at_desk(), at=AT, overriding=last, why="other", words="水ぬれ")
    read_the_journal()
    assert [message.subject for message in send()] == ["予約についてのお知らせ"]
    declare_lost(loan=loan, by=at_desk(), at=AT + timedelta(days=3))
    read_the_journal()
    assert [message.to for message in send(AT + timedelta(days=3))] == [["hanako@example.jp"]]
    assert Hold.objects.open().get().patron == waiting


def test_who_is_not_reached_by_any_way_is_telephoned_when_something_lies_ready() -> None:
    silent = reader(phone="043-600-1234")
    want(silent, "hold-ready", "push")
    services.expect(kind="hold-ready", patrons=[silent], at=AT)
    assert Notice.objects.get().channel == "telephone"
    assert not send()


@pytest.mark.parametrize(
    ("language", "subject"),
    [("ja-easy", "よやくの おしらせ"), ("zh-hans", "关于您的预约"), ("ko", "예약 안내"), ("fr", "About your hold")],
)
def test_a_reader_is_told_in_their_language(language: str, subject: str) -> None:
    services.expect(kind="hold-over", patrons=[reader(language=language)], at=AT)
    [message] = send()
    assert message.subject == subject
