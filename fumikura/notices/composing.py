"""From what is true now to what is said: the facts of a kind for one reader, or nothing when it is overtaken."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings

from fumikura.circulation.models import Loan
from fumikura.notices.asking import Asking
from fumikura.notices.models import Choice, Notice
from fumikura.notices.queries import wording
from fumikura.notices.rules import PUBLIC_SCREENS, SlipLine, chosen_with, filled, slip_lines
from fumikura.notices.words import LANGUAGES, PAPER_NAMES, language_of
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron

SOON_DAYS = 3
"""A loan is due soon when so many days are left, as on my page."""

Words = Callable[[str, str], tuple[str, str, bool]]
"""Kind and language → subject, body and whether they are the library's own."""


@dataclass(frozen=True)
class Message:
    """`body` is the whole text; where little fits (SMS, LINE, a telephone's screen) `brief` is said instead."""

    subject: str
    body: str
    titles: tuple[str, ...] = ()
    """Only those that may stand in this message."""
    library: str = ""
    link: str = ""
    leaves_at: datetime | None = None
    """Set when it is handed to a channel."""

    @property
    def brief(self) -> str:
        """The subject, the titles that may be said, who says it, and where more is to be read."""
        return "\n".join(line for line in (self.subject, *self.titles, self.library, self.link) if line)


@dataclass(frozen=True)
class Facts:
    """What a message is about."""

    titles: Sequence[str] = ()
    until: date | None = None
    place: str = ""
    count: int = 0
    since: date | None = None
    due: Sequence[date] = ()
    """Due dates that were moved."""
    kept: Sequence[date] = ()
    """Last days on the hold shelf that were moved."""
    card: date | None = None
    """Until when the card was good; only when that is over."""
    phone: str = ""
    """Of whom to ask; empty: the library at which the reader is registered."""


def compose(notice: Notice, on: date) -> Message | None:
    """The message in the reader's language, from what is true on that day; None when there is nothing left to say."""
    return compose_each([notice], on)[0]


def compose_each(notices: Sequence[Notice], on: date, languages: Collection[str] = LANGUAGES) -> list[Message | None]:
    """The same of many, in their order; what they are about is asked for all readers at once.

    `languages`: those that can be written where they are to stand; for others English.
    """
    since: dict[str, dict[int, date]] = {}
    for one in notices:
        days = since.setdefault(one.kind, {})
        # The day of what is told beside something else is later than what happened.
        days[one.patron_id] = min(days.get(one.patron_id, on), one.on)
    asking = Asking((one.patron for one in notices), on, since=since)
    return [_composed(one, asking, languages) for one in notices]


def _composed(notice: Notice, asking: Asking, languages: Collection[str]) -> Message | None:
    patron = notice.patron
    facts = FACTS[notice.kind](patron, asking)
    if facts is None:
        return None
    choice = asking.choices[patron.pk][chosen_with(notice.kind)]
    language = language_of(patron.language, languages)
    return _worded(notice.kind, facts, patron, choice, channel=notice.channel, language=language, words=asking.wording)


def worded(kind: str, facts: Facts, patron: Patron, choice: Choice, *, channel: str) -> Message:
    language = language_of(patron.language)
    return _worded(kind, facts, patron, choice, channel=channel, language=language, words=wording)


def _worded(
    kind: str, facts: Facts, patron: Patron, choice: Choice, *, channel: str, language: str, words: Words
) -> Message:
    own_text = f"{channel}-{kind}"
    # Where no site closes that the reader collects at, the message is of the dates alone.
    text = "dates-moved" if kind == "closing" and not facts.place else kind
    subject, body, _own = words(own_text if own_text in PAPER_NAMES else text, language)
    with_titles = choice.titles_on_screens if channel in PUBLIC_SCREENS else choice.with_titles
    facts = _with_telephone(facts, patron)
    return written(subject, body, facts, name=patron.name, language=language, with_titles=with_titles)


def _with_telephone(facts: Facts, patron: Patron) -> Facts:
    return facts if facts.phone else replace(facts, phone=patron.home.phone)


def together(messages: Sequence[Message], patron: Patron) -> Message:
    """One message that says what several would have said."""
    language = language_of(patron.language)
    subject, body, _own = wording("digest", language)
    notices = "\n\n".join("\n".join((f"■ {one.subject}", *one.titles)) for one in messages)
    facts = _with_telephone(Facts(count=len(messages)), patron)
    values = _values(facts, name=patron.name, language=language, titles="") | {"notices": notices}
    first = messages[0]
    titles = tuple(one.subject for one in messages)
    return Message(filled(subject, values).strip(), filled(body, values), titles, first.library, first.link)


def written(subject: str, body: str, facts: Facts, *, name: str, language: str, with_titles: bool = True) -> Message:
    """Texts with their variables. Also for previews, with facts from EXAMPLES."""
    titles = tuple(f"・{title}" for title in facts.titles) if with_titles else ()
    values = _values(facts, name=name, language=language, titles="\n".join(titles))
    if facts is EXAMPLES["digest"]:
        values["notices"] = _DIGEST_EXAMPLE
    return Message(filled(subject, values).strip(), filled(body, values), titles, values["library"], values["link"])


def letter_text(kind: str, facts: Facts, patron: Patron, language: str, *, words: Words = wording) -> Message:
    """What a printed letter says: the titles are inside the fold."""
    subject, body, _own = words(kind, language)
    return written(subject, body, _with_telephone(facts, patron), name=patron.name, language=language)


def told_on_demand(
    kind: str, language: str, *, name: str = "", count: int = 0, phone: str = "", words: Words = wording
) -> Message:
    """What is said at the telephone or answered at LINE beside any notice; `phone`: whom to call back."""
    subject, body, _own = words(kind, language)
    return written(subject, body, Facts(count=count, phone=phone), name=name, language=language)


@dataclass(frozen=True)
class Slip:
    heading: str
    lines: tuple[SlipLine, ...]


def slip(
    kind: str,
    language: str,
    values: Mapping[str, str],
    days: Sequence[Mapping[str, str]] = (),
    *,
    words: Words = wording,
) -> Slip:
    """A slip in the library's words; `days` are the values of the part that stands once for every day."""
    subject, body, _own = words(kind, language)
    return slip_written(subject, body, language, values, days)


def slip_written(
    subject: str, body: str, language: str, values: Mapping[str, str], days: Sequence[Mapping[str, str]] = ()
) -> Slip:
    """The same from given words, for previews too."""
    said = {"library": library_name(language), **values}
    return Slip(filled(subject, said).strip(), tuple(slip_lines(body, said, days)))


def library_name(language: str) -> str:
    return settings.LIBRARY_NAME_EN if language in {"en", "ko"} else settings.LIBRARY_NAME


_DIGEST_EXAMPLE = "■ ……\n・こころ\n・草枕\n\n■ ……"


def _values(facts: Facts, *, name: str, language: str, titles: str) -> dict[str, str]:
    return {
        "name": name,
        "library": library_name(language),
        "phone": facts.phone,
        "count": str(facts.count or len(facts.titles) or ""),
        "titles": titles,
        "link": f"{settings.PUBLIC_ADDRESS}/my/" if settings.PUBLIC_ADDRESS else "",
        "place": facts.place,
        "since": _day(facts.since, language),
        "until": _day(facts.until, language),
        "due": _days(facts.due, language),
        "kept": _days(facts.kept, language),
        "card": _day(facts.card, language),
        "notices": "",
    }


def _day(on: date | None, language: str) -> str:
    if on is None:
        return ""
    match language:
        case "ja" | "ja-easy":
            return f"{on.month}月{on.day}日（{'月火水木金土日'[on.weekday()]}）"
        case "zh-hans":
            return f"{on.month}月{on.day}日（周{'一二三四五六日'[on.weekday()]}）"
        case "ko":
            return f"{on.month}월 {on.day}일({'월화수목금토일'[on.weekday()]})"
    return f"{on.day} {on:%B %Y}"


def _days(days: Sequence[date], language: str) -> str:
    return _listed([_day(one, language) for one in sorted(set(days))], language)


def _listed(words: Sequence[str], language: str) -> str:
    return (", " if language in {"en", "ko"} else "、").join(words)


def _place(facility: Facility, language: str) -> str:
    return (facility.name_en if language in {"en", "ko"} else "") or facility.name


def _ready(patron: Patron, asking: Asking) -> Facts | None:
    found = asking.ready[patron.pk]
    if not found:
        return None
    until = min((one.until for one in found if one.until), default=None)
    language = language_of(patron.language)
    places = sorted({_place(one.facility, language) for one in found})
    phones = {one.facility.phone for one in found}
    titles = [one.item.record.title for one in found]
    phone = phones.pop() if len(phones) == 1 else ""
    card = asking.cards.get(patron.pk)
    ended = card.expires_on if card and card.expires_on and card.expires_on < asking.on else None
    return Facts(titles, until, _listed(places, language), card=ended, phone=phone)


def _closing(patron: Patron, asking: Asking) -> Facts | None:
    found, due = asking.closings[patron.pk], asking.dues_moved[patron.pk]
    if not found:
        return Facts(count=len(due), due=due) if due else None
    language = language_of(patron.language)
    places = _listed([_place(one, language) for one, _first, _last in found], language)
    first, last = min(first for _one, first, _last in found), max(last for _one, _first, last in found)
    kept = asking.kept_longer[patron.pk]
    return Facts(place=places, since=first, until=last, count=len(due), due=due, kept=kept)


def _dates_back(patron: Patron, asking: Asking) -> Facts | None:
    """What was taken back and is not true again in the meantime."""
    sites, due = asking.reopened[patron.pk], asking.dues_put_back[patron.pk]
    if not sites and not due:
        return None
    language = language_of(patron.language)
    places = _listed([_place(one, language) for one in sites], language)
    return Facts(place=places, count=len(due), due=due, kept=asking.kept_as_before[patron.pk])


def _due_within(loans: Sequence[Loan], first: date, last: date, *kinds: str) -> list[Loan]:
    return [loan for loan in loans if first <= loan.due_on <= last and _counts(loan, *kinds)]


def _counts(loan: Loan, *kinds: str) -> bool:
    return loan.kind in kinds and not (loan.received_at or loan.claimed_at or loan.lost_at)


def _soon(patron: Patron, asking: Asking) -> Facts | None:
    found = _due_within(asking.loans[patron.pk], asking.on, asking.on + timedelta(days=SOON_DAYS), "loan")
    if not found:
        return None
    return Facts([loan.item.record.title for loan in found], max(loan.due_on for loan in found))


def _overdue(patron: Patron, asking: Asking) -> Facts | None:
    yesterday = asking.on - timedelta(days=1)
    found = _due_within(asking.loans_of_households[patron.pk], date.min, yesterday, "loan", "overnight")
    return Facts([loan.item.record.title for loan in found]) if found else None


def _card(patron: Patron, asking: Asking) -> Facts | None:
    card = asking.cards.get(patron.pk)
    return Facts(until=card.expires_on) if card else None


def _over(patron: Patron, asking: Asking) -> Facts | None:
    """What was not collected or cannot be provided, unless it was put right before the message left."""
    return None if patron.pk in asking.put_right else Facts()


def _loans_paused(patron: Patron, asking: Asking) -> Facts | None:
    return _pause("loans-paused", patron, asking)


def _holds_paused(patron: Patron, asking: Asking) -> Facts | None:
    return _pause("holds-paused", patron, asking)


def _pause(reason: str, patron: Patron, asking: Asking) -> Facts | None:
    """Until when; nothing when it was lifted or is over."""
    mine = asking.pauses[patron.pk]
    return Facts(until=mine[reason]) if reason in mine else None


def _lost(patron: Patron, asking: Asking) -> Facts | None:
    """What is lost and still to be replaced: these loans are open, and may be named."""
    found = [loan.item.record.title for loan in asking.loans[patron.pk] if loan.lost_at and not loan.received_at]
    return Facts(found) if found else None


def _claim_resolved(patron: Patron, asking: Asking) -> Facts | None:
    """返したら消える: the loan has ended, and nothing leads from the reader to the book any more. It is not named."""
    return None if patron.pk in asking.claims_open_again else Facts()


def _came_back(patron: Patron, asking: Asking) -> Facts | None:
    return None if patron.pk in asking.lost_again else Facts()


def _nothing_more(_patron: Patron, _asking: Asking) -> Facts | None:
    return Facts()


FACTS: Mapping[str, Callable[[Patron, Asking], Facts | None]] = {
    "hold-ready": _ready,
    "due-soon": _soon,
    "overdue": _overdue,
    "hold-over": _over,
    "card-expiry": _card,
    "closing": _closing,
    "dates-back": _dates_back,
    "loans-paused": _loans_paused,
    "holds-paused": _holds_paused,
    "replacement-asked": _lost,
    "lost-item-came-back": _came_back,
    "claim-resolved": _claim_resolved,
    "suggestion-answered": _nothing_more,
    "list-answered": _nothing_more,
}
_CLOSING_EXAMPLE = Facts(
    place="中央図書館",
    since=date(2026, 12, 7),
    until=date(2026, 12, 9),
    count=2,
    due=(date(2026, 12, 12),),
    kept=(date(2026, 12, 13),),
)
EXAMPLE_PHONE = "071-000-1001"
"""Nobody has it: no exchange begins with 0."""
EXAMPLES: Mapping[str, Facts] = {
    kind: replace(facts, phone=EXAMPLE_PHONE)
    for kind, facts in {
        "hold-ready": Facts(("こころ", "草枕"), date(2026, 12, 6), "中央図書館"),
        "due-soon": Facts(("こころ", "草枕"), date(2026, 12, 6)),
        "overdue": Facts(("こころ",)),
        "hold-over": Facts(),
        "card-expiry": Facts(until=date(2026, 12, 31)),
        "closing": _CLOSING_EXAMPLE,
        "dates-moved": Facts(count=2, due=(date(2026, 12, 12),)),
        "dates-back": Facts(place="中央図書館", count=2, due=(date(2026, 12, 8),), kept=(date(2026, 12, 9),)),
        "loans-paused": Facts(until=date(2026, 12, 13)),
        "holds-paused": Facts(until=date(2027, 1, 6)),
        "replacement-asked": Facts(("こころ",)),
        "lost-item-came-back": Facts(),
        "claim-resolved": Facts(),
        "suggestion-answered": Facts(),
        "list-answered": Facts(),
        "digest": Facts(count=2),
        "overdue-letter": Facts(("こころ（返す日 12月6日（日））", "草枕（返す日 12月6日（日））")),
        "overdue-postcard": Facts(count=2, since=date(2026, 11, 4), place="中央図書館"),
        "letter-hold-ready": Facts(("こころ", "草枕"), date(2026, 12, 6), "中央図書館"),
        "letter-card-expiry": Facts(until=date(2026, 12, 31)),
        "telephone-hold-ready": Facts(("こころ", "草枕"), date(2026, 12, 6), "中央図書館"),
        "telephone-hold-over": Facts(),
        "telephone-closing": _CLOSING_EXAMPLE,
        "telephone-dates-back": Facts(place="中央図書館", count=2, due=(date(2026, 12, 8),), kept=(date(2026, 12, 9),)),
        "telephone-loans-paused": Facts(until=date(2026, 12, 13)),
        "telephone-holds-paused": Facts(until=date(2027, 1, 6)),
        "telephone-replacement-asked": Facts(("こころ",)),
        "telephone-lost-item-came-back": Facts(),
        "telephone-claim-resolved": Facts(),
        "telephone-overdue": Facts(count=2),
        "telephone-message": Facts(),
        "line-welcome": Facts(),
        "line-connected": Facts(),
    }.items()
}
SLIP_EXAMPLE: Mapping[str, str | date] = {
    "place": "中央",
    "phone": EXAMPLE_PHONE,
    "slot": "0042",
    "until": date(2026, 12, 6),
    "printed": "2026-11-22 10:15",
}
SLIP_EXAMPLE_DAYS: Sequence[tuple[date, Mapping[str, str]]] = (
    (date(2026, 12, 6), {"titles": "・こころ\n・草枕"}),
    (date(2026, 12, 13), {"count": "3"}),
)
"""For previews: invented."""
