"""The form, the answer with its QR, and the postcode that fills the address."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.days import day_written
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.services.applications import FIELDS, addresses_of_postcode, apply_for_card, has_postcodes
from fumikura.web import codes
from fumikura.web.visitors import typed

SALT = "join.done"
SHOWN_FOR = 24 * 3600
CONFIRMED, CONFIRMED_FOR, LONGEST_SEAL = "join.confirmed", 3600, 4000
APPLICANT = Actor(ref="visitor", via="opac", permissions=frozenset({"patrons.apply"}))
FIELD_WORDS = {
    "name": _l("お名前"),
    "reading": _l("よみ"),
    "born_on": _l("生まれた日"),
    "postcode": _l("郵便番号"),
    "address": _l("住所"),
    "phone": _l("電話"),
    "email": _l("メール"),
    "password": _l("パスワード"),
}
"""In the order of the form."""
OF_FIELD = {
    "reading-not-kana": "reading",
    "name-reading-not-kana": "reading",
    "name-parts-differ": "reading",
    "birthday-wrong": "born_on",
    "postcode-wrong": "postcode",
    "password-too-short": "password",
    "password-too-long": "password",
    "password-guessable": "password",
}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """All errors at once, each beside its field; nothing that was typed is lost."""
    if request.method != "POST":
        return form_page(request, {})
    answers = {name: typed(request.POST, name, 200) for name in FIELDS}
    if "look_up" in request.POST:
        return form_page(request, {}, looked=True)
    key = typed(request.POST, "request_key", 64) or uuid4().hex
    born_on = day_written(answers["born_on"])
    answers["born_on"] = born_on.isoformat() if born_on else answers["born_on"]
    password = request.POST.get("password", "")[:1024]
    answers["language"] = get_language() or "ja"

    confirmed = _confirmed(request.POST.get("confirmed", "")[:LONGEST_SEAL])

    def act() -> dict[str, Any]:
        made = apply_for_card(answers=answers, password=password, confirmed=confirmed, by=APPLICANT, at=timezone.now())
        return {"code": made.code}

    try:
        made, _is_new = once(key, act, door="join", at=timezone.now())
    except Refused as refused:
        return form_page(request, _errors(refused))
    sealed = signing.dumps(made["code"], salt=SALT)
    return HttpResponseRedirect(f"{reverse('join:done')}?{urlencode({'a': sealed})}")


def _errors(refused: Refused) -> dict[str, str]:
    found: dict[str, str] = {}
    for reason in refused.reasons:
        sentence, way_out = words(reason, get_language() or "ja")
        field = reason.about if reason.kind == "application-incomplete" else OF_FIELD.get(reason.kind, "name")
        said = _("書いてください。") if reason.kind == "application-incomplete" else f"{sentence}{way_out}"
        found.setdefault(field, said)
    return found


def form_page(
    request: HttpRequest,
    errors: dict[str, str],
    *,
    looked: bool = False,
    facts: Mapping[str, str] | None = None,
    not_confirmed: bool = False,
) -> HttpResponse:
    """The form with what was typed, or with the `facts` that the city's identity service has just told."""
    given = {name: typed(request.POST, name, 200) for name in FIELDS} | dict(facts or {})
    sealed = signing.dumps(dict(facts), salt=CONFIRMED) if facts else request.POST.get("confirmed", "")[:LONGEST_SEAL]
    found = addresses_of_postcode(given["postcode"]) if looked else []
    if len(found) == 1 and not given["address"].startswith(found[0]):
        given["address"] = found[0]
    page = {
        "given": given,
        "errors": errors,
        "to_mend": [(name, f"{FIELD_WORDS[name]}：{errors[name]}") for name in FIELD_WORDS if name in errors],
        "fills": has_postcodes(),
        "found": found,
        "looked": looked,
        "residencies": [(value, str(label)) for value, label in _residencies()],
        "today": timezone.localdate().isoformat(),
        "request_key": uuid4().hex,
        "city_identity": bool(settings.CITY_ID_URL),
        "confirmed": sealed if _confirmed(sealed) else "",
        "not_confirmed": not_confirmed,
    }
    return render(request, "join/form.html", page, status=422 if errors else 200)


def _confirmed(sealed: str) -> dict[str, str]:
    """What the city told, as it went along in the form; nothing when it is not from us or too old."""
    try:
        return dict(signing.loads(sealed, salt=CONFIRMED, max_age=CONFIRMED_FOR)) if sealed else {}
    except signing.BadSignature:
        return {}


def _residencies() -> list[tuple[str, str]]:
    return [
        (Patron.Residency.RESIDENT, _("市内に住んでいる")),
        (Patron.Residency.WORKS, _("市内で働いている")),
        (Patron.Residency.STUDIES, _("市内の学校に通っている")),
        (Patron.Residency.NEIGHBOUR, _("となりの市町に住んでいる")),
    ]


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The QR to show at any desk. The address is sealed: nobody comes by it with a guessed code."""
    try:
        code = str(signing.loads(request.GET.get("a", "")[:200], salt=SALT, max_age=SHOWN_FOR))
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("join:form"))
    rows = codes.qr(code)
    path = "".join(
        f"M{x + 4} {y + 4}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in codes.black(row)
    )
    page = {"code": f"{code[:4]} {code[4:]}", "path": path, "side": len(rows) + 8}
    return render(request, "join/done.html", page)


@require_safe
def postcode(request: HttpRequest) -> JsonResponse:
    """For the script of the form: what this number stands for."""
    answer = JsonResponse({"addresses": addresses_of_postcode(typed(request.GET, "number", 12))[:10]})
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
