import re

import pytest
import yaml

from fumikura.kernel.reasons import PATRON, REASONS, STAFF, WHY, patron_words, staff_words, why_words, words
from fumikura.kernel.refusals import Reason
from tests.shared_data import shared

TABLES = {"refusals": REASONS, "staff": STAFF, "patron": PATRON}


@pytest.mark.shared_data
@pytest.mark.parametrize("table", TABLES)
def test_every_published_code_has_words(table: str) -> None:
    codes = yaml.safe_load(shared("domain/cases/codes.yaml").read_text())[table]
    assert set(codes) <= set(TABLES[table])


@pytest.mark.parametrize("table", [*TABLES.values(), WHY])
def test_every_sentence_stands_in_both_languages_and_ends(table: dict) -> None:
    for code, text in table.items():
        assert text.ja.endswith(("。", "]")), code
        assert text.en.endswith((".", "]")), code
        assert bool(text.way_out_ja) == bool(text.way_out_en), code
        assert not re.search(r"不正|無効|エラー|ください!", text.ja + text.way_out_ja), code


def test_every_refusal_names_a_way_out() -> None:
    assert [code for code, text in REASONS.items() if not text.way_out_ja] == []


def test_a_sentence_is_whole_with_and_without_its_figures() -> None:
    bare = Reason.of("loan-limit-reached:av")
    full = Reason.of("loan-limit-reached:av", counter="視聴覚", counter_en="AV", have=6, limit=6)
    assert words(bare)[0] == "借りられる数に達しています。"
    assert words(full)[0] == "借りられる数に達しています（「視聴覚」は6点まで、いま6点借りています）。"
    assert words(full, "en")[0] == "The limit of loans is reached (AV: 6 of 6)."


def test_an_unknown_code_is_our_fault_and_can_be_quoted() -> None:
    sentence, way_out = words(Reason.of("moon-is-full"))
    assert "moon-is-full" in sentence
    assert way_out


def test_messages_to_staff_and_reader_come_from_the_same_file() -> None:
    assert staff_words("put-on-hold-shelf")[1] == "票をはさんで取り置きの棚に置いてください。"
    assert patron_words("hold-ready", "en", place="Kita", until="28 May") == (
        "Your book is ready at Kita.",
        "Please collect it by 28 May.",
    )


def test_a_missing_right_is_named_in_words_not_by_its_code() -> None:
    assert words(Reason("not-permitted:circulation.check-out"), "ja")[0] == "この操作をする権限がありません（貸す）。"
    assert "circulation" not in words(Reason("not-permitted:circulation.check-out"), "en")[0]


def test_an_empty_figure_is_left_out_with_its_brackets() -> None:
    assert words(Reason.of("item-unknown", barcode=""))[0] == "この番号の資料は見つかりません。"


def test_why_is_one_sentence_with_its_figures() -> None:
    assert why_words(Reason.of("copy-farther", stops=3, instead=1)) == "受取館まで便で3停車あります（決めた本は1）。"
    assert why_words(Reason("asked-later"), "en") == "Asked later."
