"""Conversations to learn from: a machine, a reader and books are made up, the real server answers, and nothing of it stays.

Everything happens in one transaction that is taken back, by the rules, calendars and texts in force.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from fumikura.catalogue.marc.building import Builder
from fumikura.catalogue.marc.iso2709 import encode as iso2709
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from fumikura.circulation.models import Loan
from fumikura.circulation.services import Want, check_out, place_hold
from fumikura.holdings.models import Item
from fumikura.holdings.services import NewItem, add_item
from fumikura.kernel.barcodes import with_check
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import system_actor
from fumikura.organisation.services import add_device
from fumikura.patrons.models import Card, Category, Patron
from fumikura.patrons.services import block, register, stop_card
from fumikura.protocols.sip2.codec import Message, encode, stamp
from fumikura.protocols.sip2.conversation import Conversation
from fumikura.protocols.sip2.dialects import DIALECTS
from fumikura.protocols.sip2.explaining import explained, named, went_well

KINDS: Final = ("combined", "self-check", "return-machine")
_BINS: Final = {"shelve": "1", "hold-shelf": "2", "send": "3", "set-aside": "4"}
CLOSED_IN_A_ROW: Final = 8
"""So many days a due day may move for closed days, at the turn of the year."""
_SAID: Final = {"name_algorithm": "0", "password_algorithm": "0"}


class CannotPractise(Exception):
    """There is no category of readers, or no second library where one is needed."""


def dialects() -> Mapping[str, str]:
    return {code: one.note for code, one in DIALECTS.items()}


def play(situation: str, *, kind: str, dialect: str, facility: Facility, at: datetime) -> Sequence[Mapping[str, Any]]:
    """What both sides say in this situation, step by step. Raises CannotPractise and KeyError."""
    act = SITUATIONS[situation]
    with transaction.atomic():
        stage = Stage(kind=kind, dialect=dialect, facility=facility, at=at)
        act(stage)
        transaction.set_rollback(True)
    return stage.steps


class Stage:
    """One machine with its readers and books."""

    def __init__(self, *, kind: str, dialect: str, facility: Facility, at: datetime) -> None:
        self.steps: list[Mapping[str, Any]] = []
        self.facility, self.at = facility, at
        self.by = system_actor(via="desk", facility=facility.code)
        self._said = 0
        self._numbers = secrets.randbelow(10**6)
        self.code = f"PRACTICE-{self._numbers}"
        self.device, self.key = add_device(
            code=self.code, name="", kind=kind, facility=facility, by=self.by, at=at, dialect=dialect, bins=dict(_BINS)
        )
        self._line = Conversation("192.0.2.1")

    def number(self, scheme: str = "none") -> str:
        """One that nothing has, with the check digit of those whose number it is to be."""
        self._numbers += 1
        return with_check(scheme, f"99{self._numbers:08}")

    def reader(self, name: str = "練習 花子", reading: str = "れんしゅう はなこ") -> tuple[Patron, str]:
        category = Category.objects.order_by("pk").first()
        home = self.facility if self.facility.registers else Facility.objects.filter(registers=True).first()
        if category is None or home is None:
            raise CannotPractise
        card = self.number(home.agency.card_check)
        patron = register(
            name=name, reading=reading, category=category, home=home, card_number=card, by=self.by, at=self.at
        )
        return patron, card

    def book(self, title: str = "練習の本", home: Facility | None = None) -> Item:
        where = home or self.facility
        builder, number = Builder(), self.number(where.agency.item_check)
        builder.control("001", number)
        builder.control("003", "PRACTICE")
        builder.field("245", "10", ("a", title), reading=[("a", "レンシュウ ノ ホン")])
        record: BibliographicRecord = save_record(iso2709(builder.content()), by=self.by, at=self.at)
        return add_item(NewItem(barcode=number, record=record, home=where, agency=where.agency), by=self.by, at=self.at)

    def lent(self, item: Item, to: Patron, *, days_ago: int = 0) -> Loan:
        at = self.at - timedelta(days=days_ago, minutes=10)
        return check_out(item=item, patron=to, by=self.by, at=at)

    def nearly_due(self, to: Patron) -> Item:
        """Lent so long ago that it is due in a day or a few: many libraries let nobody renew earlier."""
        item, today = self.book(), timezone.localdate(self.at)
        ahead = (self.lent(item, to).due_on - today).days
        for days in range(ahead - 1, max(ahead - 1 - CLOSED_IN_A_ROW, 0), -1):
            item = self.book()
            if self.lent(item, to, days_ago=days).due_on >= today:
                break
        return item

    def elsewhere(self) -> Facility:
        """Another library. Raises CannotPractise."""
        other = Facility.objects.exclude(pk=self.facility.pk).filter(pickup=Facility.Pickup.ALL).order_by("pk").first()
        if other is None:
            raise CannotPractise
        return other

    def frame(self, code: str, fixed: Mapping[str, str], *fields: tuple[str, str]) -> bytes:
        asked = Message(code, dict(fixed), fields, sequence=str(self._said % 10), is_checked=True)
        self._said += 1
        return encode(asked, self.device.encoding)

    def send(self, frame: bytes) -> Message | None:
        """Say it, and keep both sides."""
        spoken = self._line.answer(frame.strip(b"\r\n"), self.at)
        self.steps.append(_step(frame, spoken.request, spoken.answer, spoken.reply, self.device.encoding))
        return spoken.reply

    def say(self, code: str, fixed: Mapping[str, str], *fields: tuple[str, str]) -> Message | None:
        return self.send(self.frame(code, fixed, *fields))

    @property
    def now(self) -> dict[str, str]:
        return {"when": stamp(timezone.localtime(self.at))}

    def sign_in(self) -> None:
        self.say("93", _SAID, ("CN", self.code), ("CO", self.key))
        self.say("99", {"status": "0", "print_width": "040", "version": "2.00"})

    def show_card(self, card: str) -> None:
        self.say("63", {"language": "014", "summary": "  Y       "} | self.now, ("AO", ""), ("AA", card))

    def lending(self, card: str, item: str) -> bytes:
        fixed = {"may_renew": "N", "no_block": "N", "no_block_due": " " * 18} | self.now
        return self.frame("11", fixed, ("AO", ""), ("AA", card), ("AB", item), ("AC", ""))

    def take_back(self, item: str) -> None:
        fixed = {"no_block": "N", "returned_at": self.now["when"]} | self.now
        self.say("09", fixed, ("AP", ""), ("AO", ""), ("AB", item), ("AC", ""))

    def leave(self, card: str) -> None:
        self.say("35", self.now, ("AO", ""), ("AA", card))


def _step(
    asked: bytes, request: Message | None, answer: bytes, reply: Message | None, encoding: str
) -> Mapping[str, Any]:
    """A request that could not be read has no name, an answer said once more none of its own."""
    said = tuple(reply.fixed.items()) + reply.fields if reply else ()
    return {
        "asked": named(request.code if request else ""),
        "asked_lines": explained(_all(request)),
        "asked_frame": asked.decode(encoding, "replace").strip(),
        "said": named(reply.code) if reply else "",
        "said_lines": explained(_all(reply)),
        "said_frame": answer.decode(encoding, "replace").strip(),
        "went_well": reply is None or (reply.code != "96" and went_well(reply.code, dict(said))),
    }


def _all(message: Message | None) -> list[tuple[str, str]]:
    if message is None:
        return []
    fixed = [(name, text) for name, text in message.fixed.items() if name != "when"]
    return fixed + [(name, "•••" if name == "CO" else text) for name, text in message.fields]


def _loan(stage: Stage) -> None:
    _patron, card = stage.reader()
    books = [stage.book("練習の本 一"), stage.book("練習の本 二")]
    stage.sign_in()
    stage.show_card(card)
    for one in books:
        stage.send(stage.lending(card, one.barcode))
    stage.leave(card)


def _blocked(stage: Stage) -> None:
    patron, card = stage.reader()
    block(patron=patron, reason="overdue", by=stage.by, at=stage.at)
    _tries_to_borrow(stage, card, stage.book())


def _stopped(stage: Stage) -> None:
    _patron, card = stage.reader()
    stop_card(card=Card.objects.get(number=card), reason="lost", by=stage.by, at=stage.at)
    _tries_to_borrow(stage, card, stage.book())


def _unknown_loan(stage: Stage) -> None:
    _patron, card = stage.reader()
    _tries_to_borrow(stage, card, None)


def _tries_to_borrow(stage: Stage, card: str, item: Item | None) -> None:
    stage.sign_in()
    stage.show_card(card)
    stage.send(stage.lending(card, item.barcode if item else stage.number()))


def _returned(stage: Stage) -> None:
    _given_back(stage, stage.book())


def _held_here(stage: Stage) -> None:
    _held(stage, stage.facility)


def _held_elsewhere(stage: Stage) -> None:
    _held(stage, stage.elsewhere())


def _held(stage: Stage, pickup: Facility) -> None:
    item = stage.book()
    waiting, _card = stage.reader("練習 太郎", "れんしゅう たろう")
    place_hold(patron=waiting, want=Want((item.record,)), pickup=pickup, by=stage.by, at=stage.at)
    _given_back(stage, item)


def _wrong_site(stage: Stage) -> None:
    _given_back(stage, stage.book(home=stage.elsewhere()))


def _given_back(stage: Stage, item: Item) -> None:
    patron, _card = stage.reader()
    stage.lent(item, patron)
    stage.sign_in()
    stage.take_back(item.barcode)


def _unknown_book(stage: Stage) -> None:
    stage.sign_in()
    stage.take_back(stage.number())


def _renewed(stage: Stage) -> None:
    patron, card = stage.reader()
    item = stage.nearly_due(patron)
    stage.sign_in()
    stage.show_card(card)
    fixed = {"third_party": "N", "no_block": "N", "no_block_due": " " * 18} | stage.now
    stage.say("29", fixed, ("AO", ""), ("AA", card), ("AB", item.barcode))


def _noise(stage: Stage) -> None:
    """One figure of the checksum is lost on the line; then the answer is, and the machine says it again."""
    _patron, card = stage.reader()
    item = stage.book()
    stage.sign_in()
    frame = stage.lending(card, item.barcode)
    stage.send(frame.replace(b"AO|", b"AO?|", 1))
    stage.send(frame)
    stage.send(frame)


def _wrong_key(stage: Stage) -> None:
    stage.say("93", _SAID, ("CN", stage.code), ("CO", "wrong"))
    stage.say("99", {"status": "0", "print_width": "040", "version": "2.00"})


SITUATIONS: Final[Mapping[str, Callable[[Stage], None]]] = {
    "loan": _loan,
    "blocked": _blocked,
    "stopped": _stopped,
    "unknown": _unknown_loan,
    "renewed": _renewed,
    "returned": _returned,
    "held-here": _held_here,
    "held-elsewhere": _held_elsewhere,
    "wrong-site": _wrong_site,
    "unknown-return": _unknown_book,
    "noise": _noise,
    "wrong-key": _wrong_key,
}
