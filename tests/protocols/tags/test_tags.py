"""IC tags of ISO 28560 parts 2 and 3: read, written, mixed, damaged."""

import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.kernel.tags import Tag, UnreadableTag, fixed, objects, read_tag, write_tag
from fumikura.kernel.tags.descriptions import described

NUMBERS = st.text("0123456789", min_size=2, max_size=16)
EXAMPLE = (Path(__file__).resolve().parents[3] / "demo/tag_layouts/invented-example.toml").read_text("utf-8")
LABELS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=2, max_size=16)


def test_the_checksum_is_the_published_one() -> None:
    """CRC-16/CCITT-FALSE over the nine digits, as every table of CRCs lists it."""
    assert fixed.crc(b"123456789") == 0x29B1


@pytest.mark.parametrize("size", [32, 34])
def test_a_fixed_block_has_its_fields_where_the_standard_puts_them(size: int) -> None:
    block = fixed.write(Tag(item="1000000014", owner="JP-1001234", parts=2, part=1), size)
    assert len(block) == size
    assert (block[0], block[1], block[2], block[3:13]) == (0x11, 2, 1, b"1000000014")
    assert block[21:31] == b"JP1001234\0"
    assert int.from_bytes(block[19:21], "little") == fixed.crc(block[:19] + block[21:].ljust(13, b"\0"))


@given(LABELS, st.integers(0, 9), st.integers(1, 255))
def test_a_fixed_tag_is_read_as_it_was_written(item: str, usage: int, parts: int) -> None:
    tag = Tag(item=item, owner="JP-1001234", usage=usage, parts=parts, part=1)
    assert read_tag(write_tag(tag), fixed.DSFID) == tag
    assert read_tag(write_tag(tag) + b"\0" * 20) == tag


@given(LABELS | NUMBERS | st.text(min_size=1, max_size=20), st.integers(0, 9))
def test_a_tag_of_objects_is_read_as_it_was_written(item: str, usage: int) -> None:
    tag = Tag(item=item, owner="JP-1001234", usage=usage, layout="objects")
    assert read_tag(write_tag(tag), objects.DSFID) == tag


@pytest.mark.parametrize(
    ("text", "compaction", "data"),
    [
        ("12345", objects.INTEGER, "3039"),
        ("0123", objects.NUMERIC, "0123"),
        ("012", objects.NUMERIC, "012F"),
        ("ABC", objects.FIVE, "0886"),
        ("AB1", objects.SIX, "042C60"),
    ],
)
def test_texts_are_compacted_as_the_standard_says(text: str, compaction: int, data: str) -> None:
    chosen, made = objects.compacted(text)
    assert (chosen, objects.expanded(chosen, made)) == (compaction, text)
    if compaction != objects.SIX:
        assert made.hex().upper() == data


def test_one_stack_may_hold_both_kinds() -> None:
    stack = [Tag(item="1000000014", owner="JP-1001234"), Tag(item="1000000021", owner="JP-1001234", layout="objects")]
    assert [read_tag(write_tag(tag)) for tag in stack] == stack


def test_a_damaged_tag_is_refused() -> None:
    block = bytearray(write_tag(Tag(item="1000000014")))
    block[5] ^= 1
    with pytest.raises(UnreadableTag, match="checksum"):
        read_tag(bytes(block), fixed.DSFID)


def test_what_does_not_fit_is_not_written() -> None:
    with pytest.raises(UnreadableTag, match="too-long"):
        write_tag(Tag(item="1" * 17))


OLDER = described(
    """
name = "older"
title = "まえの方式（架空）"
size = 32
block = 4
swapped = true
[[field]]
holds = "constant"
length = 1
value = "C7"
[[field]]
holds = "item"
byte = 1
length = 6
encoding = "digits"
[[field]]
holds = "owner"
byte = 8
length = 10
encoding = "cp932"
pad = 0x20
[[field]]
holds = "parts"
byte = 20
length = 2
encoding = "ascii"
pad = 0x30
padded = "left"
[[field]]
holds = "check"
byte = 31
length = 1
method = "sum"
covers = [0, 30]
"""
)
"""Other in everything than the example of the demo: no DSFID, turned blocks, half bytes, Japanese letters, a sum."""


def test_twenty_thousand_damaged_tags_are_read_or_refused_each_within_a_second() -> None:
    dice, layouts = random.Random(28560), [described(EXAMPLE), OLDER]
    kinds = ("fixed", "objects", "invented-example", "older")
    good = [
        write_tag(
            Tag(item="1000000014", owner="JP-1001234" if kind != "older" else "水瀬", layout=kind), layouts=layouts
        )
        for kind in kinds
    ]
    assert [read_tag(image, None, layouts).layout for image in good] == list(kinds)
    slowest, read = 0.0, Counter[str]()
    for _ in range(20_000):
        image = bytearray(dice.choice(good) + bytes(dice.randrange(256) for _ in range(dice.randint(0, 8))))
        for _ in range(dice.randint(0, 4)):
            image[dice.randrange(len(image))] = dice.randrange(256)
        damaged, kind = bytes(image[: dice.randint(0, len(image))]), dice.choice([None, 0x3E, 0x06, 0xE1])
        began = time.thread_time()
        with suppress(UnreadableTag):
            read[read_tag(damaged, kind, layouts).layout] += 1
        slowest = max(slowest, time.thread_time() - began)
    assert slowest < 1
    assert set(read) == set(kinds)
