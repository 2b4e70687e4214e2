"""Writing the rules: a draft as sentences, one rule at a time, and putting it in force."""

import copy
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.circulation import services as circulation
from fumikura.circulation.house import house_rules
from fumikura.circulation.models import PolicyDraft, PolicySet
from fumikura.circulation.rules.comparing import counter_differences, differences
from fumikura.circulation.rules.describing import without_counter
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import staff_names
from fumikura.web.office.frame import office
from fumikura.web.office.history import draft_words
from fumikura.web.office.rule_form import Unreadable, blanks_of, conditions_of, read_rule
from fumikura.web.office.rule_sentences import Change, Told, change, tell, tell_counter
from fumikura.web.office.rule_trouble import SHOWN, trouble_of
from fumikura.web.office.rule_words import Names
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "circulation.set-rules"


@require_POST
@for_staff(RIGHT)
def begin(request: HttpRequest) -> HttpResponse:
    """A draft as a copy of a version (or of the rules that come with Fumikura, when there is none)."""
    at, here = timezone.now(), visitor(request)
    number = typed(request.POST, "version", 9)
    base = PolicySet.objects.filter(version=int(number)).first() if number.isdecimal() else None
    name = typed(request.POST, "name", 100) or _("新しい規則")

    def act() -> dict[str, Any]:
        draft = circulation.begin_draft(
            name=name, rules=base.rules if base else house_rules(), base=base, by=here.staff_actor(via="office"), at=at,
            effective_from=timezone.localdate(at) + timedelta(days=30),
        )  # fmt: skip
        return {"draft": draft.pk}

    body, _before = once(here.request_key or uuid4().hex, act, door="office", at=at)
    return HttpResponseRedirect(reverse("office:draft", args=[body["draft"]]))


def found(pk: int) -> PolicyDraft:
    draft = PolicyDraft.objects.select_related("base", "published").filter(pk=pk).first()
    if draft is None:
        raise Http404
    return draft


def _in_words(refused: Refused) -> list[tuple[str, str]]:
    return [words(reason, get_language() or "ja") for reason in refused.reasons]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as sentences; a POST gives it another name or another first day."""
    wanted = found(pk)
    if request.method != "POST":
        return _page(request, wanted)
    try:
        starts = date.fromisoformat(typed(request.POST, "effective_from", 10))
    except ValueError:
        starts = wanted.effective_from
    return _change(request, wanted, what="renamed", name=typed(request.POST, "name", 100), effective_from=starts)


def _page(request: HttpRequest, wanted: PolicyDraft, *, reasons: Any = (), status: int = 200) -> HttpResponse:
    rule_set = RuleSet.read(wanted.rules)
    names = Names.for_page(rule_set)
    done = answer_to(typed(request.GET, "after", 64), door="office")
    base = RuleSet.read(wanted.base.rules) if wanted.base else None
    changed = {one.rule: one.how for one in differences(base, rule_set)} if base else {}
    recounted = {one.rule: one.how for one in counter_differences(base, rule_set)} if base else {}
    page: dict[str, object] = {
        "draft": wanted,
        "rules": [{"told": tell(rule, names), "how": changed.get(rule.id, "")} for rule in rule_set.rules],
        "gone": [tell(rule, names) for rule in base.rules if changed.get(rule.id) == "removed"] if base else [],
        "counters": [
            {"code": code, "told": tell_counter(code, names), "how": recounted.get(code, "")}
            for code in rule_set.counters
        ],
        "counters_gone": _counters_gone(base, recounted) if base else [],
        "changes": len(changed) + len(recounted),
        "trouble": trouble_of(rule_set, names),
        "who": staff_names([wanted.changed_by]).get(wanted.changed_by, ""),
        "said": _said(done),
        "reasons": reasons,
        "request_key": uuid4().hex,
        "tomorrow": timezone.localdate() + timedelta(days=1),
    }
    return office(request, "draft", page, status=status)


def _counters_gone(base: RuleSet, recounted: Mapping[str, str]) -> list[Told]:
    gone = [code for code, how in recounted.items() if how == "removed"]
    names = Names.for_page(base) if gone else None
    return [tell_counter(code, names) for code in gone] if names else []


def _said(done: dict[str, Any]) -> str:
    return draft_words(str(done.get("what", "")), str(done.get("rule", "")))


def _change(request: HttpRequest, wanted: PolicyDraft, *, what: str, rule: str = "", **changes: Any) -> HttpResponse:
    at, here = timezone.now(), visitor(request)
    key = here.request_key or uuid4().hex
    revision = typed(request.POST, "revision", 9)

    def act() -> dict[str, Any]:
        circulation.change_draft(
            draft=wanted, revision=int(revision) if revision.isdecimal() else 0, by=here.staff_actor(via="office"),
            at=at, what=what, rule=rule, **changes,
        )  # fmt: skip
        return {"what": what, "rule": rule}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        return _page(request, found(wanted.pk), reasons=_in_words(refused), status=422)
    return back_to(wanted, key)


def back_to(wanted: PolicyDraft, key: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('office:draft', args=[wanted.pk])}?{urlencode({'after': key})}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one rule: ?id= an existing one, ?copy= a new one like it, neither: an empty one."""
    wanted = found(pk)
    if request.method == "POST":
        return _keep_rule(request, wanted)
    chosen = typed(request.GET, "id", 40) or typed(request.GET, "copy", 40)
    kept = next((one for one in wanted.rules["rules"] if one["id"] == chosen), None)
    written = copy.deepcopy(kept) if kept else {"from": wanted.effective_from.isoformat(), "if": {}, "give": {}}
    if "copy" in request.GET:
        written["id"] = ""
    return _rule_page(request, wanted, written, was=typed(request.GET, "id", 40) if kept else "")


def _rule_page(
    request: HttpRequest,
    wanted: PolicyDraft,
    written: dict[str, Any],
    *,
    was: str,
    errors: dict[str, str] | None = None,
    reasons: Any = (),
    trouble: Any = (),
) -> HttpResponse:
    names = Names.for_page(RuleSet.read(wanted.rules))
    errors = errors or {}
    sent = request.POST if request.method == "POST" else None
    season, age = written["if"].get("season", ["", ""]), written["if"].get("age", ["", ""])
    page: dict[str, object] = {
        "draft": wanted,
        "was": was,
        "rule": {"id": written.get("id", ""), "from": written.get("from", ""), "until": written.get("until", "")},
        "conditions": conditions_of(written, names),
        "age": {"first": age[0], "last": age[1]},
        "season": {"first": season[0], "last": season[1]},
        "written": {one: _joined(written["if"].get(one, "")) for one in ("collection",)},
        "groups": [
            {"heading": heading, "shown": shown, "folded": folded}
            for heading, shown, folded in blanks_of(written, names, errors, sent)
        ],
        "errors": errors,
        "reasons": reasons,
        "trouble": trouble,
        "revision": typed(request.POST, "revision", 9) or wanted.revision,
        "request_key": uuid4().hex,
    }
    return office(request, "rule", page, status=422 if errors or reasons else 200)


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _keep_rule(request: HttpRequest, wanted: PolicyDraft) -> HttpResponse:
    was = typed(request.POST, "was", 40)
    rule_set = RuleSet.read(wanted.rules)
    try:
        written = read_rule(request.POST, rule_set)
    except Unreadable as unreadable:
        return _rule_page(request, wanted, _as_sent(request), was=was, errors=dict(unreadable.errors))
    rules = copy.deepcopy(wanted.rules)
    ids = [one["id"] for one in rules["rules"]]
    if written["id"] in ids and written["id"] != was:
        taken = {"id": _("この名前の規則は、もうあります。別の名前にしてください。")}
        return _rule_page(request, wanted, written, was=was, errors=taken)
    if was in ids:
        rules["rules"][ids.index(was)] = written
    else:
        rules["rules"].append(written)
    at, here = timezone.now(), visitor(request)
    key = here.request_key or uuid4().hex
    what = "rule-changed" if was in ids else "rule-added"
    revision = typed(request.POST, "revision", 9)

    def act() -> dict[str, Any]:
        circulation.change_draft(
            draft=wanted, revision=int(revision) if revision.isdecimal() else 0, rules=rules, what=what,
            rule=written["id"], by=here.staff_actor(via="office"), at=at,
        )  # fmt: skip
        return {"what": what, "rule": written["id"]}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        new = RuleSet.read(rules)
        trouble = trouble_of(new, Names.for_page(new))
        others = tuple(one for one in refused.reasons if one.about not in SHOWN)
        what_to_do = (
            _("下の2つの規則を見くらべて、どちらかを直してください。")
            if any(len(one.rules) > 1 for one in trouble)
            else _("わけは下のとおりです。入れたものは残っています。")
        )
        reasons = _in_words(Refused(*others)) or [(_("この規則は保存できません。"), what_to_do)]
        return _rule_page(request, found(wanted.pk), written, was=was, reasons=reasons, trouble=trouble)
    return back_to(wanted, key)


def _as_sent(request: HttpRequest) -> dict[str, Any]:
    """What was typed, as far as it is needed to show the form again: the blanks are taken from the request itself."""
    sent = request.POST
    ticked = {name[3:]: sent.getlist(name) for name in sent if name.startswith("if:")}
    bands = {
        name: [typed(sent, f"{name}:first", 10), typed(sent, f"{name}:last", 10)] for name in ("age", "season")
    }  # fmt: skip
    return {**{name: typed(sent, name, 40) for name in ("id", "from", "until")}, "if": {**ticked, **bands}, "give": {}}


@require_POST
@for_staff(RIGHT)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule out of the draft. Refused when other rules need it as their default."""
    wanted = found(pk)
    gone = typed(request.POST, "id", 40)
    rules = {**wanted.rules, "rules": [one for one in wanted.rules["rules"] if one["id"] != gone]}
    return _change(request, wanted, what="rule-removed", rule=gone, rules=rules)


@require_POST
@for_staff(RIGHT)
def remove_counter(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a counter out of the draft, with the limits that its rules set on it."""
    wanted = found(pk)
    gone = typed(request.POST, "id", 40)
    name = Names.for_page(RuleSet.read(wanted.rules)).counter(gone)
    return _change(request, wanted, what="counter-removed", rule=name, rules=without_counter(wanted.rules, gone))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
@stepped_up
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks once more, with all that changes; the POST puts the draft in force from its day."""
    wanted, at, here = found(pk), timezone.now(), visitor(request)
    rule_set = RuleSet.read(wanted.rules)
    base = wanted.base or PolicySet.objects.in_force(timezone.localdate(at)).first()
    page: dict[str, object] = {
        "draft": wanted,
        "changes": changes_in_words(RuleSet.read(base.rules), rule_set) if base else [],
        "base": base,
        "request_key": uuid4().hex,
    }
    if request.method != "POST":
        if circulation.changes_nothing(wanted):
            page |= {"idle": True, "reasons": _in_words(Refused(Reason("draft-changes-nothing")))}
        return office(request, "publish", page)
    revision = typed(request.POST, "revision", 9)

    def act() -> dict[str, Any]:
        published = circulation.publish_draft(
            draft=wanted,
            revision=int(revision) if revision.isdecimal() else 0,
            by=here.staff_actor(via="office"),
            at=at,
        )
        return {"published": published.version}

    key = here.request_key or uuid4().hex
    try:
        body, _before = once(key, act, door="office", at=at)
    except Refused as refused:
        return office(request, "publish", {**page, "reasons": _in_words(refused)}, status=422)
    return HttpResponseRedirect(f"{reverse('office:version', args=[body['published']])}?{urlencode({'after': key})}")


def changes_in_words(old: RuleSet, new: RuleSet) -> list[Change]:
    """Each rule and each counter that differs, as it was and as it becomes."""
    was, becomes = ({rule.id: rule for rule in rules.rules} for rules in (old, new))
    before, after = Names.for_page(old), Names.for_page(new)
    of_rules = [
        change(
            one.how,
            tell(was[one.rule], before) if one.rule in was else None,
            tell(becomes[one.rule], after) if one.rule in becomes else None,
        )
        for one in differences(old, new)
    ]
    of_counters = [
        change(
            one.how,
            tell_counter(one.rule, before) if one.rule in old.counters else None,
            tell_counter(one.rule, after) if one.rule in new.counters else None,
        )
        for one in counter_differences(old, new)
    ]
    return of_rules + of_counters


@require_POST
@for_staff(RIGHT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the draft away, or take it up again."""
    wanted, at, here = found(pk), timezone.now(), visitor(request)
    reopens = "reopen" in request.POST
    key = here.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        verb = circulation.reopen_draft if reopens else circulation.discard_draft
        verb(draft=wanted, by=here.staff_actor(via="office"), at=at)
        return {"what": "reopened" if reopens else "discarded"}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        return _page(request, found(pk), reasons=_in_words(refused), status=422)
    return back_to(wanted, key)


def withdrawn_to(version: int, request: HttpRequest, at: datetime) -> HttpResponse:
    """Take a version back that has not come into force, and open it as a draft."""
    here = visitor(request)
    key = here.request_key or uuid4().hex

    def act() -> dict[str, Any]:
        again = circulation.withdraw_policy_set(version=version, by=here.staff_actor(via="office"), at=at)
        return {"draft": again.pk, "what": "withdrawn"}

    body, _before = once(key, act, door="office", at=at)
    return back_to(found(body["draft"]), key)
