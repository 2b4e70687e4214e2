"""MARC-8 to Unicode with pymarc's tables, refusing what it cannot read.

pymarc's own converter puts a blank where it does not know a character; a catalogue must not lose one without a word.
Source: https://www.loc.gov/marc/specifications/speccharmarc8.html
"""

import unicodedata

from pymarc import marc8_mapping

from fumikura.catalogue.marc.arrivals import Faulty

_BASIC_LATIN, _ANSEL, _EACC = 0x42, 0x45, 0x31
_ESCAPE = 0x1B
_SETS = marc8_mapping.CODESETS
_ODD = marc8_mapping.ODD_MAP
_TO_G0, _TO_G1 = b"(,", b")-"
_TECHNIQUE_1 = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: _BASIC_LATIN}


def to_unicode(data: bytes) -> str:
    """Decode one subfield, in NFC. Raises Faulty("marc8-character") at a character that is in no table."""
    if data.isascii() and _ESCAPE not in data:
        return data.decode("ascii")
    g0, g1 = _BASIC_LATIN, _ANSEL
    letters: list[str] = []
    combining: list[str] = []
    at, size = 0, len(data)
    while at < size:
        byte = data[at]
        if byte == _ESCAPE:
            at, g0, g1 = _designate(data, at, g0, g1)
            continue
        wide = g0 == _EACC and 0x20 < byte < 0x7F
        if wide and at + 3 > size:
            raise Faulty("marc8-character", f"0x{data[at:].hex()}")
        code = int.from_bytes(data[at : at + 3], "big") if wide else byte
        at += 3 if wide else 1
        if code <= 0x20:
            letters.append(chr(code))
            letters.extend(combining)
            combining.clear()
            continue
        if code in {0x88, 0x89}:
            continue  # non-sorting begin and end: no letters
        letter, combines = _letter(code, g0 if wide or code < 0x80 else g1)
        if combines:
            combining.append(letter)
        else:
            letters.append(letter)
            letters.extend(combining)
            combining.clear()
    return unicodedata.normalize("NFC", "".join(letters + combining))


def _designate(data: bytes, at: int, g0: int, g1: int) -> tuple[int, int, int]:
    """Follow the escape sequence at `at`; answer the position behind it and the two sets in force."""
    sequence = data[at + 1 : at + 4]
    if not sequence:
        return at + 1, g0, g1
    if sequence[0] in _TECHNIQUE_1:
        return at + 2, _TECHNIQUE_1[sequence[0]], g1
    multibyte = sequence[0] == 0x24
    rest = sequence[1:] if multibyte else sequence
    intermediate = rest[:1]
    if multibyte and intermediate and intermediate not in {b",", b")", b"-", b"("}:
        return at + 3, rest[0], g1
    if intermediate and intermediate in _TO_G0 + _TO_G1 and len(rest) >= 2:
        final = rest[1]
        if final == 0x21 and not multibyte and data[at + 3 : at + 4] == b"E":
            final, multibyte = _ANSEL, True  # ESC ( ! E: ANSEL has a second intermediate
        behind = at + 3 + multibyte
        return (behind, final, g1) if intermediate in _TO_G0 else (behind, g0, final)
    raise Faulty("marc8-escape", f"0x{data[at : at + 4].hex()}")


def _letter(code: int, charset: int) -> tuple[str, bool]:
    letters = _SETS.get(charset, {})
    # The tables list each set at one place only; a set may stand in the lower or the upper half of the code.
    found = letters.get(code) or (letters.get(code ^ 0x80) if code < 0x100 else None)
    if found:
        return chr(found[0]), bool(found[1])
    if code in _ODD:
        return chr(_ODD[code]), False
    raise Faulty("marc8-character", f"0x{code:x} in set 0x{charset:x}")
