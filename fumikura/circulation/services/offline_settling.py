"""The work list after a day without a line: each line is accepted, called about, taken back, or entered after all."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from fumikura.circulation.models import Loan, OfflineList, OfflineTerminal, ReplayedLine
from fumikura.circulation.network_events import ReplayLineSettled
from fumikura.circulation.rules.offline import Dated, Line
from fumikura.circulation.rules.offline_settling import CORRECTABLE
from fumikura.circulation.services.loans import undo_check_out
from fumikura.circulation.services.offline import act_out, acting
from fumikura.circulation.services.offline_loans import StayedOut
from fumikura.circulation.services.scene import Scene
from fumikura.holdings.queries import find_item
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility

ACCEPTED, CALLED, UNDONE, ENTERED = "accepted", "called", "undone", "entered"
LINE_FACTS = ("name", "reading", "category", "phone", "born_on", "words", "pickup", "record", "undoes", "staff")


def lines_to_settle(facility: Facility) -> list[ReplayedLine]:
    """The work list of a site, the oldest first."""
    return list(ReplayedLine.objects.filter(facility=facility, settled_at=None).order_by("happened_at", "pk"))


@transaction.atomic
def settle_line(*, line: ReplayedLine, by: Actor, at: datetime, settled_as: str = ACCEPTED) -> None:
    """Somebody has looked and it stays so ("accepted"), or the reader was told ("called"). What names a reader is
    forgotten. A line settled before stays as it was settled."""
    by.require("circulation.replay-offline")
    _settle(line, settled_as, by, at)


@transaction.atomic
def undo_line(*, line: ReplayedLine, by: Actor, at: datetime) -> None:
    """Take back the loan that the line entered. Refused("not-undoable") once it was renewed, returned, or lent anew."""
    by.require("circulation.replay-offline")
    loan = (
        Loan.objects.open().filter(item=find_item(line.item), lent_at=line.happened_at).select_related("item").first()
    )
    if line.kind != "loan" or not line.is_entered or loan is None:
        raise Refused(Reason("not-undoable"))
    undo_check_out(loan=loan, by=by, at=at)
    _settle(line, UNDONE, by, at)


@transaction.atomic
def enter_after_all(*, line: ReplayedLine, by: Actor, at: datetime, **corrected: str) -> None:
    """Enter a line that was set aside, at its own time, with what was put right: card, item, name, category, or the
    record of a hold. Refused with what still speaks against it; then the line stays on the list."""
    by.require("circulation.replay-offline")
    if line.is_entered or line.settled_at or line.kind not in CORRECTABLE:
        raise Refused(Reason("not-undoable"))
    given = {name: value for name, value in corrected.items() if value and name in CORRECTABLE[line.kind]}
    one = _dated(line, given)
    # When another scan knew better meanwhile there is nothing left to enter.
    with suppress(StayedOut), transaction.atomic():
        act_out(one, replace(acting(one, by), ref=by.ref), at)
    _settle(line, ENTERED, by, at)


def _dated(line: ReplayedLine, given: dict[str, str]) -> Dated:
    said: dict[str, Any] = {name: value for name, value in line.facts.items() if name in LINE_FACTS}
    said |= {"item": line.item, "card": line.card} | given
    written = Line(key=line.key, kind=line.kind, at=line.happened_at, **said)
    return Dated(line=written, terminal=line.terminal, site=line.facility.code, at=line.happened_at)


def _settle(line: ReplayedLine, settled_as: str, by: Actor, at: datetime) -> None:
    changed = {"settled_at": at, "settled_as": settled_as, "card": "", "facts": {}}
    if ReplayedLine.objects.filter(pk=line.pk, settled_at=None).update(**changed):
        settled = ReplayLineSettled(kind=line.kind, why=line.why, settled_as=settled_as)
        Scene(by, at).record(settled, f"circulation.replayed-line:{line.pk}")


def quarantined_lists(facility: Facility) -> list[OfflineList]:
    """Lists that were not what a terminal of this site signed, the newest first."""
    kept = OfflineList.objects.filter(terminal__facility=facility, entered_at=None).exclude(quarantined_for="")
    return list(kept.select_related("terminal").order_by("-received_at", "-pk"))


@transaction.atomic
def discard_list(*, kept: OfflineList, by: Actor, at: datetime) -> None:
    """Somebody has looked at a quarantined list: its lines are emptied, that it came stays written down."""
    by.require("circulation.replay-offline")
    if (
        OfflineList.objects.filter(pk=kept.pk, entered_at=None)
        .exclude(quarantined_for="")
        .update(entered_at=at, lines=[])
    ):
        settled = ReplayLineSettled(kind="list", why=kept.quarantined_for, settled_as="discarded")
        Scene(by, at).record(settled, f"circulation.offline-list:{kept.pk}")


def terminals_of(facility: Facility) -> list[OfflineTerminal]:
    """Those in use, the newest first."""
    return list(OfflineTerminal.objects.filter(facility=facility, revoked_at=None).order_by("-issued_at", "-pk"))
