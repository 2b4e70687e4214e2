"""Each message of SIP2 as one verb or some queries: request code → act. A refusal is raised and worded in `refusals`."""

from collections.abc import Callable, Mapping
from typing import Final

from fumikura.protocols.sip2.acts import holds, items, lending, readers, status
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.turn import Turn

ACTS: Final[Mapping[str, Callable[[Turn], Message]]] = {
    "01": readers.block_patron,
    "09": lending.take_back,
    "11": lending.lend,
    "15": holds.change_holds,
    "17": items.tell_item,
    "19": items.update_item,
    "23": readers.tell_status,
    "25": readers.enable_patron,
    "29": lending.renew_one,
    "35": readers.end_session,
    "37": readers.take_fee,
    "63": readers.tell_patron,
    "65": lending.renew_everything,
    "99": status.tell_status,
}
