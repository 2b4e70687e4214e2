"""The wire of SIP2: frames of the standard, every encoding, and frames that nobody should send."""

import contextlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.protocols.sip2.codec import LONGEST, Message, Unreadable, checksum, decode, encode, moment
from fumikura.protocols.sip2.layouts import ANSWERS, LAYOUTS
from tests.protocols.sip2.frames import ONE_OF_EACH

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="|"), max_size=30)


def test_the_checksum_of_the_standard_is_ours() -> None:
    """The examples of the SIP2 definition, appendix on error detection."""
    assert checksum(b"9900401.00AY1AZ") == "FCA5"
    assert decode(b"9900401.00AY1AZFCA5\r").fixed["print_width"] == "040"
    assert (
        decode(
            b"09N19960102    08423519960213    110658AP|AOInstitution ID|AB123456789|ACterminal|AY0AZ"
            + checksum(
                b"09N19960102    08423519960213    110658AP|AOInstitution ID|AB123456789|ACterminal|AY0AZ"
            ).encode()
        ).get("AB")
        == "123456789"
    )


def test_a_wrong_checksum_is_noticed() -> None:
    with pytest.raises(Unreadable, match="checksum"):
        decode(b"9900401.00AY1AZFCA6\r")


@pytest.mark.parametrize("code", sorted(LAYOUTS))
def test_every_message_is_read_as_it_was_written(code: str) -> None:
    message = Message(
        code, {name: "1" * width for name, width in LAYOUTS[code]}, (("AB", "こころ"), ("AF", "")), "3", True
    )
    for encoding in ("utf-8", "cp932"):
        assert decode(encode(message, encoding, "crlf"), encoding) == message


@given(st.lists(st.tuples(st.sampled_from(["AB", "AJ", "AF"]), TEXTS), max_size=5))
def test_what_is_written_in_utf_8_comes_back(fields: list[tuple[str, str]]) -> None:
    message = Message("20", {"ok": "1", "when": " " * 18}, tuple(fields), "1", True)
    assert decode(encode(message)).fields == tuple((name, text.replace("\x7f", " ")) for name, text in fields)


def test_a_letter_whose_second_byte_is_the_separator_does_not_cut_its_field() -> None:
    title = "ポケット・ソナタ"  # ポ is 83 7C in CP932, ソ is 83 5C
    message = Message("20", {"ok": "1", "when": " " * 18}, (("AJ", title), ("AB", "3")), "1", True)
    frame = encode(message, "cp932")
    assert b"\x83|" in frame
    assert decode(frame, "cp932").get("AJ") == title


def test_a_letter_that_the_encoding_lacks_has_a_stand_in() -> None:
    message = Message("20", {"ok": "1", "when": " " * 18}, (("AJ", "𠮷野家 café"),))
    assert decode(encode(message, "cp932"), "cp932").get("AJ") == "〓野家 caf〓"
    assert decode(encode(message, "ascii"), "ascii").get("AJ") == "??? caf?"


def test_nothing_in_a_title_can_end_a_field_or_a_frame() -> None:
    frame = encode(Message("20", {"ok": "1", "when": " " * 18}, (("AJ", "a|b\rc\nd"),)))
    assert frame.count(b"\r") == 1
    assert decode(frame).fields == (("AJ", "a b c d"),)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("20260520    100000", 1),
        ("20260520   Z100000", 10),
        ("20260520000010000", None),
        ("x" * 18, None),
        ("20261399    100000", None),
    ],
)
def test_a_moment_is_local_unless_it_says_otherwise(text: str, hour: int | None) -> None:
    from datetime import UTC, timedelta, timezone

    found = moment(text, timezone(timedelta(hours=9)))
    assert (found.astimezone(UTC).hour if found else None) == hour


@pytest.mark.parametrize("code", sorted({*ANSWERS, "97"}))
def test_a_message_cut_at_any_byte_is_read_or_refused_and_never_fails(code: str) -> None:
    frame = ONE_OF_EACH[code]
    for cut in range(len(frame)):
        for encoding in ("utf-8", "cp932", "ascii"):
            with contextlib.suppress(Unreadable):
                decode(frame[:cut], encoding)


def test_twenty_thousand_mutated_frames_are_read_or_refused_each_within_a_second() -> None:
    dice = random.Random(2026)
    frames = list(ONE_OF_EACH.values())
    slowest = 0.0
    for _ in range(20_000):
        started = time.thread_time()
        with contextlib.suppress(Unreadable):
            decode(mutated(dice.choice(frames), dice), dice.choice(["utf-8", "cp932", "ascii"]))
        slowest = max(slowest, time.thread_time() - started)
    assert slowest < 1


def mutated(frame: bytes, dice: random.Random) -> bytes:
    data = bytearray(frame)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0:
                data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 8)))
            case 1:
                del data[at : at + dice.randint(1, 8)]
            case 2:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 3:
                data[at:at] = data[: dice.randint(1, 40)]
        if not data:
            data = bytearray(b"11")
    return bytes(data)


def test_a_frame_without_end_is_refused() -> None:
    with pytest.raises(Unreadable, match="length"):
        decode(b"11" + b"x" * LONGEST)


def test_a_client_that_forgets_the_date_is_understood_all_the_same() -> None:
    message = decode(b"65AOMINASE|AA20004318|BON|")
    assert (message.fixed["when"].strip(), message.get("AO"), message.get("AA")) == ("", "MINASE", "20004318")
