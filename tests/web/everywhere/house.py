"""A house with one of everything in it, and a walk through all its pages: what the proofs about every page stand on."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone
from lxml import html

from fumikura.acquisitions import services as acquisitions
from fumikura.acquisitions.services import Wish
from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, Loan, PolicyDraft
from fumikura.discovery import services as discovery
from fumikura.discovery.lists import Facts, Line, arrange, make_list
from fumikura.discovery.offered import offer_list
from fumikura.discovery.wishes import wish_for
from fumikura.harvest.services import SourceFacts, set_source
from fumikura.holdings.models import Item
from fumikura.organisation.services import add_device
from fumikura.patrons.models import Card, Patron
from fumikura.stocktake.models import Stocktake
from fumikura.stocktake.services import open_stocktake, propose_withdrawal, take_batch
from fumikura.web.visitors import AUDIENCE
from fumikura.webhooks.services import WebhookFacts, set_webhook
from tests import cast
from tests.circulation.cast import at_desk
from tests.circulation.test_counter_verbs import a_class, a_set
from tests.circulation.test_lockers import locker, ready_at_station
from tests.circulation.test_runs import packed, ring
from tests.web.office.test_calendars import bus
from tests.web.opac.cast import copy, title

PATRON_MARKS = ("水野", "みずの", "20004318", "千鳥町", "090-0000-4318")
"""What a page tells of 花子 to whoever may look."""


def furnish(folder: Path, settings: object) -> Patron:
    """花子 with loans, holds and wishes; vans, lockers and sets; lists, sources and programs. Answers 花子."""
    settings.FILES_DIR, settings.INDEX_DIR = folder, folder / "index"  # type: ignore[attr-defined]
    by, now = cast.SYSTEM, timezone.now()
    hanako = cast.hanako(address="水瀬市千鳥町7-7", phone="090-0000-4318", email="hanako@example.jp")
    child = cast.patron("水野 そら", "みずの そら", "20005002", born_on=date(2018, 5, 20), guardian=hanako)
    taro = cast.taro()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    ring()
    circulation.write_route(
        code="VAN", name="図書館便", stops=["CHUO", "KITA"], runs=[{"CHUO": "09:30", "KITA": "11:00", "back": "12:00"}],
        by=at_desk(), at=now,
    )  # fmt: skip
    packed()
    book, _hold = ready_at_station(taro, barcode="30000025")
    circulation.fill_locker(item=book, facility=locker(), by=at_desk("EKI"), at=now)
    bus()
    pupils, box = a_class(), a_set()
    circulation.lend_set(set=box, patron=pupils, until=timezone.localdate() + timedelta(days=60), by=at_desk(), at=now)
    circulation.lend_on(item=Item.objects.get(barcode="31000001"), holder="3年2組", by=at_desk(), at=now)
    sanshiro, river = (
        title("三四郎", "サンシロウ", number="2"),
        title("水瀬の川", "ミナセ ノ カワ", number="4", ndc="291.0"),
    )
    for record, barcode, reader, days in (
        (sanshiro, "30000033", hanako, 12),
        (river, "30000041", hanako, 40),
        (title("坊っちゃん", "ボッチャン", number="5"), "30000058", taro, 3),
        (title("星の教室", "ホシ ノ キョウシツ", number="6", ndc="440"), "30000066", child, 2),
    ):
        lent = copy(record, barcode, call_number="913.6/ナ")
        circulation.check_out(item=lent, patron=reader, by=at_desk(), at=now - timedelta(days=days))
    kusamakura = title("草枕", "クサマクラ", number="7")
    waiting = copy(kusamakura, "30000074")
    for record in (kusamakura, Item.objects.get(barcode="30000058").record):
        want = circulation.Want((record,))
        circulation.place_hold(patron=hanako, want=want, pickup=cast.chuo(), by=at_desk(), at=now)
    circulation.check_in(item=waiting, by=at_desk(), at=now)
    circulation.write_note(text="落とし物を預かっています", patron=hanako, by=at_desk(), at=now)
    acquisitions.suggest(patron=hanako, wish=Wish(title="水瀬の橋"), pickup=cast.chuo(), by=at_desk(), at=now)
    wish_for(patron=hanako, records=[river.pk], name="夏休み", by=by, at=now)
    feature = make_list(Facts(title="川の本"), by=by, at=now)
    arrange(feature, Facts(title="川の本"), [Line(river.pk)], by=by, at=now)
    shown = Facts(title="川べりで読む")
    offer_list(patron=hanako, facts=shown, shown_as="くすのき", lines=[Line(river.pk)], by=by, at=now)
    set_source(SourceFacts("museum", "水瀬市立美術館", "oai", "http://127.0.0.1:9/oai"), by=by, at=now)
    set_webhook(WebhookFacts("学校の図書", "https://school.example.jp/told", ("record",)), by=by, at=now)
    add_device(code="SC-01", name="1階", kind="combined", facility=cast.chuo(), by=by, at=now, bins={"shelve": "A"})
    count = open_stocktake(facility=cast.chuo(), by=at_desk(), at=now)
    take_batch(stocktake=count, numbers=["30000074", "39999999"], key="k1", shelf="1番", by=at_desk(), at=now)
    worn = [copy(title("古い地図", "フルイ チズ", number="8"), "30000082")]
    propose_withdrawal(items=worn, reason="worn", way_out="recycling", by=at_desk(), at=now)
    discovery.tend(now)
    return hanako


def begin_what_only_pages_begin(manager: Client) -> None:
    """A draft of rules with a counter of its own, a file to be imported, a batch of changes, an application."""
    manager.post("/office/policies/drafts", {"name": "夏から", "version": "1", "request_key": "b"})
    by_place = {"if:transaction": "KITA", "most:loan": "3", "revision": "1", "request_key": "c"}
    manager.post(f"/office/policies/drafts/{PolicyDraft.objects.get().pk}/counter", by_place)
    table = SimpleUploadedFile("新着.csv", "書名,著者,ISBN\nこころ,夏目 漱石,9784003101117\n明暗,夏目 漱石,\n".encode())
    sent = manager.post("/office/imports", {"file": table})
    manager.post(f"{sent.headers['Location']}/start")
    again = SimpleUploadedFile("次の.csv", "書名,著者,ISBN\nそれから,夏目 漱石,\n".encode())
    manager.post("/office/imports", {"file": again})
    written = {
        "name": "早瀬 ゆう", "reading": "はやせ ゆう", "born_on": "1990-04-02", "postcode": "999-0001", "residency": "resident",
        "address": "水瀬県水瀬市本町3-4", "phone": "0436-11-2222", "password": "mizu-no-oto-9", "request_key": "j1",
    }  # fmt: skip
    Client().post("/join/", written)


@dataclass(frozen=True)
class Form:
    """A form as a page holds it, filled as a browser would send it at once."""

    page: str
    method: str
    address: str
    fields: tuple[tuple[str, str], ...]

    @property
    def route(self) -> str:
        return route_of(self.address)

    def sent(self) -> dict[str, list[str]]:
        """What is posted: with a request key of its own, as every new page has."""
        told: dict[str, list[str]] = {}
        for name, value in self.fields:
            told.setdefault(name, []).append(uuid4().hex if name == "request_key" else value)
        return told


def shown_by_scanning() -> list[str]:
    """Pages that no link leads to, because a scan or a form does."""
    loan, hold = Loan.objects.open().earliest("pk"), Hold.objects.open().earliest("pk")
    record = loan.item.record_id
    edit = BibliographicRecord.objects.get(pk=record)
    return [
        *(f"/desk/{page}" for page in (f"readers/{loan.patron.key}", f"loans/{loan.pk}", f"holds/{hold.pk}")),
        *(f"/cataloguing/records/{edit.pk}{page}" for page in ("", "/history", "/items")),
        f"/desk/stocktakes/{Stocktake.objects.earliest('pk').pk}/search",
        "/office/sources/museum",
        "/cataloguing/new/book",
    ]


@dataclass
class Walk:
    """What one visitor saw: address → page, and every form on them."""

    pages: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)

    @property
    def routes(self) -> set[str]:
        return {route_of(address) for address in self.pages}


def route_of(address: str) -> str:
    """The pattern that an address fits; empty when there is none."""
    try:
        return f"/{resolve(urlsplit(address).path).route}"
    except Resolver404:
        return ""


def plain_addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Every address that needs nothing filled in."""
    for pattern in (resolver or get_resolver()).url_patterns:
        part = before + str(pattern.pattern)
        if "<" in part or "(" in part:
            continue
        if isinstance(pattern, URLResolver):
            yield from plain_addresses(pattern, part)
        elif isinstance(pattern, URLPattern):
            yield part


LEAVES = ("/sign-out", "/staff/sign-out", "/staff/place", "/design/colours", "/design/language", "/design/reading")
"""Who sends these is somebody else afterwards, or nobody."""
OF_ONE_KIND, OF_ONE_ROUTE = 1, 3
"""How many pages are read that differ in their numbers alone, and that differ in what is asked of them."""
EXAMPLES = {
    "/search": "q=三四郎", "/desk/patrons": "q=みずの", "/desk/items": "q=30000033", "/kids/books": "q=ほし",
    "/office/authorities": "q=夏目", "/hours": "site=CHUO", "/desk/reminders/exemptions": "loan=1",
}  # fmt: skip


def audience(address: str) -> tuple[str, tuple[str, ...]]:
    """Who is let in and with which rights, as the view itself says; ("", ()) is everybody."""
    found: tuple[str, tuple[str, ...]] = getattr(resolve(urlsplit(address).path).func, AUDIENCE, ("", ()))
    return found


def walk(client: Client, whose: str, *also: str) -> Walk:
    """Read every address of this audience without a blank, then whatever the pages lead to, a few of each kind."""
    seen = Walk()
    ahead = [*plain_addresses(), *also, *(f"{path}?{asked}" for path, asked in EXAMPLES.items())]
    known, counts = set(ahead), Counter[object]()
    while ahead:
        address = ahead.pop(0)
        route = route_of(address)
        kind = (route, *sorted({name for name, _value in parse_qsl(urlsplit(address).query)}))
        if (
            address in LEAVES
            or not route
            or audience(address)[0] != whose
            or counts[kind] >= OF_ONE_KIND
            or counts[route] >= OF_ONE_ROUTE
        ):
            continue
        counts.update((kind, route))
        answer = client.get(address)
        seen.statuses[address] = answer.status_code
        if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
        seen.pages[address] = text
        tree = html.document_fromstring(text, base_url=address)
        seen.forms += [
            form for form in (_read(one, address) for one in tree.forms) if form.route and form.address not in LEAVES
        ]
        for link in tree.xpath("//a/@href"):
            found, _mark = urldefrag(urljoin(address, str(link)))
            if found.startswith("/") and found not in known:
                known.add(found)
                ahead.append(found)
    return seen


def _read(form: html.FormElement, page: str) -> Form:
    action = urljoin(page, str(form.action or page))
    fields = [(name, value) for name, value in form.form_values() if isinstance(value, str)]
    buttons = [(one.get("name"), one.get("value") or "") for one in form.xpath(".//button[@name]")]
    fields += [button for button in buttons[:1] if button[0]]
    return Form(page, (form.get("method") or "get").lower(), urldefrag(action)[0], tuple(fields))


def distinct(forms: list[Form]) -> list[Form]:
    """One of each: the same route with the same fields once."""
    found: Mapping[object, Form] = {
        (one.route, one.method, tuple(name for name, _value in one.fields)): one for one in forms
    }
    return list(found.values())
