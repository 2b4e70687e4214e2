"""From what is true now to what is said: the facts of a kind for one reader, or nothing when it is overtaken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import open_loans_of, ready_for
from fumikura.notices.models import Choice, Notice
from fumikura.notices.queries import choices_of, wording
from fumikura.notices.rules import PUBLIC_SCREENS, filled
from fumikura.notices.words import language_of
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import current_card

SOON_DAYS = 3
"""A loan is due soon when so many days are left, as on my page."""


@dataclass(frozen=True)
class Message:
    subject: str
    body: str


@dataclass(frozen=True)
class Facts:
    """What a message is about."""

    titles: Sequence[str] = ()
    until: date | None = None
    place: str = ""
    count: int = 0


def compose(notice: Notice, on: date) -> Message | None:
    """The message in the reader's language, from what is true on that day; None when there is nothing left to say."""
    patron = notice.patron
    facts = FACTS[notice.kind](patron, on)
    if facts is None:
        return None
    return worded(notice.kind, facts, patron, choices_of(patron)[notice.kind], channel=notice.channel)


def worded(kind: str, facts: Facts, patron: Patron, choice: Choice, *, channel: str) -> Message:
    language = language_of(patron.language)
    subject, body, _own = wording(kind, language)
    # On a screen that others see a title stands only when the reader chose that way and asked for titles.
    with_titles = choice.with_titles and (channel not in PUBLIC_SCREENS or choice.pk is not None)
    return written(subject, body, facts, name=patron.name, language=language, with_titles=with_titles)


def written(subject: str, body: str, facts: Facts, *, name: str, language: str, with_titles: bool = True) -> Message:
    """Texts with their variables. Also for previews, with facts from EXAMPLES."""
    values: Mapping[str, str] = {
        "name": name,
        "library": settings.LIBRARY_NAME if language == "ja" else settings.LIBRARY_NAME_EN,
        "count": str(facts.count or len(facts.titles) or ""),
        "titles": "\n".join(f"・{title}" for title in facts.titles) if with_titles else "",
        "link": f"{settings.PUBLIC_ADDRESS}/my/" if settings.PUBLIC_ADDRESS else "",
        "place": facts.place,
        "until": _day(facts.until, language),
    }
    return Message(filled(subject, values).strip(), filled(body, values))


def _day(on: date | None, language: str) -> str:
    if on is None:
        return ""
    return f"{on.month}月{on.day}日（{'月火水木金土日'[on.weekday()]}）" if language == "ja" else f"{on.day} {on:%B %Y}"


def _ready(patron: Patron, _on: date) -> Facts | None:
    found = ready_for(patron)
    if not found:
        return None
    until = min((one.until for one in found if one.until), default=None)
    language = language_of(patron.language)
    places = {one.facility.name if language == "ja" else one.facility.name_en or one.facility.name for one in found}
    titles = [one.item.record.title for one in found]
    return Facts(titles, until, "、".join(sorted(places)) if language == "ja" else ", ".join(sorted(places)))


def _loans(patron: Patron, first: date, last: date) -> Facts | None:
    found = [loan for loan in open_loans_of(patron) if first <= loan.due_on <= last and _counts(loan)]
    if not found:
        return None
    return Facts([loan.item.record.title for loan in found], max(loan.due_on for loan in found))


def _counts(loan: Loan) -> bool:
    return loan.kind == "loan" and not (loan.received_at or loan.claimed_at or loan.lost_at)


def _soon(patron: Patron, on: date) -> Facts | None:
    return _loans(patron, on, on + timedelta(days=SOON_DAYS))


def _overdue(patron: Patron, on: date) -> Facts | None:
    found = [_loans(one, date.min, on - timedelta(days=1)) for one in (patron, *patron.wards.filter(closed_at=None))]
    titles = [title for facts in found if facts for title in facts.titles]
    return Facts(titles) if titles else None


def _card(patron: Patron, _on: date) -> Facts | None:
    card = current_card(patron)
    return Facts(until=card.expires_on) if card else None


def _nothing_more(_patron: Patron, _on: date) -> Facts | None:
    return Facts()


FACTS: Mapping[str, Callable[[Patron, date], Facts | None]] = {
    "hold-ready": _ready,
    "due-soon": _soon,
    "overdue": _overdue,
    "hold-over": _nothing_more,
    "card-expiry": _card,
    "suggestion-answered": _nothing_more,
}
EXAMPLES: Mapping[str, Facts] = {
    "hold-ready": Facts(("こころ", "草枕"), date(2026, 12, 6), "中央図書館"),
    "due-soon": Facts(("こころ", "草枕"), date(2026, 12, 6)),
    "overdue": Facts(("こころ",)),
    "hold-over": Facts(),
    "card-expiry": Facts(until=date(2026, 12, 31)),
    "suggestion-answered": Facts(),
}
"""For previews: invented."""
