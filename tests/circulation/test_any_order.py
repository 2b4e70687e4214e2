"""Any verbs in any order: a small network is played by Hypothesis, and after every step what must hold is looked at.

`FUMIKURA_STEPS=50000 pytest tests/circulation/test_any_order.py` plays so many steps instead of a few.
"""

import os
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan, ShelfPlace, Transit
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.rules.resolution import counters_of
from fumikura.circulation.services.queue import waiting_line
from fumikura.holdings.models import Item, KeptAside, Missing, Withdrawal
from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, facility, kita, patron
from tests.circulation.cast import at_desk, item

SITES = ("CHUO", "KITA", "EKIMAE")
STEPS = int(os.environ.get("FUMIKURA_STEPS", "80"))
LENGTH = 40
LIMIT = 3
MACHINE = settings(
    max_examples=max(1, STEPS // LENGTH),
    stateful_step_count=LENGTH,
    deadline=None,
    derandomize=STEPS < 1000,
    suppress_health_check=list(HealthCheck),
    database=None,
)
EVERY_RIGHT = frozenset(PERMISSIONS)
sites, items, people, records = (st.integers(0, 2), st.integers(0, 6), st.integers(0, 3), st.integers(0, 2))


class Network(RuleBasedStateMachine):
    """Three sites, three titles in seven copies, four readers who may have three things each."""

    @initialize()
    def found(self) -> None:
        self.around = transaction.atomic()
        self.around.__enter__()
        self.now = AT
        self.overridden = 0
        rules = services.house_rules()
        rules["rules"][0]["give"]["loan.limit.print"] = LIMIT
        services.save_policy_set(name="網", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)
        places = [facility("CHUO"), kita(), facility("EKIMAE", "駅前", holds_stock=False)]
        self.records = [
            BibliographicRecord.objects.create(
                source="t", number=str(n), title=f"第{n}巻", marc=b"", created_at=AT, changed_at=AT
            )
            for n in range(3)
        ]
        self.items = [item(f"3000{n:04}", record=self.records[n % 3], home=places[n % 2]) for n in range(7)]
        self.people = [patron(f"人{n}", "ひと", f"2000{n:04}") for n in range(4)]

    def teardown(self) -> None:
        if hasattr(self, "around"):
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    def desk(self, site: int) -> object:
        return at_desk(SITES[site])

    def act(self, verb: object, **given: object) -> object:
        """A verb does all of what it says, or is refused and leaves nothing behind."""
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                return verb(at=self.now, **given)  # type: ignore[operator]
        except Refused as refused:
            assert refused.reasons
            assert Entry.objects.count() == before
            return None

    # ---- what people do --------------------------------------------------------------------------

    @rule(minutes=st.integers(1, 6000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(which=items, who=people, where=sites)
    def lend(self, which: int, who: int, where: int) -> None:
        self.act(services.check_out, item=self.items[which], patron=self.people[who], by=self.desk(where))

    @rule(which=items, who=people, where=sites)
    def lend_against_the_limit(self, which: int, who: int, where: int) -> None:
        codes = frozenset({"loan-limit-reached:print", "held-for-someone-else", "hold-shelf-time-over"})
        loan = self.act(
            services.check_out, item=self.items[which], patron=self.people[who], by=self.desk(where), overriding=codes
        )
        self.overridden += loan is not None

    @rule(which=items, where=sites, door=st.sampled_from(["desk", "book-post"]))
    def take_back(self, which: int, where: int, door: str) -> None:
        self.act(services.check_in, item=self.items[which], by=at_desk(SITES[where], via=door))

    @rule(which=items, where=sites)
    def into_a_machine(self, which: int, where: int) -> None:
        self.act(services.check_in, item=self.items[which], by=self.desk(where), mode="provisional")

    @rule(which=items)
    def renew(self, which: int) -> None:
        if loan := Loan.objects.open().filter(item=self.items[which]).first():
            self.act(services.renew, loan=loan, by=self.desk(0))

    @rule(who=people, what=records, where=sites, late=st.integers(0, 3000))
    def ask_for(self, who: int, what: int, where: int, late: int) -> None:
        self.act(
            services.place_hold, patron=self.people[who], want=services.Want((self.records[what],)),
            pickup=Facility.objects.get(code=SITES[where]), by=self.desk(0),
            accepted_at=self.now - timedelta(minutes=late),
        )  # fmt: skip

    @rule(who=people, kind=st.sampled_from(["any-of", "ordered", "together"]), where=sites)
    def ask_for_a_set(self, who: int, kind: str, where: int) -> None:
        self.act(
            services.place_hold, patron=self.people[who], want=services.Want(tuple(self.records), kind=kind),
            pickup=Facility.objects.get(code=SITES[where]), by=self.desk(0),
        )  # fmt: skip

    def _hold(self, number: int) -> Hold | None:
        rows = list(Hold.objects.open().order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(number=st.integers(0, 9))
    def cancel(self, number: int) -> None:
        if hold := self._hold(number):
            reader = hold.patron
            if self.act(services.cancel_hold, hold=hold, by=self.desk(0)) is not None and number % 2:
                self.act(services.undo_cancel_hold, hold=hold, patron=reader, by=self.desk(0))

    @rule(number=st.integers(0, 9), days=st.integers(0, 20))
    def suspend(self, number: int, days: int) -> None:
        if hold := self._hold(number):
            self.act(services.suspend_hold, hold=hold, until=(self.now + timedelta(days=days)).date(), by=self.desk(0))

    @rule(number=st.integers(0, 9), days=st.integers(0, 20))
    def need_by(self, number: int, days: int) -> None:
        if hold := self._hold(number):
            day = (self.now + timedelta(days=days)).date()
            self.act(services.set_needed_by, hold=hold, needed_by=day, by=self.desk(0))

    @rule(number=st.integers(0, 9), where=sites)
    def collect_elsewhere(self, number: int, where: int) -> None:
        if hold := self._hold(number):
            self.act(services.change_pickup, hold=hold, pickup=Facility.objects.get(code=SITES[where]), by=self.desk(0))

    @rule(which=items)
    def not_on_its_shelf(self, which: int) -> None:
        self.act(services.not_found, item=self.items[which], by=self.desk(0))

    @rule(which=items)
    def missing(self, which: int) -> None:
        self.act(services.mark_missing, item=self.items[which], by=self.desk(0))

    @rule(which=items)
    def say_it_was_returned_or_lost(self, which: int) -> None:
        if loan := Loan.objects.open().filter(item=self.items[which]).first():
            verb = services.claim_returned if which % 2 else services.declare_lost
            self.act(verb, loan=loan, by=self.desk(0))

    @precondition(lambda self: Withdrawal.objects.count() < 2)
    @rule(which=items)
    def withdraw(self, which: int) -> None:
        self.act(services.withdraw, item=self.items[which], reason="worn", by=self.desk(0))

    @rule()
    def night(self) -> None:
        for job in (services.expire_shelf, services.expire_holds, services.find_stuck, services.remind):
            self.act(job, by=SYSTEM)

    @rule(which=items, number=st.integers(0, 2), where=sites)
    def pack(self, which: int, number: int, where: int) -> None:
        self.act(services.pack, item=self.items[which], crate=f"BOX-{number}", by=self.desk(where))

    @rule(days=st.integers(1, 9), where=sites, to=sites)
    def close(self, days: int, where: int, to: int) -> None:
        first = self.now.date() + timedelta(days=1)
        closure = self.act(
            services.close_site, facility=Facility.objects.get(code=SITES[where]), first_on=first,
            last_on=first + timedelta(days=days), by=self.desk(0),
            substitute=Facility.objects.get(code=SITES[to]) if days % 2 else None,
        )  # fmt: skip
        if closure is not None and days % 3:
            self.act(services.undo_close_site, closure=closure, by=self.desk(0))

    @rule(days=st.integers(1, 20))
    def shift(self, days: int) -> None:
        first = self.now.date()
        shift = self.act(
            services.shift_due_dates, first_on=first, last_on=first + timedelta(days=days),
            new_due_on=first + timedelta(days=days + 7), by=self.desk(0),
        )  # fmt: skip
        if shift is not None and days % 2:
            self.act(services.undo_shift, shift=shift, by=self.desk(0))

    # ---- what must hold --------------------------------------------------------------------------

    @invariant()
    def each_item_is_in_one_place_or_on_one_journey(self) -> None:
        if not hasattr(self, "items"):
            return
        loans = Counter(Loan.objects.open().values_list("item", flat=True))
        others = Counter[int]()
        for rows in (
            Transit.objects.open(),
            ShelfPlace.objects.open(),
            KeptAside.objects.filter(ended_at=None),
            Missing.objects.filter(found_at=None),
        ):
            others.update(rows.values_list("item", flat=True))
        for one in self.items:
            assert loans[one.pk] <= 1
            assert loans[one.pk] + others[one.pk] <= 1, one.barcode

    @invariant()
    def what_is_lent_or_gone_is_promised_to_nobody(self) -> None:
        bound = set(Allotment.objects.open().values_list("item", flat=True))
        assert not bound & set(Loan.objects.open().values_list("item", flat=True))
        assert not bound & set(Missing.objects.filter(found_at=None).values_list("item", flat=True))
        assert not bound & set(Withdrawal.objects.values_list("item", flat=True))

    @invariant()
    def a_promise_is_to_an_open_hold_of_that_title(self) -> None:
        for one in Allotment.objects.open().select_related("title__hold", "item"):
            assert one.title.hold.closed_at is None
            assert one.title.done_at is None
            assert one.title.record_id == one.item.record_id

    @invariant()
    def the_queue_is_in_the_order_of_asking(self) -> None:
        asked: dict[int, tuple[datetime, datetime, int]] = {
            hold.pk: (hold.accepted_at, hold.entered_at, hold.pk) for hold in Hold.objects.open()
        }
        for record in getattr(self, "records", ()):
            line = waiting_line(record.pk, self.now.date())
            assert line == sorted(line, key=lambda pk: asked[pk])

    @invariant()
    def nobody_starves_beside_a_free_copy(self) -> None:
        """After a scan, a release or an allotment no single hold that is awake waits while a copy stands free."""
        if not hasattr(self, "items"):
            return
        for record in self.records:
            services.allot(record=record.pk, by=SYSTEM, at=self.now)
            assert services.allot(record=record.pk, by=SYSTEM, at=self.now) == 0

    @invariant()
    def in_an_ordered_set_nothing_is_promised_before_its_turn(self) -> None:
        for hold in Hold.objects.open().filter(kind=Hold.Kind.ORDERED):
            titles = list(HoldTitle.objects.filter(hold=hold).order_by("place", "pk"))
            bound = [Allotment.objects.open().filter(title=title).exists() for title in titles]
            firsts = [n for n, title in enumerate(titles) if title.done_at is None and not bound[n]]
            lent_later = [n for n, title in enumerate(titles) if title.done_at is None and bound[n]]
            assert not firsts or not [n for n in lent_later if n > firsts[0] + len(titles)]

    @invariant()
    def nobody_has_more_than_the_limit_unless_somebody_allowed_it(self) -> None:
        if not hasattr(self, "people"):
            return
        rule_set = rules_in_force(self.now.date()).rule_set
        over = 0
        for reader in self.people:
            mine = Loan.objects.open().filter(patron=reader, received_at=None)
            have = sum("print" in counters_of(rule_set, one.item.material) for one in mine.select_related("item"))
            over += max(0, have - LIMIT)
        allowed = Entry.objects.filter(
            event="circulation.refusal-overridden", particulars__code="loan-limit-reached:print"
        ).count()
        assert over <= allowed

    @invariant()
    def what_was_returned_leads_to_nobody(self) -> None:
        assert not Loan.objects.exclude(returned_at=None).exclude(patron=None).exists()
        closed = Loan.objects.exclude(returned_at=None).values_list("pk", flat=True)
        subjects = [f"circulation.loan:{pk}" for pk in closed]
        assert not Entry.objects.filter(subject__in=subjects).exclude(patron_key="").exists()
        assert not Hold.objects.exclude(closed_at=None).exclude(patron=None).exists()

    @invariant()
    def the_journal_tells_the_same_as_the_rows(self) -> None:
        """What is on loan, read from the journal alone."""
        told: dict[int, str] = {}
        names = ("loan-made", "loan-returned", "loan-replaced", "loan-undone")
        entries = Entry.objects.filter(event__in=[f"circulation.{name}" for name in names]).order_by("pk")
        for event, particulars in entries.values_list("event", "particulars"):
            told[particulars["loan"]] = event
        on_loan = {loan for loan, event in told.items() if event == "circulation.loan-made"}
        assert on_loan == set(Loan.objects.open().values_list("pk", flat=True))


@pytest.mark.django_db
def test_whatever_people_do_in_whatever_order_nothing_is_lost_or_doubled() -> None:
    run_state_machine_as_test(Network, settings=MACHINE)
    assert Patron.objects.count() == 0
    assert Item.objects.count() == 0
