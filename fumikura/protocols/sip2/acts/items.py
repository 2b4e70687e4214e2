"""Item Information, Item Status Update."""

from fumikura.circulation.queries import states_of
from fumikura.holdings.services import see_item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.protocols.sip2.acts.scanning import described, item_of
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.turn import Turn

STATUS = {
    "on-shelf": "03",
    "on-loan": "04",
    "on-hold-shelf": "08",
    "in-transit": "10",
    "set-aside": "06",
    "missing": "13",
    "withdrawn": "01",
}
"""Circulation status of the standard."""


def tell_item(turn: Turn) -> Message:
    """Where it is and when it is due; never who has it."""
    item = item_of(turn)
    state = states_of([item], turn.at)[item.pk]
    status = "09" if state.is_received else STATUS[state.kind]
    fixed = {"circulation_status": status, "security_marker": "00", "fee_type": "01"}
    fields = (
        *described(item),
        ("AQ", item.home.code),
        ("AP", state.facility),
        ("BG", item.agency.code),
        ("AH", turn.due(state.due_on) if state.due_on else None),
        ("CT", state.destination or None),
        ("CH", item.call_number or None),
    )
    return turn.answer("18", fixed, *fields)


def update_item(turn: Turn) -> Message:
    """Without properties (CH) it says where an item was read: a machine that may see items notes it as a shelf scan would.

    Properties are refused with the reason: what is known of an item is not a machine's to rewrite.
    """
    item = item_of(turn)
    if turn.message.get("CH").strip():
        raise Refused(Reason("item-properties-not-kept"))
    see_item(item, facility=turn.device.facility, by=turn.by, at=turn.when)
    return turn.answer("20", {"ok": "1"}, *described(item))
