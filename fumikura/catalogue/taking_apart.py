"""The process beside an import. In a module of its own, because it is found before Django is there."""

from contextlib import suppress
from multiprocessing.connection import Connection

import django


def take_apart(line: Connection) -> None:
    """Told of a file, send its records piece by piece, then an empty piece."""
    django.setup()
    with suppress(EOFError, OSError):
        for piece in line.recv().pieces():
            line.send(piece)
