"""書かない窓口 at the counter: scan the QR, look at the document, scan the card. And what registered readers asked for."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Application
from fumikura.patrons.queries import categories, find_category
from fumikura.patrons.rules import age_on
from fumikura.patrons.services.applications import (
    drop_application,
    find_application,
    grant_wish,
    hand_over_card,
    open_wishes,
)
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.answer import say
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import joined
from fumikura.web.visitors import typed

CHILD_UNTIL = 12


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def applications(request: HttpRequest, place: Place) -> HttpResponse:
    """A code shows the application; a POST hands over the card, grants a wish, or drops it."""
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place),
            back=reverse("desk:applications"),
            again=lambda trouble: _page(request, place, trouble),
        )
    return _page(request, place)


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    sent = request.POST
    found = find_application(typed(sent, "code", 40), on=timezone.localdate(place.at))
    if "drop" in sent:
        drop_application(application=found, by=place.by, at=place.at)
        return {"did": "dropped"}
    if found.patron_id is not None:
        grant_wish(application=found, by=place.by, at=place.at)
        return {"did": "granted"}
    category = find_category(typed(sent, "category", 20))
    if category is None:
        raise ValueError
    patron = hand_over_card(
        application=found, card=typed(sent, "card", 40), category=category, home=place.facility, by=place.by, at=place.at
    )  # fmt: skip
    return {"did": "registered", "patron": patron.pk}


def _page(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    place.by.require("patrons.register")
    code = typed(request.POST if request.method == "POST" else request.GET, "code", 40)
    found: Application | None = None
    if code:
        try:
            found = find_application(code, on=timezone.localdate(place.at))
        except Refused as refused:
            trouble = trouble or " ".join(joined(*say(reason)) for reason in refused.reasons)
    return staff_page(
        request,
        place,
        "applications",
        mode="applications",
        heading=gettext("申込み（書かない窓口）"),
        trouble=trouble,
        found=found,
        facts=_facts(found) if found else [],
        confirmed=_confirmed(found) if found else [],
        categories=[(one.code, one.name if in_japanese() else one.name_en or one.name) for one in categories()],
        category=_usual_category(found, place) if found else "",
        wishes=[(one, _facts(one)) for one in open_wishes(on=timezone.localdate(place.at))],
        said=_said(done(request)),
    )


def _facts(one: Application) -> list[tuple[str, str]]:
    answers = one.answers
    born_on = answers.get("born_on", "")
    who = one.patron
    kept = [
        (gettext("お名前"), answers.get("name", "") or (who.name if who else "")),
        (gettext("よみ"), answers.get("reading", "")),
        (gettext("生まれた日"), born_on),
        (gettext("ご住所"), f"{answers.get('postcode', '')} {answers.get('address', '')}".strip()),
        (gettext("電話"), answers.get("phone", "")),
        (gettext("メール"), answers.get("email", "")),
        (gettext("申し込んだ日"), day(timezone.localdate(one.applied_at))),
    ]
    return [(what, value) for what, value in kept if value]


def _confirmed(one: Application) -> list[str]:
    """What the city's identity service has told the same of."""
    names = {"name": gettext("お名前"), "born_on": gettext("生まれた日"), "address": gettext("ご住所")}
    return [names[code] for code in one.answers.get("confirmed", "").split() if code in names]


def _usual_category(one: Application, place: Place) -> str:
    """By age; staff may choose another."""
    codes = [category.code for category in categories()]
    try:
        age = age_on(date.fromisoformat(one.answers.get("born_on", "")), timezone.localdate(place.at))
    except ValueError:
        age = None
    wanted = "child" if age is not None and age <= CHILD_UNTIL else "adult"
    return wanted if wanted in codes else next(iter(codes), "")


def _said(answer: dict[str, Any]) -> str:
    return {
        "registered": gettext("登録して、カードを渡しました。すぐに借りられます。"),
        "granted": gettext("申込みのとおりに変えました。"),
        "dropped": gettext("申込みを取り下げ、書かれた内容を消しました。"),
    }.get(answer.get("did", ""), "")
