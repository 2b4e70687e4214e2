"""図書館ターミナル: one screen, one field, two keys. A card shows what lies ready and where; a book comes back; a crate arrives."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Crate, Loan
from fumikura.holdings.models import Item
from fumikura.journal.services import once
from fumikura.kernel.reasons import staff_words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import places_by_code
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import get_patron
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.answer import door_among, say
from fumikura.web.desk.page import work_modes
from fumikura.web.desk.panel import ruby
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.readings import read
from fumikura.web.desk.shelves import slot_of
from fumikura.web.desk.words import grouped, joined, name_of, title_of
from fumikura.web.visitors import typed

SALT = "desk.terminal"
OPEN_FOR = 600
"""Seconds for which a card stays open on the screen."""


@dataclass
class Screen:
    """What is said: a headline, what to do, and lines below."""

    kind: str = ""
    headline: str = ""
    do: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    """(what, kind of tag)"""
    ask_crate: int = 0
    """Row number of an item for which no crate stands open."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def terminal(request: HttpRequest, place: Place) -> HttpResponse:
    """A POST is a scan, or one of the two keys: hand out, next."""
    if request.method != "POST" or "next" in request.POST:
        return _page(request, place, None, Screen())
    patron = _patron(typed(request.POST, "open", 200))
    try:
        return _answer(request, place, patron)
    except Refused as refused:
        trouble = [(joined(*say(reason)), "stop") for reason in refused.reasons]
        return _page(request, place, patron, Screen("stop", gettext("できません"), lines=trouble))


def _patron(sealed: str) -> Patron | None:
    try:
        return get_patron(int(signing.loads(sealed, salt=SALT, max_age=OPEN_FOR)))
    except (signing.BadSignature, ValueError, Patron.DoesNotExist):
        return None


def _answer(request: HttpRequest, place: Place, patron: Patron | None) -> HttpResponse:
    key = place.by.request_key or uuid4().hex
    if "hand" in request.POST:
        wanted = {int(one) for one in request.POST.getlist("item") if one.isdecimal()}
        return _page(request, place, patron, _hand_out(place, patron, wanted, key))
    if "begin" in request.POST:
        return _page(request, place, patron, _begin_crate(request, place, key))
    scanned = typed(request.POST, "scanned", 40)
    if crate := Crate.objects.open().filter(number=scanned).select_related("destination").first():
        return _page(request, place, None, _crate_came(place, crate, key))
    reading = read(scanned)
    if reading.patron:
        place.by.require("patrons.view")
        return _page(request, place, reading.patron, Screen())
    if reading.item is None:
        words = gettext("カード・本・箱の札のどれでもありません。もう一度読んでください。")
        return _page(request, place, patron, Screen("stop", gettext("読めません"), words))
    theirs = circulation.waiting_for_reader(patron, place.facility) if patron else []
    if reading.item.pk in {one.item.pk for one in theirs}:
        return _page(request, place, patron, _hand_out(place, patron, {reading.item.pk}, key))
    return _page(request, place, patron, _take_back(place, reading.item, key))


def _hand_out(place: Place, patron: Patron | None, wanted: set[int], key: str) -> Screen:
    """Everything chosen is lent; what may not be is said with its reasons, and the rest is lent all the same."""
    if patron is None:
        return Screen("stop", gettext("時間がたちました"), gettext("カードをもう一度読んでください。"))
    found = {one.item.pk: one.item for one in circulation.waiting_for_reader(patron, place.facility)}

    def act() -> dict[str, Any]:
        lent: list[list[Any]] = []
        refused: list[list[Any]] = []
        for number in sorted(wanted & found.keys()):
            try:
                loan = circulation.check_out(item=found[number], patron=patron, by=place.by, at=place.at)
                lent.append([title_of(found[number]), loan.due_on.isoformat()])
            except Refused as failure:
                refused += [[title_of(found[number]), reason.code] for reason in failure.reasons]
        return {"lent": lent, "refused": refused}

    done, _ = once(key, act, door="desk", at=place.at)
    lines = [(_lent_line(title, due), "ok") for title, due in done["lent"]]
    lines += [(f"{title}　{_reason(code)}", "stop") for title, code in done["refused"]]
    count = len(done["lent"])
    if not lines:
        return Screen(
            "stop", gettext("わたす本がありません"), gettext("本にチェックを入れてから F9 を押してください。")
        )
    headline = ngettext("{n}冊をわたしました", "{n}冊をわたしました", count).format(n=count)
    return Screen("stop" if done["refused"] else "ok", headline, lines=lines)


def _lent_line(title: str, due: str) -> str:
    return gettext("{title}　{due}まで").format(title=title, due=day(date.fromisoformat(due)))


def _reason(code: str) -> str:
    return joined(*say(Reason(code)))


def _take_back(place: Place, item: Item, key: str) -> Screen:
    def act() -> dict[str, Any]:
        was_lent = Loan.objects.open().filter(item=item).exists()
        back, crate = circulation.return_into_crate(item=item, facility=place.facility, by=place.by, at=place.at)
        return {
            "stop": back.stop.kind,
            "to": back.stop.to,
            "crate": crate.number if crate else "",
            "was_lent": was_lent,
            "messages": list(back.messages),
        }

    done, _ = once(key, act, door="desk", at=place.at)
    return _returned(item, done)


def _returned(item: Item, done: dict[str, Any]) -> Screen:
    places = places_by_code()
    to = name_of(places[done["to"]]) if done["to"] in places else done["to"]
    quiet = {"put-on-hold-shelf", "send-for-hold", "send-home", "was-not-on-loan"}
    told = [joined(*staff_words(one, _language())) for one in done["messages"] if one not in quiet]
    screen = Screen("ok", lines=[(title_of(item), ""), *((words, "wait") for words in told)])
    screen.headline = gettext("返却しました") if done["was_lent"] else gettext("受け取りました")
    if door := door_among(done["messages"]):
        screen.kind, screen.headline = "go", gettext("ロッカーの{door}番へ").format(door=door)
    elif done["stop"] == "hold-shelf":
        screen.kind, screen.do = "go", gettext("ここで待っている方がいます。取置の箱に入れます。")
    elif done["crate"]:
        screen.kind, screen.do = (
            "go",
            gettext("箱 {number}（{to}行き）に入れてください。").format(number=done["crate"], to=to),
        )
    elif done["stop"] == "send":
        screen.kind, screen.ask_crate = "ask", item.pk
        screen.do = gettext("{to}行きの箱がまだありません。空の箱の札を読んでください。").format(to=to)
    else:
        screen.do = gettext("別に置いて、係にわたしてください。")
    return screen


def _language() -> str:
    return "ja" if in_japanese() else "en"


def _begin_crate(request: HttpRequest, place: Place, key: str) -> Screen:
    number, wanted = typed(request.POST, "scanned", 30), typed(request.POST, "begin", 18)
    item = Item.objects.select_related("record").filter(pk=int(wanted) if wanted.isdecimal() else 0).first()
    if item is None:
        return Screen("stop", gettext("読めません"), gettext("本をもう一度読んでください。"))

    def act() -> dict[str, Any]:
        crate = circulation.pack(item=item, crate=number, by=place.by, at=place.at)
        return {"crate": crate.number, "to": crate.destination.code}

    try:
        done, _ = once(key, act, door="desk", at=place.at)
    except Refused as refused:
        lines = [(joined(*say(reason)), "stop") for reason in refused.reasons]
        do = gettext("別の空の箱の札を読んでください。")
        return Screen("ask", gettext("この箱には入れられません"), do, lines, ask_crate=item.pk)
    to = name_of(places_by_code()[done["to"]])
    do = gettext("箱 {number}（{to}行き）に入れてください。").format(number=done["crate"], to=to)
    return Screen("go", gettext("新しい箱にしました"), do, [(title_of(item), "")])


def _crate_came(place: Place, crate: Crate, key: str) -> Screen:
    if crate.destination_id != place.facility.pk:
        words = gettext("この箱は{to}行きです。便に渡してください。").format(to=name_of(crate.destination))
        return Screen("ask", gettext("箱 {number}").format(number=crate.number), words)

    def act() -> dict[str, Any]:
        came = circulation.receive_whole_crate(crate=crate, by=place.by, at=place.at)
        return {"number": crate.number, "ready": came.ready, "doors": came.doors, "elsewhere": came.elsewhere}

    done, _ = once(key, act, door="desk", at=place.at)
    lines = [
        (gettext("{barcode} はロッカーの{door}番へ").format(barcode=grouped(code), door=door), "ok")
        for code, door in done["doors"]
    ]
    lines += [
        (gettext("{barcode} は{to}へ送り直します").format(barcode=grouped(code), to=to), "wait")
        for code, to in done["elsewhere"]
    ]
    headline = gettext("箱 {number} を受け取りました").format(number=done["number"])
    do = ngettext(
        "{n}冊が受け取れます。箱のまま置いてください。", "{n}冊が受け取れます。箱のまま置いてください。", done["ready"]
    )
    if done["doors"]:
        do = gettext("{n}冊を、下の番号の扉に入れてください。")
    return Screen("ok", headline, do.format(n=done["ready"]), lines)


def _page(request: HttpRequest, place: Place, patron: Patron | None, screen: Screen) -> HttpResponse:
    waiting = circulation.waiting_for_reader(patron, place.facility) if patron else []
    today = timezone.localdate(place.at)
    context = {
        "heading": gettext("図書館ターミナル"),
        "modes": work_modes("terminal"),
        "place_name": place.name,
        "screen": screen,
        "patron": ruby(patron.name, patron.reading) if patron else (),
        "sealed": signing.dumps(str(patron.pk), salt=SALT) if patron else "",
        "waiting": [
            {
                "pk": one.item.pk,
                "title": title_of(one.item),
                "barcode": grouped(one.item.barcode),
                "crate": one.crate,
                "position": one.position,
                "slot": slot_of(one.place),
                "until": day(one.place.until, today) if one.place.until else "",
            }
            for one in waiting
        ],
        "on_loan": Loan.objects.open().filter(patron=patron).count() if patron else 0,
        "boxes": [
            (crate.number, name_of(crate.destination))
            for crate in Crate.objects.open().filter(origin=place.facility, left_at=None).select_related("destination")
        ],
        "request_key": uuid4().hex,
    }
    return render(request, "desk/terminal.html", context)
