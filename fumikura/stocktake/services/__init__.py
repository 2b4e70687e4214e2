"""What a stocktake does. One function, one transaction, at least one journal entry."""

from fumikura.stocktake.services.counting import (
    MOST,
    close_stocktake,
    finish_counting,
    open_stocktake,
    take_batch,
    undo_batch,
)
from fumikura.stocktake.services.leaving import (
    approve_withdrawal,
    decline_withdrawal,
    propose_withdrawal,
    set_recycling_day,
    undo_withdrawal,
)
from fumikura.stocktake.services.searching import found_on_search, look_in_vain, settle_missing, settle_reading

__all__ = [
    "MOST",
    "approve_withdrawal",
    "close_stocktake",
    "decline_withdrawal",
    "finish_counting",
    "found_on_search",
    "look_in_vain",
    "open_stocktake",
    "propose_withdrawal",
    "set_recycling_day",
    "settle_missing",
    "settle_reading",
    "take_batch",
    "undo_batch",
    "undo_withdrawal",
]
