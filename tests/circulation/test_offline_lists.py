"""Lists of offline terminals: kept as signed, entered once, quarantined when they are not the terminal's own."""

import json
from datetime import timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan, OfflineList, OfflineTerminal, ReplayedLine
from fumikura.circulation.rules.offline_lists import Stretch, links_of, read_head, read_line, signed
from fumikura.circulation.rules.offline_settling import proposal
from fumikura.circulation.rules.sealing import seal, unseal
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Block, Patron
from tests.cast import AT, TODAY, chuo, hanako, taro
from tests.circulation.cast import at_desk, item, kokoro

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=6)


class Terminal:
    """A browser at 中央 that writes as it was told to and signs what it writes."""

    def __init__(self) -> None:
        self.row = circulation.prepare_terminal(facility=chuo(), code="T1", name="カウンター1", by=at_desk(), at=AT)
        self.lines: list[str] = []

    def writes(self, kind: str, minutes: int = 0, **facts: object) -> str:
        key = f"k{len(self.lines) + 1}"
        at = (AT + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        self.lines.append(json.dumps({"key": key, "kind": kind, "at": at, **facts}, ensure_ascii=False))
        return key

    def stretch(self, first: int = 1, last: int = 0, **said: object) -> Stretch:
        before = {"terminal": "T1", "site": "CHUO", "first": 1, "after": "", "ahead_seconds": 0}
        whole = links_of(read_head(json.dumps(before)), self.lines, self.row.secret)
        lines = tuple(self.lines[first - 1 : last or None])
        head = json.dumps({**before, "first": first, "after": whole[first - 1], **said})
        return Stretch(head=head, lines=lines, signature=signed(head, whole[first - 1 + len(lines)], self.row.secret))

    def sends(self, stretch: Stretch | None = None) -> circulation.Received:
        return circulation.receive_list(stretch=stretch or self.stretch(), via="line", at=LATER)

    def enters(self) -> list[str]:
        row = OfflineTerminal.objects.get(code="T1")
        return [str(answer) for answer in circulation.enter_received(terminal=row, at=LATER, seconds=60).answers]


@pytest.fixture
def terminal() -> Terminal:
    item(), item("30000025")
    hanako(), taro()
    return Terminal()


def test_a_list_is_entered_in_the_order_of_the_house_and_then_forgotten(terminal: Terminal) -> None:
    terminal.writes("return", 30, item="30000017")
    terminal.writes("loan", 20, card="20004318", item="30000025")
    terminal.writes("loan", 10, card="20009999", item="30000017")
    terminal.writes("register", 12, card="20009999", name="南 次郎", category="adult", phone="090-1111-2222")
    assert terminal.sends().next == 5
    assert terminal.enters() == ["applied"] * 4
    assert Patron.objects.get(name="南 次郎").phone_key == "09011112222"
    assert Loan.objects.open().get().item.barcode == "30000025"
    assert OfflineList.objects.get().lines == []


def test_a_list_sent_three_times_has_one_effect(terminal: Terminal) -> None:
    terminal.writes("loan", 0, card="20004318", item="30000017")
    for _ in range(3):
        assert terminal.sends() == circulation.Received("T1", 2)
        terminal.enters()
    assert (Loan.objects.count(), OfflineList.objects.count()) == (1, 1)


def test_a_stretch_that_begins_before_the_last_line_is_taken_from_there_on(terminal: Terminal) -> None:
    terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.sends()
    terminal.writes("loan", 1, card="20004318", item="30000025")
    assert terminal.sends().next == 3
    assert terminal.enters() == ["applied", "applied"]


def test_lines_that_were_left_out_are_asked_for(terminal: Terminal) -> None:
    for minutes in range(3):
        terminal.writes("return", minutes, item="30000017")
    with pytest.raises(Refused) as refused:
        terminal.sends(terminal.stretch(first=3))
    assert refused.value.reasons[0].facts() == {"next": 1}


@pytest.mark.parametrize("harm", ["line", "order", "left-out", "clock", "site", "another-key"])
def test_what_was_tampered_with_is_put_aside_with_the_reason_and_nothing_of_it_is_entered(
    terminal: Terminal, harm: str
) -> None:
    terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.writes("loan", 1, card="20004318", item="30000025")
    good = terminal.stretch()
    one, two = good.lines
    head = good.head
    bad = {
        "line": Stretch(head=head, lines=(one.replace("20004318", "20004326"), two), signature=good.signature),
        "order": Stretch(head=head, lines=(two, one), signature=good.signature),
        "left-out": Stretch(head=head, lines=(two,), signature=good.signature),
        "clock": Stretch(head=head.replace(": 0}", ": 86400}"), lines=(one, two), signature=good.signature),
        "site": terminal.stretch(site="KITA"),
        "another-key": Stretch(head=head, lines=(one, two), signature="0" * 64),
    }[harm]
    why = "terminal-elsewhere" if harm == "site" else "batch-signature-broken"
    for _ in range(2):
        assert terminal.sends(bad).quarantined_for == why
    (kept,) = circulation.quarantined_lists(chuo())
    assert kept.quarantined_for == why
    assert terminal.enters() == []
    assert not Loan.objects.exists()
    assert Entry.objects.filter(event="circulation.offline-list-quarantined").count() == 1
    terminal.sends(good)
    assert terminal.enters() == ["applied", "applied"]
    circulation.discard_list(kept=kept, by=at_desk(), at=LATER)
    assert circulation.quarantined_lists(chuo()) == []


def test_a_copied_terminal_that_goes_its_own_way_is_put_aside(terminal: Terminal) -> None:
    terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.sends()
    copied = Terminal.__new__(Terminal)
    copied.row, copied.lines = terminal.row, []
    copied.writes("loan", 5, card="20004326", item="30000025")
    copied.writes("return", 6, item="30000025")
    assert terminal.sends(copied.stretch()).quarantined_for == "chain-broken"


def test_a_revoked_terminal_brings_nothing_in(terminal: Terminal) -> None:
    terminal.writes("return", 0, item="30000017")
    circulation.revoke_terminal(terminal=terminal.row, by=at_desk(), at=AT)
    assert terminal.sends().quarantined_for == "terminal-revoked"
    assert circulation.terminals_of(chuo()) == []


def test_what_was_taken_back_at_the_counter_is_left_out(terminal: Terminal) -> None:
    key = terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.writes("undo", 1, undoes=key)
    terminal.sends()
    assert terminal.enters() == ["set-aside:taken-back", "set-aside:taken-back"]
    assert not Loan.objects.exists()
    assert not ReplayedLine.objects.exists()


def test_a_line_taken_back_after_it_was_entered_waits_for_a_person(terminal: Terminal) -> None:
    key = terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.sends()
    terminal.enters()
    terminal.writes("undo", 1, undoes=key)
    terminal.sends()
    assert terminal.enters() == ["set-aside:undo-too-late"]


def test_broken_off_it_goes_on_where_it_was(terminal: Terminal) -> None:
    for minutes, barcode in enumerate(["30000017", "30000025"]):
        terminal.writes("loan", minutes, card="20004318", item=barcode)
    terminal.sends()
    row = OfflineTerminal.objects.get()
    assert circulation.enter_received(terminal=row, at=LATER, seconds=0).left == 1
    assert Loan.objects.count() == 1
    assert circulation.enter_received(terminal=row, at=LATER, seconds=0).left == 0
    assert Loan.objects.count() == 2


def test_a_line_that_makes_no_sense_holds_up_no_other(terminal: Terminal) -> None:
    terminal.lines = ['{"kind":"loan"', "[]", '{"key":"x","kind":"loan","at":"9999-12-31T23:59:59Z"}', '{"key":7}']
    terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.sends()
    assert sorted(terminal.enters()) == ["applied", *["set-aside:line-unreadable"] * 4]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"terminal":"T1","site":"CHUO","first":0,"after":"","ahead_seconds":0}']
)
def test_a_head_that_cannot_be_read_is_refused(terminal: Terminal, text: str) -> None:
    with pytest.raises(Refused) as refused:
        terminal.sends(Stretch(head=text, lines=(), signature=""))
    assert refused.value.reasons[0].code == "list-unreadable"


def test_the_clock_of_the_terminal_is_set_right(terminal: Terminal) -> None:
    terminal.writes("loan", 5, card="20004318", item="30000017")
    terminal.sends(terminal.stretch(ahead_seconds=300))
    assert terminal.enters() == ["applied-with-note:clock-corrected"]
    assert Loan.objects.get().lent_at == AT
    assert OfflineTerminal.objects.get().ahead_seconds == 300


def test_who_was_signed_in_stands_in_the_journal(terminal: Terminal) -> None:
    terminal.writes("loan", 0, card="20004318", item="30000017", staff="staff:7")
    terminal.writes("loan", 1, card="20004318", item="30000025", staff="system")
    terminal.sends()
    terminal.enters()
    actors = Entry.objects.filter(event="circulation.loan-made").order_by("pk").values_list("actor", flat=True)
    assert list(actors) == ["staff:7", "terminal:T1"]


def test_a_file_carried_over_is_opened_and_entered(terminal: Terminal) -> None:
    terminal.writes("loan", 0, card="20004318", item="30000017")
    one = terminal.stretch()
    inside = json.dumps([{"head": one.head, "lines": one.lines, "signature": one.signature}])
    data = b"fumikura-offline T1\n" + seal(inside.encode(), terminal.row.secret)
    assert b"20004318" not in data
    assert circulation.receive_file(data=data, at=LATER).next == 2
    assert OfflineList.objects.get().via == "file"
    with pytest.raises(Refused) as refused:
        circulation.receive_file(data=data[:-1] + bytes([data[-1] ^ 1]), at=LATER)
    assert refused.value.reasons[0].code == "list-unreadable"


def test_sealed_is_opened_by_the_same_terminal_only() -> None:
    assert unseal(seal("こころ".encode(), "a"), "a").decode() == "こころ"
    with pytest.raises(ValueError, match="not sealed"):
        unseal(seal(b"x", "a"), "b")


# ---- the work list -----------------------------------------------------------------------------------


def test_a_hold_slip_in_words_waits_until_a_person_names_the_title(terminal: Terminal) -> None:
    terminal.writes("hold", 0, card="20004318", words="漱石のこころ", pickup="CHUO")
    terminal.sends()
    assert terminal.enters() == ["set-aside:hold-needs-title"]
    (line,) = circulation.lines_to_settle(chuo())
    assert line.facts["words"] == "漱石のこころ"
    circulation.enter_after_all(line=line, item="30000017", by=at_desk(), at=LATER)
    assert Hold.objects.get().accepted_at == AT
    line.refresh_from_db()
    assert (line.settled_as, line.card, line.facts) == ("entered", "", {})


def test_a_hold_slip_with_a_copy_at_hand_is_placed(terminal: Terminal) -> None:
    terminal.writes("hold", 0, card="20004318", item="30000017", pickup="CHUO")
    terminal.sends()
    assert terminal.enters() == ["applied"]
    assert Hold.objects.get().titles.get().record == kokoro()


def test_a_misread_card_is_put_right_and_the_loan_keeps_its_time(terminal: Terminal) -> None:
    terminal.writes("loan", 0, card="20004319", item="30000017")
    terminal.sends()
    assert terminal.enters() == ["set-aside:patron-unknown"]
    (line,) = circulation.lines_to_settle(chuo())
    with pytest.raises(Refused):
        circulation.enter_after_all(line=line, card="20004317", by=at_desk(), at=LATER)
    assert circulation.lines_to_settle(chuo()) == [line]
    circulation.enter_after_all(line=line, card="20004318", by=at_desk(), at=LATER)
    assert Loan.objects.get().lent_at == AT
    assert circulation.lines_to_settle(chuo()) == []


def test_a_loan_over_a_block_is_entered_and_may_be_taken_back(terminal: Terminal) -> None:
    Block.objects.create(patron=Patron.objects.get(name="水野 花子"), reason="lost-item", starts_on=TODAY)
    terminal.writes("loan", 0, card="20004318", item="30000017")
    terminal.sends()
    (answer,) = terminal.enters()
    assert answer.startswith("applied-with-note:")
    (line,) = circulation.lines_to_settle(chuo())
    circulation.undo_line(line=line, by=at_desk(), at=LATER)
    assert not Loan.objects.exists()
    line.refresh_from_db()
    assert line.settled_as == "undone"


def test_every_line_has_a_proposal() -> None:
    assert proposal(kind="loan", why="patron-unknown", is_entered=False).first == "enter"
    assert proposal(kind="loan", why="held-for-someone-else", is_entered=True).first == "call"
    assert proposal(kind="loan", why="limit-reached", is_entered=True).choices == ("accept", "call", "undo")
    assert proposal(kind="return", why="older-than-open-loan", is_entered=False).first == "accept"


def test_a_line_keeps_only_what_can_be_printed() -> None:
    line = read_line(
        '{"key":"a","kind":"loan","at":"2026-05-20T01:00:00Z","card":"1\\u00002"}', number=1, terminal="T1"
    )
    assert line.card == "12"
