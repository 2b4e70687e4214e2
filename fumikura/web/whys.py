"""Why it was decided so, in sentences: the due date of a loan, the reader and the copy of a hold, the way, the last day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import explain_due
from fumikura.circulation.rules.expecting import Expected
from fumikura.circulation.services import RivalCopy, RivalReader, WhyBound, WhyUntil
from fumikura.kernel.reasons import why_words
from fumikura.kernel.refusals import Reason
from fumikura.web.design.days import day
from fumikura.web.ways import names_of_places, way_in_words

MOST_ON_A_SLIP = 3


def due_in_words(loan: Loan, *, is_shifted: bool = False) -> tuple[str, ...]:
    """By the rules of its own day: the period and its rule, then what moved the date (`is_shifted`: see explain_due)."""
    return tuple(why_sentence(reason) for reason in explain_due(loan, is_shifted=is_shifted).reasons)


@dataclass(frozen=True)
class Rival:
    """One who lost, or a copy that was not the one: what it is, and by what."""

    name: str
    figures: str
    lost_by: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """The whole explanation of a bound copy; `short` is what a slip has room for."""

    turn: str
    asked: str
    readers: tuple[Rival, ...]
    more: str
    copy: str
    copies: tuple[Rival, ...]
    way: str
    until: tuple[str, ...]
    short: tuple[str, ...]


def bound_in_words(why: WhyBound, today: date) -> Told:
    names = names_of_places()
    asked = gettext("申し込み {when}").format(when=moment(why.hold.accepted_at, today))
    if why.hold.entered_at > why.hold.accepted_at:
        asked += gettext("（入力 {when}）").format(when=moment(why.hold.entered_at, today))
    more = ""
    if why.more_readers:
        more = ngettext(
            "ほかに、あとから申し込んだ方が{n}人", "ほかに、あとから申し込んだ方が{n}人", why.more_readers
        ).format(n=why.more_readers)
    copy = _copy(why, names)
    way = _way(why, names)
    until = until_in_words(why.shelf) if why.shelf else ()
    return Told(
        turn=why_sentence(Reason("queue-rule")),
        asked=asked,
        readers=tuple(_reader(one, names, today) for one in why.readers),
        more=more,
        copy=copy,
        copies=tuple(_other(one, names, today) for one in why.copies),
        way=way,
        until=until,
        short=(gettext("先に申し込んだ方からです。"), asked, *_ahead(why, today), copy, way, *until),
    )


def _ahead(why: WhyBound, today: date) -> Iterator[str]:
    """On a slip: those who asked earlier and come later all the same, each with the reason; of many the first few."""
    mine = (why.hold.accepted_at, why.hold.entered_at, why.hold.pk)
    ahead = [one for one in why.readers if (one.accepted_at, one.entered_at, one.hold) < mine]
    for one in ahead[:MOST_ON_A_SLIP]:
        yield gettext("先の申し込み {when}：{why}").format(
            when=moment(one.accepted_at, today), why=why_sentence(one.lost_by, today)
        )
    if more := len(ahead[MOST_ON_A_SLIP:]):
        yield gettext("ほかの先の申し込み：{n}件（画面で見られます）").format(n=more)


def why_sentence(why: Reason, today: date | None = None) -> str:
    """One code in the reader's language, its days as people say them."""
    said = Reason(why.code, "", tuple((name, _said(value, today)) for name, value in why.values))
    return why_words(said, get_language() or "ja")


def _said(value: str | int, today: date | None) -> str | int:
    try:
        return day(date.fromisoformat(str(value)), today) if isinstance(value, str) else value
    except ValueError:
        return value


def mine_in_words(whys: Sequence[Reason], today: date, names: Mapping[str, str]) -> tuple[str, ...]:
    """A reader's own hold (circulation.services.whys_mine): the codes of places become their `names`."""
    return tuple(why_sentence(_placed(one, names), today) for one in whys)


def _placed(why: Reason, names: Mapping[str, str]) -> Reason:
    values = ((name, names.get(str(value), value) if name == "place" else value) for name, value in why.values)
    return Reason(why.code, "", tuple(values))


def moment(when: datetime, today: date) -> str:
    local = timezone.localtime(when)
    return f"{day(local.date(), today)} {local:%-H:%M}"


def _copy(why: WhyBound, names: Mapping[str, str]) -> str:
    if why.in_hand:
        return why_sentence(Reason("copy-in-hand"))
    where = names.get(why.stood_at, why.stood_at)
    if not why.stops:
        return gettext("受取館の{place}の棚にありました。").format(place=where)
    return gettext("{place}の棚にあり、受取館まで便で{stops}停車です。").format(place=where, stops=why.stops)


def _way(why: WhyBound, names: Mapping[str, str]) -> str:
    if why.is_there:
        return gettext("受取館にあるので、運びません。")
    return way_in_words(why.way, names)


def until_in_words(shelf: WhyUntil) -> tuple[str, ...]:
    return tuple(why_sentence(reason) for reason in shelf.reasons)


def _reader(one: RivalReader, names: Mapping[str, str], today: date) -> Rival:
    return Rival(
        gettext("{place}で受け取る方").format(place=names.get(one.pickup, one.pickup)),
        moment(one.accepted_at, today),
        why_sentence(one.lost_by, today),
    )


def _other(one: RivalCopy, names: Mapping[str, str], today: date) -> Rival:
    return Rival(one.item.barcode, names.get(one.stands_at, one.stands_at), why_sentence(one.lost_by, today))


def estimate_in_words(expected: Expected | Reason | None, today: date) -> str:
    """見込み：5月20日から6月3日, or why nobody can tell; empty when there is nothing to expect."""
    if expected is None:
        return ""
    if isinstance(expected, Reason):
        return gettext("いつになるかは分かりません。") + why_sentence(expected, today)
    early, late = day(expected.earliest, today), day(expected.latest, today)
    if early == late:
        return gettext("見込み：{day}ごろ").format(day=early)
    return gettext("見込み：{early}から{late}").format(early=early, late=late)
