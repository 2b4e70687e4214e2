"""A typhoon moves dates: whoever it concerns is told once, and of the way back only if the first message has left."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.circulation.models import Closure, DueShift, Hold, Loan
from fumikura.circulation.services import (
    check_in,
    check_out,
    close_site,
    place_hold,
    shift_due_dates,
    undo_close_site,
    undo_shift,
)
from fumikura.circulation.services.holds import Want
from fumikura.journal.models import Entry
from fumikura.notices import services
from fumikura.notices.composing import compose
from fumikura.notices.models import Notice
from fumikura.notices.reactions import tell
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, acting, chuo, hanako, kita, patron, taro
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def rules(settings: Any) -> None:
    house_rules()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.NOTICES_FROM, settings.NOTICES_UNTIL = 0, 24


def reader(**facts: Any) -> Patron:
    return hanako(email="hanako@example.jp", **facts)


def lend(to: Patron, *barcodes: str) -> list[Loan]:
    kokoro = title("こころ")
    return [check_out(item=copy(kokoro, barcode), patron=to, by=at_desk(), at=AT) for barcode in barcodes]


def shift(loan: Loan, *, days: int = 7, at: datetime = AT) -> DueShift:
    due = loan.due_on
    return shift_due_dates(first_on=due, last_on=due, new_due_on=due + days * DAY, by=at_desk(), at=at)


def close(*, at: datetime = AT) -> Closure:
    return close_site(facility=chuo(), first_on=AT.date() + DAY, last_on=AT.date() + 2 * DAY, by=at_desk(), at=at)


def wait_for_soseki(someone: Patron) -> None:
    """It lies ready for them at 中央."""
    sanshiro = title("三四郎", "サンシロウ")
    item = copy(sanshiro, "30000033")
    check_out(item=item, patron=taro(), by=at_desk(), at=AT - DAY)
    place_hold(patron=someone, want=Want((sanshiro,)), pickup=item.home, by=SYSTEM, at=AT - DAY)
    check_in(item=item, by=at_desk(), at=AT - DAY)


def hear() -> None:
    """The whole journal, also what was read before: that changes nothing."""
    tell(list(Entry.objects.order_by("pk")))


def leave(at: datetime) -> list[str]:
    """What leaves now, as it stands in the mails."""
    mail.outbox.clear()
    services.send_waiting(at=at)
    return [f"{message.subject}\n{message.body}" for message in mail.outbox]


def test_who_has_loans_that_were_moved_is_told_once_and_of_no_title() -> None:
    loans = lend(reader(), "30000017", "30000025")
    taro(email="taro@example.jp")
    shift(loans[0])
    hear()
    hear()
    [said] = leave(AT + MINUTE)
    assert said.startswith("返す日が6月10日（水）に動きました（2点）")
    assert "こころ" not in said
    assert leave(AT + HOUR) == []


def test_a_closure_and_a_shift_are_one_message() -> None:
    hanako_ = reader()
    wait_for_soseki(hanako_)
    [loan] = lend(hanako_, "30000017")
    close()
    shift(loan)
    Entry.objects.filter(happened_at__lt=AT).delete()
    hear()
    [said] = leave(AT + MINUTE)
    assert "中央図書館の臨時休館のお知らせ" in said
    assert "5月21日（木）から5月22日（金）まで" in said
    assert "取り置きは5月29日（金）まで延ばします" in said
    assert "お借りの1点の返す日は6月10日（水）になりました" in said


def test_taken_back_before_the_message_has_left_both_vanish() -> None:
    [loan] = lend(reader(), "30000017")
    undone = shift(loan)
    hear()
    undo_shift(shift=undone, by=at_desk(), at=AT + MINUTE)
    hear()
    assert leave(AT + 2 * MINUTE) == []
    assert [(one.kind, one.state) for one in Notice.objects.all()] == [("closing", "overtaken")]


@pytest.mark.parametrize("later", [HOUR, 2 * DAY])
def test_taken_back_after_it_has_left_the_reader_is_told_again(later: timedelta) -> None:
    first, second = lend(reader(), "30000017", "30000025")
    undone = shift(first)
    hear()
    assert leave(AT + MINUTE)
    check_in(item=second.item, by=at_desk(), at=AT + 30 * MINUTE)
    services.mix_settled(before=(AT + later).date())
    undo_shift(shift=undone, by=at_desk(), at=AT + later)
    hear()
    [said] = leave(AT + later + MINUTE)
    assert said.startswith("先のお知らせを取り消します")
    assert "お借りの1点の返す日は、もとの6月3日（水）にもどりました" in said
    assert "臨時休館" not in said
    hear()
    assert leave(AT + later + HOUR) == []


def test_moved_back_and_moved_again_on_one_day_is_told_each_time() -> None:
    [loan] = lend(reader(), "30000017")
    undone = shift(loan)
    hear()
    leave(AT + MINUTE)
    undo_shift(shift=undone, by=at_desk(), at=AT + HOUR)
    shift(Loan.objects.get(pk=loan.pk), days=9, at=AT + HOUR + MINUTE)
    hear()
    [said] = leave(AT + 2 * HOUR)
    assert said.startswith("返す日が6月12日（金）に動きました（1点）")
    assert leave(AT + 3 * HOUR) == []


def test_a_site_that_opens_after_all_is_told_to_who_was_told_that_it_closes() -> None:
    hanako_ = reader()
    wait_for_soseki(hanako_)
    Entry.objects.all().delete()
    [loan] = lend(hanako_, "30000017")
    closure = close()
    shift(loan)
    hear()
    assert len(leave(AT + MINUTE)) == 1
    undo_close_site(closure=closure, by=at_desk(), at=AT + HOUR)
    hear()
    [said] = leave(AT + HOUR + MINUTE)
    assert "中央図書館の臨時休館はなくなりました" in said
    assert "もとの5月27日（水）にもどりました" in said
    assert "お借りの" not in said, "the shift holds"


def test_who_asked_to_be_called_is_called_with_what_concerns_them() -> None:
    silent = hanako(phone="043-600-1234")
    own = acting("notices.choose", via="opac")
    services.choose(
        patron=silent, kind="closing", by_ways=["telephone"], with_titles=False, titles_on_screens=False, by=own, at=AT
    )
    undone = shift(lend(silent, "30000017")[0])
    hear()
    call = Notice.objects.get(channel="telephone")
    said = compose(call, AT.date())
    assert said and "返す日は6月10日（水）になりました" in said.body and "休みます" not in said.body
    services.hand(notices=[call.pk], outcome="reached", by=at_desk(), at=AT + MINUTE)
    undo_shift(shift=undone, by=at_desk(), at=AT + HOUR)
    hear()
    again = compose(Notice.objects.get(kind="dates-back"), AT.date())
    assert again and "もとの6月3日（水）にもどりました" in again.body


def test_who_does_not_want_to_hear_of_closings_is_not_told_of_dates() -> None:
    hanako_ = reader()
    own = acting("notices.choose", via="opac")
    services.choose(
        patron=hanako_, kind="closing", by_ways=[], with_titles=False, titles_on_screens=False, by=own, at=AT
    )
    shift(lend(hanako_, "30000017")[0])
    hear()
    assert not Notice.objects.exists()


def questions(act: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def test_many_readers_are_asked_for_and_put_back_at_once() -> None:
    """As many statements for four readers as for one, so that ten thousand loans are not ten thousand of them."""
    cards = ["20004318", "20004326", "20004334", "20004342"]
    readers = [patron(f"読者 {card}", "どくしゃ", card, email=f"{card}@example.jp") for card in cards]
    loans = [lend(one, f"3000010{number}")[0] for number, one in enumerate(readers)]
    counted = []
    for some in (loans[:1], loans):
        Entry.objects.all().delete()
        Notice.objects.all().delete()
        Loan.objects.exclude(pk__in=[one.pk for one in some]).update(due_on=AT.date())
        moved = shift(some[0])
        told = questions(hear)
        assert Notice.objects.count() == len(some)
        counted.append((told, questions(partial(undo_shift, shift=moved, by=at_desk(), at=AT + HOUR))))
        Loan.objects.update(due_on=some[0].due_on)
    assert counted[0] == counted[1]


def test_who_asks_for_a_site_after_it_was_closed_is_told_of_the_closing_too() -> None:
    someone, other = reader(), kita()
    closed = close_site(
        facility=chuo(), first_on=AT.date() + DAY, last_on=AT.date() + 2 * DAY, substitute=other, by=at_desk(), at=AT
    )  # fmt: skip
    tell(list(Entry.objects.order_by("pk")))
    assert not Notice.objects.filter(kind="closing").exists()
    sanshiro = title("三四郎", "サンシロウ")
    copy(sanshiro, "30000033")
    place_hold(patron=someone, want=Want((sanshiro,)), pickup=chuo(), by=at_desk(), at=AT + HOUR)
    tell(list(Entry.objects.order_by("pk")))
    services.send_waiting(at=AT + HOUR)
    assert [one.subject for one in mail.outbox] == ["中央図書館の臨時休館のお知らせ"]
    undo_close_site(closure=closed, by=at_desk(), at=AT + 2 * HOUR)
    assert Hold.objects.get().pickup == chuo()
