"""Any verbs in any order: a small network is played by Hypothesis, and after every step what must hold is looked at.

`FUMIKURA_STEPS=50000 pytest tests/circulation/test_any_order.py` plays so many steps instead of a few; bin/check does.
`FUMIKURA_SEED=7` plays others; the steps of one seed are always the same.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services
from fumikura.circulation.models import Allotment, Closure, Crate, DueShift, Hold, Loan
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.rules.resolution import counters_of
from fumikura.circulation.services.queue import records_to_allot, waiting_line
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, facility, kita, patron
from tests.circulation.cast import at_desk, item
from tests.circulation.retelling import Tale
from tests.circulation.watching import Look, entries_after, is_in_one_place, look, starving, was_fair

SITES = ("CHUO", "KITA", "EKIMAE")
STEPS = int(os.environ.get("FUMIKURA_STEPS", "800"))
SEED = int(os.environ.get("FUMIKURA_SEED", "0"))
SHARES = 4
"""The steps are shared by so many tests, for parallel test processes."""
LENGTH = 100
GAMES_A_ROUND = max(3, min(40, STEPS // SHARES // LENGTH))
EVERYTHING = 50
"""After so many steps the whole state is looked at, not only what is open."""
LIMIT = 3
MACHINE = settings(
    max_examples=GAMES_A_ROUND,
    stateful_step_count=LENGTH,
    deadline=None,
    phases=[Phase.generate] if os.environ.get("FUMIKURA_SHRINK") == "no" else list(Phase),
    suppress_health_check=list(HealthCheck),
    database=None,
)
LIMIT_CODE = "loan-limit-reached:print"
WAYS_ROUND = frozenset({LIMIT_CODE, "held-for-someone-else", "hold-shelf-time-over"})
sites, items, people, records = (st.integers(0, 2), st.integers(0, 6), st.integers(0, 3), st.integers(0, 2))
numbers, days = st.integers(0, 9), st.integers(0, 20)


class Town:
    """Three sites, three titles in seven copies, four readers who may have three things each."""

    def __init__(self) -> None:
        rules = services.house_rules()
        rules["rules"][0]["give"]["loan.limit.print"] = LIMIT
        services.save_policy_set(name="網", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)
        self.places: list[Facility] = [facility("CHUO"), kita(), facility("EKIMAE", "駅前", holds_stock=False)]
        self.titles = [
            BibliographicRecord.objects.create(
                source="t", number=str(n), title=f"第{n}巻", marc=b"", created_at=AT, changed_at=AT
            )
            for n in range(3)
        ]
        self.items = [item(f"3000{n:04}", record=self.titles[n % 3], home=self.places[n % 2]) for n in range(7)]
        self.people = [patron(f"人{n}", "ひと", f"2000{n:04}") for n in range(4)]
        self.record_of = {one.pk: one.record_id for one in self.items}
        self.counted = {one.pk: self.counters(one) for one in self.items}

    @staticmethod
    def counters(one: Item) -> bool:
        return "print" in counters_of(rules_in_force(AT.date()).rule_set, one.material)


class Network(RuleBasedStateMachine):
    """One game: begins with the town as it was built, and leaves nothing behind."""

    town: Town
    played = 0
    """Steps so far, by all games."""

    @initialize()
    def begin(self) -> None:
        self.mark = transaction.savepoint()
        self.now = AT
        self.turn = 0
        self.last_night: date | None = None
        self.last_entry = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.tale = Tale(self.town.record_of)
        self.before = look()

    def teardown(self) -> None:
        if hasattr(self, "mark"):
            transaction.savepoint_rollback(self.mark)

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

    # ---- what people do --------------------------------------------------------------------------

    @rule(minutes=st.integers(1, 6000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(which=items, who=people, where=sites, kind=st.sampled_from(["loan", "loan", "loan", "in-house", "overnight"]))
    def lend(self, which: int, who: int, where: int, kind: str) -> None:
        self.act(services.check_out, item=self.town.items[which], patron=self.town.people[who], where=where, kind=kind)

    @rule(which=items, who=people, where=sites)
    def lend_against_the_limit(self, which: int, who: int, where: int) -> None:
        self.act(
            services.check_out, item=self.town.items[which], patron=self.town.people[who], where=where,
            overriding=WAYS_ROUND,
        )  # fmt: skip

    @rule(which=items, who=people, where=sites)
    def lend_by_mistake(self, which: int, who: int, where: int) -> None:
        loan = self.act(services.check_out, item=self.town.items[which], patron=self.town.people[who], where=where)
        if loan:
            self.look_around()
            self.act(services.undo_check_out, loan=loan, where=where)

    @rule(which=items, where=sites, door=st.sampled_from(["desk", "book-post"]))
    def take_back(self, which: int, where: int, door: str) -> None:
        self.act(services.check_in, item=self.town.items[which], where=where, door=door)

    @rule(which=items, where=sites)
    def take_back_by_mistake(self, which: int, where: int) -> None:
        loan = self.loan_of(which)
        if loan and self.act(services.check_in, item=self.town.items[which], where=where):
            self.look_around()
            self.act(
                services.undo_check_in, loan=loan, patron=loan.patron, due_on=loan.due_on, renewals=loan.renewals,
                where=where,
            )  # fmt: skip

    @rule(which=items, where=sites)
    def into_a_machine(self, which: int, where: int) -> None:
        self.act(services.check_in, item=self.town.items[which], where=where, mode="provisional")

    @rule(which=items)
    def renew(self, which: int) -> None:
        loan = self.loan_of(which)
        if loan and self.act(services.renew, loan=loan) and which % 2:
            self.look_around()
            self.act(services.undo_renew, loan=loan, due_on=loan.due_on, renewals=loan.renewals)

    def loan_of(self, which: int) -> Loan | None:
        on_loan = self.before.loans.get(self.town.items[which].pk)
        return Loan.objects.select_related("patron", "item").get(pk=on_loan[0]) if on_loan else None

    @rule(who=people, what=records, where=sites, late=st.integers(0, 3000))
    def ask_for(self, who: int, what: int, where: int, late: int) -> None:
        self.act(
            services.place_hold, patron=self.town.people[who], want=services.Want((self.town.titles[what],)),
            pickup=self.town.places[where], accepted_at=self.now - timedelta(minutes=late),
        )  # fmt: skip

    @rule(who=people, which=items, where=sites)
    def ask_for_this_copy(self, who: int, which: int, where: int) -> None:
        title, only = self.town.titles[which % 3], self.town.items[which]
        self.act(
            services.place_hold, patron=self.town.people[who], want=services.Want((title,), item=only),
            pickup=self.town.places[where],
        )  # fmt: skip

    @rule(who=people, kind=st.sampled_from(["any-of", "ordered", "together"]), where=sites)
    def ask_for_a_set(self, who: int, kind: str, where: int) -> None:
        self.act(
            services.place_hold, patron=self.town.people[who], want=services.Want(tuple(self.town.titles), kind=kind),
            pickup=self.town.places[where],
        )  # fmt: skip

    def hold(self, number: int, kind: str = "") -> Hold | None:
        open_now = sorted({wish.hold for wish in self.before.wishes.values() if kind in {"", wish.kind}})
        if not open_now:
            return None
        return Hold.objects.select_related("patron", "pickup").get(pk=open_now[number % len(open_now)])

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        if hold := self.hold(number):
            reader = hold.patron
            if self.act(services.cancel_hold, hold=hold) is not None and number % 2:
                self.look_around()
                self.act(services.undo_cancel_hold, hold=hold, patron=reader)

    @rule(number=numbers, days=days)
    def suspend(self, number: int, days: int) -> None:
        if hold := self.hold(number):
            self.act(services.suspend_hold, hold=hold, until=(self.now + timedelta(days=days)).date())

    @rule(number=numbers)
    def wake(self, number: int) -> None:
        if hold := self.hold(number):
            self.act(services.wake_hold, hold=hold)

    @rule(number=numbers, days=days)
    def need_by(self, number: int, days: int) -> None:
        if hold := self.hold(number):
            self.act(services.set_needed_by, hold=hold, needed_by=(self.now + timedelta(days=days)).date())

    @rule(number=numbers, where=sites)
    def collect_elsewhere(self, number: int, where: int) -> None:
        if hold := self.hold(number):
            self.act(services.change_pickup, hold=hold, pickup=self.town.places[where])

    @rule(number=numbers)
    def keep_longer(self, number: int) -> None:
        if hold := self.hold(number):
            self.act(services.note_reached if number % 2 else services.extend_shelf, hold=hold)

    @rule(number=numbers)
    def turn_a_set_round(self, number: int) -> None:
        if hold := self.hold(number, "ordered"):
            rows = hold.titles.order_by("-place", "-pk").values_list("record", flat=True)
            self.act(services.reorder_set, hold=hold, records=list(rows))

    @rule(which=items)
    def not_on_its_shelf(self, which: int) -> None:
        self.act(services.not_found, item=self.town.items[which])

    @rule(which=items)
    def missing(self, which: int) -> None:
        self.act(services.mark_missing, item=self.town.items[which])

    @rule(which=items)
    def say_it_was_returned_or_lost(self, which: int) -> None:
        if loan := self.loan_of(which):
            self.act(services.claim_returned if which % 2 else services.declare_lost, loan=loan)

    @rule(which=items)
    def pay_for_it(self, which: int) -> None:
        loan = self.loan_of(which)
        if loan and len(self.before.withdrawn) < 2:
            self.act(services.accept_replacement, loan=loan)

    @rule(which=items)
    def withdraw(self, which: int) -> None:
        if len(self.before.withdrawn) < 2:
            self.act(services.withdraw, item=self.town.items[which], reason="worn")

    @rule(which=items, where=sites, to=sites, purpose=st.sampled_from(["relocate", "home"]))
    def send(self, which: int, where: int, to: int, purpose: str) -> None:
        if where != to:
            place = self.town.places[to]
            self.act(services.send, item=self.town.items[which], to=place, purpose=purpose, where=where)

    @rule()
    def night(self) -> None:
        if self.on == self.last_night:
            return
        self.last_night = self.on
        for job in (services.expire_shelf, services.expire_holds, services.find_stuck, services.remind):
            self.act(job, by=SYSTEM)
        self.look_around()
        self.act(services.allot_everywhere, by=SYSTEM)
        left = starving(look(), self.town.record_of, self.on)
        assert not left, f"after the night somebody waits beside a free copy of {left}"

    @rule(which=items, number=st.integers(0, 2), where=sites)
    def pack(self, which: int, number: int, where: int) -> None:
        self.act(services.pack, item=self.town.items[which], crate=f"BOX-{number}", where=where)

    @rule(which=items, number=numbers, where=sites, what=st.sampled_from(["send", "receive", "unpack", "close"]))
    def carry(self, which: int, number: int, where: int, what: str) -> None:
        crates = list(Crate.objects.open().order_by("pk"))
        if not crates:
            return
        crate = crates[number % len(crates)]
        if what == "unpack":
            self.act(services.unpack, item=self.town.items[which], crate=crate, where=where)
        else:
            verbs = {"send": services.send_crate, "receive": services.receive_crate, "close": services.close_crate}
            self.act(verbs[what], crate=crate, where=where)

    @rule(days=st.integers(1, 9), where=sites, to=sites)
    def close(self, days: int, where: int, to: int) -> None:
        first = self.now.date() + timedelta(days=1)
        closure: Closure | None = self.act(
            services.close_site, facility=self.town.places[where], first_on=first, last_on=first + timedelta(days=days),
            substitute=self.town.places[to] if days % 2 else None,
        )  # fmt: skip
        if closure is not None and days % 3:
            self.look_around()
            self.act(services.undo_close_site, closure=closure)

    @rule(days=st.integers(1, 20))
    def shift(self, days: int) -> None:
        first = self.now.date()
        shift: DueShift | None = self.act(
            services.shift_due_dates, first_on=first, last_on=first + timedelta(days=days),
            new_due_on=first + timedelta(days=days + 7),
        )  # fmt: skip
        if shift is not None and days % 2:
            self.look_around()
            self.act(services.undo_shift, shift=shift)

    # ---- what must hold --------------------------------------------------------------------------

    @invariant()
    def all_is_in_order(self) -> None:
        if not hasattr(self, "mark"):
            return
        self.look_around()
        self.turn += 1
        Network.played += 1
        if self.turn % EVERYTHING == 0:
            self.look_at_everything()

    def look_around(self) -> None:
        """After each verb: what is open, and what was written since the last look."""
        before, now = self.before, look()
        said = self.hear()
        is_in_one_place(now, self.town.record_of)
        assert not (different := self.tale.differs_from(now)), f"the journal tells another story: {different}"
        undone = any(event == "circulation.loan-undone" for event, _, _ in said)
        given_back = {what["hold"] for event, what, _ in said if undone and event == "circulation.hold-restored"}
        was_fair(before, now, self.on, given_back=given_back)
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
            have = [
                one for one, (_, who, received, kind) in now.loans.items()
                if who == reader and not received and kind != "in-house" and self.town.counted[one]
            ]  # fmt: skip
            if len(have) > LIMIT and lent in have:
                allowed = [
                    actor for event, what, actor in said
                    if event == "circulation.refusal-overridden" and what["code"] == LIMIT_CODE and what["item"] == lent
                ]  # fmt: skip
                undone = any(event == "circulation.return-undone" and what["item"] == lent for event, what, _ in said)
                assert allowed or undone, f"reader {reader} has {len(have)} things"
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
            line = waiting_line(title.pk, self.on)
            assert line == sorted(line, key=lambda hold: turns[hold])
        singles = starving(now, self.town.record_of, self.on)
        assert singles <= set(records_to_allot(self.on))
        assert not Loan.objects.exclude(returned_at=None).exclude(patron=None).exists()
        assert not Hold.objects.exclude(closed_at=None).exclude(patron=None).exists()
        assert not Allotment.objects.open().exclude(title__hold__closed_at=None).exists()
        closed = [
            f"circulation.loan:{pk}" for pk in Loan.objects.exclude(returned_at=None).values_list("pk", flat=True)
        ]
        told = Entry.objects.exclude(patron_key="").filter(subject__startswith="circulation.loan:")
        assert not set(closed) & set(told.values_list("subject", flat=True))
        tale = Tale(self.town.record_of)
        for event, at, particulars in Entry.objects.order_by("pk").values_list("event", "happened_at", "particulars"):
            tale.hear(event, at, particulars)
        assert not tale.differs_from(now)


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_people_do_in_whatever_order_nothing_is_lost_or_doubled(share: int) -> None:
    with transaction.atomic():
        Network.town, Network.played, rounds = Town(), 0, 0
        while Network.played < STEPS // SHARES:
            run_state_machine_as_test(seed(1_000_000 * SEED + 1000 * share + rounds)(Network), settings=MACHINE)
            rounds += 1
        transaction.set_rollback(True)
    assert Patron.objects.count() == 0
    assert Item.objects.count() == 0
