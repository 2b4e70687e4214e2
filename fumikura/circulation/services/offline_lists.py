"""Lists of offline terminals arrive, are kept as they were signed, and are entered when the terminal has no more to send."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.db import transaction

from fumikura.circulation.models import OfflineList, OfflineTerminal
from fumikura.circulation.network_events import OfflineListQuarantined, OfflineListReceived
from fumikura.circulation.rules.offline import Batch, Dated, LineAnswer, dated, in_order, what_is_taken_back
from fumikura.circulation.rules.offline_lists import (
    MOST_LETTERS,
    MOST_LINES,
    Head,
    Stretch,
    links_of,
    objection,
    read_head,
    read_line,
    signed,
)
from fumikura.circulation.rules.sealing import unseal
from fumikura.circulation.services.offline import DOOR, enter_line
from fumikura.circulation.services.scene import Scene
from fumikura.journal.queries import answers_of
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason, Refused

ASKED_WITHIN = 600.0
"""Seconds during which a signed question is answered."""
MOST_QUARANTINED = 20
"""Of one terminal. More of the same would tell a person nothing, and fill the disk."""


@dataclass(frozen=True)
class Received:
    """What became of a stretch."""

    terminal: str
    next: int
    """The line that the terminal is to send next."""
    quarantined_for: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a terminal's lists have been entered."""

    left: int
    answers: tuple[LineAnswer, ...] = ()


def terminal_coded(code: str) -> OfflineTerminal:
    """Refused("terminal-unknown")."""
    found = OfflineTerminal.objects.select_related("facility").filter(code=code).first()
    if found is None:
        raise Refused(Reason.of("terminal-unknown", terminal=code))
    return found


def terminal_asking(*, code: str, what: str, asked_at: str, signature: str, at: datetime) -> OfflineTerminal:
    """The terminal that asks for something and signs "what, terminal, when" with its secret, by the house's clock.

    Refused with terminal-unknown, terminal-revoked or batch-signature-broken, also when it was signed long ago.
    """
    terminal = terminal_coded(code)
    if terminal.revoked_at is not None:
        raise Refused(Reason.of("terminal-revoked", terminal=code))
    good = signed(f"{what} {code} {asked_at}", "", terminal.secret)
    try:
        age = abs((datetime.fromisoformat(asked_at) - at).total_seconds())
    except (ValueError, TypeError):
        age = ASKED_WITHIN
    if not hmac.compare_digest(good, signature) or age >= ASKED_WITHIN:
        raise Refused(Reason.of("batch-signature-broken", terminal=code))
    return terminal


@transaction.atomic
def receive_list(*, stretch: Stretch, via: str, at: datetime) -> Received:
    """Keep a stretch of a list as it was signed. The signature is the terminal's right to bring it; nobody need sign in.

    Sent again it changes nothing; lines that have arrived before are passed over. A list that is not the terminal's own
    is quarantined with the reason. Refused with list-unreadable, terminal-unknown, or offline-list-gap when lines before
    it have not arrived ("next" says which).
    """
    head = _head_of(stretch)
    terminal = OfflineTerminal.objects.select_for_update(of=("self",)).filter(code=head.terminal).first()
    if terminal is None:
        raise Refused(Reason.of("terminal-unknown", terminal=head.terminal))
    site = terminal.facility.code
    why = objection(stretch, head, secret=terminal.secret, site=site, is_revoked=terminal.revoked_at is not None)
    if why:
        return _quarantine(terminal, head, stretch, why, via=via, at=at)
    passed_over = terminal.received + 1 - head.first
    if passed_over < 0:
        raise Refused(Reason.of("offline-list-gap", next=terminal.received + 1))
    links = links_of(head, stretch.lines, terminal.secret)
    if passed_over >= len(stretch.lines):
        _hear(terminal, head, at)
        return Received(terminal.code, terminal.received + 1)
    if links[passed_over] != terminal.link:
        return _quarantine(terminal, head, stretch, "chain-broken", via=via, at=at)
    return _keep(terminal, head, stretch, passed_over, links[-1], via=via, at=at)


def _head_of(stretch: Stretch) -> Head:
    lines = stretch.lines
    if len(lines) > MOST_LINES or any(len(line) > MOST_LETTERS for line in lines) or len(stretch.head) > MOST_LETTERS:
        raise Refused(Reason("list-unreadable"))
    try:
        return read_head(stretch.head)
    except ValueError:
        raise Refused(Reason("list-unreadable")) from None


def _keep(
    terminal: OfflineTerminal, head: Head, stretch: Stretch, passed_over: int, link: str, *, via: str, at: datetime
) -> Received:
    fresh = stretch.lines[passed_over:]
    OfflineList.objects.create(
        terminal=terminal, first=terminal.received + 1, count=len(fresh), head=stretch.head, lines=list(fresh),
        signature=stretch.signature, ahead_seconds=head.ahead_seconds, via=via, received_at=at,
    )  # fmt: skip
    terminal.received, terminal.link = terminal.received + len(fresh), link
    _hear(terminal, head, at)
    received = OfflineListReceived(terminal=terminal.code, count=len(fresh), ahead_seconds=head.ahead_seconds)
    Scene(actor_of(terminal), at).record(received, f"circulation.terminal:{terminal.pk}")
    return Received(terminal.code, terminal.received + 1)


def _hear(terminal: OfflineTerminal, head: Head, at: datetime) -> None:
    terminal.heard_at, terminal.ahead_seconds = at, head.ahead_seconds
    terminal.save(update_fields=["received", "link", "heard_at", "ahead_seconds"])


def _quarantine(
    terminal: OfflineTerminal, head: Head, stretch: Stretch, why: str, *, via: str, at: datetime
) -> Received:
    answer = Received(terminal.code, terminal.received + 1, why)
    before = list(OfflineList.objects.filter(terminal=terminal).exclude(quarantined_for=""))
    is_known = any(
        (one.head, one.lines, one.quarantined_for) == (stretch.head, [*stretch.lines], why) for one in before
    )
    if is_known or len(before) >= MOST_QUARANTINED:
        return answer
    OfflineList.objects.create(
        terminal=terminal, first=head.first, count=len(stretch.lines), head=stretch.head, lines=list(stretch.lines),
        signature=stretch.signature[:64], ahead_seconds=head.ahead_seconds, via=via, received_at=at,
        quarantined_for=why,
    )  # fmt: skip
    kept = OfflineListQuarantined(terminal=terminal.code, why=why)
    Scene(actor_of(terminal), at).record(kept, f"circulation.terminal:{terminal.pk}")
    return answer


def actor_of(terminal: OfflineTerminal) -> Actor:
    """A terminal acts at its site with what it signed. Each line names who was signed in."""
    return Actor(
        ref=f"terminal:{terminal.code}", facility=terminal.facility.code, via=DOOR, permissions=frozenset(PERMISSIONS)
    )


def enter_received(*, terminal: OfflineTerminal, at: datetime, seconds: float = 2.0) -> Progress:
    """Go on entering what has arrived of a terminal's list, for about so many seconds. Answers what is left.

    Each line is a transaction of its own and has one effect however often this is called; broken off anywhere, the next
    call goes on. When all has been entered the kept lines, which name cards, are emptied.
    """
    lists = list(OfflineList.objects.filter(terminal=terminal, entered_at=None, quarantined_for="").order_by("first"))
    lines = in_order(one for kept in lists for one in dated(_batch(terminal, kept), now=at))
    before = answers_of([f"offline-{one.line.key}" for one in lines], door=DOOR)
    todo = [one for one in lines if f"offline-{one.line.key}" not in before]
    answers = _enter_while(todo, lines, actor_of(terminal), at=at, until=monotonic() + seconds)
    if len(answers) == len(todo):
        ids = [kept.pk for kept in lists]
        OfflineList.objects.filter(pk__in=ids).update(entered_at=at, lines=[])
    return Progress(left=len(todo) - len(answers), answers=answers)


def _enter_while(
    todo: Sequence[Dated], lines: Sequence[Dated], by: Actor, *, at: datetime, until: float
) -> tuple[LineAnswer, ...]:
    """Line after line, so that a call ends in time; what a line takes back is looked for in the whole list."""
    taken_back = what_is_taken_back(lines)
    answers: list[LineAnswer] = []
    for one in todo:
        answers.append(enter_line(one, by=by, at=at, taken_back=taken_back))
        if monotonic() > until:
            break
    return tuple(answers)


def _batch(terminal: OfflineTerminal, kept: OfflineList) -> Batch:
    lines = enumerate(kept.lines, start=kept.first)
    return Batch(
        terminal=terminal.code,
        site=terminal.facility.code,
        skew_seconds=kept.ahead_seconds,
        lines=tuple(read_line(text, number=number, terminal=terminal.code) for number, text in lines),
        signature=kept.signature,
    )


def receive_file(*, data: bytes, at: datetime) -> Received:
    """A list carried over on a stick: the terminal's code in clear, and the sealed stretches. Refused("list-unreadable")."""
    code, _, sealed = data.partition(b"\n")
    terminal = terminal_coded(code.decode("ascii", "replace").removeprefix("fumikura-offline ").strip()[:40])
    try:
        stretches = json.loads(unseal(sealed, terminal.secret))
        read = [Stretch(head=one["head"], lines=tuple(one["lines"]), signature=one["signature"]) for one in stretches]
    except (ValueError, TypeError, KeyError):
        raise Refused(Reason("list-unreadable")) from None
    answer = Received(terminal.code, terminal.received + 1)
    for stretch in read:
        answer = receive_list(stretch=stretch, via="file", at=at)
        if answer.quarantined_for:
            break
    return answer
