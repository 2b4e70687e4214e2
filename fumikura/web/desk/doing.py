"""One act of a page that is not the counter itself: done once, then the page again with what was said or why not."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext

from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.reasons import staff_words
from fumikura.kernel.refusals import Refused
from fumikura.web.design.days import in_japanese
from fumikura.web.desk.answer import say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.place import Place
from fumikura.web.desk.words import joined
from fumikura.web.visitors import typed

Act = Callable[[], dict[str, Any]]
Page = Callable[[str], HttpResponse]


def do(place: Place, act: Act, *, back: str, again: Page) -> HttpResponse:
    """Do `act` once and lead to `back`; refused, show the page `again` with the reasons, and nothing typed is lost."""
    key = place.by.request_key or uuid4().hex
    try:
        once(key, act, door="desk", at=place.at)
    except Refused as refused:
        return again(" ".join(joined(*say(reason)) for reason in refused.reasons))
    except ValueError:
        return again(gettext("日付か数が入っていないか、読めません。確かめて、もう一度入れてください。"))
    return HttpResponseRedirect(f"{back}?{urlencode({'after': key})}")


def done(request: HttpRequest) -> dict[str, Any]:
    """What the act that led here was answered; empty when nothing was done just now."""
    return answer_to(typed(request.GET, "after", 64), door="desk")


def staff_page(
    request: HttpRequest, place: Place, template: str, *, mode: str, heading: str, trouble: str = "", **more: object
) -> HttpResponse:
    """A page in the frame of the look-ups."""
    frame = {
        "heading": heading,
        "modes": work_modes(mode),
        "place_name": place.name,
        "trouble": trouble,
        "request_key": uuid4().hex,
    }
    return render(request, f"desk/{template}.html", {**frame, **more}, status=422 if trouble else 200)


def told(messages: list[str]) -> str:
    """What a verb tells staff, in words."""
    return " ".join(joined(*staff_words(message, "ja" if in_japanese() else "en")) for message in messages)
