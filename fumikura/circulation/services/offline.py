"""What was done without a line is entered afterwards: the same verbs, at the original times, each key once."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from fumikura.catalogue.queries import get_record
from fumikura.circulation.models import OfflineTerminal, ReplayedLine
from fumikura.circulation.network_events import ReplayLineSetAside, ReplayLineSettled, TerminalPrepared
from fumikura.circulation.rules.offline import (
    Batch,
    Dated,
    LineAnswer,
    again,
    answer_from,
    dated,
    in_order,
    is_genuine,
    note_of,
)
from fumikura.circulation.services.holds import Want, place_hold
from fumikura.circulation.services.offline_loans import StayedOut, lend_what_left, take_back_what_came
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import find_facility
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_category, find_patron_by_card

DOOR = "offline"


@transaction.atomic
def prepare_terminal(*, facility: Facility, code: str, by: Actor, at: datetime) -> OfflineTerminal:
    """Let a browser go on without a line, and give it the secret with which it signs. An earlier one of that code ends."""
    by.require("circulation.check-out")
    OfflineTerminal.objects.filter(code=code, facility=facility).delete()
    if OfflineTerminal.objects.filter(code=code).exists():
        raise Refused(Reason.of("code-taken", taken=code))
    terminal = OfflineTerminal.objects.create(code=code, facility=facility, secret=secrets.token_hex(32), issued_at=at)
    Scene(by, at).record(TerminalPrepared(terminal=code), f"circulation.terminal:{terminal.pk}")
    return terminal


def replay_offline(*, batches: Sequence[Batch], by: Actor, at: datetime) -> tuple[LineAnswer, ...]:
    """Enter lists of terminals: registrations, loans, holds, returns; lines on one item in the order of their time.

    What has left the building is on loan: limits, blocks and holds of others are waived and noted. Each line is a
    transaction of its own, so that one that cannot be entered holds up no other; it is set aside for a person.
    Sent again, a line has no second effect. Answers in the order entered. Refused("batch-signature-broken") with
    every list that is not its terminal's own; then nothing is entered.
    """
    by.require("circulation.replay-offline")
    secrets_of = dict(OfflineTerminal.objects.filter(revoked_at=None).values_list("code", "secret"))
    broken = [batch for batch in batches if not is_genuine(batch, secrets_of.get(batch.terminal, ""))]
    if broken or any(batch.terminal not in secrets_of for batch in batches):
        raise Refused(*(Reason.of("batch-signature-broken", terminal=batch.terminal) for batch in broken or batches))
    lines = in_order(one for batch in batches for one in dated(batch, now=at))
    return tuple(_once(one, by, at) for one in lines)


def _once(one: Dated, by: Actor, at: datetime) -> LineAnswer:
    body, was_before = once(f"offline-{one.line.key}", lambda: asdict(_enter(one, by, at)), door=DOOR, at=at)
    answer = answer_from(body)
    return again(answer) if was_before else answer


def _enter(one: Dated, by: Actor, at: datetime) -> LineAnswer:
    """Inside the transaction of this line."""
    actor = replace(by, facility=one.site, via=DOOR, request_key=one.line.key, permissions=frozenset(PERMISSIONS))
    act = _ACTS.get(one.line.kind)
    try:
        if act is None:
            raise Refused(Reason("line-unreadable"))
        with transaction.atomic():
            notes = act(one, actor, at)
    except StayedOut as nothing:
        return LineAnswer(key=one.line.key, status="set-aside", why=nothing.why)
    except Refused as refused:
        why = refused.reasons[0].code
        Scene(actor, at).record(ReplayLineSetAside(kind=one.line.kind, why=why))
        _keep_for_a_person(one, why, is_entered=False)
        return LineAnswer(key=one.line.key, status="set-aside", why=why)
    if note := note_of(one, notes):
        if notes:
            _keep_for_a_person(one, note, is_entered=True)
        return LineAnswer(key=one.line.key, status="applied-with-note", why=note)
    return LineAnswer(key=one.line.key, status="applied")


def _keep_for_a_person(one: Dated, why: str, *, is_entered: bool) -> None:
    line = one.line
    ReplayedLine.objects.create(
        key=line.key, terminal=one.terminal, facility=find_facility(one.site), kind=line.kind, happened_at=one.at,
        item=line.item[:40], card=line.card[:40], is_entered=is_entered, why=why[:60],
    )  # fmt: skip


def _register(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    line = one.line
    category = find_category(line.category)
    if category is None:
        raise Refused(Reason.of("category-unknown", category=line.category))
    patrons.register(
        name=line.name, reading=line.reading, category=category, home=find_facility(one.site),
        card_number=line.card, by=by, at=one.at,
    )  # fmt: skip
    return ()


def _loan(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    patron, item = _patron(one), _item(one)
    return lend_what_left(item=item, patron=patron, by=by, at=one.at)


def _hold(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    record = get_record(one.line.record)
    pickup = find_facility(one.line.pickup or one.site)
    place_hold(patron=_patron(one), want=Want((record,)), pickup=pickup, by=by, at=at, accepted_at=one.at)
    return ()


def _return(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    return take_back_what_came(item=_item(one), by=by, came_at=one.at, at=at)


_ACTS: dict[str, Callable[[Dated, Actor, datetime], Sequence[str]]] = {
    "register": _register,
    "loan": _loan,
    "hold": _hold,
    "return": _return,
}


def _patron(one: Dated) -> Patron:
    patron = find_patron_by_card(one.line.card)
    if patron is None:
        raise Refused(Reason("patron-unknown"))
    return patron


def _item(one: Dated) -> Item:
    return find_item(one.line.item)


@transaction.atomic
def settle_line(*, line: ReplayedLine, by: Actor, at: datetime) -> None:
    """Somebody has looked and done what was to be done: off the work list, and the card number is forgotten."""
    by.require("circulation.replay-offline")
    if ReplayedLine.objects.filter(pk=line.pk, settled_at=None).update(settled_at=at, card=""):
        settled = ReplayLineSettled(kind=line.kind, why=line.why)
        Scene(by, at).record(settled, f"circulation.replayed-line:{line.pk}")


def lines_to_settle(facility: Facility) -> list[ReplayedLine]:
    """The work list of a site, the oldest first."""
    return list(ReplayedLine.objects.filter(facility=facility, settled_at=None).order_by("happened_at", "pk"))
