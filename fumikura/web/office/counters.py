"""数え方: describing what is counted together, beside the kinds of material, so that rules may set a limit on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import PolicyDraft
from fumikura.circulation.rules.describing import Described, described, next_code, with_counter
from fumikura.circulation.rules.policies import Count
from fumikura.circulation.rules.resolution import RuleSet
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.office.drafts import RIGHT, back_to, found
from fumikura.web.office.frame import office
from fumikura.web.office.rule_form import Condition, Unreadable
from fumikura.web.office.rule_sentences import counted_words
from fumikura.web.office.rule_trouble import SHOWN, Trouble, trouble_of
from fumikura.web.office.rule_words import Names
from fumikura.web.visitors import for_staff, typed, visitor

TICKED = ("material", "transaction", "owner", "pickup", "origin")
"""What is chosen from a list; one ticked means it and all below it, several mean any of them."""
MOST = {"loan": "most:loan", "hold": "most:hold"}
"""The fields of the limits for everybody."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the page shows, kept or typed."""

    ja: str
    en: str
    chosen: Mapping[str, list[str]]
    collection: str
    limits: Mapping[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def counter(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one counter: ?id= an existing one, without: an empty one."""
    wanted = found(pk)
    if request.method == "POST":
        return _keep(request, wanted)
    code = typed(request.GET, "id", 40)
    if not code:
        return _page(request, wanted, Form(ja="", en="", chosen={}, collection="", limits={}), was="")
    if code not in wanted.rules.get("counters", {}):
        raise Http404
    return _page(request, wanted, _kept(described(wanted.rules, code)), was=code)


def _keep(request: HttpRequest, wanted: PolicyDraft) -> HttpResponse:
    was = typed(request.POST, "was", 40)
    form = _sent(request.POST)
    if was and was not in wanted.rules.get("counters", {}):
        raise Http404
    try:
        written = _read(form, was or next_code(wanted.rules), RuleSet.read(wanted.rules))
    except Unreadable as unreadable:
        return _page(request, wanted, form, was=was, errors=unreadable.errors)
    rules = with_counter(wanted.rules, written)
    at, here = timezone.now(), visitor(request)
    key = here.request_key or uuid4().hex
    what = "counter-changed" if was else "counter-added"
    revision = typed(request.POST, "revision", 9)

    def act() -> dict[str, Any]:
        circulation.change_draft(
            draft=wanted, revision=int(revision) if revision.isdecimal() else 0, rules=rules, what=what,
            rule=written.names["ja"], by=here.staff_actor(via="office"), at=at,
        )  # fmt: skip
        return {"what": what, "rule": written.names["ja"]}

    try:
        once(key, act, door="office", at=at)
    except Refused as refused:
        new = RuleSet.read(rules)
        others = [words(one, get_language() or "ja") for one in refused.reasons if one.about not in SHOWN]
        reasons = others or [(_("この数え方は保存できません。"), _("わけは下のとおりです。入れたものは残っています。"))]
        return _page(
            request, found(wanted.pk), form, was=was, reasons=reasons, trouble=trouble_of(new, Names.for_page(new))
        )
    return back_to(wanted, key)


def _read(form: Form, code: str, rule_set: RuleSet) -> Described:
    """What was typed, as data. Without a name it is called by what it counts. Unreadable names what cannot be read."""
    errors: dict[str, str] = {}
    conditions: dict[str, Any] = {
        name: ticked[0] if len(ticked) == 1 else ticked for name, ticked in form.chosen.items()
    }
    if collections := form.collection.split():
        conditions["collection"] = collections[0] if len(collections) == 1 else collections
    limits: dict[str, Count] = {}
    for what, most in form.limits.items():
        if re.fullmatch("[0-9]{1,4}", most):
            limits[what] = int(most)
        elif most:
            errors[MOST[what]] = _("0から9999までの数字を入れてください。")
    if not conditions:
        errors["if"] = _("何を数えるか、1つは選んでください。")
    if errors:
        raise Unreadable(errors)
    names = {"ja": form.ja or _called("ja", conditions, rule_set), "en": form.en or _called("en", conditions, rule_set)}
    return Described(code=code, conditions=conditions, names=names, limits=limits)


def _called(language: str, conditions: Mapping[str, Any], rule_set: RuleSet) -> str:
    with override(language):
        return counted_words(conditions, Names.for_page(rule_set))


def _sent(sent: QueryDict) -> Form:
    ticked = {name: [one for one in sent.getlist(f"if:{name}") if len(one) <= 40] for name in TICKED}
    return Form(
        ja=typed(sent, "ja", 60),
        en=typed(sent, "en", 60),
        chosen={name: chosen for name, chosen in ticked.items() if chosen},
        collection=typed(sent, "if:collection", 200),
        limits={what: typed(sent, field, 10) for what, field in MOST.items()},
    )


def _kept(counter: Described) -> Form:
    chosen = {name: [said] if isinstance(said, str) else list(said) for name, said in counter.conditions.items()}
    return Form(
        ja=counter.names.get("ja", ""),
        en=counter.names.get("en", ""),
        collection=" ".join(chosen.pop("collection", [])),
        chosen=chosen,
        limits={what: str(most) for what, most in counter.limits.items() if most != "unlimited"},
    )


def _page(
    request: HttpRequest,
    wanted: PolicyDraft,
    form: Form,
    *,
    was: str,
    errors: Mapping[str, str] | None = None,
    reasons: list[tuple[str, str]] | None = None,
    trouble: list[Trouble] | None = None,
) -> HttpResponse:
    names = Names.for_page(RuleSet.read(wanted.rules))
    page: dict[str, object] = {
        "draft": wanted,
        "was": was,
        "name": names.counter(was) if was else "",
        "form": form,
        "conditions": [_condition(name, form.chosen.get(name, []), names) for name in TICKED],
        "most": {what: form.limits.get(what, "") for what in MOST},
        "errors": errors or {},
        "wrong": {what: (errors or {}).get(field, "") for what, field in MOST.items()},
        "reasons": reasons or [],
        "trouble": trouble or [],
        "revision": typed(request.POST, "revision", 9) or wanted.revision,
        "request_key": uuid4().hex,
    }
    return office(request, "counter", page, status=422 if errors or reasons else 200)


def _condition(dimension: str, chosen: list[str], names: Names) -> Condition:
    labels = {
        "material": _("どの資料を"), "transaction": _("どの館で貸したものを（貸出）"), "owner": _("どの館が持っているものを（貸出）"),
        "pickup": _("どの館で受け取るものを（予約）"), "origin": _("資料の出どころ（貸出）"),
    }  # fmt: skip
    known = names.choices(dimension)
    extra = [(code, code) for code in chosen if code not in dict(known)]
    options = tuple((code, words, code in chosen) for code, words in [*known, *extra])
    ticked = "・".join(words for _code, words, on in options if on)
    return Condition(dimension=dimension, label=labels[dimension], options=options, chosen=ticked)
