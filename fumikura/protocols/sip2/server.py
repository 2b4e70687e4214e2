"""Sockets for terminals: thousands of connections in one process, the work on the tables in a few threads."""

import asyncio
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.db import close_old_connections, connection, connections
from django.utils import timezone

from fumikura.protocols.sip2.codec import LONGEST
from fumikura.protocols.sip2.conversation import Conversation, Spoken
from fumikura.protocols.sip2.watching import Watchers, seen

logger = logging.getLogger(__name__)

IDLE: Final = 3600.0
"""Seconds after which a line on which nobody speaks is closed. Terminals send 99 every few minutes."""
SIGN_IN_WITHIN: Final = 30.0
"""Seconds that a stranger may hold a line."""
RESTED: Final = 1.0
"""Seconds after which a thread looks whether its connection to the database still stands. Asking at each message of a stack
cost SQLite a new connection a book, and PostgreSQL a question."""

_thread = threading.local()


class Server:
    """Answers terminals until `stop`."""

    def __init__(self, *, threads: int = 8, tls: ssl.SSLContext | None = None) -> None:
        self.watchers = Watchers()
        self.connected = 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sip2")
        self._threads = threads
        self._tls = tls
        self._servers: list[asyncio.Server] = []
        self._lines: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int, *, watch_at: Path | None = None) -> int:
        """Listen; answer the port, which is a free one when 0 was asked for."""
        server = await asyncio.start_server(
            self._line, host, port, ssl=self._tls, limit=LONGEST * 2, backlog=1024, reuse_port=True
        )
        self._servers.append(server)
        if watch_at is not None:
            watch_at.unlink(missing_ok=True)
            self._servers.append(await asyncio.start_unix_server(self.watchers.offer, watch_at))
            watch_at.chmod(0o600)
        return int(server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """No new connection; what is being done is finished and answered."""
        for server in self._servers:
            server.close()
        await asyncio.sleep(0)
        await self.watchers.close()
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        for _ in range(self._threads * 2):
            self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=True)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        self.connected += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            self.connected -= 1
            self._lines.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str((writer.get_extra_info("peername") or ("",))[0])
        conversation = Conversation(address)
        waiting = b""
        while True:
            end = _end_of_frame(waiting)
            if end < 0 and len(waiting) <= LONGEST:
                patience = IDLE if conversation.device else SIGN_IN_WITHIN
                more = await asyncio.wait_for(reader.read(LONGEST), patience)
                if not more:
                    return
                waiting += more
                continue
            frame, waiting = (waiting[:end], waiting[end + 1 :]) if end >= 0 else (waiting, b"")
            if not frame.strip(b"\r\n\x00 "):
                continue
            spoken = await self._answer(conversation, frame)
            writer.write(spoken.answer)
            await writer.drain()
            if spoken.closes:
                return

    async def _answer(self, conversation: Conversation, frame: bytes) -> Spoken:
        at, started = timezone.now(), time.perf_counter()
        loop = asyncio.get_running_loop()
        # Shielded: a terminal that hangs up or a server that stops must not leave a loan half answered.
        spoken = await asyncio.shield(loop.run_in_executor(self._pool, _in_thread, conversation, frame, at))
        self.watchers.show(
            partial(
                seen,
                at=at,
                device=conversation.device.code if conversation.device else "",
                address=conversation.address,
                request=spoken.request,
                reply=spoken.reply,
                milliseconds=round((time.perf_counter() - started) * 1000),
                closes=spoken.closes,
            )
        )
        return spoken


@contextmanager
def running(server: Server, host: str = "127.0.0.1", port: int = 0, *, watch_at: Path | None = None) -> Iterator[int]:
    """A server in a thread of its own, for simulations and tests; answers its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sip2", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(host, port, watch_at=watch_at), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _in_thread(conversation: Conversation, frame: bytes, at: datetime) -> Spoken:
    if connection.errors_occurred or time.monotonic() - getattr(_thread, "used_at", -RESTED) >= RESTED:
        close_old_connections()
    try:
        return conversation.answer(frame, at)
    finally:
        _thread.used_at = time.monotonic()


def _end_of_frame(data: bytes) -> int:
    ends = [end for end in (data.find(b"\r"), data.find(b"\n")) if end >= 0]
    return min(ends) if ends else -1


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
