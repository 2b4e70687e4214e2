"""Numbers on labels and cards as Japanese libraries print them: NW-7 (Codabar) and the check digits in use.

A scheme computes the last character of a number from the characters before it. Which one a number follows is a setting
of the agency, never guessed from the number. Names are the field's own (7DR, M10W3, …), in lower case.
"""

import unicodedata
from collections.abc import Callable, Iterable

CODABAR_VALUES = "0123456789-$:/.+ABCD"
"""The value of a Codabar character is its place here; the last four are the start and stop letters."""

_START_STOP = frozenset("ABCDTNE*")
"""a–d; some scanners send the older names t, n, * and e for the same four."""

_NUMBER = frozenset(CODABAR_VALUES[:16])
_DIGITS = frozenset(CODABAR_VALUES[:10])

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─﹣－", "-"))


def clean(scanned: str) -> str:
    """The number as it is stored: what scanners and keyboards add is folded off, nothing else is judged.

    Full-width becomes half-width; control characters (CR, Tab, …) and spaces go, also inside ("2000 4318");
    a pair of NW-7 start and stop letters goes when a number stands between them.
    """
    folded = unicodedata.normalize("NFKC", scanned.translate(_DASHES)).upper().strip()
    text = "".join(letter for letter in folded if not letter.isspace() and letter.isprintable())
    inner = text[1:-1]
    if inner and text[0] in _START_STOP and text[-1] in _START_STOP and set(inner) <= _NUMBER and set(inner) & _DIGITS:
        return inner
    return text


def check_digit(scheme: str, body: str) -> str:
    """The check character that `scheme` puts after `body`; empty for the scheme "none".

    KeyError for a scheme that is not in SCHEMES, ValueError when `body` has characters the scheme cannot count.
    """
    return SCHEMES[scheme](body)


def is_valid(scheme: str, number: str) -> bool:
    """Whether the cleaned `number` ends in the right check character. With "none" every non-empty number is valid."""
    if scheme == "none":
        return bool(number)
    if len(number) < 2:
        return False
    try:
        return check_digit(scheme, number[:-1]) == number[-1]
    except ValueError:
        return False


def with_check(scheme: str, body: str) -> str:
    """`body` and its check character: the whole number to print."""
    return body + check_digit(scheme, body)


def roll(scheme: str, first: str, count: int) -> list[str]:
    """`count` numbers as they follow each other on a printed roll, `first` among them. Letters before the digits stay.

    ValueError when `first` is no valid number of this scheme or its digits run out.
    """
    number = clean(first)
    if not is_valid(scheme, number):
        raise ValueError(f"not a number of {scheme}: {first!r}")
    body = number if scheme == "none" else number[:-1]
    digits = body[len(body.rstrip("0123456789")) :]
    if not digits or len(str(int(digits) + count - 1)) > len(digits):
        raise ValueError(f"{count} numbers do not fit behind {first!r}")
    head = body[: len(body) - len(digits)]
    return [with_check(scheme, f"{head}{int(digits) + step:0{len(digits)}}") for step in range(count)]


def _digits(body: str) -> list[int]:
    if not (body.isascii() and body.isdigit()):
        raise ValueError(f"only digits can be counted: {body!r}")
    return [int(digit) for digit in body]


def _remainder(modulus: int) -> Callable[[str], str]:
    """7DR, 9DR: the whole number divided; what remains is the check digit."""

    def scheme(body: str) -> str:
        _digits(body)
        return str(int(body) % modulus)

    return scheme


def _complement(modulus: int) -> Callable[[str], str]:
    """7DSR, 9DSR: the modulus less what remains; nothing remaining gives 0."""

    def scheme(body: str) -> str:
        _digits(body)
        return str(-int(body) % modulus)

    return scheme


def _weighted(body: str, weights: tuple[int, ...]) -> Iterable[int]:
    """Each digit times its weight, counted from the right, the weights beginning again when they are used up."""
    return (digit * weights[place % len(weights)] for place, digit in enumerate(reversed(_digits(body))))


def _m10(weight: int) -> Callable[[str], str]:
    """Modulus 10, weights `weight` and 1 from the right, products added whole (一括)."""
    return lambda body: str(-sum(_weighted(body, (weight, 1))) % 10)


def _m10w2_split(body: str) -> str:
    """Modulus 10, weights 2 and 1, the digits of each product added (分割): Luhn's formula."""
    return str(-sum(sum(divmod(product, 10)) for product in _weighted(body, (2, 1))) % 10)


def _m11(weights: tuple[int, ...], ten: str) -> Callable[[str], str]:
    """Modulus 11; `ten` is written where the check would be 10."""

    def scheme(body: str) -> str:
        value = -sum(_weighted(body, weights)) % 11
        return ten if value == 10 else str(value)

    return scheme


def _m16(body: str) -> str:
    """Modulus 16 over the values of the Codabar characters; the start and stop letters a–a count nothing (2 × 16)."""
    values = [CODABAR_VALUES.find(character) for character in body]
    if not values or min(values) < 0 or max(values) > 15:
        raise ValueError(f"not Codabar characters: {body!r}")
    return CODABAR_VALUES[-sum(values) % 16]


SCHEMES: dict[str, Callable[[str], str]] = {
    "none": lambda body: "",
    "7dr": _remainder(7),
    "7dsr": _complement(7),
    "9dr": _remainder(9),
    "9dsr": _complement(9),
    "m10w2": _m10w2_split,
    "m10w2-whole": _m10(2),
    "m10w3": _m10(3),
    "m11": _m11((2, 3, 4, 5, 6, 7), "0"),
    "m11-x": _m11((2, 3, 4, 5, 6, 7), "X"),
    "m11w10": _m11((2, 3, 4, 5, 6, 7, 8, 9, 10), "X"),
    "m16": _m16,
}
"""Every check-digit scheme that an agency can choose, by name."""
