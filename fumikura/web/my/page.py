"""What my page shows: each loan as one line, and what the last renewal came to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from fumikura.acquisitions.queries import asked_things_asked_for
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import asked_rules_in_force
from fumikura.circulation.quotas import Awaited, asked_awaited_by, awaited_by
from fumikura.circulation.shifted import asked_open_loans_and_shifts_of, open_loans_and_shifts_of
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.queries import asked_current_card, asked_household, current_card, household
from fumikura.statements.ahead import Asked
from fumikura.web.design.names import name_of
from fumikura.web.my.codes import Drawing, bars, squares
from fumikura.web.my.meters import Meter, meters_of
from fumikura.web.whys import due_in_words

SOON_DAYS = 3
CARD_SOON_DAYS = 30


@dataclass(frozen=True)
class Said:
    sentence: str
    way_out: str


@dataclass(frozen=True, kw_only=True)
class BookLine:
    """What a line of the page shows of a title; `pk` is the row of the loan or the hold."""

    pk: int
    record: int
    title: str
    creator: str
    ndc: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class LoanLine(BookLine):
    """One loan of the reader who looks at it."""

    due_on: date
    place: str
    why: tuple[str, ...]
    """Why it is due on that day, in whole sentences."""
    is_late: bool
    is_soon: bool
    is_received: bool
    """It lies in a return machine: nothing is left to do for the reader."""
    renewed: bool
    """Renewed just now."""
    refusals: tuple[Said, ...]
    """Why it could not be renewed just now."""


@dataclass(frozen=True, kw_only=True)
class HoldLine(BookLine):
    """One open hold, by the first of its titles."""

    more: int
    """How many other titles it is for."""
    place: str
    """Where it is to be collected."""
    is_ready: bool


@dataclass(frozen=True, kw_only=True)
class CardPanel:
    number: str
    """In groups of four, for reading aloud."""
    expires_on: date
    is_expired: bool
    is_soon: bool
    bars: Drawing | None
    squares: Drawing


@dataclass(frozen=True, kw_only=True)
class Page:
    lines: tuple[LoanLine, ...]
    holds: tuple[HoldLine, ...]
    """What can be collected first, then in the order of asking."""
    wards: tuple[str, ...]
    """Names of those in the reader's care."""
    card: CardPanel | None
    meters: tuple[Meter, ...]

    @property
    def ready(self) -> list[HoldLine]:
        return [line for line in self.holds if line.is_ready]

    @property
    def late(self) -> list[LoanLine]:
        return [line for line in self.lines if line.is_late]

    @property
    def soon(self) -> list[LoanLine]:
        return [line for line in self.lines if line.is_soon]

    @property
    def renewable(self) -> list[LoanLine]:
        """Those worth asking for: not in a return machine, and not refused or renewed a moment ago."""
        return [line for line in self.lines if not (line.is_received or line.refusals or line.renewed)]

    @property
    def renewed(self) -> list[LoanLine]:
        return [line for line in self.lines if line.renewed]

    @property
    def refused(self) -> list[LoanLine]:
        return [line for line in self.lines if line.refusals]


def my_page(patron: Patron, *, at: datetime, outcome: Mapping[str, Any]) -> Page:
    """`outcome` is what the last renewal was answered, as `renewal_answer` wrote it; empty when there was none."""
    today = timezone.localdate(at)
    told = open_loans_and_shifts_of(patron)
    loans = [loan for loan, _is_shifted in told]
    why = {loan.pk: due_in_words(loan, is_shifted=is_shifted) for loan, is_shifted in told}
    awaited = awaited_by(patron)
    return Page(
        lines=tuple(loan_lines(loans, today=today, outcome=outcome, why=why)),
        holds=tuple(_hold_lines(awaited)),
        wards=tuple(one.name for one in household(patron, today)[1:]),
        card=card_panel(patron, at=at),
        meters=tuple(meters_of(patron, loans, awaited, at=at)),
    )


def asked_my_page(patron: Patron, *, at: datetime) -> tuple[Asked, ...]:
    """What `my_page` reads of this reader, for `read_ahead`."""
    return (
        asked_open_loans_and_shifts_of(patron),
        asked_awaited_by(patron),
        asked_household(patron, timezone.localdate(at)),
        asked_current_card(patron),
        asked_rules_in_force(timezone.localdate(at)),
        asked_things_asked_for(patron),
    )


def _hold_lines(awaited: Iterable[Awaited]) -> list[HoldLine]:
    titles: dict[int, list[Awaited]] = {}
    for one in awaited:
        titles.setdefault(one.hold, []).append(one)
    lines = [
        HoldLine(
            pk=hold,
            record=first.record.pk,
            title=" ".join(filter(None, (first.record.title, first.record.volume))),
            creator=spoken_name(first.record.creator),
            ndc=first.record.ndc,
            kind=first.record.kind,
            more=len(others),
            place=name_of(first.pickup),
            is_ready=first.is_ready,
        )
        for hold, (first, *others) in titles.items()
    ]
    return sorted(lines, key=lambda line: not line.is_ready)


def loan_lines(
    loans: Iterable[Loan], *, today: date, outcome: Mapping[str, Any], why: Mapping[int, tuple[str, ...]]
) -> list[LoanLine]:
    """`outcome` as for `my_page`; `why` by row number of the loan, for those whose page gives the reasons of the day."""
    renewed = set(outcome.get("renewed", ()))
    refused = {loan: tuple(map(_said, reasons)) for loan, reasons in outcome.get("refused", ())}
    return [_line(loan, today, renewed, refused, why.get(loan.pk, ())) for loan in loans]


def _line(
    loan: Loan, today: date, renewed: set[int], refused: Mapping[int, tuple[Said, ...]], why: tuple[str, ...]
) -> LoanLine:
    record, left = loan.item.record, (loan.due_on - today).days
    is_received = loan.received_at is not None
    return LoanLine(
        pk=loan.pk,
        record=record.pk,
        title=" ".join(part for part in (record.title, loan.item.volume or record.volume) if part),
        creator=spoken_name(record.creator),
        ndc=record.ndc,
        kind=record.kind,
        due_on=loan.due_on,
        place=name_of(loan.lent_facility),
        why=why,
        is_late=left < 0 and not is_received,
        is_soon=0 <= left <= SOON_DAYS and not is_received,
        is_received=is_received,
        renewed=loan.pk in renewed,
        refusals=refused.get(loan.pk, ()),
    )


def card_panel(patron: Patron, *, at: datetime) -> CardPanel | None:
    card = current_card(patron)
    return _drawn(card, timezone.localdate(at)) if card else None


def _drawn(card: Card, today: date) -> CardPanel:
    left = (card.expires_on - today).days
    return CardPanel(
        number=" ".join(card.number[start : start + 4] for start in range(0, len(card.number), 4)),
        expires_on=card.expires_on,
        is_expired=left < 0,
        is_soon=0 <= left <= CARD_SOON_DAYS,
        bars=_bars(card.number),
        squares=_squares(card.number),
    )


# A number is drawn once a process: choosing the mask of a QR code takes as long as the whole question for the loans.
_bars = lru_cache(maxsize=512)(bars)
_squares = lru_cache(maxsize=512)(squares)


def renewal_answer(outcomes: Iterable[tuple[int, Refused | None]]) -> dict[str, Any]:
    """Row numbers and codes, to be kept under the request key and read by my_page."""
    told = list(outcomes)
    return {
        "renewed": [loan for loan, refused in told if refused is None],
        "refused": [
            [loan, [[reason.code, dict(reason.values)] for reason in refused.reasons]]
            for loan, refused in told
            if refused
        ],
    }


def _said(reason: tuple[str, dict[str, str | int]]) -> Said:
    code, values = reason
    return Said(*words(Reason.of(code, "", **values), get_language() or "ja"))
