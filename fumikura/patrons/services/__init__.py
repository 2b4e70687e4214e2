"""Verbs of the patrons room: registering, cards, blocks, passwords."""

from fumikura.patrons.services.blocks import block, unblock
from fumikura.patrons.services.cards import issue_card, reader_showing, reissue_card, renew_card, stop_card
from fumikura.patrons.services.forgetting import forget
from fumikura.patrons.services.merging import forget_merges, last_merge_into, merge, part
from fumikura.patrons.services.passkeys import add_own_passkey, check_passkey, remove_own_passkey
from fumikura.patrons.services.passwords import (
    change_password,
    check_password,
    note_own_copy,
    prove_password,
    set_password,
)
from fumikura.patrons.services.register import change, close, define_category, register, register_many, view
from fumikura.patrons.services.sessions import end_other_sessions

__all__ = [
    "add_own_passkey",
    "block",
    "change",
    "change_password",
    "check_passkey",
    "check_password",
    "close",
    "define_category",
    "end_other_sessions",
    "forget",
    "forget_merges",
    "issue_card",
    "last_merge_into",
    "merge",
    "note_own_copy",
    "part",
    "prove_password",
    "reader_showing",
    "register",
    "register_many",
    "reissue_card",
    "remove_own_passkey",
    "renew_card",
    "set_password",
    "stop_card",
    "unblock",
    "view",
]
