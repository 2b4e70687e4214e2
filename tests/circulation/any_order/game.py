"""One game: how a verb is acted, and what must hold after each."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan
from fumikura.circulation.services.queue import records_to_allot, waiting_line
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from tests.cast import AT
from tests.circulation.any_order.retelling import Tale
from tests.circulation.any_order.town import LIMIT, LIMIT_AT_KITA, SITES, Town
from tests.circulation.any_order.watching import (
    Look,
    doors_hold_something,
    entries_after,
    is_in_one_place,
    look,
    starving,
    was_fair,
)
from tests.circulation.cast import at_desk

EVERYTHING = 50
"""After so many steps the whole state is looked at, not only what is open."""
LIMIT_CODES = {"loan-limit-reached:print": LIMIT, "loan-limit-reached:from-kita": LIMIT_AT_KITA}
WAYS_ROUND = frozenset({*LIMIT_CODES, "held-for-someone-else", "hold-shelf-time-over"})
sites, items, people, records = (st.integers(0, 2), st.integers(0, 6), st.integers(0, 3), st.integers(0, 2))
numbers, days = st.integers(0, 9), st.integers(0, 20)


class Game(RuleBasedStateMachine):
    """Begins with the town as it was built, and leaves nothing behind. Who plays it adds the verbs."""

    town: ClassVar[Town]
    played: ClassVar[int] = 0
    """Steps so far, by all games."""

    @initialize()
    def begin(self) -> None:
        self.mark = transaction.savepoint()
        self.now = AT
        self.turn = 0
        self.last_night: date | None = None
        self.last_entry = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.before = look()
        self.at_first = self.before.records
        self.tale = Tale(self.at_first)

    def teardown(self) -> None:
        if hasattr(self, "mark"):
            transaction.savepoint_rollback(self.mark)
            transaction.savepoint_commit(self.mark)  # rolling back leaves it open, and SQLite copies each page for each

    def act(
        self, verb: Callable[..., Any], *, where: int = 0, door: str = "desk", by: Actor | None = None, **given: object
    ) -> Any:
        """A verb does all of what it says, or is refused and leaves nothing behind."""
        self.now += timedelta(seconds=1)
        try:
            with transaction.atomic():
                return verb(by=by or at_desk(SITES[where], via=door), at=self.now, **given)
        except Refused as refused:
            assert refused.reasons
            assert not entries_after(last=self.last_entry), "a refused verb wrote"
            return None

    @property
    def on(self) -> date:
        return self.now.date() if self.now.hour < 15 else (self.now + timedelta(hours=9)).date()

    # ---- what a hand or a card leads to ----------------------------------------------------------

    def item(self, which: int) -> Item:
        """As a scan finds it: its title may be another one's part by now."""
        return Item.objects.get(pk=self.town.items[which].pk)

    def title(self, what: int) -> BibliographicRecord:
        """As a page finds it: it may have gone into another one."""
        return BibliographicRecord.objects.get(pk=self.town.titles[what].pk)

    def reader(self, who: int) -> Patron:
        """As a card finds them: joined with somebody else, perhaps."""
        row = Patron.objects.select_related("merged_into").get(pk=self.town.people[who].pk)
        return row.merged_into or row

    def loan_of(self, which: int) -> Loan | None:
        on_loan = self.before.loans.get(self.town.items[which].pk)
        return Loan.objects.select_related("patron", "item").get(pk=on_loan[0]) if on_loan else None

    def hold(self, number: int, kind: str = "") -> Hold | None:
        open_now = sorted({wish.hold for wish in self.before.wishes.values() if kind in {"", wish.kind}})
        if not open_now:
            return None
        return Hold.objects.select_related("patron", "pickup").get(pk=open_now[number % len(open_now)])

    # ---- what must hold --------------------------------------------------------------------------

    @invariant()
    def all_is_in_order(self) -> None:
        if not hasattr(self, "mark"):
            return
        self.look_around()
        self.turn += 1
        Game.played += 1
        if self.turn % EVERYTHING == 0:
            self.look_at_everything()

    def look_around(self) -> None:
        """After each verb: what is open, and what was written since the last look."""
        before, now = self.before, look()
        said = self.hear()
        is_in_one_place(now)
        doors_hold_something(now)
        assert not (different := self.tale.differs_from(now)), f"the journal tells another story: {different}"
        undone = any(event == "circulation.loan-undone" for event, _, _ in said)
        given_back = {what["hold"] for event, what, _ in said if undone and event == "circulation.hold-restored"}
        last_said = {(event, what["hold"]): place for place, (event, what, _) in enumerate(said) if "hold" in what}
        was_fair(before, now, self.on, given_back=given_back, last_said=last_said)
        self.limits_were_kept(before, now, said)
        self.what_was_returned_leads_to_nobody(before, now)
        self.before = now

    def hear(self) -> list[tuple[str, dict[str, Any], str]]:
        said = []
        for number, event, at, particulars, actor in entries_after(last=self.last_entry):
            self.tale.hear(event, at, particulars)
            said.append((event, particulars, actor))
            self.last_entry = number
        return said

    def limits_were_kept(self, before: Look, now: Look, said: list[tuple[str, dict[str, Any], str]]) -> None:
        """Whoever got one more than the limit got it from somebody with a name."""
        new = [item for item, row in now.loans.items() if before.loans.get(item, (0,))[0] != row[0]]
        for lent in new:
            reader = now.loans[lent][1]
            if reader == self.town.pupils.pk:
                continue
            borrowed = [
                one for one, (_, who, received, kind) in now.loans.items()
                if who == reader and not received and kind != "in-house"
            ]  # fmt: skip
            counted = {
                "loan-limit-reached:print": [one for one in borrowed if self.town.counted.get(one, True)],
                "loan-limit-reached:from-kita": [one for one in borrowed if now.lent_at[one] == "KITA"],
            }
            for code, have in counted.items():
                if len(have) > LIMIT_CODES[code] and lent in have:
                    allowed = [
                        actor for event, what, actor in said
                        if event == "circulation.refusal-overridden" and what["code"] == code and what["item"] == lent
                    ]  # fmt: skip
                    undone = any(
                        event == "circulation.return-undone" and what["item"] == lent for event, what, _ in said
                    )
                    assert allowed or undone, f"reader {reader} has {len(have)} things against {code}"
                    assert all(actor.startswith("staff:") for actor in allowed)

    def what_was_returned_leads_to_nobody(self, before: Look, now: Look) -> None:
        open_now = {row[0] for row in now.loans.values()}
        closed = [row[0] for row in before.loans.values() if row[0] not in open_now]
        if closed:
            assert not Loan.objects.filter(pk__in=closed).exclude(patron=None).exists()
            subjects = [f"circulation.loan:{pk}" for pk in closed]
            assert not Entry.objects.filter(subject__in=subjects).exclude(patron_key="").exists()

    def look_at_everything(self) -> None:
        """Every row, also the closed ones, and the answers that doors are given."""
        now = self.before
        for title in self.town.titles:
            turns = {wish.hold: wish.turn for wish in now.wishes.values()}
            line = waiting_line(title.pk)
            assert line == sorted(line, key=lambda hold: turns[hold])
        singles = starving(now, self.on)
        assert singles <= set(records_to_allot(self.on))
        waiting = HoldTitle.objects.filter(done_at=None, hold__closed_at=None)
        assert not waiting.exclude(record__deleted_at=None).exists(), "somebody waits for a record that is gone"
        assert not Item.objects.exclude(record__deleted_at=None).exists(), "a copy of a record that is gone"
        assert not Loan.objects.exclude(returned_at=None).exclude(patron=None).exists()
        assert not Hold.objects.exclude(closed_at=None).exclude(patron=None).exists()
        assert not Allotment.objects.open().exclude(title__hold__closed_at=None).exists()
        closed = [
            f"circulation.loan:{pk}" for pk in Loan.objects.exclude(returned_at=None).values_list("pk", flat=True)
        ]
        told = Entry.objects.exclude(patron_key="").filter(subject__startswith="circulation.loan:")
        assert not set(closed) & set(told.values_list("subject", flat=True))
        tale = Tale(self.at_first)
        for event, at, particulars in Entry.objects.order_by("pk").values_list("event", "happened_at", "particulars"):
            tale.hear(event, at, particulars)
        assert not tale.differs_from(now)
