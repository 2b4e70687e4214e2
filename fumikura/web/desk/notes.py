"""ひとこと: what the counter is to be told about the reader who stands there and the book in the hand."""

from dataclasses import dataclass

from fumikura.circulation.services import notes_about


@dataclass(frozen=True)
class Shown:
    pk: int
    text: str
    stays: bool


@dataclass(frozen=True)
class Notes:
    patron: tuple[Shown, ...] = ()
    item: tuple[Shown, ...] = ()


def notes_for(*, patron: int = 0, item: int = 0) -> Notes:
    """Both with one look."""
    if not (patron or item):
        return Notes()
    rows = notes_about(patron=patron, item=item)
    shown = [(note.patron_id, Shown(note.pk, note.text, note.stays)) for note in rows]
    return Notes(tuple(one for whose, one in shown if whose), tuple(one for whose, one in shown if not whose))
