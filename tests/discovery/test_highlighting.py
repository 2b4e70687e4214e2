"""The words asked for, marked where they stand."""

import pytest

from fumikura.discovery.highlighting import highlighted
from fumikura.discovery.parsing import parse


def marked(text: str, typed: str) -> str:
    return "".join(f"[{piece.text}]" if piece.is_found else piece.text for piece in highlighted(text, parse(typed)))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("夏目漱石論", "漱石", "夏目[漱石]論"),
        ("電子圖書舘の研究", "図書館", "電子[圖書舘]の研究"),
        ("吾輩は 猫である", "吾輩は猫", "[吾輩は 猫]である"),
        ("War and peace", "peace", "War and [peace]"),
        ("Warsaw", "war", "Warsaw"),
        ("佐々木実", "佐佐木", "[佐々木]実"),
        ("水瀬市史 第三巻", "第3巻", "水瀬市史 [第三巻]"),
        ("こころ", "ココロ", "[こころ]"),
        ("雪国", "雪 -国", "[雪]国"),
        ("心", "こころ", "心"),
        ("", "こころ", ""),
        ("C++入門", "c++", "[C++]入門"),
    ],
)
def test_what_was_asked_for_is_marked_in_whatever_writing_it_stands(text: str, typed: str, expected: str) -> None:
    assert marked(text, typed) == expected


@pytest.mark.parametrize("typed", ["", "。", "a*", "年:1990", "9784003101018"])
def test_nothing_is_lost_when_there_is_nothing_to_mark(typed: str) -> None:
    assert "".join(piece.text for piece in highlighted("こころ 𠮷野 Ａ・Ｂ", parse(typed))) == "こころ 𠮷野 Ａ・Ｂ"
