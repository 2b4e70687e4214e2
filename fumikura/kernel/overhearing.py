"""Looking on at what another process of this machine says: lines of JSON on local sockets, read as they come."""

import json
import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any


def socket_path(home: Path, process: int = 0) -> Path:
    """Where a serving process offers what it hears; each has its own."""
    return home / f"sip2-{process}.sock"


@contextmanager
def looking_on(*paths: Path, seconds: float | None = None) -> Iterator[Iterator[dict[str, Any]]]:
    """Exchanges of all these processes as they happen; with `seconds`, until nothing has come for so long.

    OSError when one of them does not serve.
    """
    with ExitStack() as stack:
        watch = stack.enter_context(selectors.DefaultSelector())
        for path in paths:
            line = stack.enter_context(socket.socket(socket.AF_UNIX))
            line.connect(str(path))
            watch.register(line, selectors.EVENT_READ, bytearray())
        yield _read(watch, seconds)


def _read(watch: selectors.BaseSelector, seconds: float | None) -> Iterator[dict[str, Any]]:
    while watch.get_map() and (ready := watch.select(seconds)):
        for key, _event in ready:
            line, waiting = key.fileobj, key.data
            assert isinstance(line, socket.socket)
            more = line.recv(1 << 16)
            if not more:
                watch.unregister(line)
                continue
            waiting += more
            *whole, rest = bytes(waiting).split(b"\n")
            waiting[:] = rest
            yield from (json.loads(one) for one in whole)
