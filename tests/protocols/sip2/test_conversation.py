"""What a machine says and is answered: every message of SIP 2.00, yes and no."""

import random
from datetime import date, timedelta

import pytest

from fumikura.circulation.models import Hold, Loan
from fumikura.circulation.services import Want, check_in, check_out, merge_patron, place_hold
from fumikura.holdings.queries import find_item
from fumikura.journal.models import Entry
from fumikura.notices.services import change_sentence
from fumikura.organisation.services import close_day
from fumikura.patrons.models import Block, Patron
from fumikura.patrons.queries import find_patron_by_card
from fumikura.protocols.sip2.codec import decode
from fumikura.protocols.sip2.conversation import STRIKES, Conversation
from fumikura.protocols.sip2.layouts import ANSWERS
from tests import cast
from tests.circulation.cast import at_desk, house_rules, item, kokoro
from tests.protocols.sip2.dialogue import NOW, Terminal, checked, device
from tests.protocols.sip2.frames import ONE_OF_EACH
from tests.protocols.sip2.test_codec import mutated

pytestmark = pytest.mark.django_db
CARD = "20004318"
BOOK = "30000017"


@pytest.fixture
def hanako(db: None) -> str:
    cast.hanako()
    return CARD


def test_a_book_is_lent_with_title_and_due_day(hanako: str) -> None:
    item(BOOK)
    answer = Terminal().lend(BOOK, hanako)
    assert (answer.code, answer.fixed["ok"], answer.fixed["desensitize"]) == ("12", "1", "Y")
    assert (answer.get("AJ"), answer.get("AH"), answer.get("AB")) == ("こころ", "20260603    235959", BOOK)
    assert answer.get("AF") == "貸し出しました。返す日は6月3日です。"
    assert Entry.objects.get(event="circulation.loan-made").actor == "device:SC-01"


def test_a_machine_says_the_librarys_own_words(hanako: str) -> None:
    item(BOOK)
    own = "おもちください。[{due}までです。]"
    change_sentence(name="patron.lent", language="ja", said=own, way_out="", by=cast.SYSTEM, at=cast.AT)
    assert Terminal().lend(BOOK, hanako).get("AF") == "おもちください。6月3日までです。"


def test_what_moved_the_due_day_is_said_with_it(hanako: str) -> None:
    item(BOOK)
    close_day(facility=cast.chuo(), on=date(2026, 6, 3), note="蔵書点検", by=cast.SYSTEM, at=cast.AT)
    answer = Terminal().lend(BOOK, hanako)
    assert list(answer.all("AF")) == ["貸し出しました。返す日は6月4日です。", "休館日なので、次の開館日にしました。"]


def test_a_refusal_carries_every_reason_in_the_readers_language() -> None:
    cast.hanako(language="en")
    item(BOOK, reference_only=True)
    answer = Terminal().lend(BOOK, CARD)
    assert (answer.fixed["ok"], answer.get("AB")) == ("0", BOOK)
    assert "reference" in answer.get("AF").lower()
    assert not Loan.objects.exists()


def test_unknown_card_and_unknown_item_are_told_together() -> None:
    answer = Terminal().lend("39999999", "29999999")
    assert len(answer.all("AF")) == 2


def test_a_stopped_card_opens_nothing_although_its_owner_has_another(hanako: str) -> None:
    from fumikura.patrons.models import Card
    from fumikura.patrons.services import stop_card

    item(BOOK)
    stop_card(card=Card.objects.get(number=CARD), reason="lost", by=cast.SYSTEM, at=cast.AT)
    assert Terminal().lend(BOOK, CARD).fixed["ok"] == "0"


def test_the_card_of_a_joined_record_borrows_for_the_one_that_lives_on(hanako: str) -> None:
    old, living = Patron.objects.get(), cast.taro()
    item(BOOK)
    merge_patron(old=old, into=living, by=at_desk(), at=cast.AT)
    assert Terminal().lend(BOOK, CARD).fixed["ok"] == "1"
    assert Loan.objects.get().patron == living


def test_the_same_message_again_is_answered_and_not_repeated(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    text = f"11NN{NOW}{' ' * 18}AOMINASE|AA{hanako}|AB{BOOK}|AC|"
    first = terminal.raw(checked(text, "4"))
    assert terminal.raw(checked(text, "4")) == first
    over_a_new_line = Conversation()
    over_a_new_line.device = terminal.device
    assert decode(over_a_new_line.answer(checked(text, "0"), cast.AT + timedelta(minutes=1)).answer).fixed["ok"] == "1"
    assert Loan.objects.count() == 1


def test_a_machine_whose_clock_has_stopped_still_lends_the_same_book_twice(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    assert terminal.lend(BOOK, hanako).fixed["ok"] == "1"
    assert terminal.take_back(BOOK, cast.AT + timedelta(hours=1)).fixed["ok"] == "1"
    assert terminal.lend(BOOK, hanako, cast.AT + timedelta(hours=2)).fixed["ok"] == "1"
    assert terminal.take_back(BOOK, cast.AT + timedelta(hours=3)).fixed["ok"] == "1"
    assert Loan.objects.filter(returned_at=None).count() == 0
    assert Loan.objects.count() == 2


def test_a_resend_request_brings_the_last_answer_once_more(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    last = terminal.raw(checked(f"17{NOW}AO|AB{BOOK}|AC|", "2"))
    assert terminal.raw("97AZ" + "FEF5") == last


def test_a_broken_frame_is_asked_for_again() -> None:
    assert Terminal().raw("9900402.00AY0AZ0000") == b"96AZFEF6\r"


def test_answers_count_and_check_only_when_their_request_did(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    assert b"AZ" not in terminal.raw(f"17{NOW}AO|AB{BOOK}|AC|")
    assert b"AY7AZ" in terminal.raw(checked(f"17{NOW}AO|AB{BOOK}|AC|", "7"))


def test_a_return_tells_the_bin_and_raises_the_alert_for_a_hold(hanako: str) -> None:
    copy = item(BOOK)
    cast.taro()
    bins = {"shelve": "1", "hold-shelf": "2", "send": "3"}
    terminal = Terminal(bins=bins)
    terminal.lend(BOOK, hanako)
    reader = find_patron_by_card("20004326")
    assert reader
    place_hold(patron=reader, want=Want((copy.record,)), pickup=cast.kita(), by=at_desk(), at=cast.AT)
    answer = terminal.take_back(BOOK, cast.AT + timedelta(hours=1))
    assert (answer.fixed["ok"], answer.fixed["alert"]) == ("1", "Y")
    assert (answer.get("CV"), answer.get("CT"), answer.get("CL")) == ("02", "KITA", "3")
    assert "20004326" not in str(answer.fields)
    assert answer.get("AF") == "返却を受け取りました。ありがとうございました。"


def test_a_return_machine_that_receives_provisionally_leaves_the_loan_to_a_desk(hanako: str) -> None:
    item(BOOK)
    Terminal(code="SC-02").lend(BOOK, hanako)
    answer = Terminal(kind="return-machine", returns_provisionally=True).take_back(BOOK, cast.AT + timedelta(hours=1))
    assert answer.fixed["ok"] == "1"
    loan = Loan.objects.get()
    assert (loan.returned_at, loan.received_at is not None) == (None, True)


def test_what_a_machine_did_while_cut_off_is_entered_at_its_own_time(hanako: str) -> None:
    item(BOOK)
    answer = Terminal().say(f"11NY20260518    150000{' ' * 18}AOMINASE|AA{hanako}|AB{BOOK}|AC|")
    assert answer.fixed["ok"] == "1"
    assert Loan.objects.get().lent_at.isoformat() == "2026-05-18T06:00:00+00:00"


def test_a_machine_that_may_not_lend_is_refused(hanako: str) -> None:
    item(BOOK)
    assert Terminal(kind="return-machine").lend(BOOK, hanako).fixed["ok"] == "0"
    assert not Loan.objects.exists()


def test_a_loan_that_the_machine_could_not_finish_is_taken_back(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    terminal.lend(BOOK, hanako)
    assert terminal.lend(BOOK, hanako, when="20260520    100001", BI="Y").fixed["ok"] == "1"
    assert not Loan.objects.exists()


def test_one_loan_and_all_loans_are_renewed(hanako: str) -> None:
    item(BOOK), item("30000025")
    terminal = Terminal()
    terminal.lend(BOOK, hanako), terminal.lend("30000025", hanako)
    later = cast.AT + timedelta(days=3)
    one = terminal.say(f"29NN20260523    100000{' ' * 18}AO|AA{hanako}|AB{BOOK}|AC|", later)
    assert (one.fixed["ok"], one.fixed["renewed"], one.get("AH")) == ("1", "Y", "20260606    235959")
    everything = terminal.say(f"65{NOW}AO|AA{hanako}|AC|", later)
    assert (everything.fixed["renewed"], everything.fixed["not_renewed"]) == ("0001", "0001")
    assert (everything.all("BM"), everything.all("BN")) == (("30000025",), (BOOK,))


def test_lending_again_renews_where_the_machine_says_so(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal(dialect="lends-again")
    terminal.lend(BOOK, hanako)
    again = terminal.lend(BOOK, hanako, cast.AT + timedelta(days=2), when="20260522    100000")
    assert (again.fixed["ok"], again.fixed["renewed"]) == ("1", "Y")


def test_a_reader_sees_loans_overdue_and_holds(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    terminal.lend(BOOK, hanako)
    answer = terminal.say(f"63014{NOW}  Y       AO|AA{hanako}|AC|AD|", cast.AT + timedelta(days=30))
    assert (answer.fixed["charged"], answer.fixed["overdue"], answer.all("AU")) == ("0001", "0001", (BOOK,))
    assert answer.fixed["patron_status"][6] == "Y"
    assert answer.get("AE") == "水野 花子"
    assert not {"BD", "BE", "BF"} & {name for name, _ in answer.fields}


def test_a_reader_with_a_password_shows_it_where_the_machine_asks(hanako: str) -> None:
    terminal = Terminal(asks_password=True)
    assert terminal.say(f"23014{NOW}AO|AA{hanako}|AC|AD|").get("AE") == ""
    wrong = terminal.say(f"23014{NOW}AO|AA{hanako}|AC|ADwrong|")
    assert (wrong.get("CQ"), wrong.get("AE")) == ("N", "")
    right = terminal.say(f"23014{NOW}AO|AA{hanako}|AC|AD{cast.PASSWORD}|")
    assert (right.get("BL"), right.get("CQ"), right.get("AE")) == ("Y", "Y", "水野 花子")


def test_five_wrong_passwords_close_the_card_for_a_while(hanako: str) -> None:
    terminal = Terminal(asks_password=True)
    for _ in range(5):
        terminal.say(f"23014{NOW}AO|AA{hanako}|AC|ADwrong|")
    shut = terminal.say(f"23014{NOW}AO|AA{hanako}|AC|AD{cast.PASSWORD}|")
    assert "しばらく" in shut.get("AF")


def test_a_hold_is_placed_moved_and_cancelled(hanako: str) -> None:
    copy = item(BOOK)
    cast.kita(), cast.taro()
    terminal = Terminal()
    terminal.lend(BOOK, "20004326")
    placed = terminal.say(f"15+{NOW}BSKITA|AO|AA{hanako}|AB{BOOK}|AC|")
    assert (placed.fixed["ok"], placed.get("BS")) == ("1", "KITA")
    moved = terminal.say(f"15*{NOW}BSCHUO|AO|AA{hanako}|AJ{copy.record_id}|AC|")
    assert (moved.fixed["ok"], Hold.objects.get().pickup.code) == ("1", "CHUO")
    assert terminal.say(f"15-{NOW}AO|AA{hanako}|AJ{copy.record_id}|AC|").fixed["ok"] == "1"
    assert not Hold.objects.open().exists()
    assert terminal.say(f"15-20260520    100009AO|AA{hanako}|AJ{copy.record_id}|AC|").fixed["ok"] == "0"
    assert terminal.say(f"15+{NOW}AO|AA{hanako}|AJ999999|AC|").fixed["ok"] == "0"


def test_a_hold_is_told_with_its_place_when_it_may_come_and_why_others_come_first(hanako: str) -> None:
    item(BOOK), cast.taro(), cast.patron("三田 次郎", "みた じろう", "20004334", home=cast.kita(), language="en")
    terminal = Terminal()
    for days in range(40, 30, -2):
        long_ago = cast.AT - timedelta(days=days)
        check_out(item=find_item(BOOK), patron=find_patron_by_card("20004326"), by=at_desk(), at=long_ago)
        check_in(item=find_item(BOOK), by=at_desk(), at=long_ago + timedelta(days=1))
    terminal.lend(BOOK, "20004326")
    placed = terminal.say(f"15+{NOW}AO|AA20004334|AB{BOOK}|AC|")
    assert (placed.get("BR"), placed.all("AF")) == (
        "1",
        (
            "Your hold is placed, to be collected at 中央図書館.",
            "You are number 1 in line (waiting: 1, copies: 1).",
            "Expected between 5 June and 5 June; this is no promise.",
        ),
    )
    behind = terminal.say(f"15+{NOW}AO|AA{hanako}|AB{BOOK}|AC|")
    assert (behind.get("BR"), behind.all("AF")[1]) == ("2", "いまは2番目です（待っている人は2人、本は1冊）。")
    assert behind.all("AF")[2].startswith("見こみは6月")
    assert behind.all("AF")[3].startswith("先に申し込んだ方からです。")
    assert terminal.say(f"15-{NOW}AO|AA{hanako}|AB{BOOK}|AC|").get("BR") == ""


def test_an_item_says_where_it_is_and_never_who_has_it(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    assert terminal.say(f"17{NOW}AO|AB{BOOK}|AC|").fixed["circulation_status"] == "03"
    terminal.lend(BOOK, hanako)
    lent = terminal.say(f"17{NOW}AO|AB{BOOK}|AC|")
    assert (lent.fixed["circulation_status"], lent.get("AH")) == ("04", "20260603    235959")
    assert hanako not in str(lent.fields)
    assert "花子" not in str(lent.fields)


def test_a_card_is_blocked_and_enabled_only_by_a_machine_that_may(hanako: str) -> None:
    block, enable = f"01Y{NOW}AO|AL|AA{hanako}|AC|", f"25{NOW}AO|AA{hanako}|AC|"
    assert Terminal().say(block).get("BL") == "N"
    assert not Block.objects.exists()
    reader = Terminal(kind="desk-reader", code="DR-01")
    assert reader.say(block).fixed["patron_status"][0] == "Y"
    assert reader.say(enable).fixed["patron_status"][0] == " "


def test_fees_and_properties_are_refused_with_the_reason(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    assert terminal.say(ONE_OF_EACH["37"].decode()).fixed["accepted"] == "N"
    assert terminal.say(ONE_OF_EACH["19"].decode()).fixed["ok"] == "0"


def test_a_machine_that_may_see_items_says_where_one_was_read(hanako: str) -> None:
    one = item(BOOK)
    reader = Terminal(kind="desk-reader", code="DR-01")
    update = ONE_OF_EACH["19"].decode().replace("CHnew", "CH")
    assert reader.say(update).fixed["ok"] == "1"
    one.refresh_from_db()
    assert one.last_seen_at == cast.AT
    assert Terminal().say(update).fixed["ok"] == "0"
    status = reader.say("9900402.00")
    assert (status.fixed["status_update"], status.get("BX")[11]) == ("Y", "Y")


def test_nothing_to_pay_is_paid(hanako: str) -> None:
    paid = Terminal().say(ONE_OF_EACH["37"].decode().replace("BV100", "BV0"))
    assert paid.fixed["accepted"] == "Y" and paid.get("AA") == hanako


def test_a_session_ends_and_the_status_says_what_this_machine_may(hanako: str) -> None:
    terminal = Terminal(kind="return-machine")
    assert terminal.say(ONE_OF_EACH["35"].decode()).fixed["ended"] == "Y"
    status = terminal.say("9900402.00")
    assert (status.fixed["online"], status.fixed["checkin"], status.fixed["checkout"]) == ("Y", "Y", "N")
    assert len(status.get("BX")) == 16


def test_whoever_has_not_signed_in_is_told_so_and_cut_off(hanako: str) -> None:
    stranger = Conversation("192.0.2.9")
    spoken = [stranger.answer(b"9900402.00\r", cast.AT) for _ in range(STRIKES)]
    assert decode(spoken[0].answer).fixed["online"] == "N"
    assert [one.closes for one in spoken] == [False, False, True]


def test_wrong_keys_close_the_line_and_then_the_device() -> None:
    made, key = device()
    for _ in range(2):
        stranger = Conversation("192.0.2.9")
        spoken = [stranger.answer(b"9300CNSC-01|COwrong|CP|\r", cast.AT) for _ in range(STRIKES)]
        assert spoken[-1].closes
    locked = Conversation("192.0.2.9").answer(f"9300CN{made.code}|CO{key}|CP|\r".encode(), cast.AT)
    assert locked.answer == b"940\r"
    later = Conversation("192.0.2.9").answer(
        f"9300CN{made.code}|CO{key}|CP|\r".encode(), cast.AT + timedelta(minutes=16)
    )
    assert later.answer == b"941\r"


@pytest.mark.parametrize(("encoding", "line_end"), [("cp932", "crlf"), ("utf-8", "cr"), ("ascii", "cr")])
def test_each_terminal_reads_its_own_letters(hanako: str, encoding: str, line_end: str) -> None:
    item(BOOK)
    terminal = Terminal(encoding=encoding, line_end=line_end)
    frame = terminal.raw(f"17{NOW}AO|AB{BOOK}|AC|")
    assert frame.endswith(b"\r\n" if line_end == "crlf" else b"\r")
    assert decode(frame, encoding).get("AJ") == ("???" if encoding == "ascii" else "こころ")


def test_one_line_screens_get_one_short_sentence() -> None:
    answer = Terminal(dialect="one-line").lend("39999999", "29999999")
    assert len(answer.all("AF")) == 1
    assert len(answer.get("AF")) <= 60


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_every_message_cut_at_every_byte_is_answered_and_lends_nothing_it_was_not_asked(hanako: str, code: str) -> None:
    item(BOOK)
    terminal = Terminal()
    frame = ONE_OF_EACH[code]
    for cut in range(2, len(frame), 1 if code == "11" else 3):
        answer = decode(terminal.raw(frame[:cut]))
        assert answer.code in {ANSWERS[code], "96"}
        terminal.conversation._strikes = terminal.conversation._unreadable = 0
        terminal.conversation.device = terminal.device
    assert Loan.objects.count() <= (code == "11")


def test_mutated_messages_are_always_answered(hanako: str) -> None:
    item(BOOK)
    terminal = Terminal()
    dice = random.Random(7)
    for _ in range(400):
        spoken = terminal.conversation.answer(mutated(ONE_OF_EACH[dice.choice([*ANSWERS])], dice), cast.AT)
        assert decode(spoken.answer).code in {*ANSWERS.values(), "96"}
        terminal.conversation._strikes = 0
        terminal.conversation.device = terminal.device


def test_a_record_without_copies_can_be_asked_for_by_number(hanako: str) -> None:
    record = kokoro()
    house_rules()
    answer = Terminal().say(f"15+{NOW}AO|AA{hanako}|AJ{record.pk}|AC|")
    assert answer.fixed["ok"] == "0"
    assert "貸せる本がなく" in answer.get("AF")


@pytest.mark.parametrize(
    ("language", "encoding", "said"),
    [
        ("ja-easy", "cp932", "かりました。かえす日は"),
        ("zh-hans", "utf-8", "已借出。归还日为"),
        ("ko", "utf-8", "대출했습니다. 반납일은"),
        ("ko", "cp932", "It is yours until"),
    ],
)
def test_a_reader_of_another_language_is_told_in_it_where_the_machine_has_the_letters(
    language: str, encoding: str, said: str
) -> None:
    cast.hanako(language=language)
    item(BOOK)
    assert Terminal(encoding=encoding).lend(BOOK, CARD).get("AF").startswith(said)
