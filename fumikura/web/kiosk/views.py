"""Pages of the kiosk. Each works without a script; with one, the circle empties in 60 seconds and the page speaks."""

from collections import Counter
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loans_of
from fumikura.circulation.services import waiting_for_reader
from fumikura.discovery.parsing import parse
from fumikura.discovery.queries import search as find
from fumikura.holdings.queries import find_item
from fumikura.kernel.barcodes import clean
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.composing import Slip, slip
from fumikura.notices.words import language_of
from fumikura.organisation.services import sign_in_device
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import card_is_stopped, find_patron_by_card
from fumikura.patrons.services.passwords import check_password
from fumikura.web.design.days import day
from fumikura.web.kiosk.acts import Said, lend, refusal, take_back, title_of
from fumikura.web.kiosk.screen import KINDS, Screen, on_a_device, reader_of, remember, seal
from fumikura.web.kiosk.waiting import waits_for
from fumikura.web.nearest import Nearest, nearest_copies
from fumikura.web.visitors import address_of, typed

SHOWN = 12


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Staff type the code and the key of the device once; the screen keeps it until the device is stopped."""
    code, trouble = typed(request.POST, "code", 30), []
    if request.method == "POST":
        try:
            device = sign_in_device(
                code=code, key=typed(request.POST, "key", 60), address=address_of(request), at=timezone.now()
            )
            if device.kind not in KINDS:
                raise Refused(Reason("sign-in-failed"))
        except Refused as refused:
            trouble = [_why_not(reason) for reason in refused.reasons]
        else:
            response = HttpResponseRedirect(reverse("kiosk:home"))
            remember(response, device)
            return response
    return render(request, "kiosk/start.html", {"code": code, "trouble": trouble}, status=403 if trouble else 200)


def _why_not(reason: Reason) -> tuple[str, str]:
    """For staff who set up a screen: a device has a code and a key, where people have a number and a password."""
    if reason.kind != "sign-in-failed":
        return words(reason, get_language() or "ja")
    again = gettext("鍵をもう一度見くらべてください。なくしたときは「fumikura device key コード」で新しい鍵が出ます。")
    return gettext("コードと鍵の組み合わせが合いません。"), again


@require_safe
@on_a_device
def home(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Where every reader begins. The language of the one before is forgotten."""
    if "over" not in request.GET:
        return _page(request, screen, "home", heading=gettext("カードか本を、読み取り機にかざしてください。"))
    response = HttpResponseRedirect(reverse("kiosk:home"))
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@on_a_device
def loans(request: HttpRequest, screen: Screen) -> HttpResponse:
    """A card opens; a book is lent to whose card is open."""
    return _card_and_books(request, screen, "loans", gettext("借りる"))


@require_http_methods(["GET", "HEAD", "POST"])
@on_a_device
def holds(request: HttpRequest, screen: Screen) -> HttpResponse:
    """What lies ready for the card, with the number of its place; taken along by its own scan or by its button."""
    return _card_and_books(request, screen, "holds", gettext("予約の本"))


def _card_and_books(request: HttpRequest, screen: Screen, page: str, heading: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, screen, page, heading=heading)
    patron, scanned = reader_of(request), typed(request.POST, "scanned", 40)
    said: Said | None = None
    try:
        if not scanned:
            said = Said("ask", gettext("番号が読めませんでした"), gettext("もう一度、ゆっくりかざしてください。"))
        elif other := find_patron_by_card(scanned):
            patron, said = _opened(request, screen, other, scanned)
        elif patron is None:
            said = _without_card(request, scanned)
        else:
            said = lend(screen, patron, find_item(scanned))
    except Refused as refused:
        said = refusal(refused)
    return _page(request, screen, page, heading=heading, patron=patron, said=said)


def _without_card(request: HttpRequest, scanned: str) -> Said:
    find_item(scanned)
    if request.POST.get("open"):
        return Said("ask", gettext("時間がたちました"), gettext("カードをもう一度かざしてください。"))
    return Said("ask", gettext("先にカードをかざしてください。"), gettext("そのあとで、もう一度本をかざします。"))


def _opened(request: HttpRequest, screen: Screen, patron: Patron, card: str) -> tuple[Patron | None, Said | None]:
    """The card is good here; with a password when the device asks for one. A lent card of somebody else ends nothing."""
    if card_is_stopped(card):
        raise Refused(Reason("card-stopped"))
    if not screen.device.asks_password:
        return patron, None
    password = request.POST.get("password", "")[:1024]
    if not password:
        return None, Said("password", gettext("パスワードを入れてください。"), titles=(clean(card),))
    return check_password(card, password, address_of(request), screen.at), None


@require_http_methods(["GET", "HEAD", "POST"])
@on_a_device
def returns(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Books come back without a card."""
    said: Said | None = None
    if request.method == "POST":
        try:
            said = take_back(screen, find_item(typed(request.POST, "scanned", 40)))
        except Refused as refused:
            said = refusal(refused)
    return _page(request, screen, "returns", heading=gettext("返す"), said=said)


@require_http_methods(["POST"])
@on_a_device
def scans(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The first page: a card opens it, a book that is on loan comes back, any other asks for the card."""
    scanned = typed(request.POST, "scanned", 40)
    if find_patron_by_card(scanned):
        return loans(request)
    try:
        item = find_item(scanned)
    except Refused as refused:
        return _page(request, screen, "home", heading=gettext("もう一度かざしてください。"), said=refusal(refused))
    return returns(request) if Loan.objects.open().filter(item=item).exists() else loans(request)


@require_safe
@on_a_device
def search(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Where a book stands, from this site's point of view."""
    asked = typed(request.GET, "q", 100)
    here = screen.device.facility.code
    answer = find(parse(asked), rows=SHOWN, facets=()) if asked else None
    hits = nearest_copies([hit.record_id for hit in answer.hits], at=screen.at, usual=here) if answer else []
    return _page(
        request,
        screen,
        "search",
        heading=gettext("さがす"),
        asked=asked,
        total=answer.total if answer else 0,
        hits=[_hit(hit, here) for hit in hits],
    )


def _hit(hit: Nearest, here: str) -> dict[str, Any]:
    item, state = hit.item, hit.state
    return {
        "pk": hit.record.pk,
        "title": hit.record.title,
        "creator": spoken_name(hit.record.creator),
        "ndc": hit.record.ndc,
        "kind": hit.record.kind,
        "state": "here" if hit.is_in else "wait" if state and state.kind == "on-loan" else "none",
        "words": _standing(hit, here),
        "shelf": item.location.name if item and item.location and hit.is_in else "",
        "call_number": item.call_number if item and hit.is_in else "",
    }


def _standing(hit: Nearest, here: str) -> str:
    if hit.item is None or hit.state is None:
        return gettext("いまはありません")
    if hit.is_in:
        if hit.item.home.code == here:
            return gettext("この館の棚にあるはずです")
        return gettext("{place}の棚にあるはずです").format(place=hit.item.home.name)
    if hit.state.kind == "on-loan" and hit.state.due_on:
        return gettext("貸出中・{due}まで").format(due=day(hit.state.due_on))
    return gettext("いまはありません")


def _page(request: HttpRequest, screen: Screen, name: str, *, heading: str, **values: Any) -> HttpResponse:
    patron: Patron | None = values.pop("patron", None)
    said: Said | None = values.pop("said", None)
    context = {
        "screen": screen,
        "heading": heading,
        "mode": name,
        "said": asdict(said) if said else None,
        "sealed": seal(patron) if patron else "",
        "reader": _family_name(patron) if patron else "",
        "request_key": uuid4().hex,
        **(_of(patron, screen, slip=name == "loans") if patron else {}),
        **({"line": waits_for(patron, screen)} if patron and name == "holds" else {}),
        **values,
    }
    return render(request, f"kiosk/{name}.html", context, status=422 if said and said.kind == "stop" else 200)


def _family_name(patron: Patron) -> str:
    """水野さん: enough to see that the right card was read, too little for who looks over the shoulder."""
    return patron.name.split()[0] if patron.name.split() else patron.name


def _of(patron: Patron, screen: Screen, *, slip: bool) -> dict[str, Any]:
    lent = _lent(patron)
    return {
        "lent": lent,
        "waiting": _waiting(patron, screen),
        "slip": _slip(lent, screen) if slip and lent else None,
    }


def _slip(lent: list[dict[str, Any]], screen: Screen) -> Slip:
    """Days and how many, in the language of the screen; titles stay on the screen."""
    on = Counter(loan["due"] for loan in sorted(lent, key=lambda loan: loan["on"]))
    days = [{"day": due, "count": str(many)} for due, many in on.items()]
    now = timezone.localtime(screen.at)
    values = {
        "place": screen.place_name,
        "phone": screen.device.facility.phone,
        "printed": f"{day(now.date())} {now:%H:%M}",
    }
    return slip("kiosk-slip", language_of(get_language() or "ja"), values, days)


def _lent(patron: Patron) -> list[dict[str, Any]]:
    """What was scanned last stands first, where the eye is."""
    loans = sorted(open_loans_of(patron), key=lambda loan: (loan.lent_at, loan.pk), reverse=True)
    return [{"title": title_of(loan.item), "due": day(loan.due_on), "on": loan.due_on} for loan in loans]


def _waiting(patron: Patron, screen: Screen) -> list[dict[str, Any]]:
    found = waiting_for_reader(patron, screen.device.facility)
    return [
        {
            "title": title_of(one.item),
            "barcode": one.item.barcode,
            "slot": f"{one.place.pk % 10000:04d}",
            "crate": one.crate,
            "position": one.position,
            "until": day(one.place.until) if one.place.until else "",
        }
        for one in found
    ]
