"""Hold: place, cancel, or collect elsewhere."""

from datetime import date
from typing import Any

from django.db.models import BigAutoField
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation.models import Hold, HoldTitle
from fumikura.circulation.services import (
    Want,
    cancel_hold,
    change_pickup,
    place_hold,
    standing_in_codes,
    standing_of_hold,
    whys_mine,
)
from fumikura.holdings.models import Item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import find_facility
from fumikura.patrons.models import Patron
from fumikura.protocols.sip2 import codec
from fumikura.protocols.sip2.acts.scanning import item_of, reader_of
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.turn import Turn

ANY_COPY, ONE_COPY = {"", "1", "2"}, {"3", "4"}
"""BY: any copy of the title; a particular copy."""


def change_holds(turn: Turn) -> Message:
    patron = reader_of(turn)
    record, item = _wanted(turn)
    mode = turn.message.fixed["mode"]

    def act() -> dict[str, Any]:
        if mode == "+":
            return _place(turn, patron, record, item)
        hold = _their_hold(patron, record)
        if mode == "-":
            cancel_hold(hold=hold, by=turn.by, at=turn.at)
        elif mode == "*":
            change_pickup(hold=hold, pickup=_pickup(turn), by=turn.by, at=turn.at)
        else:
            raise Refused(Reason("hold-unknown"))
        return {"hold": hold.pk}

    done = turn.once(act, stands=lambda done: mode != "+" or Hold.objects.open().filter(pk=done["hold"]).exists())
    hold = Hold.objects.select_related("pickup").get(pk=done["hold"])
    if mode == "-":
        screen, position = turn.tell("hold-cancelled", patron), ""
    else:
        screen, position = _told(turn, patron, hold)
    fields = (
        ("AA", turn.message.get("AA")),
        ("AB", item.barcode if item else None),
        ("AJ", record.title),
        ("BR", position or None),
        ("BS", hold.pickup.code),
    )
    return turn.answer("16", {"ok": "1", "available": "N"}, *fields, screen=screen)


def _told(turn: Turn, patron: Patron, hold: Hold) -> tuple[tuple[str, ...], str]:
    """What the screen says: that it is placed, the place in the queue, when it may come, and why others come first; and BR."""
    standing = standing_of_hold(hold, turn.at)
    told = standing_in_codes(standing, whys_mine(patron, [standing], turn.at)[hold.pk])
    placed = turn.tell("hold-placed", patron, place=turn.name_of(hold.pickup, patron))
    return (*placed, *turn.explain(told, patron)), str(standing.position or "")


def _wanted(turn: Turn) -> tuple[BibliographicRecord, Item | None]:
    """AB names a copy, AJ the record by its number (as Patron Information lists it)."""
    if turn.message.get("AB"):
        item = item_of(turn)
        return item.record, item
    number = turn.message.get("AJ")
    is_number = number.isdecimal() and number.isascii() and len(number) < len(str(BigAutoField.MAX_BIGINT))
    if is_number and (record := records_by_id([int(number)]).get(int(number))):
        return record, None
    raise Refused(Reason("title-unknown"))


def _place(turn: Turn, patron: Patron, record: BibliographicRecord, item: Item | None) -> dict[str, Any]:
    only = item if item and turn.message.get("BY") in ONE_COPY else None
    placed = place_hold(
        patron=patron,
        want=Want((record,), only),
        pickup=_pickup(turn),
        by=turn.by,
        at=turn.at,
        needed_by=_needed_by(turn),
    )
    return {"hold": placed.pk}


def _pickup(turn: Turn) -> Facility:
    """BS, or where the machine stands."""
    return find_facility(turn.message.get("BS")) if turn.message.get("BS") else turn.device.facility


def _needed_by(turn: Turn) -> date | None:
    said = codec.moment(turn.message.get("BW"), timezone.get_current_timezone())
    return timezone.localdate(said) if said else None


def _their_hold(patron: Patron, record: BibliographicRecord) -> Hold:
    titles = HoldTitle.objects.filter(hold__patron=patron, hold__closed_at=None, record=record, done_at=None)
    found = titles.select_related("hold__patron", "hold__pickup").order_by("pk").first()
    if found is None:
        raise Refused(Reason("hold-unknown"))
    return found.hold
