"""A machine to practise with: speaks to a running server as a real one would, and shows both sides."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fumikura.protocols.sip2.codec import LONGEST, Message, decode, encode, stamp

WITHIN: Final = 30.0


@dataclass(frozen=True)
class Step:
    asked: Message
    sent: bytes
    got: bytes
    said: Message


class Machine:
    """One connection that counts and checks its messages; over TLS when the certificate to trust is named. Raises OSError."""

    def __init__(self, host: str, port: int, *, encoding: str = "utf-8", trusting: Path | None = None) -> None:
        tls = ssl.create_default_context(cafile=str(trusting)) if trusting else None
        line = socket.create_connection((host, port), timeout=WITHIN)
        self._line = tls.wrap_socket(line, server_hostname=host) if tls else line
        self._encoding = encoding
        self._count = 0

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_failure: object) -> None:
        self._line.close()

    def ask(self, code: str, fixed: dict[str, str], *fields: tuple[str, str]) -> Step:
        asked = Message(code, fixed, fields, sequence=str(self._count % 10), is_checked=True)
        self._count += 1
        sent = encode(asked, self._encoding)
        self._line.sendall(sent)
        got = self._frame()
        return Step(asked, sent, got, decode(got, self._encoding))

    def _frame(self) -> bytes:
        got = b""
        while not got.strip(b"\n").endswith(b"\r") and len(got) < 4 * LONGEST:
            more = self._line.recv(LONGEST)
            if not more:
                raise ConnectionError("the server has hung up")
            got += more
        return got


def visit(
    machine: Machine, *, device: str, key: str, card: str, items: list[str], back: list[str], at: datetime
) -> Iterator[Step]:
    """What a reader does at a machine: sign-in of the machine, card, a stack to return, a stack to borrow, the end."""
    now = {"when": stamp(at)}
    signed_in = machine.ask("93", {"name_algorithm": "0", "password_algorithm": "0"}, ("CN", device), ("CO", key))
    yield signed_in
    yield machine.ask("99", {"status": "0", "print_width": "040", "version": "2.00"})
    if signed_in.said.fixed["ok"] != "1":
        return
    for number in back:
        yield machine.ask(
            "09", {"no_block": "N", "returned_at": stamp(at)} | now, ("AP", ""), ("AO", ""), ("AB", number), ("AC", "")
        )
    if card:
        who = (("AO", ""), ("AA", card))
        yield machine.ask("63", {"language": "014", "summary": "  Y       "} | now, *who)
        for number in items:
            fixed = {"may_renew": "Y", "no_block": "N", "no_block_due": " " * 18} | now
            yield machine.ask("11", fixed, *who, ("AB", number), ("AC", ""))
        yield machine.ask("35", now, *who)
