"""Past loans judged by a draft, day by day: what was cut off goes on, and comes to the same."""

import copy
from datetime import timedelta

import pytest

from fumikura.circulation import services as circulation
from fumikura.circulation.models import PolicyDraft
from fumikura.circulation.rules.comparing import totals
from fumikura.evaluation.models import Fact, Replay
from fumikura.evaluation.services import begin_replay, effects_of, run_replay
from fumikura.journal import leases
from fumikura.journal.models import Entry
from tests import cast
from tests.cast import AT, SYSTEM, TODAY
from tests.circulation.cast import house_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> PolicyDraft:
    """Books for three weeks instead of two, and six loans in the last 90 days."""
    cast.chuo(), cast.category()
    base = house_rules()
    rules = copy.deepcopy(base.rules)
    next(one for one in rules["rules"] if one["id"] == "基本")["give"]["loan.period"] = 21
    for number in range(6):
        Fact.objects.create(
            entry=number + 1, measure="loans", on=TODAY - timedelta(days=15 * number), hour=10, facility="CHUO",
            via="desk", material="book", category="adult", age_band="30-39",
        )  # fmt: skip
    return circulation.begin_draft(
        name="3週間", rules=rules, base=base, effective_from=TODAY + timedelta(days=30), by=SYSTEM, at=AT
    )


def run(replay: Replay, **more: int) -> Replay:
    return run_replay(replay=replay, by=SYSTEM, clock=lambda: AT, **more)


def test_a_replay_that_was_cut_off_goes_on_and_comes_to_the_same(draft: PolicyDraft) -> None:
    begun = begin_replay(draft=draft, by=SYSTEM, at=AT)
    assert begun is not None
    half = run(begun, days=50)
    assert (half.days_done, half.finished_at) == (50, None)
    assert 0 < totals(effects_of(half)).loans < 6
    whole = run(begun)
    assert (whole.days_done, whole.finished_at) == (91, AT)
    effect = totals(effects_of(whole))
    assert (effect.loans, effect.longer) == (6, 6)
    assert Entry.objects.filter(event="evaluation.draft-replayed").count() == 1
    run(begun)
    assert totals(effects_of(Replay.objects.get())).loans == 6
    Replay.objects.all().delete()
    in_one_go = begin_replay(draft=draft, by=SYSTEM, at=AT)
    assert in_one_go is not None
    assert effects_of(run(in_one_go)) == effects_of(whole)


def test_two_do_not_run_one_replay_and_a_changed_draft_begins_anew(draft: PolicyDraft) -> None:
    begun = begin_replay(draft=draft, by=SYSTEM, at=AT)
    assert begun is not None
    leases.take(f"evaluation.replay-{begun.pk}", "somebody else", at=AT)
    run(begun)
    assert Replay.objects.get().days_done == 0
    circulation.change_draft(draft=draft, revision=1, name="夏", effective_from=draft.effective_from, by=SYSTEM, at=AT)
    draft.refresh_from_db()
    again = begin_replay(draft=draft, by=SYSTEM, at=AT)
    assert again is not None and again.pk != begun.pk
    assert Replay.objects.count() == 1
