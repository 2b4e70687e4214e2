"""Telephone numbers and postcodes of Japan: read from what a hand typed, and written in one way."""

import re
from typing import Final
from unicodedata import normalize

_BETWEEN: Final = re.compile(r"[\s()\[\].・‐‑‒–—―−ー-]+")
_ELEVEN: Final = ("020", "050", "060", "070", "080", "090")
"""Numbers that belong to no area, and those that cost the caller nothing (0800), have a digit more."""
_CUTS: Final = {"0120": (4, 3, 3), "0570": (4, 3, 3), "0990": (4, 3, 3), "0800": (4, 3, 4), "03": (2, 4, 4), "06": (2, 4, 4)}  # fmt: skip
"""Where a number is cut that was typed in one piece. Elsewhere only a table of areas knows: it stays in one piece."""
_ONLY_INSIDE: Final = ("0120", "0570", "0800", "0990")


def telephone(written: str) -> str:
    """Whether ０７１（０００）１００１ or +81 71 000 1001 was typed: "071-000-1001". Nothing stays nothing.

    ValueError for what cannot be dialled from anywhere in Japan: too few digits (no area code), too many, letters.
    """
    plain = normalize("NFKC", written).strip()
    is_abroad = plain.startswith("+81")
    parts = [part for part in _BETWEEN.split(plain.removeprefix("+81")) if part]
    if is_abroad and parts[:1] == ["0"]:
        parts = parts[1:]
    if not parts and not is_abroad:
        return ""
    digits = "".join(parts)
    if is_abroad and not digits.startswith("0"):
        parts[:1], digits = ["0" + "".join(parts[:1])], "0" + digits
    if not re.fullmatch(f"0[1-9][0-9]{{{9 if digits.startswith(_ELEVEN) else 8}}}", digits, re.ASCII):
        raise ValueError(written)
    return "-".join(parts if len(parts) in (2, 3) and len(parts[0]) > 1 else _cut(digits))


def _cut(digits: str) -> list[str]:
    known = next((cuts for start, cuts in _CUTS.items() if digits.startswith(start)), None)
    cuts = known or ((3, 4, 4) if digits.startswith(_ELEVEN) else (len(digits),))
    ends = [sum(cuts[: place + 1]) for place in range(len(cuts))]
    return [digits[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def from_abroad(number: str) -> str:
    """What `telephone` wrote, as the world dials it: "071-000-1001" → "+81-71-000-1001". Free numbers stay as they are."""
    return f"+81-{number[1:]}" if number and not number.startswith(_ONLY_INSIDE) else number


def postcode(written: str) -> str:
    """Of 〒２９００００１: "290-0001". Nothing stays nothing. ValueError for other than seven digits."""
    digits = _BETWEEN.sub("", normalize("NFKC", written).strip().removeprefix("〒"))
    if not digits:
        return ""
    if not re.fullmatch("[0-9]{7}", digits):
        raise ValueError(written)
    return f"{digits[:3]}-{digits[3:]}"
