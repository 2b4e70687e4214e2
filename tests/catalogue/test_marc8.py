"""MARC-8: the same letters as pymarc's, but never a blank for a letter that is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc.marc8 import MARC8ToUnicode

from fumikura.catalogue.marc import marc8
from fumikura.catalogue.marc.arrivals import Faulty

PLAIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=10).map(str.encode)
SPECIAL = st.sampled_from([bytes([code]) for code in [*range(0xA1, 0xAF), *range(0xB0, 0xBA), 0xC0, 0xC3]])
ACCENTED = st.builds(
    lambda marks, letter: bytes(marks) + letter,
    st.lists(st.integers(0xE0, 0xFB), min_size=1, max_size=2),
    st.sampled_from([b"a", b"e", b"o", b"U"]),
)
EAST_ASIAN = st.sampled_from([b"\x1b$1!0U!bT\x1b(B", b'\x1b$1i$"i%F\x1b(B'])
CYRILLIC = st.sampled_from([b"\x1b(NpUSKIJ\x1b(B", b"\x1bgabc\x1bs."])


@given(st.lists(PLAIN | SPECIAL | ACCENTED | EAST_ASIAN | CYRILLIC, max_size=8).map(b"".join))
def test_it_reads_what_pymarc_reads(data: bytes) -> None:
    try:
        ours = marc8.to_unicode(data)
    except Faulty:
        return  # a letter in no table: pymarc would put a blank
    assert ours == MARC8ToUnicode(quiet=True).translate(data)


@given(st.binary(max_size=60))
def test_it_never_fails_in_another_way_than_faulty(data: bytes) -> None:
    try:
        marc8.to_unicode(data)
    except Faulty as fault:
        assert fault.code in {"marc8-character", "marc8-escape"}


def test_an_accent_stands_before_its_letter() -> None:
    assert marc8.to_unicode(b"Ku\xe8hner") == "Kuḧner"


def test_kanji_are_read() -> None:
    assert marc8.to_unicode(b"\x1b$1!Os!0!\x1b(B.") == "第一."


def test_a_set_may_stand_in_either_half_of_the_code() -> None:
    assert marc8.to_unicode(b"\x1b(NPRI\x1b(B") == marc8.to_unicode(b"\x1b)N\xd0\xd2\xc9\x1b)E") == "при"


@pytest.mark.parametrize("data", [b"\x1b$1!0", b"\xff", b"\x1bt\xe2e"])
def test_what_is_in_no_table_is_said_and_not_blanked_out(data: bytes) -> None:
    with pytest.raises(Faulty):
        marc8.to_unicode(data)
