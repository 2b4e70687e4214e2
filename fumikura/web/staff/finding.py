"""Find anything from anywhere: readers, copies, titles, sites, pages, rules. Whatever a right closes is said to be closed."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.queries import records_by_id
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.services import find_crate
from fumikura.discovery.queries import parse, search
from fumikura.holdings.queries import find_item
from fumikura.holdings.services.sets import find_set
from fumikura.kernel.barcodes import clean
from fumikura.kernel.japanese import fold, hiragana, spoken_name
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import facilities
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card, find_patrons
from fumikura.web.design.names import name_of
from fumikura.web.office.rule_sentences import tell
from fumikura.web.office.rule_words import Names
from fumikura.web.staff.frame import page
from fumikura.web.staff_ways import CATALOGUING, DESK, OFFICE
from fumikura.web.visitors import for_staff, typed, visitor

LONGEST = 100
EACH = 8
SHORTEST_NAME = 2
SEE_PATRONS, SEE_RULES, SEE_SITES = "patrons.view", "circulation.set-rules", "organisation.change-calendar"
OTHER_NAMES = {
    "office:policies": "きまり 貸出期間 冊数 延長 カレンダー rules policy",
    "office:people": "ユーザー アカウント パスワード user",
    "office:messages": "メール 文章 テンプレート 通知 断る文 機械の文 message mail",
    "office:sites": "カレンダー 休館日 臨時休館 営業時間 calendar hours",
    "office:programmes": "イベント 催し おはなし会 講座 event",
    "office:announcements": "ニュース 告知 news",
    "office:imports": "MARC CSV TSV インポート import",
    "office:emergencies": "災害 台風 地震 期限をのばす",
    "office:withdrawals": "廃棄 weeding",
    "desk:sets": "団体貸出 団体貸付 配本 学校 クラス 調べ学習 group class deposit",
    "desk:reminders": "督促状 はがき 電話 overdue",
    "cataloguing:labels": "背ラベル バーコード 印刷 label",
}
"""What people also call a page."""


@dataclass(frozen=True)
class Found:
    href: str
    words: str
    more: str = ""


@dataclass(frozen=True)
class Group:
    title: Promise
    found: list[Found] = field(default_factory=list)
    closed: Promise | str = ""
    """Why nothing may be shown here."""


@require_safe
@for_staff()
def find(request: HttpRequest) -> HttpResponse:
    """One number that is read leads straight to what bears it; words lead to a list."""
    text = typed(request.GET, "q", LONGEST)
    may = visitor(request).permissions
    if text and (there := _numbered(text, may)):
        return HttpResponseRedirect(there)
    groups = [group for group in _groups(text, may) if group.found or group.closed] if text else []
    values = {"q": text, "groups": groups, "any": any(group.found for group in groups)}
    return page(request, "find", values)


def _numbered(text: str, may: frozenset[str]) -> str:
    """Where the label that was read leads: a card, a copy, a crate, a set. Empty when it is none, or not to be seen."""
    number = clean(text)
    if len(number) < 4 or not any(letter.isdigit() for letter in number) or not number.isascii():
        return ""
    if SEE_PATRONS in may and (patron := find_patron_by_card(number)):
        return reverse("desk:reader", args=[patron.key])
    for look_up, name in ((find_item, "desk:copy"), (find_crate, "desk:crate"), (find_set, "desk:set")):
        try:
            return reverse(name, args=[look_up(number).pk])
        except Refused:
            continue
    return ""


def _groups(text: str, may: frozenset[str]) -> list[Group]:
    return [
        Group(_("ページ"), _pages(text, may)),
        _patrons(text, may),
        Group(_("書名"), _titles(text, may)),
        Group(_("館"), _sites(text, may)),
        _rules(text, may),
    ]


def _pages(text: str, may: frozenset[str]) -> list[Found]:
    """By any part of its name, or of what people also call it."""
    wanted = _plain(text)
    found: dict[str, Found] = {}
    for door, ways in ((_("カウンター"), DESK), (_("事務"), OFFICE), (_("目録"), CATALOGUING)):
        for name, words, permission in ways:
            said = f"{words} {OTHER_NAMES.get(name, '')}"
            if (not permission or permission in may) and wanted in _plain(said):
                found.setdefault(name, Found(reverse(name), str(words), str(door)))
    return list(found.values())[:EACH]


def _plain(text: str) -> str:
    return hiragana(fold(text)).replace(" ", "")


def _patrons(text: str, may: frozenset[str]) -> Group:
    if SEE_PATRONS not in may:
        return Group(_("利用者"), closed=_("利用者をさがす権限は、この窓口にはありません。"))
    if len(text) < SHORTEST_NAME:
        return Group(_("利用者"))
    return Group(_("利用者"), [_patron(one) for one in find_patrons(text)[:EACH]])


def _patron(one: Patron) -> Found:
    said = f"{one.reading}　{name_of(one.category)}　{name_of(one.home)}"
    return Found(reverse("desk:reader", args=[one.key]), one.name, said)


def _titles(text: str, may: frozenset[str]) -> list[Found]:
    """Where the title leads is what this person does with titles: edit it, give it copies, or look at it."""
    ids = [hit.record_id for hit in search(parse(text), rows=EACH, facets=()).hits]
    records = records_by_id(ids)
    way = "cataloguing:record" if "catalogue.save" in may else "opac:title"
    return [
        Found(
            reverse(way, args=[pk]),
            " ".join(filter(None, [records[pk].title, records[pk].volume])),
            " ".join(
                filter(None, [spoken_name(records[pk].creator), records[pk].publisher, str(records[pk].year or "")])
            ),
        )
        for pk in ids
        if pk in records
    ]


def _sites(text: str, may: frozenset[str]) -> list[Found]:
    wanted = _plain(text)
    found = []
    for place in facilities():
        if wanted not in _plain(f"{place.name} {place.reading} {place.name_en} {place.code} {place.phone}"):
            continue
        if SEE_SITES in may:
            href = reverse("office:month", args=[place.code])
        else:
            href = f"{reverse('opac:hours')}?site={place.code}"
        found.append(Found(href, name_of(place), " ".join(filter(None, [place.address, place.phone]))))
    return found[:EACH]


def _rules(text: str, may: frozenset[str]) -> Group:
    """The rules in force that say these words."""
    if SEE_RULES not in may:
        return Group(_("貸出の規則"))
    try:
        rule_set = rules_in_force(timezone.localdate()).rule_set
    except Refused:
        return Group(_("貸出の規則"))
    wanted, names = _plain(text), Names.for_page(rule_set)
    found = [
        Found(reverse("office:policies"), told.headline, told.id)
        for told in (tell(rule, names) for rule in rule_set.rules)
        if wanted in _plain(f"{told.headline} {' '.join(told.more)} {told.id}")
    ]
    return Group(_("貸出の規則"), found[:EACH])
