"""What was done without a line is entered afterwards: the same verbs, at the original times, each key once."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import get_record, records_with
from fumikura.circulation.models import OfflineTerminal, ReplayedLine
from fumikura.circulation.network_events import ReplayLineSetAside, TerminalPrepared, TerminalRevoked
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
    what_is_taken_back,
)
from fumikura.circulation.services.holds import Want, place_hold
from fumikura.circulation.services.offline_loans import StayedOut, due_notes, lend_what_left, take_back_what_came
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.stops import stop_at
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import find_facility
from fumikura.patrons import services as patrons
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import card_is_stopped, find_category, find_patron_by_card

DOOR = "offline"


@transaction.atomic
def prepare_terminal(
    *, facility: Facility, by: Actor, at: datetime, code: str = "", name: str = ""
) -> OfflineTerminal:  # fmt: skip
    """Let a browser go on without a line, and give it the secret with which it signs. Without a code it gets a new one.

    Refused("code-taken").
    """
    by.require("circulation.check-out")
    code = code or f"{facility.code}-{secrets.token_hex(3)}"
    if OfflineTerminal.objects.filter(code=code).exists():
        raise Refused(Reason.of("code-taken", taken=code))
    terminal = OfflineTerminal.objects.create(
        code=code, name=name[:60], facility=facility, secret=secrets.token_hex(32), issued_at=at, heard_at=at
    )
    Scene(by, at).record(TerminalPrepared(terminal=code), f"circulation.terminal:{terminal.pk}")
    return terminal


@transaction.atomic
def revoke_terminal(*, terminal: OfflineTerminal, by: Actor, at: datetime) -> None:
    """The browser was lost, or is no longer a counter: what it signs is quarantined. A revoked one stays as it is."""
    by.require("circulation.replay-offline")
    if OfflineTerminal.objects.filter(pk=terminal.pk, revoked_at=None).update(revoked_at=at):
        Scene(by, at).record(TerminalRevoked(terminal=terminal.code), f"circulation.terminal:{terminal.pk}")


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
    taken_back = what_is_taken_back(lines)
    return tuple(enter_line(one, by=by, at=at, taken_back=taken_back) for one in lines)


def enter_line(one: Dated, *, by: Actor, at: datetime, taken_back: frozenset[str]) -> LineAnswer:
    """Enter a line that is known to be a terminal's own; its key has one effect. What is taken back is left out.

    What a bookmobile's terminal did counts for the stop where the bus stood; what needs a person waits at the terminal's own site.
    """
    if one.line.key in taken_back:
        return _left_out(one, at)
    body, was_before = once(f"offline-{one.line.key}", lambda: asdict(_enter(one, by, at)), door=DOOR, at=at)
    answer = answer_from(body)
    return again(answer) if was_before else answer


def _left_out(one: Dated, at: datetime) -> LineAnswer:
    """Taken back at the counter before it was ever sent: nothing happens, and it is remembered that nothing did."""
    nothing = LineAnswer(key=one.line.key, status="set-aside", why="taken-back")
    body, _ = once(f"offline-{one.line.key}", lambda: asdict(nothing), door=DOOR, at=at)
    return answer_from(body)


def acting(one: Dated, by: Actor) -> Actor:
    """Whoever was signed in when the line was written, at the site of the terminal; else whoever brings the list."""
    ref = one.line.staff if re.fullmatch(r"staff:\d{1,9}", one.line.staff) else by.ref
    return replace(
        by, ref=ref, facility=one.site, via=DOOR, request_key=one.line.key, permissions=frozenset(PERMISSIONS)
    )


def _enter(one: Dated, by: Actor, at: datetime) -> LineAnswer:
    """Inside the transaction of this line."""
    there = replace(one, site=stop_at(find_facility(one.site), one.at).code)
    actor = acting(there, by)
    try:
        with transaction.atomic():
            notes = act_out(there, actor, at)
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
        item=line.item[:40], card=line.card[:40], is_entered=is_entered, why=why[:60], facts=_facts(one),
    )  # fmt: skip


def _facts(one: Dated) -> dict[str, Any]:
    """What the columns of the work list do not say, so that nothing that was typed is lost."""
    said = asdict(one.line)
    names = ("name", "reading", "category", "phone", "born_on", "words", "pickup", "record", "undoes", "staff")
    return {name: said[name] for name in names if said[name]}


def act_out(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    """Do what the line says; answers the notes. Refused, or StayedOut when there is nothing to do."""
    act = _ACTS.get(one.line.kind)
    if act is None:
        raise Refused(Reason("line-unreadable"))
    return act(one, by, at)


def _register(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    line = one.line
    category = find_category(line.category)
    if category is None:
        raise Refused(Reason.of("category-unknown", category=line.category))
    patrons.register(
        name=line.name, reading=line.reading, category=category, home=find_facility(one.site),
        card_number=line.card, phone=line.phone[:20], born_on=date.fromisoformat(line.born_on) if line.born_on else None,
        by=by, at=one.at,
    )  # fmt: skip
    return ()


def _loan(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    patron, item = _patron(one), _item(one)
    # Also of a reader who has a newer card: whoever showed this one may have been somebody else.
    shown = (Reason("card-stopped"),) if card_is_stopped(one.line.card) else ()
    notes = lend_what_left(item=item, patron=patron, by=by, at=one.at, besides=shown)
    return (*notes, *due_notes(item, one.line.due, one.at))


def _hold(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    record = _wanted(one)
    if card_is_stopped(one.line.card):
        raise Refused(Reason("card-stopped"))
    pickup = find_facility(one.line.pickup or one.site)
    place_hold(patron=_patron(one), want=Want((record,)), pickup=pickup, by=by, at=at, accepted_at=one.at)
    return ()


def _wanted(one: Dated) -> BibliographicRecord:
    """By the record, a copy that was scanned, or an ISBN. Words are for a person: Refused("hold-needs-title")."""
    if one.line.item:
        return get_record(_item(one).record_id)
    if one.line.record:
        return get_record(one.line.record)
    isbn = isbn_in(one.line.words)
    found = list(records_with("isbn", isbn)[:2]) if isbn else []
    if len(found) != 1:
        raise Refused(Reason("hold-needs-title"))
    return found[0]


def isbn_in(words: str) -> str:
    """The thirteen digits of an ISBN that was scanned or written; empty when these are other words."""
    digits = re.sub(r"[\s\-‐−ー]", "", unicodedata.normalize("NFKC", words))
    return digits if re.fullmatch(r"97[89]\d{10}", digits) else ""


def _undo(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    """What it takes back was left out when both came together; otherwise a person must look."""
    before = answer_to(f"offline-{one.line.undoes}", door=DOOR)
    if not before or before["status"] == "set-aside":
        raise StayedOut("taken-back")
    raise Refused(Reason("undo-too-late"))


def _return(one: Dated, by: Actor, at: datetime) -> Sequence[str]:
    return take_back_what_came(item=_item(one), by=by, came_at=one.at, at=at)


_ACTS: dict[str, Callable[[Dated, Actor, datetime], Sequence[str]]] = {
    "register": _register,
    "loan": _loan,
    "hold": _hold,
    "return": _return,
    "undo": _undo,
}


def _patron(one: Dated) -> Patron:
    patron = find_patron_by_card(one.line.card)
    if patron is None:
        raise Refused(Reason("patron-unknown"))
    return patron


def _item(one: Dated) -> Item:
    return find_item(one.line.item)
