"""Layouts of tags that somebody described: read as they were written, told from others, refused with the line to mend."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from fumikura.holdings.tag_layouts import faulty_files, tag_layouts
from fumikura.kernel.tags import Tag, UnreadableTag, checks, read_tag, write_tag
from fumikura.kernel.tags.descriptions import WrongDescription, described
from fumikura.project.checks import tag_layouts_are_sound

EXAMPLE = (Path(__file__).resolve().parents[3] / "demo/tag_layouts/invented-example.toml").read_text()
INVENTED = described(EXAMPLE)
KOKORO = Tag(item="1000000014", owner="JP-1001234", parts=2, part=1, layout="invented-example")


def image(**changes: object) -> bytes:
    return write_tag(Tag(**{**KOKORO.__dict__, **changes}), layouts=[INVENTED])


def layout(*fields: str, top: str = "dsfid = 0xE2"):
    return described(
        f'name = "tiny"\ntitle = "小"\nsize = 16\n{top}\n' + "".join(f"[[field]]\n{one}\n" for one in fields)
    )


@pytest.mark.parametrize(
    ("expected", "parameters"),
    [
        (0x29B1, {"width": 16, "polynomial": 0x1021, "start": 0xFFFF}),
        (0xBB3D, {"width": 16, "polynomial": 0x8005, "is_reflected": True}),
        (0xF4, {"width": 8, "polynomial": 0x07}),
        (0xCBF43926, {"width": 32, "polynomial": 0x04C11DB7, "start": 2**32 - 1, "final": 2**32 - 1, "is_reflected": True}),
    ],
)  # fmt: skip
def test_checksums_are_those_of_the_published_tables(expected: int, parameters: dict[str, int]) -> None:
    assert checks.crc(b"123456789", **parameters) == expected


def test_the_fields_stand_where_the_description_puts_them() -> None:
    block = image()
    assert (len(block), block[:4], block[4:20]) == (48, b"MZL\x02", b"1000000014      ")
    assert (block[20:23].hex(), block[23]) == ("271001", 1)
    assert int.from_bytes(block[46:48], "little") == checks.crc(block[:44], width=16, polynomial=0x1021, start=0xFFFF)


@given(
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=16),
    st.sampled_from([1, 2, 7]),
    st.integers(0, 255),
    st.sampled_from(["", "JP-1001234", "123456"]),
)
def test_a_described_tag_is_read_as_it_was_written(item: str, usage: int, parts: int, owner: str) -> None:
    tag = Tag(item=item, owner=owner, usage=usage, parts=parts, part=1, layout="invented-example")
    block = write_tag(tag, layouts=[INVENTED])
    assert read_tag(block, 0xE1, [INVENTED]) == tag
    assert read_tag(block + b"\0" * 9, None, [INVENTED]) == tag


@given(st.sampled_from(["ascii", "utf-8", "cp932", "digits", "big", "little"]), st.text(min_size=1, max_size=14) | st.integers(0, 10**14).map(str),
       st.sampled_from(["left", "right"]), st.integers(0, 15), st.booleans())  # fmt: skip
def test_whatever_the_encoding_a_number_comes_back_or_is_not_written(
    encoding: str, item: str, padded: str, pad: int, swapped: bool
) -> None:
    filled = "" if encoding in {"big", "little"} else f'\npad = {pad}\npadded = "{padded}"'
    top = f"dsfid = 0xE2\nblock = 4\nswapped = {str(swapped).lower()}"
    one = layout(f'holds = "item"\nlength = 12\nencoding = "{encoding}"{filled}', top=top)
    tag = Tag(item=item, layout="tiny")
    try:
        block = write_tag(tag, layouts=[one])
    except UnreadableTag:
        return
    assert read_tag(block, 0xE2, [one]) == tag


def test_blocks_that_a_reader_turns_round_are_turned_back() -> None:
    field = 'holds = "item"\nlength = 8\nencoding = "ascii"'
    straight, turned = (
        layout(field, top="dsfid = 1\nblock = 4"),
        layout(field, top="dsfid = 1\nblock = 4\nswapped = true"),
    )
    tag = Tag(item="12345678", layout="tiny")
    assert (write_tag(tag, layouts=[straight])[:8], write_tag(tag, layouts=[turned])[:8]) == (b"12345678", b"43218765")


@pytest.mark.parametrize(("method", "expected"), [("sum", 0x31 + 0x32 + 0x33), ("xor", 0x31 ^ 0x32 ^ 0x33)])
def test_sums_and_exclusive_or_cover_what_they_are_said_to(method: str, expected: int) -> None:
    item = 'holds = "item"\nlength = 8\nencoding = "ascii"'
    one = layout(item, f'holds = "check"\nbyte = 15\nlength = 1\nmethod = "{method}"\ncovers = [0, 7]')
    block = write_tag(Tag(item="123", layout="tiny"), layouts=[one])
    assert block[15] == expected
    with pytest.raises(UnreadableTag, match="checksum"):
        read_tag(block[:1] + b"9" + block[2:], 0xE2, [one])


def test_one_stack_may_hold_three_kinds_and_what_is_damaged_is_not_guessed_at() -> None:
    stack = [
        KOKORO,
        Tag(item="1000000021", owner="JP-1001234"),
        Tag(item="1000000038", owner="JP-1001234", layout="objects"),
    ]
    for tag in stack:
        assert read_tag(write_tag(tag, layouts=[INVENTED]), None, [INVENTED]) == tag
    assert read_tag(write_tag(stack[1]), 0x3E, [INVENTED]) == stack[1]
    damaged = bytearray(image())
    damaged[6] ^= 1
    for dsfid in (None, 0xE1):
        with pytest.raises(UnreadableTag, match="checksum"):
            read_tag(bytes(damaged), dsfid, [INVENTED])
    with pytest.raises(UnreadableTag, match="short"):
        read_tag(image()[:40], 0xE1, [INVENTED])


def test_a_usage_without_a_code_is_unknown_when_read_and_not_written() -> None:
    block = bytearray(image())
    block[2] = ord("?")
    block[46:48] = checks.crc(bytes(block[:44]), width=16, polynomial=0x1021, start=0xFFFF).to_bytes(2, "little")
    assert read_tag(bytes(block), 0xE1, [INVENTED]).usage == 5
    for wrong in ({"usage": 9}, {"item": "1" * 17}, {"item": "こころ"}, {"owner": "JP-9999999"}, {"parts": 256}):
        with pytest.raises(UnreadableTag, match="too-long"):
            image(**wrong)


@pytest.mark.parametrize(
    ("was", "becomes", "code", "said_at"),
    [
        ("size = 48", "size = ", "not-toml", "size = "),
        ('title = "', 'titel = "', "unknown-key", "titel"),
        ("size = 48", "size = 49", "not-allowed", "size"),
        ("size = 48", "size = 1000", "not-allowed", "size"),
        ('name = "invented-example"', 'name = "fixed"', "not-allowed", "name"),
        ('encoding = "big"', 'encoding = "middle"', "not-allowed", 'encoding = "middle"'),
        ('value = "4D 5A"', 'value = "4D"', "not-allowed", "value"),
        ('value = "4D 5A"', "", "missing", '[[field]]\nholds = "constant"'),
        ('holds = "parts"', 'holds = "usage"', "twice", 'holds = "usage"\nbyte = 3'),
        ("block = 1\nlength = 16", "block = 1\nlength = 17", "overlap", '[[field]]\nholds = "owner"'),
        ("block = 11", "block = 12", "outside", "length = 2\nmethod"),
        ("covers = [0, 43]", "covers = [0, 48]", "not-allowed", "covers"),
        ('"X" = 7', '"X" = 70', "not-allowed", "codes"),
        ("polynomial = 0x1021", "polynom = 1", "unknown-key", "polynom"),
        ('padded = "right"', 'padded = "middle"', "not-allowed", "padded"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(was: str, becomes: str, code: str, said_at: str) -> None:
    text = EXAMPLE.replace(was, becomes, 1)
    with pytest.raises(WrongDescription) as wrong:
        described(text)
    expected = text[: text.index(said_at)].count("\n") + 1
    assert (wrong.value.code, wrong.value.line) == (code, expected)


def test_a_layout_that_nothing_tells_from_others_is_refused() -> None:
    item = 'holds = "item"\nlength = 8\nencoding = "ascii"'
    for top, code in (("", "nothing-tells"), ("for_new_tags = true", "nothing-tells")):
        with pytest.raises(WrongDescription) as wrong:
            layout(item, top=top)
        assert wrong.value.code == code
    with pytest.raises(WrongDescription) as wrong:
        layout(item, 'holds = "constant"\nbyte = 14\nlength = 2\nvalue = "0102"', top="for_new_tags = true")
    assert wrong.value.code == "new-without-dsfid"
    with pytest.raises(WrongDescription) as wrong:
        layout('holds = "owner"\nlength = 8\nencoding = "ascii"')
    assert wrong.value.facts == {"key": "item"}


def test_the_folder_is_read_anew_when_a_file_changes_and_a_faulty_one_is_told_and_not_used(settings, tmp_path) -> None:
    settings.TAG_LAYOUTS_DIR = tmp_path / "tag-layouts"
    assert (list(tag_layouts()), list(faulty_files())) == ([], [])
    settings.TAG_LAYOUTS_DIR.mkdir()
    own = settings.TAG_LAYOUTS_DIR / "ours.toml"
    own.write_text(EXAMPLE)
    assert [one.name for one in tag_layouts()] == ["invented-example"]
    (settings.TAG_LAYOUTS_DIR / "second.toml").write_text(EXAMPLE)
    (settings.TAG_LAYOUTS_DIR / "third.toml").write_bytes("# 図書館\n".encode("cp932"))
    own.write_text(EXAMPLE.replace("length = 16", "length = 160"))
    assert [one.name for one in tag_layouts()] == ["invented-example"]  # now of the second
    first, third = faulty_files()
    line = EXAMPLE[: EXAMPLE.index("length = 16")].count("\n") + 1
    with override("en"):
        assert first.words.endswith(f"ours.toml, line {line}: “length” cannot be 160. What it can be: 1–48")
    assert "third.toml の 1 行目: ファイルを読めません" in third.words
    own.write_text(EXAMPLE)
    assert [one.code for one in faulty_files()] == ["same-name", "not-readable"]


def test_a_description_is_tried_from_the_command_line(settings, tmp_path) -> None:
    settings.TAG_LAYOUTS_DIR = tmp_path

    def said(*words: str) -> str:
        out = StringIO()
        call_command("tags", *words, stdout=out)
        return out.getvalue()

    assert "まだありません" in said()
    own = tmp_path / "ours.toml"
    own.write_text(EXAMPLE)
    assert "架空の見本レイアウト" in said("check", str(own)) and "DSFID E1" in said("list")
    memory = said("write", "1000000014", "--owner", "JP-1001234", "--file", str(own)).strip()
    assert "1000000014" in said("read", memory, "--dsfid", "0xE1") and "invented-example" in said("read", memory)
    for words, why in (
        (("read", memory[:-2] + "00"), "検査の値"), (("read", "xyz"), "16進"), (("write", "1" * 17), "入りません"),
        (("write", "1", "--layout", "jla"), "invented-example"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=why):
            said(*words)
    own.write_text(EXAMPLE.replace("size = 48", "size = 0"))
    with pytest.raises(CommandError, match=r"ours.toml の 8 行目: 「size」の 0 は使えません"):
        said("check", str(own))
    assert [one.id for one in tag_layouts_are_sound()] == ["fumikura.W010"]
    with pytest.raises(SystemExit):
        said()
