"""What terminals and we say to each other, for whoever watches: masked, kept in memory only, offered on a local socket."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.explaining import explained, named

KEPT: Final = 200
SECRET: Final = frozenset({"AD", "CO", "AC", "AE"})
"""Passwords and names."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, as a watcher may see it."""

    at: str
    device: str
    address: str
    request: str
    asked: tuple[tuple[str, str], ...]
    reply: str
    said: tuple[tuple[str, str], ...]
    milliseconds: int
    closes: bool = False
    asked_words: tuple[str, ...] = ()
    """The request in words: its name, then one line a field."""
    said_words: tuple[str, ...] = ()


def seen(
    *, at: datetime, device: str, address: str, request: Message | None, reply: Message | None, milliseconds: int,
    closes: bool,
) -> Exchange:  # fmt: skip
    return Exchange(
        at=at.isoformat(timespec="seconds"),
        device=device,
        address=address,
        request=request.code if request else "",
        asked=masked(request),
        reply=reply.code if reply else "",
        said=masked(reply),
        milliseconds=milliseconds,
        closes=closes,
        asked_words=_in_words(request),
        said_words=_in_words(reply),
    )


def _in_words(message: Message | None) -> tuple[str, ...]:
    return (named(message.code if message else ""), *explained(masked(message)))


def masked(message: Message | None) -> tuple[tuple[str, str], ...]:
    """Fixed and variable fields without what would name a reader or open a door."""
    if message is None:
        return ()
    fixed = tuple((name, value) for name, value in message.fixed.items() if name != "when")
    return fixed + tuple((name, mask(name, text)) for name, text in message.fields)


def mask(name: str, text: str) -> str:
    if name in SECRET:
        return "•••" if text else ""
    return "•••" + text[-3:] if name == "AA" and text else text


Heard = Callable[[], Exchange]
"""An exchange that is put into words when somebody looks, not at every book."""


class Watchers:
    """The last exchanges, and those who are looking on."""

    def __init__(self) -> None:
        self._last: deque[Heard] = deque(maxlen=KEPT)
        self._queues: set[asyncio.Queue[Heard]] = set()
        self._lines: set[asyncio.Task[None]] = set()

    def show(self, heard: Heard) -> None:
        self._last.append(heard)
        for queue in self._queues:
            if queue.qsize() < KEPT:  # somebody who does not read must not fill our memory
                queue.put_nowait(heard)

    async def stream(self) -> AsyncIterator[Exchange]:
        queue: asyncio.Queue[Heard] = asyncio.Queue()
        for heard in self._last:
            queue.put_nowait(heard)
        self._queues.add(queue)
        try:
            while True:
                yield (await queue.get())()
        finally:
            self._queues.discard(queue)

    async def offer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One watcher on the local socket: a line of JSON an exchange, the kept ones first."""
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            async for exchange in self.stream():
                writer.write(json.dumps(asdict(exchange), ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(task)
            writer.close()

    async def close(self) -> None:
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
