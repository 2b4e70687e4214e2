"""Verbs of notices: expect, send, choose, word, hand."""

from fumikura.notices.services.bouncing import read_returned_mail
from fumikura.notices.services.choosing import choose, set_habit
from fumikura.notices.services.expecting import address_by_hand, expect
from fumikura.notices.services.handing import drop_overtaken, hand, take_back
from fumikura.notices.services.telling import (
    KEPT,
    LOST_AFTER,
    address_came_back,
    forget_settled,
    mix_settled,
    send_waiting,
)
from fumikura.notices.services.wording import change_sentence, change_wording, restore_wording

__all__ = [
    "KEPT",
    "LOST_AFTER",
    "address_by_hand",
    "address_came_back",
    "change_sentence",
    "change_wording",
    "choose",
    "drop_overtaken",
    "expect",
    "forget_settled",
    "hand",
    "mix_settled",
    "read_returned_mail",
    "restore_wording",
    "send_waiting",
    "set_habit",
    "take_back",
]
