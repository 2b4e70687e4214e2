"""The answer to "can I have it?": where it stands, or when it comes back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fumikura.circulation.queries import ItemState
from fumikura.holdings.rules import Presence, presence
from fumikura.web.design.days import day as in_words

DAYS_IN_WORDS, MONTHS_IN_WORDS = 45, 12
"""From how many on, days are told as months, and months as "more than a year"."""

# Not on a shelf, but on its way to one.
_MOVING = frozenset({"in-transit", "on-hold-shelf", "set-aside"})


@dataclass(frozen=True)
class Standing:
    kind: str
    """here, near, wait or none: shape and colour of the answer."""
    words: str
    figures: str = ""
    """How many of how many, when there is more than one copy."""


def is_ever_lent(state: ItemState) -> bool:
    """Now or later: somebody may wait for it."""
    return state.kind != "withdrawn" and not state.reference_only


def standing_elsewhere() -> Standing:
    """Of an edition without copies in one line with others that have some on a shelf."""
    return Standing("here", _("ほかの版が棚にあります"))


def standing_on_order() -> Standing:
    """Of a title that has no copy yet and can be waited for."""
    return Standing("wait", _("注文しています"))


def standing_of(states: Sequence[ItemState], names: Mapping[str, str], today: date) -> Standing:
    """One line for all copies of a title. `names`: places by code."""
    present = [state for state in states if state.kind != "withdrawn"]
    if not present:
        return Standing("none", _("所蔵の登録はありません"))
    available = [state for state in present if state.is_available]
    figures = _figures(len(available), len(present))
    if available:
        return _should_be_there(available, names, today, figures)
    on_shelf = [state for state in present if state.kind == "on-shelf" and not state.is_resting]
    here_only = [state for state in on_shelf if state.reference_only]
    if moving := [state for state in present if _is_moving(state)]:
        return Standing("near", _moving_words(moving[0], names), _to_read(here_only, names) or figures)
    due = [state.due_on for state in present if state.due_on]
    if due:
        return Standing("wait", _due_words(min(due), max(due), today), _to_read(here_only, names) or figures)
    if any(state.is_promised for state in on_shelf):
        return Standing("wait", _("予約の方のために、棚から取り出すところです"), _to_read(here_only, names) or figures)
    if here_only:
        return Standing("none", _to_read(here_only, names))
    if resting := [state for state in present if state.is_resting]:
        return Standing("none", _resting_at(_place(resting[0], names)), figures)
    return Standing("none", _("見あたらず、さがしています"), figures)


def standing_of_copy(state: ItemState, names: Mapping[str, str], today: date) -> Standing:
    """One line for one copy, beside the place where it belongs."""
    if state.kind == "on-shelf" and state.is_resting:
        return Standing("none", _resting_at(_place(state, names)))
    if state.kind == "on-shelf" and state.is_promised:
        return Standing("wait", _("予約の方のために、棚から取り出すところです"))
    if state.kind == "on-shelf":
        return Standing("none", _("館内で読めます")) if state.reference_only else _copy_on_shelf(state, today)
    if state.kind == "on-loan":
        if state.is_received:
            return Standing("near", _("返ってきて、棚に戻すところです"))
        return Standing("wait", _("貸出中"), _due_figure(state.due_on, today))
    if state.kind == "in-transit":
        place = names.get(state.destination, state.destination)
        return Standing("near", _("%(place)sへ運んでいます") % {"place": place})
    if state.kind in _MOVING:
        return Standing("near", _("手入れや準備をしています") if state.kind == "set-aside" else _("取り置いています"))
    if state.kind == "missing":
        return Standing("none", _("見あたらず、さがしています"))
    return Standing("none", _("いまはありません"))


def _should_be_there(available: Sequence[ItemState], names: Mapping[str, str], today: date, figures: str) -> Standing:
    """Never a bare "available": how sure it is depends on when somebody last had the copy in the hand."""
    seen = [(state, _presence(state, today)) for state in available]
    sure = [(state, known) for state, known in seen if known.level != "doubtful"]
    if not sure:
        return Standing("none", _("%(place)s：%(doubt)s") % {"place": _place(available[0], names), "doubt": _doubt()})
    latest = max((known.seen_on for _state, known in sure if known.seen_on), default=None)
    return Standing("here", _on_shelf([state for state, _known in sure], names) + _confirmed(latest, today), figures)


def _copy_on_shelf(state: ItemState, today: date) -> Standing:
    known = _presence(state, today)
    if known.level == "doubtful":
        return Standing("none", _doubt())
    return Standing("here", _("棚にあるはずです") + _confirmed(known.seen_on, today))


def _presence(state: ItemState, today: date) -> Presence:
    seen_on = timezone.localdate(state.last_seen_at) if state.last_seen_at else None
    return presence(seen_on=seen_on, searched_in_vain=state.searched_in_vain, today=today)


def _resting_at(place: str) -> str:
    return _("%(place)sの工事や移転のあいだは、利用できません") % {"place": place}


def _doubt() -> str:
    return _("しばらく確認されていません — 係におたずねください")


def _confirmed(seen_on: date | None, today: date) -> str:
    """（3日前に確認）; empty when nothing is known."""
    if seen_on is None:
        return ""
    days = max(0, (today - seen_on).days)
    if days == 0:
        return _("（きょう確認）")
    if days < DAYS_IN_WORDS:
        return ngettext("（%(count)s日前に確認）", "（%(count)s日前に確認）", days) % {"count": days}
    months = max(1, round(days / 30.4))
    if months < MONTHS_IN_WORDS:
        return ngettext("（%(count)sか月前に確認）", "（%(count)sか月前に確認）", months) % {"count": months}
    return _("（1年以上前に確認）")


def _on_shelf(available: Sequence[ItemState], names: Mapping[str, str]) -> str:
    places = list(dict.fromkeys(_place(state, names) for state in available))
    if len(places) == 1:
        return _("%(place)sの棚にあるはずです") % {"place": places[0]}
    others = len(places) - 1
    sentence = ngettext(
        "%(place)sほか%(others)s館の棚にあるはずです", "%(place)sほか%(others)s館の棚にあるはずです", others
    )
    return sentence % {"place": places[0], "others": others}


def _to_read(reference_only: Sequence[ItemState], names: Mapping[str, str]) -> str:
    if not reference_only:
        return ""
    return _("%(place)sの館内で読めます") % {"place": _place(reference_only[0], names)}


def _figures(available: int, copies: int) -> str:
    if copies < 2:
        return ""
    return _("%(copies)s点のうち%(available)s点") % {"copies": copies, "available": available}


def _is_moving(state: ItemState) -> bool:
    return state.kind in _MOVING or state.is_received


def _moving_words(state: ItemState, names: Mapping[str, str]) -> str:
    if state.kind == "in-transit":
        return _("%(place)sへ運んでいます") % {"place": names.get(state.destination, state.destination)}
    return _("棚に戻すところです")


def _due_words(first: date, last: date, today: date) -> str:
    """Overdue copies say nothing about when one comes back, so the next honest date is given if there is one."""
    if last < today:
        return _("貸出中（返す日をすぎています）")
    coming = first if first >= today else last
    return _("貸出中・%(day)sまで") % {"day": in_words(coming, today)}


def _due_figure(due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    if due_on < today:
        return _("返す日をすぎています")
    return _("%(day)sまで") % {"day": in_words(due_on, today)}


def _place(state: ItemState, names: Mapping[str, str]) -> str:
    return names.get(state.facility, state.facility)
