"""Why this reader first, why this copy, why this way, why until that day: the rule, the rivals, and by what they lost."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from fumikura.circulation import services
from fumikura.circulation.models import Hold, Loan, UsualStay
from fumikura.circulation.queries import explain_due, overridden, rules_in_force
from fumikura.circulation.quotas import quotas_of
from fumikura.circulation.rules.expecting import FEWEST, Expected, turn_of
from fumikura.circulation.rules.explaining import DueDecided, OtherCopy, due_reasons, lost_as_copy, lost_the_turn
from fumikura.circulation.rules.holding import Waiting
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.reasons import WHY
from fumikura.kernel.refusals import Reason
from fumikura.organisation.services import declare_disaster, end_disaster
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import standing_of
from tests import cast
from tests.cast import AT, SYSTEM, TODAY
from tests.circulation.cast import at_desk, house_rules, item, kokoro
from tests.web.opac.cast import title

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ask(reader: Patron, *, at=AT, pickup=None, **more: object) -> Hold:
    want = services.Want((kokoro(),))
    return services.place_hold(patron=reader, want=want, pickup=pickup or cast.chuo(), by=at_desk(), at=at, **more)


def reader(number: int) -> Patron:
    return cast.patron(f"読者 {number}", "どくしゃ", f"2000{5000 + number * 17:04d}")


def test_the_others_who_wait_are_told_by_what_they_come_later() -> None:
    hanako, taro = cast.hanako(), cast.taro()
    sleeper, late = reader(1), reader(2)
    copy = item("30000017")
    services.check_out(item=copy, patron=reader(3), by=at_desk(), at=AT)
    asleep = ask(sleeper, at=AT)
    services.suspend_hold(hold=asleep, until=TODAY + timedelta(days=30), by=at_desk(), at=AT)
    first = ask(hanako, at=AT + HOUR)
    ask(taro, at=AT + 2 * HOUR)
    back = AT + timedelta(days=3)
    services.check_in(item=copy, by=at_desk(), at=back)
    ask(late, at=back + HOUR, accepted_at=AT)
    why = services.why_bound(copy, back + 2 * HOUR)
    assert why is not None
    assert (why.hold, why.in_hand, why.is_there, why.way) == (first, True, True, ())
    assert [one.lost_by.code for one in why.readers] == ["asleep", "typed-after-binding", "asked-later"]
    assert why.shelf is not None
    assert (why.shelf.days, why.shelf.rule, why.shelf.until) == (
        7,
        "基本",
        services.standing_of_hold(first, back).until,
    )


def test_the_rule_of_disaster_mode_is_named_and_limits_are_shown_by_it_also_afterwards() -> None:
    rules = services.house_rules()
    rules["rules"].append(
        {
            "id": "災害のとき",
            "from": "2020-04-01",
            "if": {"mode": "disaster"},
            "give": {"hold.shelf_days": 60, "loan.limit.total": 3},
        }
    )
    services.save_policy_set(name="規則", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)
    copy, taro = item("30000017"), cast.taro()
    services.check_out(item=copy, patron=taro, by=at_desk(), at=AT)
    ask(cast.hanako())
    declare_disaster(by=SYSTEM, at=AT)
    back = AT + timedelta(days=1)
    services.check_in(item=copy, by=at_desk(), at=back)
    in_force = rules_in_force(TODAY)
    quotas = quotas_of(standing_of(taro, TODAY), [], rules=in_force, at=cast.chuo(), on=TODAY, via="opac")
    assert {one.counter: one.limit for one in quotas}["total"] == 3
    for moment in (back, back + timedelta(days=2)):
        why = services.why_bound(copy, moment)
        assert why is not None
        assert why.shelf is not None
        assert (why.shelf.days, why.shelf.rule) == (60, "災害のとき")
        if moment == back:
            end_disaster(by=SYSTEM, at=back + timedelta(days=1))


def test_who_was_passed_over_then_is_told_though_everything_has_changed_since() -> None:
    sleeper, mover = reader(1), reader(2)
    copy = item("30000017")
    services.check_out(item=copy, patron=reader(3), by=at_desk(), at=AT)
    asleep, gone = ask(sleeper, at=AT), ask(mover, at=AT + HOUR, needed_by=TODAY)
    services.suspend_hold(hold=asleep, until=TODAY + timedelta(days=9), by=at_desk(), at=AT)
    first = ask(cast.hanako(), at=AT + 2 * HOUR)
    back = AT + timedelta(days=3)
    services.check_in(item=copy, by=at_desk(), at=back)
    services.expire_holds(by=SYSTEM, at=back + HOUR)
    later = AT + timedelta(days=10)
    ask(cast.taro(), at=later, accepted_at=AT)
    why = services.why_bound(copy, later + HOUR)
    assert why is not None
    assert why.hold == first
    assert {one.hold: one.lost_by.code for one in why.readers} == {
        asleep.pk: "slept-then",
        gone.pk: "not-needed-any-more",
        Hold.objects.latest("pk").pk: "typed-after-binding",
    }


def test_the_other_copies_are_told_by_what_they_were_not_taken() -> None:
    near, on_loan = item("30000017"), item("30000025")
    item("30000033", reference_only=True)
    far = item("30000041", home=cast.kita())
    services.check_out(item=on_loan, patron=cast.taro(), by=at_desk(), at=AT)
    cast_route()
    ask(cast.hanako())
    why = services.why_bound(near, AT)
    assert why is not None
    assert (why.in_hand, why.stood_at, why.stops) == (False, "CHUO", 0)
    told = {one.item.barcode: one.lost_by.code for one in why.copies}
    assert told == {"30000025": "copy-on-loan", "30000033": "copy-not-lent-home", far.barcode: "copy-farther"}
    assert services.why_bound(far, AT) is None


def cast_route() -> None:
    runs = [{"CHUO": "09:00", "KITA": "09:40", "back": "10:30"}, {"CHUO": "13:00", "KITA": "13:40", "back": "14:30"}]
    cast.chuo(), cast.kita()
    services.write_route(code="R", name="図書館便", stops=["CHUO", "KITA"], runs=runs, by=SYSTEM, at=AT)


def test_the_way_goes_by_the_next_van_and_stays_explained_on_the_road() -> None:
    copy = item("30000017", home=cast.kita())
    cast_route()
    ask(cast.hanako())
    why = services.why_bound(copy, AT)
    assert why is not None
    assert [(leg.origin, leg.destination) for leg in why.way] == [("KITA", "CHUO")]
    services.check_in(item=copy, by=at_desk("KITA"), at=AT)
    again = services.why_bound(copy, AT + HOUR)
    assert again is not None
    assert (again.stood_at, again.is_there) == ("KITA", False)


def test_the_queue_is_shown_in_turn_without_names() -> None:
    copy = item("30000017")
    for number, hours in ((1, 2), (2, 0), (3, 1)):
        ask(reader(number), at=AT + 3 * HOUR, accepted_at=AT + hours * HOUR)
    rows, more = services.queue_for_title(kokoro().pk, AT + 3 * HOUR)
    assert ([row.number for row in rows], more) == ([1, 2, 0], 0)
    assert [row.state for row in rows] == ["waiting", "waiting", "allotted"]
    assert rows[2].item == copy


def test_nobody_can_tell_without_history_or_without_a_copy() -> None:
    house_rules()
    title = kokoro()
    assert services.estimate_for_title(title.pk, AT) == Reason("estimate-no-copy")
    copy = item("30000017")
    services.check_out(item=copy, patron=cast.taro(), by=at_desk(), at=AT)
    assert services.estimate_for_title(title.pk, AT) == Reason("estimate-no-history")
    for day in range(FEWEST):
        lend_and_return(item(f"3000030{day}"), days=4)
    told = services.estimate_for_title(title.pk, AT + timedelta(days=5))
    assert isinstance(told, Expected) and told.earliest == TODAY + timedelta(days=5 + 2)
    hold = ask(cast.hanako(), at=AT + timedelta(days=5))
    services.suspend_hold(hold=hold, until=TODAY + timedelta(days=40), by=at_desk(), at=AT + timedelta(days=5))
    hold.refresh_from_db()
    assert services.standing_of_hold(hold, AT + timedelta(days=5)).expected == Reason("estimate-asleep")


def test_an_estimate_of_a_title_hardly_lent_reads_what_the_night_has_counted_of_its_kind() -> None:
    copy, at, borrower = item("30000017"), AT + timedelta(days=5), cast.taro()
    for day in range(FEWEST):
        lend_and_return(item(f"3000030{day}", record=title("草枕")), days=4)
    services.check_out(item=copy, patron=borrower, by=at_desk(), at=at)
    ask(cast.hanako(), at=at)
    uncounted = services.estimate_for_title(copy.record_id, at)
    assert services.count_stays(by=at_desk(), at=at) == 1
    with CaptureQueriesContext(connection) as asked:
        assert services.estimate_for_title(copy.record_id, at) == uncounted
    assert not [one for one in asked if 'PARTITION BY "holdings_item"."material"' in one["sql"]]
    assert Entry.objects.filter(event="circulation.stays-counted").count() == 1
    UsualStay.objects.update(quick=None, slow=None)
    assert services.estimate_for_title(copy.record_id, at) == Reason("estimate-no-history")


def test_the_night_looks_through_past_loans_twice_at_most_however_many_materials_there_are() -> None:
    cast.taro()

    def asked(*materials: str) -> int:
        for material in materials:
            for _ in range(FEWEST):
                lend_and_return(item(f"305{Item.objects.count():05}", material=material), days=4)
        with CaptureQueriesContext(connection) as queries:
            services.count_stays(by=at_desk(), at=AT + timedelta(days=5))
        return len(queries)

    short = asked("book", "cd")
    assert asked("dvd", "magazine", "map") == short
    assert set(UsualStay.objects.values_list("material", "quick")) == {
        (material, 4) for material in ("book", "cd", "dvd", "magazine", "map")
    }


def test_what_the_night_counts_is_read_before_anything_is_locked() -> None:
    cast.taro()
    lend_and_return(item("30000017"), days=4)
    with CaptureQueriesContext(connection) as asked:
        services.count_stays(by=at_desk(), at=AT)
    said = [one["sql"] for one in asked]
    begins = next(place for place, sql in enumerate(said) if sql.startswith("SAVEPOINT"))
    assert any('PARTITION BY "holdings_item"."material"' in sql for sql in said[:begins])
    assert not any("LIMIT 300" in sql for sql in said[begins:])


def lend_and_return(copy, *, days: int) -> None:
    borrower = Patron.objects.get(name="北川 太郎")
    services.check_out(item=copy, patron=borrower, by=at_desk(), at=AT)
    services.check_in(item=copy, by=at_desk(), at=AT + timedelta(days=days))


def test_whoever_passes_over_an_objection_leaves_the_reason_in_the_journal() -> None:
    item("30000017")
    hanako = cast.hanako()
    Patron.objects.filter(pk=hanako.pk).update(born_on=None)
    hanako.cards.update(expires_on=TODAY - timedelta(days=1))
    hold = ask(hanako, overriding=frozenset({"card-expired"}), why="other", words="更新の書類を待つ")
    (past,) = overridden(hold=hold.pk)
    assert (past.code, past.why, past.words) == ("card-expired", "other", "更新の書類を待つ")


WHEN = st.integers(0, 3).map(lambda hours: AT + hours * HOUR)
READERS = st.builds(
    Waiting,
    title=st.integers(1, 9),
    hold=st.integers(1, 9),
    accepted_at=WHEN,
    entered_at=WHEN,
    pickup=st.just("CHUO"),
    kind=st.sampled_from(["one", "ordered", "any-of"]),
    suspended_until=st.sampled_from([None, TODAY - timedelta(days=1), TODAY]),
    needed_by=st.sampled_from([None, TODAY - timedelta(days=1), TODAY]),
    copy=st.sampled_from(["", "pick-list", "bound"]),
    before_is_settled=st.booleans(),
    settled=st.integers(0, 1),
)


@given(rival=READERS, chosen=READERS, wants=st.booleans())
def test_every_rival_lost_by_something_that_has_words(rival: Waiting, chosen: Waiting, wants: bool) -> None:
    why = lost_the_turn(rival, chosen, on=TODAY, bound_at=AT + HOUR, bound_on=TODAY, wants_this_copy=wants)
    assert why.kind in WHY
    if why.code in {"asked-later", "typed-later", "number-later"}:
        assert rival.turn > chosen.turn


STATES = ["on-shelf", "on-loan", "in-transit", "on-hold-shelf", "set-aside", "missing"]
COPIES = st.builds(
    OtherCopy,
    number=st.integers(1, 9),
    state=st.sampled_from(STATES),
    stops=st.integers(0, 3),
    lends_home=st.booleans(),
    is_bound=st.booleans(),
    is_frozen=st.booleans(),
    searched_in_vain=st.integers(0, 1),
    seen_at=st.sampled_from([None, AT, AT + 2 * HOUR]),
)


@given(rival=COPIES, chosen=COPIES, in_hand=st.booleans())
def test_every_other_copy_lost_by_something_that_has_words(rival, chosen, in_hand) -> None:
    assert lost_as_copy(rival, chosen, on=TODAY, bound_at=AT + HOUR, in_hand=in_hand).kind in WHY


def test_a_turn_is_only_known_from_enough_loans() -> None:
    assert turn_of([3] * (FEWEST - 1)) is None
    assert turn_of([3] * FEWEST) is not None
    assert not Loan.objects.exists()


GIVEN = {"loan.period": (14, "基本"), "renewal.period": (10, "延長"), "renewal.longest_stay": (28, "基本")}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, ["due-calendar-days"]),
        ({"given": GIVEN | {"loan.unit": ("open", "基本")}}, ["due-open-days"]),
        (
            {"why": ("hard-date", "moved-to-next-open")},
            ["due-calendar-days", "due-hard-date", "due-moved-to-next-open"],
        ),
        ({"renewals": 1}, ["due-calendar-days", "due-from-renewal", "due-longest-stay"]),
        (
            {"renewals": 1, "due_on": TODAY, "given": GIVEN | {"renewal.anchor": ("due-day", "基本")}},
            ["due-calendar-days", "due-from-old-day"],
        ),
        ({"why": ("agreed-term",)}, ["due-agreed-term"]),
        ({"kind": "in-house"}, ["due-in-house"]),
        ({"kind": "overnight", "is_shifted": True}, ["due-overnight", "due-shifted"]),
        ({"given": {}}, []),
    ],
)
def test_a_due_date_is_explained_whatever_it_came_from(facts: dict, codes: list[str]) -> None:
    due_on = TODAY + timedelta(days=28)
    known = {"kind": "loan", "given": GIVEN, "why": (), "lent_on": TODAY, "due_on": due_on, **facts}
    told = due_reasons(DueDecided(**known))
    assert [one.code for one in told] == codes and {one.kind for one in told} <= set(WHY)
    if known.get("renewals"):
        assert told[0].facts() == {"rule": "延長", "days": 10}


def test_a_date_that_a_closure_moved_says_so_until_the_loan_is_renewed() -> None:
    loan = services.check_out(item=item("30000017"), patron=cast.hanako(), by=at_desk(), at=AT)
    new = loan.due_on + timedelta(days=7)
    services.shift_due_dates(first_on=loan.due_on, last_on=loan.due_on, new_due_on=new, by=at_desk(), at=AT)
    moved = Loan.objects.get()
    told = explain_due(moved, is_shifted=bool(services.shifted_among([moved]))).reasons
    assert [one.code for one in told] == ["due-calendar-days", "due-shifted"]
    services.renew(loan=moved, by=at_desk(), at=AT + timedelta(days=10))
    assert services.shifted_among([Loan.objects.get()]) == frozenset()


def test_a_loan_that_another_system_made_has_no_reasons_to_tell() -> None:
    made = services.check_out(item=item("30000017"), patron=cast.hanako(), by=at_desk(), at=AT)
    Loan.objects.update(snapshot={})
    assert explain_due(Loan.objects.get(pk=made.pk)).reasons == ()


def test_a_reader_is_told_why_each_hold_stands_where_it_stands() -> None:
    copy, hanako = item("30000017"), cast.hanako()
    services.check_out(item=copy, patron=cast.taro(), by=at_desk(), at=AT)
    hold = ask(hanako)

    def told(at=AT) -> list[str]:
        (standing,) = services.holds_of(hanako, at)
        return [one.code for one in services.whys_mine(hanako, [standing], at)[hold.pk]]

    assert told() == ["queue-rule"]
    services.suspend_hold(hold=hold, until=TODAY + timedelta(days=2), by=at_desk(), at=AT)
    assert told() == ["queue-rule", "asleep"]
    back = AT + timedelta(days=3)
    services.check_in(item=copy, by=at_desk(), at=back)
    assert told(back) == ["queue-rule", "your-turn-at-scan", "shelf-open-days"]


def test_a_hold_on_one_copy_says_so_instead_of_comparing() -> None:
    first, other, hanako = item("30000017"), item("30000025"), cast.hanako()
    want = services.Want((kokoro(),), item=other)
    hold = services.place_hold(patron=hanako, want=want, pickup=cast.chuo(), by=at_desk(), at=AT)
    why = services.why_bound(other, AT)
    assert why is not None
    assert [(one.item, one.lost_by.code) for one in why.copies] == [(first, "copy-only-this")]
    (standing,) = services.holds_of(hanako, AT)
    assert "copy-only-this" in [one.code for one in services.whys_mine(hanako, [standing], AT)[hold.pk]]


def test_a_hold_that_was_moved_does_not_say_that_nothing_is_carried() -> None:
    item("30000017")
    hanako = cast.hanako()
    hold = ask(hanako)
    services.change_pickup(hold=hold, pickup=cast.kita(), by=at_desk(), at=AT)
    (standing,) = services.holds_of(hanako, AT)
    assert [one.code for one in services.whys_mine(hanako, [standing], AT)[hold.pk]] == ["queue-rule"]
