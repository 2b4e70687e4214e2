"""What the screen does: the same verbs as at the desk, and every answer in words for the reader who stands there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import uuid4

from django.utils.translation import get_language, gettext

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import get_loan, open_loan_of
from fumikura.holdings.models import Item
from fumikura.holdings.queries import get_item
from fumikura.journal.services import once
from fumikura.kernel.reasons import patron_words, words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import places_by_code
from fumikura.patrons.models import Patron
from fumikura.web.design.days import day
from fumikura.web.design.names import name_of
from fumikura.web.kiosk.screen import Screen
from fumikura.web.whys import why_sentence


@dataclass(frozen=True)
class Said:
    """One answer: ok, go, ask or stop; a headline, what to do, further sentences."""

    kind: str
    headline: str
    do: str = ""
    lines: tuple[str, ...] = ()
    loan: int = 0
    titles: tuple[str, ...] = field(default=())


def lend(screen: Screen, patron: Patron, item: Item) -> Said:
    """Lend it, or renew it when the reader has it already."""

    def act() -> dict[str, Any]:
        mine = open_loan_of(item)
        if mine is not None and mine.patron_id == patron.pk and mine.received_at is None:
            loan = circulation.renew(loan=get_loan(mine.pk), by=screen.by, at=screen.at)
            return _made(loan, renewed=True)
        return _made(circulation.check_out(item=item, patron=patron, by=screen.by, at=screen.at), renewed=False)

    done, trouble = _did(screen, act)
    if done is None:
        return trouble
    due = day(date.fromisoformat(done["due"]))
    headline = gettext("延長しました") if done["renewed"] else gettext("借りました")
    why = (why_sentence(Reason(f"due-{code}")) for code in done.get("why", ()))
    lines = (title_of(item), *why)
    return Said("ok", headline, gettext("返す日：{due}").format(due=due), lines, loan=done["loan"])


def _made(loan: Loan, *, renewed: bool) -> dict[str, Any]:
    """What is kept under the request key, with the codes of what moved the day. No pair of reader and title."""
    why = list(loan.snapshot.get("why", ()))
    return {"loan": loan.pk, "due": loan.due_on.isoformat(), "renewed": renewed, "why": why}


def take_back(screen: Screen, item: Item) -> Said:
    """Where it goes is said as a box or a shelf of this machine, never for whom."""
    mode = "provisional" if screen.device.returns_provisionally else "final"

    def act() -> dict[str, Any]:
        was_lent = Loan.objects.open().filter(item=item).exists()
        back = circulation.check_in(item=item, by=screen.by, at=screen.at, mode=mode)
        return {"item": item.pk, "stop": back.stop.kind, "to": back.stop.to, "was_lent": was_lent}

    done, trouble = _did(screen, act)
    if done is None:
        return trouble
    headline = gettext("返却しました") if done["was_lent"] else gettext("受け取りました")
    return Said("ok", headline, _where_to(screen, done["stop"], done["to"]), (title_of(get_item(done["item"])),))


def _where_to(screen: Screen, stop: str, to: str) -> str:
    bins = screen.device.bins
    if name := bins.get(f"{stop}:{to}") or bins.get(stop):
        return _tell("put-in-bin", bin=name)
    if stop == "send":
        place = places_by_code().get(to)
        name = name_of(place) if place else to
        return _tell("put-in-crate", place=name)
    return _tell("put-on-table")


def _tell(code: str, **figures: str) -> str:
    """One sentence to the reader, in the library's words where it has written its own."""
    return " ".join(filter(None, patron_words(code, get_language() or "ja", **figures)))


def _did(screen: Screen, act: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any] | None, Said]:
    try:
        done, _ = once(screen.by.request_key or uuid4().hex, act, door="kiosk", at=screen.at)
    except Refused as refused:
        return None, refusal(refused)
    return done, Said("ok", "")


def refusal(refused: Refused) -> Said:
    """Every reason at once, and the way that is always open."""
    language = get_language() or "ja"
    lines = []
    for reason in refused.reasons:
        sentence, way_out = words(_spoken(reason), language)
        lines.append(f"{sentence} {way_out}".strip())
    return Said("stop", gettext("この機械ではできません"), _tell("ask-staff"), tuple(lines))


def _spoken(reason: Reason) -> Reason:
    """ISO dates among the figures become spoken days."""
    return replace(reason, values=tuple((name, _spoken_value(value)) for name, value in reason.values))


def _spoken_value(value: str | int) -> str | int:
    try:
        return day(date.fromisoformat(value)) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


def title_of(item: Item) -> str:
    return gettext("『{title}』").format(title=f"{item.record.title} {item.volume}".strip())
