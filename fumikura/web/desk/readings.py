"""What was read: a card, an item, an answer, or something that is neither, and then what it most likely was."""

from dataclasses import dataclass

from fumikura.circulation.models import Crate
from fumikura.holdings.models import Item, ItemSet
from fumikura.holdings.queries import find_item
from fumikura.kernel.barcodes import CODABAR_VALUES, clean
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import fits_a_check_digit
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import find_patron_by_card

YES = frozenset({"はい", "HAI", "YES", "OK"})
NO = frozenset({"いいえ", "IIE", "NO"})

LONGEST_NUMBER = 30
SHOP_PREFIXES = ("978", "979", "191", "192", "977", "491")
"""EAN-13 on the cover of Japanese books and magazines: ISBN, price and magazine codes. Not the library's own label."""


@dataclass(frozen=True)
class Reading:
    number: str
    patron: Patron | None = None
    item: Item | None = None
    trouble: str = ""
    """When nothing was found: "empty", "shop-barcode", "set-label", "crate-label", "misread" or "unknown"."""

    @property
    def is_yes(self) -> bool:
        return self.number in YES

    @property
    def is_no(self) -> bool:
        return self.number in NO


def read(scanned: str) -> Reading:
    """Look the number up as a card and as an item. At most one of the two is set."""
    number = clean(scanned)
    if not number:
        return Reading("", trouble="empty")
    if number in YES | NO:
        return Reading(number)
    if not _could_be_a_number(number):
        return Reading(number[:LONGEST_NUMBER], trouble="misread")
    if patron := find_patron_by_card(number):
        return Reading(number, patron=patron)
    try:
        return Reading(number, item=find_item(number))
    except Refused:
        return Reading(number, trouble=_trouble_with(number))


def _could_be_a_number(number: str) -> bool:
    return (
        len(number) <= LONGEST_NUMBER and number.isascii() and all(c.isalnum() or c in CODABAR_VALUES for c in number)
    )


def _trouble_with(number: str) -> str:
    if len(number) == 13 and number.isdigit() and number.startswith(SHOP_PREFIXES):
        return "shop-barcode"
    if ItemSet.objects.filter(number=number).exists():
        return "set-label"
    if Crate.objects.open().filter(number=number).exists():
        return "crate-label"
    return "unknown" if fits_a_check_digit(number) else "misread"
