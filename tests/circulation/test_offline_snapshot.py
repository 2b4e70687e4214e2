"""What an offline counter takes along: enough to say a due date and who may not borrow, and nobody's name or number."""

import json
from datetime import date, datetime, timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.rules.offline_snapshot import BLOCKED, MANY, OK, OVERDUE, PERSON, STOPPED, THING, due_table
from fumikura.circulation.rules.sealing import NUMBER_BYTES, hidden_number, key_for, unseal
from fumikura.circulation.services.offline_snapshot import snapshot_for
from fumikura.holdings.queries import find_item
from fumikura.organisation.models import ExceptionalDay
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Block, Card
from tests.cast import AT, SYSTEM, TODAY, category, chuo, hanako, kita, patron, taro
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db


class Snapshot:
    """Read as the browser reads it."""

    def __init__(self, at: datetime = AT) -> None:
        terminal = circulation.terminal_coded("T1")
        self.sealed = snapshot_for(terminal=terminal, at=at)
        self.data = unseal(self.sealed, terminal.secret)
        self.key = key_for("numbers", terminal.secret)
        length = int.from_bytes(self.data[:4], "big")
        self.head = json.loads(self.data[4 : 4 + length])
        self.people_at = 4 + length
        self.items_at = self.people_at + PERSON * self.head["people"]

    def person(self, number: str) -> tuple[int, int, int, int] | None:
        """(status, left, good for, band)"""
        hidden = hidden_number(number, self.key)
        for start in range(self.people_at, self.items_at, PERSON):
            if self.data[start : start + NUMBER_BYTES] == hidden:
                status, left, good_for, high, low = self.data[start + NUMBER_BYTES : start + PERSON]
                return status, left, good_for, high * 256 + low
        return None

    def class_of(self, barcode: str) -> int:
        hidden = hidden_number(barcode, self.key)
        for start in range(self.items_at, len(self.data), THING):
            if self.data[start : start + NUMBER_BYTES] == hidden:
                return self.data[start + NUMBER_BYTES]
        return 0

    def due(self, card: str, barcode: str, days: int = 0) -> date | None:
        found = self.person(card)
        assert found
        row = self.head["rows"][self.head["cells"][found[3]][self.class_of(barcode)]]
        return date.fromisoformat(self.head["first_day"]) + timedelta(days=row[days]) if row else None


@pytest.fixture(autouse=True)
def terminal(db: None) -> None:
    item(), item("30000025", material="magazine"), item("30000033", reference_only=True), item("30000041")
    circulation.prepare_terminal(facility=chuo(), code="T1", by=at_desk(), at=AT)


def test_the_due_date_that_is_said_is_the_one_that_will_be_entered() -> None:
    someone = hanako()
    ExceptionalDay.objects.create(facility=chuo(), on=TODAY + timedelta(days=14), is_open=False)
    snapshot = Snapshot()
    for barcode in ("30000017", "30000025"):
        said = [snapshot.due("20004318", barcode, days) for days in (0, 3, 30)]
        for days, expected in zip((0, 3, 30), said, strict=True):
            book, at = find_item(barcode), AT + timedelta(days=days)
            loan = circulation.check_out(item=book, patron=someone, by=at_desk(), at=at)
            assert loan.due_on == expected
            circulation.undo_check_out(loan=loan, by=at_desk(), at=at)
    assert snapshot.due("20004318", "30000033") is None


def test_cards_say_their_status_and_how_much_more_may_be_borrowed() -> None:
    good, blocked, lost = hanako(), taro(), patron("谷口 進", "たにぐち すすむ", "20004342")
    Block.objects.create(patron=blocked, reason="lost-item", starts_on=TODAY)
    patrons.stop_card(card=Card.objects.get(patron=lost), reason="lost", by=SYSTEM, at=AT)
    before = Snapshot()
    assert before.person("20004318")[0] == OK
    assert before.person("20004326")[0] == BLOCKED
    assert before.person("20004342")[0] == STOPPED
    assert before.person("20009999") is None
    circulation.check_out(item=find_item("30000017"), patron=good, by=at_desk(), at=AT)
    left, now_left = before.person("20004318")[1], Snapshot().person("20004318")[1]
    assert left == MANY or now_left == left - 1


def test_somebody_long_overdue_is_known_where_that_blocks_loans() -> None:
    strict = circulation.house_rules()
    strict["rules"][0]["give"]["overdue.blocks_loans_from_day"] = 1
    circulation.save_policy_set(
        name="厳しい規則", rules=strict, effective_from=TODAY + timedelta(days=1), by=SYSTEM, at=AT
    )
    late = hanako()
    circulation.check_out(item=find_item("30000017"), patron=late, by=at_desk(), at=AT - timedelta(days=120))
    taro()
    assert Snapshot().person("20004318")[0] == OK
    tomorrow = Snapshot(AT + timedelta(days=1))
    assert (tomorrow.person("20004318")[0], tomorrow.person("20004326")[0]) == (OVERDUE, OK)
    circulation.exempt(
        patron=late, until=TODAY + timedelta(days=30), why="illness", words="", by=at_desk(), at=AT
    )  # fmt: skip
    assert Snapshot(AT + timedelta(days=1)).person("20004318")[0] == OVERDUE
    strict["rules"][0]["give"]["overdue.exemption_stops"] = "reminders-and-blocks"
    circulation.save_policy_set(
        name="待つ規則", rules=strict, effective_from=TODAY + timedelta(days=2), by=SYSTEM, at=AT
    )  # fmt: skip
    assert Snapshot(AT + timedelta(days=2)).person("20004318")[0] == OK


def test_no_name_and_no_number_is_in_it_and_only_its_terminal_opens_it() -> None:
    hanako()
    snapshot = Snapshot()
    for secret in ("水野", "20004318", "30000033", "こころ"):
        assert secret.encode() not in snapshot.data
    with pytest.raises(ValueError, match="not sealed"):
        unseal(snapshot.sealed, "another")


def test_new_readers_have_a_band_and_groups_of_categories_are_not_offered() -> None:
    category("everyone"), category("child", parent="everyone")
    head = Snapshot().head
    offered = {one["code"]: one["band"] for one in head["categories"]}
    assert "child" in offered
    assert "everyone" not in offered
    assert set(offered.values()) <= set(range(len(head["cells"])))
    assert [8, "30"] in head["item_shapes"]


def test_what_is_lent_alike_is_one_class_and_who_borrows_alike_one_band() -> None:
    rows = {("a", "book"): (14,), ("b", "book"): (14,), ("a", "cd"): (7,), ("b", "cd"): (7,),
            ("a", "map"): (14,), ("b", "map"): (14,), ("c", "book"): (21,), ("c", "cd"): (), ("c", "map"): (21,)}  # fmt: skip
    table = due_table(["a", "b", "c"], ["book", "cd", "map"], rows)
    assert table.bands == {"a": 0, "b": 0, "c": 1}
    assert table.classes == {"book": 0, "cd": 1, "map": 0}
    assert [[table.rows[cell] for cell in line] for line in table.cells] == [[(14,), (7,)], [(21,), ()]]


def test_how_many_more_may_be_borrowed_goes_by_what_was_lent_at_the_place_of_the_terminal() -> None:
    rules = circulation.house_rules()
    rules["counters"] = {"here": {"transaction": "CHUO"}, "elsewhere": {"transaction": "KITA", "owner": "CHUO"}}
    rules["rules"][0]["give"] |= {"loan.limit.here": 4, "loan.limit.elsewhere": 1, "loan.limit.print": "unlimited"}
    tomorrow = AT + timedelta(days=1)
    circulation.save_policy_set(name="館ごと", rules=rules, effective_from=tomorrow.date(), by=SYSTEM, at=AT)
    reader, _branch = hanako(), kita()
    for barcode, place in (("30000017", "CHUO"), ("30000041", "KITA")):
        circulation.check_out(item=find_item(barcode), patron=reader, by=at_desk(place), at=tomorrow)
    assert Snapshot(tomorrow).person("20004318")[1] == 3
