"""変更の記録: what staff decided and changed, for those who answer for them. Nothing of readers: whom one served is nobody's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.reasons import as_said
from fumikura.kernel.refusals import Reason
from fumikura.notices.sentences import SENTENCES
from fumikura.notices.words import TEXT_NAMES
from fumikura.organisation.models import User
from fumikura.organisation.queries import people_managed_by
from fumikura.web.acts import ACTS, act_in_words
from fumikura.web.office.frame import office
from fumikura.web.office.wordings import LANGUAGE_NAMES
from fumikura.web.visitors import for_staff, typed, visitor
from fumikura.web.ways import names_of_places

DAYS: Final = (1, 7, 30, 90)
A_PAGE: Final = 50
GROUPS: Final[Mapping[str, tuple[Promise, tuple[str, ...]]]] = {
    "rules": (
        _("規則・開館日・便"),
        (
            "circulation.policy-",
            "circulation.route-",
            "circulation.rotation-",
            "circulation.site-",
            "circulation.due-dates-",
            "organisation.calendar-",
            "organisation.facility-",
            "organisation.disaster-",
            "patrons.category-",
        ),
    ),
    "people": (
        _("人と権限"),
        (
            "organisation.user-",
            "organisation.role-",
            "organisation.glass-",
            "organisation.sign-in-lock-lifted",
            "organisation.staff-sessions-",
            "organisation.second-factor-",
        ),
    ),
    "shown": (_("文面・お知らせ・地図"), ("notices.wording-", "programmes.", "discovery.list-", "holdings.floor-", "organisation.map-")),
    "stock": (
        _("目録と資料"),
        (
            "catalogue.records-",
            "catalogue.record-deleted",
            "catalogue.record-merge-",
            "catalogue.work",
            "catalogue.batch-",
            "catalogue.import-",
            "catalogue.authorities-",
            "catalogue.source-rule-",
            "holdings.item-withdrawn",
            "holdings.call-number-",
            "stocktake.withdrawal-",
            "stocktake.stocktake-",
            "harvest.harvest-source-",
        ),
    ),
    "machines": (
        _("端末と連携"),
        (
            "organisation.device-",
            "organisation.api-token-",
            "organisation.signing-",
            "circulation.terminal-",
            "holdings.tag-layout-",
            "patrons.service-",
            "webhooks.webhook-",
        ),
    ),
}  # fmt: skip


def _events(begins: tuple[str, ...]) -> list[str]:
    return [event for event in ACTS if event.startswith(begins)]


EVENTS: Final[Mapping[str, list[str]]] = {group: _events(begins) for group, (_name, begins) in GROUPS.items()}


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str
    what: str
    about: str
    place: str


@require_safe
@for_staff("organisation.grant-role")
def activity(request: HttpRequest) -> HttpResponse:
    """?days=7 ?who=a user's number ?group=one of GROUPS. A manager of an operator sees the operator's own people."""
    people = {f"staff:{one.pk}": one for one in people_managed_by(visitor(request).staff_actor(via="office").ref)}
    days = next((one for one in DAYS if str(one) == request.GET.get("days")), 7)
    group, who = typed(request.GET, "group", 20), typed(request.GET, "who", 20)
    events = EVENTS.get(group) or [event for names in EVENTS.values() for event in names]
    rows = Entry.objects.filter(
        event__in=events,
        happened_at__gte=timezone.now() - timedelta(days=days),
        actor__in=[f"staff:{who}"] if f"staff:{who}" in people else list(people),
    ).order_by("-happened_at", "-pk")
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    places = names_of_places()
    books = _books(list(shown))
    page: dict[str, object] = {
        "rows": [_change(entry, people, places, books) for entry in shown],
        "many": shown.paginator.count,
        "pages": _pages(request, shown.number, shown.paginator.num_pages),
        "people": sorted(people.values(), key=lambda one: one.username),
        "groups": [(code, name) for code, (name, _begins) in GROUPS.items()],
        "days": days,
        "all_days": DAYS,
        "group": group,
        "who": who,
    }
    return office(request, "activity", page)


def _books(entries: list[Entry]) -> dict[int, str]:
    """The copies that these entries are about, by row number: what was withdrawn, say."""
    numbers = [one.particulars["item"] for one in entries if isinstance(one.particulars.get("item"), int)]
    found = Item.objects.filter(pk__in=numbers).select_related("record")
    return {one.pk: f"『{one.record.title}』{one.barcode}" for one in found}


def _change(entry: Entry, people: Mapping[str, User], places: Mapping[str, str], books: Mapping[int, str]) -> Change:
    return Change(
        entry.happened_at,
        people[entry.actor].name,
        act_in_words(entry.event),
        books.get(entry.particulars.get("item", 0)) or _about(entry, people, places),
        places.get(entry.facility, entry.facility),
    )


def _about(entry: Entry, people: Mapping[str, User], places: Mapping[str, str]) -> str:
    """What it was about, as far as the journal has it in a word: a text, a colleague, a site, a day, a name."""
    told = entry.particulars
    if entry.event == "notices.wording-changed":
        kind, language = str(told.get("kind", "")), str(told.get("language", ""))
        house = as_said((SENTENCES[kind].ja, ""), Reason(""))[0] if kind in SENTENCES else kind
        said = TEXT_NAMES.get(kind) or house
        return f"{said}（{LANGUAGE_NAMES.get(language, language)}）"
    parts = [
        people[f"staff:{told['user']}"].name if f"staff:{told.get('user', '')}" in people else "",
        *(str(told.get(name) or "") for name in ("role", "name", "code", "file_name", "on")),
        places.get(str(told.get("facility") or ""), ""),
    ]
    return " ".join(part for part in parts if part)


def _pages(request: HttpRequest, here: int, last: int) -> list[dict[str, object]]:
    asked = request.GET.copy()
    pages: list[dict[str, object]] = []
    for number in range(1, last + 1) if last > 1 else ():
        asked["page"] = str(number)
        pages.append({"label": str(number), "href": f"?{asked.urlencode()}", "current": number == here})
    return pages
