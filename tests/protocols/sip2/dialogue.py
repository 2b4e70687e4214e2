"""A terminal without a socket: what it sends, and what it is answered."""

from datetime import datetime

from fumikura.organisation.models import Device
from fumikura.organisation.services import add_device
from fumikura.protocols.sip2.codec import Message, checksum, decode
from fumikura.protocols.sip2.conversation import Conversation
from tests import cast

NOW = "20260520    100000"
"""cast.AT, local."""


def device(code: str = "SC-01", kind: str = "combined", **settings: object) -> tuple[Device, str]:
    place = settings.pop("facility", None) or cast.chuo()
    return add_device(
        code=code, name="1階の自動貸出機", kind=kind, facility=place, by=cast.SYSTEM, at=cast.AT, **settings
    )


class Terminal:
    """A signed-in machine at 中央, or another."""

    def __init__(self, *, kind: str = "combined", signs_in: bool = True, **settings: object) -> None:
        self.device, self.key = device(kind=kind, **settings)
        self.conversation = Conversation("192.0.2.7")
        if signs_in:
            assert self.say(f"9300CN{self.device.code}|CO{self.key}|CPdesk|").fixed["ok"] == "1"

    def raw(self, text: str | bytes, at: datetime = cast.AT) -> bytes:
        data = text if isinstance(text, bytes) else text.encode(self.device.encoding)
        return self.conversation.answer(data + b"\r", at).answer

    def say(self, text: str, at: datetime = cast.AT) -> Message:
        return decode(self.raw(text, at), self.device.encoding)

    def lend(self, item: str, card: str, at: datetime = cast.AT, when: str = NOW, **extra: str) -> Message:
        more = "".join(f"{name}{text}|" for name, text in extra.items())
        return self.say(f"11NN{when}{' ' * 18}AOMINASE|AA{card}|AB{item}|AC|{more}", at)

    def take_back(self, item: str, at: datetime = cast.AT, when: str = NOW) -> Message:
        return self.say(f"09N{when}{when}APCHUO|AOMINASE|AB{item}|AC|", at)


def checked(text: str, sequence: str = "0") -> bytes:
    data = f"{text}AY{sequence}AZ".encode()
    return data + checksum(data).encode()
