"""Standard numbers, as printed and as compared. Wrong ones are real (誤ISBN): they are kept, never refused."""

import re
import unicodedata

_CANDIDATE = re.compile(r"(?<![0-9])([0-9][0-9 ‐‑–−-]{8,16}[0-9xX])(?![0-9])")
_LINES = re.compile(r"[ ‐‑–−-]")
_ISSN = re.compile(r"([0-9]{4})[ ‐‑–−-]?([0-9]{3}[0-9xX])(?![0-9])")


def isbns_of(text: str) -> list[str]:
    """The ISBN in a 020 $a: as 13 digits and, for 978, as 10. A wrong one comes back as its digits."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _CANDIDATE.search(plain)
    if not match:
        digits = _LINES.sub("", plain.split("(")[0].split(":")[0]).strip().upper()
        return [digits[:20]] if sum(letter.isdigit() for letter in digits) >= 8 else []
    digits = _LINES.sub("", match[1]).upper()
    if len(digits) == 10 and _check10(digits[:9]) == digits[9]:
        long = "978" + digits[:9]
        return [long + _check13(long), digits]
    if len(digits) == 10 and digits.isdigit() and _check13(f"978{digits[:9]}") == digits[9]:
        # 13 digits whose 978 was cut off by a narrow column.
        return [f"978{digits}", digits[:9] + _check10(digits[:9])]
    if len(digits) == 13 and digits.isdigit() and _check13(digits[:12]) == digits[12]:
        short = digits[3:12]
        return [digits, short + _check10(short)] if digits.startswith("978") else [digits]
    return [digits]


def issn_of(text: str) -> str:
    """The ISSN as NNNN-NNNN, or empty."""
    match = _ISSN.search(unicodedata.normalize("NFKC", text))
    return f"{match[1]}-{match[2].upper()}" if match else ""


def _check10(nine: str) -> str:
    rest = -sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _check13(twelve: str) -> str:
    return str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(twelve)) % 10)
