"""Writing rules: a draft is copied from a version, changed rule by rule, compared, published, and can be taken back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from fumikura.circulation.models import Loan, PolicyDraft, PolicySet
from fumikura.circulation.rule_events import PolicyDraftChanged, PolicySetWithdrawn
from fumikura.circulation.services.policies import digest_of, kinds_of_places, objections_to_rules, save_policy_set
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused


@transaction.atomic
def begin_draft(
    *, name: str, rules: Mapping[str, Any], effective_from: date, by: Actor, at: datetime, base: PolicySet | None = None
) -> PolicyDraft:
    """Begin to write rules, as a copy of `rules`; `base` is the version they came from."""
    by.require("circulation.set-rules")
    draft = PolicyDraft.objects.create(
        name=name, rules=dict(rules), effective_from=effective_from, base=base, changed_by=by.ref, changed_at=at
    )
    _record(draft, "begun", by, at)
    return draft


@transaction.atomic
def change_draft(
    *,
    draft: PolicyDraft,
    revision: int,
    by: Actor,
    at: datetime,
    rules: Mapping[str, Any] | None = None,
    name: str = "",
    effective_from: date | None = None,
    what: str = "changed",
    rule: str = "",
) -> PolicyDraft:
    """Keep a change of the rules, of the name or of the day. `revision` is the one that was read.

    Refused: draft-changed-meanwhile, draft-closed, and rules-rejected for every pair that quarrels and rule out of reach.
    """
    by.require("circulation.set-rules")
    row = _open_under_lock(draft)
    if row.revision != revision:
        raise Refused(Reason("draft-changed-meanwhile"))
    if rules is not None:
        if reasons := objections_to_rules(rules, kinds_of_places()):
            raise Refused(*reasons)
        row.rules = dict(rules)
    row.name = name or row.name
    row.effective_from = effective_from or row.effective_from
    _keep(row, by, at)
    _record(row, what, by, at, rule)
    return row


@transaction.atomic
def publish_draft(*, draft: PolicyDraft, revision: int, by: Actor, at: datetime) -> PolicySet:
    """Put the draft in force from its day. Refused as change_draft and save_policy_set, and draft-changes-nothing."""
    by.require("circulation.set-rules")
    row = _open_under_lock(draft)
    if row.revision != revision:
        raise Refused(Reason("draft-changed-meanwhile"))
    if changes_nothing(row):
        raise Refused(Reason("draft-changes-nothing"))
    published = save_policy_set(name=row.name, rules=row.rules, effective_from=row.effective_from, by=by, at=at)
    row.published, row.closed_at = published, at
    _keep(row, by, at)
    _record(row, "published", by, at)
    return published


def changes_nothing(draft: PolicyDraft) -> bool:
    """Whether it says what the version says that is in force on the draft's first day without it."""
    there = PolicySet.objects.in_force(draft.effective_from).first()
    return there is not None and digest_of(there.rules) == digest_of(draft.rules)


@transaction.atomic
def discard_draft(*, draft: PolicyDraft, by: Actor, at: datetime) -> PolicyDraft:
    """Put the draft away; reopen_draft takes it up again."""
    by.require("circulation.set-rules")
    row = _open_under_lock(draft)
    row.closed_at = at
    _keep(row, by, at)
    _record(row, "discarded", by, at)
    return row


@transaction.atomic
def reopen_draft(*, draft: PolicyDraft, by: Actor, at: datetime) -> PolicyDraft:
    """Take a draft up again that was put away. Refused("draft-closed") when it was published."""
    by.require("circulation.set-rules")
    row = PolicyDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if row.published_id:
        raise Refused(Reason("draft-closed"))
    row.closed_at = None
    _keep(row, by, at)
    _record(row, "reopened", by, at)
    return row


@transaction.atomic
def withdraw_policy_set(*, version: int, by: Actor, at: datetime) -> PolicyDraft:
    """Take back rules whose first day has not come; they are a draft again. Refused("rules-in-force") afterwards."""
    by.require("circulation.set-rules")
    found = PolicySet.objects.select_for_update().filter(version=version).first()
    used = found is not None and Loan.objects.filter(policy_set=found).exists()
    if found is None or used or found.effective_from <= timezone.localdate(at):
        raise Refused(Reason("rules-in-force"))
    draft = PolicyDraft.objects.filter(published=found).order_by("-pk").first()
    if draft is None:
        draft = PolicyDraft(name=found.name, rules=found.rules, effective_from=found.effective_from, changed_at=at)
    draft.published, draft.closed_at = None, None
    draft.changed_by, draft.changed_at = by.ref, at
    draft.save()
    subject = f"circulation.policy-set:{found.pk}"
    # What was begun from it holds its changes too, and is compared with what they were changes of.
    PolicyDraft.objects.filter(base=found).update(base=draft.base)
    PolicyDraft.objects.filter(published=found).update(published=None)
    found.delete()
    record(PolicySetWithdrawn(version=version), by=by, at=at, subject=subject)
    _record(draft, "withdrawn", by, at)
    return draft


def _open_under_lock(draft: PolicyDraft) -> PolicyDraft:
    row = PolicyDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, closed_at=None).first()
    if row is None:
        raise Refused(Reason("draft-closed"))
    return row


def _keep(row: PolicyDraft, by: Actor, at: datetime) -> None:
    row.revision += 1
    row.changed_by, row.changed_at = by.ref, at
    row.save()


def _record(draft: PolicyDraft, what: str, by: Actor, at: datetime, rule: str = "") -> None:
    event = PolicyDraftChanged(draft=draft.pk, what=what, rule=rule)
    record(event, by=by, at=at, subject=f"circulation.policy-draft:{draft.pk}")
