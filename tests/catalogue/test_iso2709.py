"""ISO 2709: what is written is read back, what is broken is handed over with its bytes, and the next record is found."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import MARCReader

from fumikura.catalogue.description import description_of
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.content import Content, Entry
from tests.catalogue.records import kokoro_bytes

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f"), max_size=40)
CODE = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")
MARKS = st.text(st.sampled_from(" 0123456789"), min_size=2, max_size=2)
CONTROL = st.builds(lambda tag, data: Entry(tag, data=data), st.sampled_from(["001", "003", "005", "007", "008"]), TEXT)
DATA = st.builds(
    Entry,
    st.sampled_from(["010", "020", "084", "100", "245", "250", "260", "490", "505", "650", "700", "880", "9AZ"]),
    MARKS,
    st.lists(st.tuples(CODE, TEXT), min_size=1, max_size=6),
    st.just(""),
)
LEADER = st.sampled_from(["00000cam a2200000 i 4500", "00000nas a2200000 a 4500", "00000ngm a2200000   4500"])
RECORDS = st.builds(Content, LEADER, st.lists(CONTROL | DATA, min_size=1, max_size=12))


def read(data: bytes) -> list[iso2709.Arrival]:
    return list(iso2709.arrivals(io.BytesIO(data)))


def without_separators(data: bytes) -> bytes:
    return data.translate(None, b"\r\n\x00\x1a")


@given(RECORDS)
def test_a_written_record_is_read_back_and_written_again_byte_for_byte(content: Content) -> None:
    written = iso2709.encode(content)
    decoded = iso2709.decode(written)
    assert decoded.content.entries == content.entries
    assert decoded.marc == written == iso2709.encode(decoded.content)


@given(RECORDS)
def test_pymarc_reads_what_is_written(content: Content) -> None:
    (theirs,) = MARCReader(io.BytesIO(iso2709.encode(content)))
    ours = content.record()
    assert theirs is not None
    assert [str(field) for field in theirs.fields] == [str(field) for field in ours.fields]


@given(st.lists(RECORDS, max_size=6), st.sampled_from([b"", b"\n", b"\r\n", b"\x00", b"\x1a\n"]))
def test_joined_records_are_split_where_they_were_joined(contents: list[Content], between: bytes) -> None:
    written = [iso2709.encode(content) for content in contents]
    assert list(iso2709.pieces(io.BytesIO(between.join(written)))) == written


@given(st.binary(max_size=4000))
def test_every_byte_of_rubbish_is_in_exactly_one_piece(data: bytes) -> None:
    assert without_separators(b"".join(iso2709.pieces(io.BytesIO(data)))) == without_separators(data)
    for arrival in read(data):
        assert arrival.decoded is not None or (arrival.fault and arrival.raw)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_record_never_raises_and_what_is_taken_in_can_be_described(data: st.DataObject) -> None:
    sound = kokoro_bytes() * 2
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    for arrival in read(bytes(damaged)):
        if arrival.decoded:
            description_of(arrival.decoded.content)
            assert iso2709.decode(arrival.decoded.marc).content.entries == arrival.decoded.content.entries
        else:
            assert arrival.raw
            assert arrival.raw in bytes(damaged)


@given(RECORDS)
def test_any_record_that_can_be_written_can_be_described(content: Content) -> None:
    assert description_of(content).title


@pytest.mark.parametrize("missing", [1, 10, 200])
def test_a_record_cut_off_at_the_end_of_the_file_is_handed_over(missing: int) -> None:
    whole = kokoro_bytes()
    first, second = read(whole + whole[:-missing])
    assert first.decoded
    assert (second.fault, second.raw) == ("truncated", whole[:-missing])


def test_a_record_cut_off_in_the_middle_does_not_take_the_next_one_with_it() -> None:
    whole = kokoro_bytes()
    first, broken, last = read(whole + whole[:300] + whole)
    assert first.decoded
    assert last.decoded
    assert broken.raw == whole[:300]


def test_rubbish_between_records_is_handed_over_and_the_next_record_found() -> None:
    whole = kokoro_bytes()
    first, rubbish, last = read(whole + b"<html>502 Bad Gateway</html>" + whole)
    assert first.decoded
    assert last.decoded
    assert rubbish.raw == b"<html>502 Bad Gateway</html>"


@pytest.mark.parametrize(("at", "wrong"), [(0, b"99999"), (0, b"00024"), (0, b"     "), (12, b"00000"), (12, b"     ")])
def test_a_wrong_leader_is_put_right_from_the_terminators(at: int, wrong: bytes) -> None:
    sound = kokoro_bytes()
    broken = sound[:at] + wrong + sound[at + len(wrong) :]
    (arrival,) = read(broken)
    assert arrival.decoded
    assert arrival.decoded.marc == sound


def test_lengths_counted_in_characters_are_put_right() -> None:
    sound = kokoro_bytes()
    body = sound.index(b"\x1e")
    entries = [sound[at : at + 12] for at in range(24, body, 12)]
    miscounted = b"".join(entry[:3] + b"%04d" % (int(entry[3:7]) // 2) + entry[7:] for entry in entries)
    (arrival,) = read(sound[:24] + miscounted + sound[body:])
    assert arrival.decoded
    assert arrival.decoded.marc == sound


def test_utf8_that_the_leader_does_not_mention_is_seen() -> None:
    sound = kokoro_bytes()
    (arrival,) = read(sound[:9] + b" " + sound[10:])
    assert arrival.decoded
    assert arrival.decoded.marc == sound


def test_another_encoding_can_be_named() -> None:
    content = Content("00000nam  2200000   4500", [Entry("245", "00", [("a", "坊っちゃん")])])
    data = iso2709.encode(content)
    sjis = "  \x1fa坊っちゃん\x1e\x1d".encode("cp932")
    old = b"%05d" % (37 + len(sjis)) + b"nam  22000374500   4500"[:19] + b"245%04d00000\x1e" % (len(sjis) - 1) + sjis
    assert read(old)[0].fault in {"marc8-character", "marc8-escape"}
    (arrival,) = iso2709.arrivals(io.BytesIO(old), encoding="cp932")
    assert arrival.decoded
    assert arrival.decoded.content.entries[0].parts == [("a", "坊っちゃん")]
    assert b"\xe5\x9d\x8a" in data


@pytest.mark.parametrize(
    ("leader", "fault"),
    [
        ("00000nz  a2200000   4500", "not-bibliographic"),
        ("00000nx  a2200000   4500", "not-bibliographic"),
        ("00000dam a2200000   4500", "deletion-notice"),
    ],
)
def test_what_is_no_record_to_keep_is_handed_over_with_the_reason(leader: str, fault: str) -> None:
    (arrival,) = read(iso2709.encode(Content(leader, [Entry("245", "00", [("a", "こころ")])])))
    assert arrival.fault == fault


def test_what_iso_2709_cannot_hold_is_not_cut_down_in_silence() -> None:
    with pytest.raises(Faulty, match="field-too-long"):
        iso2709.encode(Content(" " * 24, [Entry("520", "  ", [("a", "長" * 4000)])]))
    with pytest.raises(Faulty, match="record-too-long"):
        iso2709.encode(Content(" " * 24, [Entry("500", "  ", [("a", "長" * 3000)])] * 12))


def test_a_file_without_terminators_is_read_in_bounded_pieces() -> None:
    flood = b"x" * (iso2709.LONGEST_PIECE + 100)
    assert [len(arrival.raw) for arrival in read(flood)] == [iso2709.LONGEST_PIECE, 100]
