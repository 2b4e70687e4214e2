"""The process beside an import. In a module of its own, because it is found before Django is there."""

import signal
from contextlib import suppress
from multiprocessing.connection import Connection

import django


def take_apart(line: Connection) -> None:
    """Told of a file, send its records piece by piece, then an empty piece."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the one who asks
    django.setup()
    with suppress(EOFError, OSError):
        for piece in line.recv().pieces():
            line.send(piece)
