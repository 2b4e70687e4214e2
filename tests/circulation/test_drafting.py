"""Rules are written as a draft, published for a day to come, and taken back while that day has not come."""

import copy
from datetime import date

import pytest

from fumikura.circulation import services
from fumikura.circulation.models import PolicyDraft, PolicySet
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests.cast import AT
from tests.circulation.cast import at_desk, house_rules

pytestmark = pytest.mark.django_db
BY = at_desk()
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def draft() -> PolicyDraft:
    base = house_rules()
    return services.begin_draft(name="夏から", rules=base.rules, effective_from=JUNE, base=base, by=BY, at=AT)


def with_period(draft: PolicyDraft, days: int) -> dict[str, object]:
    rules = copy.deepcopy(draft.rules)
    rules["rules"][0]["give"]["loan.period"] = days
    return rules


def test_a_draft_decides_nothing_until_it_is_published(draft: PolicyDraft) -> None:
    changed = services.change_draft(draft=draft, revision=1, rules=with_period(draft, 21), by=BY, at=AT, rule="基本")
    assert PolicySet.objects.count() == 1
    published = services.publish_draft(draft=changed, revision=2, by=BY, at=AT)
    assert (published.version, published.effective_from) == (2, JUNE)
    assert published.rules["rules"][0]["give"]["loan.period"] == 21


def test_two_people_do_not_overwrite_each_other(draft: PolicyDraft) -> None:
    services.change_draft(draft=draft, revision=1, name="秋から", by=BY, at=AT)
    with pytest.raises(Refused, match="draft-changed-meanwhile"):
        services.change_draft(draft=draft, revision=1, name="冬から", by=BY, at=AT)


def test_rules_that_quarrel_are_refused_and_nothing_is_kept(draft: PolicyDraft) -> None:
    rules = copy.deepcopy(draft.rules)
    rules["rules"].append({**rules["rules"][1], "id": "視聴覚2"})
    with pytest.raises(Refused, match="rules-rejected:ambiguous"):
        services.change_draft(draft=draft, revision=1, rules=rules, by=BY, at=AT)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_what_was_published_can_be_taken_back_before_its_day(draft: PolicyDraft) -> None:
    changed = services.change_draft(draft=draft, revision=1, rules=with_period(draft, 21), by=BY, at=AT)
    services.publish_draft(draft=changed, revision=2, by=BY, at=AT)
    again = services.withdraw_policy_set(version=2, by=BY, at=AT)
    assert again.pk == draft.pk and again.closed_at is None
    assert PolicySet.objects.count() == 1
    with pytest.raises(Refused, match="rules-in-force"):
        services.withdraw_policy_set(version=1, by=BY, at=AT)


def test_a_draft_that_changes_nothing_is_not_published(draft: PolicyDraft) -> None:
    with pytest.raises(Refused, match="draft-changes-nothing"):
        services.publish_draft(draft=draft, revision=1, by=BY, at=AT)
    longer = services.change_draft(draft=draft, revision=1, rules=with_period(draft, 21), by=BY, at=AT)
    services.publish_draft(draft=longer, revision=2, by=BY, at=AT)
    back = services.begin_draft(name="もとへ", rules=house_rules().rules, effective_from=JULY, by=BY, at=AT)
    assert services.publish_draft(draft=back, revision=1, by=BY, at=AT).version == 3


def test_a_draft_put_away_is_taken_up_again(draft: PolicyDraft) -> None:
    services.discard_draft(draft=draft, by=BY, at=AT)
    with pytest.raises(Refused, match="draft-closed"):
        services.change_draft(draft=draft, revision=2, name="秋から", by=BY, at=AT)
    services.reopen_draft(draft=draft, by=BY, at=AT)
    assert PolicyDraft.objects.get().closed_at is None
    whats = [entry.particulars["what"] for entry in Entry.objects.filter(event="circulation.policy-draft-changed")]
    assert whats == ["begun", "discarded", "reopened"]
