"""One terminal from its sign-in on: a frame comes in, a frame goes out. No sockets."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import DatabaseError

from fumikura.kernel.reasons import in_words_of
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.queries import OwnSentences
from fumikura.organisation.models import Agency, Device, Facility
from fumikura.organisation.services import sign_in_device
from fumikura.protocols.sip2.acts import ACTS
from fumikura.protocols.sip2.codec import Message, Unreadable, as_answer, decode, encode
from fumikura.protocols.sip2.dialects import dialect_of
from fumikura.protocols.sip2.layouts import ANSWERS
from fumikura.protocols.sip2.refusals import refusal
from fumikura.protocols.sip2.turn import Turn

logger = logging.getLogger(__name__)

STRIKES: Final = 3
"""Failed sign-ins, or messages without one, after which the connection is closed."""
UNREADABLE_IN_A_ROW: Final = 10
"""More than this many and nobody is there who speaks SIP2."""
SAY_AGAIN: Final = Message("96", is_checked=True)
STRANGER: Final = Device(encoding="ascii", facility=Facility(agency=Agency()))
"""Whoever has not signed in: nothing is known of it, so it is answered in letters that every terminal has."""


@dataclass(frozen=True)
class Spoken:
    """What a frame was answered."""

    answer: bytes
    closes: bool = False
    """Hang up afterwards."""
    request: Message | None = None
    reply: Message | None = None


class Conversation:
    """The state of one connection: who it is, and the last thing said."""

    def __init__(self, address: str = "") -> None:
        self.address = address
        self.device: Device | None = None
        self._strikes = 0
        self._unreadable = 0
        self._last: tuple[bytes, bytes] | None = None

    def answer(self, frame: bytes, at: datetime) -> Spoken:
        """Answer one frame. Never raises, whatever was sent; what was done is committed when this returns."""
        try:
            request = decode(frame, self._encoding)
        except Unreadable:
            self._unreadable += 1
            return Spoken(self._written(SAY_AGAIN), self._unreadable > UNREADABLE_IN_A_ROW, reply=SAY_AGAIN)
        self._unreadable = 0
        sent = frame.strip(b"\r\n\x00")
        if request.code == "97":
            return Spoken(self._last[1] if self._last else self._written(SAY_AGAIN), request=request)
        if self._last and request.sequence and self._last[0] == sent and request.code != "93":
            return Spoken(self._last[1], request=request)  # the terminal has not heard us and says it again
        if request.code not in ANSWERS:
            return Spoken(self._written(SAY_AGAIN), request=request, reply=SAY_AGAIN)
        reply = self._sign_in(request, at) if request.code == "93" else self._reply(request, at)
        reply = self._counted(reply, request)
        answer = self._written(reply)
        self._last = sent, answer
        return Spoken(answer, self._strikes >= STRIKES, request, reply)

    @property
    def _encoding(self) -> str:
        return self.device.encoding if self.device else "utf-8"

    def _written(self, reply: Message) -> bytes:
        return encode(reply, self._encoding, self.device.line_end if self.device else "cr")

    def _counted(self, reply: Message, request: Message) -> Message:
        reply = as_answer(reply, request)
        if self.device and dialect_of(self.device).always_counted:
            return replace(reply, sequence=request.sequence or "0", is_checked=True)
        return reply

    def _sign_in(self, request: Message, at: datetime) -> Message:
        """93: nothing is said about why it failed; the terminal's log and ours tell its keeper."""
        try:
            self.device = sign_in_device(code=request.get("CN"), key=request.get("CO"), address=self.address, at=at)
        except Refused as refused:
            self.device = None
            self._strikes += 1
            logger.warning("sip2.sign-in-refused", extra={"reason": refused.reasons[0].code})
            return Message("94", {"ok": "0"})
        except DatabaseError as failure:
            logger.error("sip2.no-database", extra={"kind": type(failure).__name__})
            return Message("94", {"ok": "0"})
        self._strikes = 0
        return Message("94", {"ok": "1"})

    def _reply(self, request: Message, at: datetime) -> Message:
        if self.device is None:
            self._strikes += 1
            return refusal(Turn(device=STRANGER, message=request, at=at), [Reason("device-not-signed-in")])
        turn = Turn(device=self.device, message=request, at=at, address=self.address)
        with in_words_of(OwnSentences()):
            return self._done(turn, request)

    def _done(self, turn: Turn, request: Message) -> Message:
        try:
            return ACTS[request.code](turn)
        except Refused as refused:
            return refusal(turn, refused.reasons)
        except Exception as failure:
            # One message that fails must not take the machine out of service. Its arguments may be personal data.
            logger.error("sip2.failed", extra={"message_code": request.code, "kind": type(failure).__name__})
            return refusal(turn, [Reason("unexpected")])
