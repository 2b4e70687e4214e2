"""What a machine has scanned: cards and items, with what is wrong with either told at once."""

from fumikura.circulation.models import Loan
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card
from fumikura.patrons.services import check_password, reader_showing
from fumikura.protocols.sip2.turn import Turn

MAGNETIC = frozenset({"video"})
"""Materials that a desensitizer would spoil."""
MEDIA = {"book": "001", "magazine": "002", "newspaper": "002", "video": "005", "cd": "006", "dvd": "006"}
"""Media types of the standard (CK); everything printed is a book."""


def reader_of(turn: Turn) -> Patron:
    """The reader of AA, who has shown the password (AD) where the machine asks for it."""
    number, password = turn.message.get("AA"), turn.message.get("AD")
    reader = reader_showing(number)
    if turn.device.asks_password:
        if not password:
            raise Refused(Reason("password-needed"))
        return check_password(number, password, turn.address, turn.at)
    return reader


def both(turn: Turn) -> tuple[Item, Patron]:
    reasons: list[Reason] = []
    item: Item | None = None
    patron: Patron | None = None
    try:
        patron = reader_of(turn)
    except Refused as refused:
        reasons += refused.reasons
    try:
        item = item_of(turn)
    except Refused as refused:
        reasons += refused.reasons
    if item is None or patron is None:
        raise Refused(*reasons)
    return item, patron


def item_of(turn: Turn) -> Item:
    number = turn.message.get("AB")
    try:
        return find_item(number)
    except Refused as unknown:
        if find_patron_by_card(number):
            raise Refused(Reason("card-not-item")) from None
        raise unknown from None


def title_of(item: Item) -> str:
    return f"{item.record.title} {item.volume}".strip()


def described(item: Item) -> tuple[tuple[str, str | None], ...]:
    """The fields that say what the thing is."""
    return ("AB", item.barcode), ("AJ", title_of(item)), ("CK", MEDIA.get(item.material, "001"))


def their_open_loan(item: Item, patron: Patron) -> Loan | None:
    """The loan of this item to this reader, unless a machine has taken it back."""
    return Loan.objects.open().filter(item=item, patron=patron, received_at=None).first()
