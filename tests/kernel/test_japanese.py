from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.kernel.japanese import (
    KANJI,
    LEVELS,
    fold,
    forms_of,
    hiragana,
    is_kana,
    katakana,
    plain,
    sort_key,
    spoken_name,
)

japanese = st.text(
    st.one_of(
        st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("圖書舘髙﨑𠮷邊々ゝゞヶケー-・ 　,.「」ｶﾞﾊﾟ１Ａaé゛゜\U000e0100"),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("電子圖書舘", "電子図書館"),
        ("ソウセキ", "そうせき"),
        ("ｿｳｾｷ", "そうせき"),
        ("ﾊﾞｲｵﾘﾝ", "ばいおりん"),
        ("か゛くもん", "がくもん"),
        ("髙﨑線", "高崎線"),
        ("𠮷野家", "吉野家"),
        ("渡邊・渡邉", "渡辺 渡辺"),
        ("葛\U000e0100城", "葛城"),
        ("神", "神"),
        ("佐々木", "佐佐木"),
        ("いすゞ", "いすず"),
        ("こゝろ", "こころ"),
        ("あゝゝ", "あああ"),
        ("霞ヶ関", "霞が関"),
        ("鬼ケ島", "鬼が島"),
        ("三ヶ月・三カ月・三箇月", "三か月 三か月 三か月"),
        ("コンピュ－タ", "こんぴゅーた"),
        ("ＰＹＴＨＯＮ", "python"),
        ("Les Misérables", "les miserables"),
        ("C++入門", "c++入門"),
        ("Ｃ＃", "c#"),
        ("『こころ』", "こころ"),
        ("𛀂", "あ"),
    ],
)
def test_writings_of_the_same_words_fold_to_the_same(written: str, asked: str) -> None:
    assert fold(written) == fold(asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ビル", "ビール"),
        ("斎藤", "斉藤"),
        ("花", "華"),
        ("は", "ば"),
        ("C", "C++"),
        ("びょういん", "びよういん"),
        ("カケ", "ガガ"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_each_level_forgives_what_it_is_named_after() -> None:
    def nearest(written: str, asked: str) -> str:
        return next(level for level in LEVELS if fold(written, level) == fold(asked, level))

    assert nearest("こころ", "こころ") == "exact"
    assert nearest("ココロ", "こころ") == "kana"
    assert nearest("圖書", "図書") == "old-form"
    assert nearest("髙橋", "高橋") == "variant"


@given(japanese | st.text(max_size=30))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    for level in LEVELS:
        assert fold(fold(text, level), level) == fold(text, level)


@given(japanese)
def test_what_is_equal_at_one_level_is_equal_at_the_next(text: str) -> None:
    for nearer, farther in pairwise(LEVELS):
        assert fold(fold(text, nearer), farther) == fold(text, farther)


@given(japanese)
def test_folded_text_has_no_katakana_no_old_kanji_and_single_spaces(text: str) -> None:
    folded = fold(text)
    assert not any("ァ" <= character <= "ヺ" for character in folded)
    assert folded == " ".join(folded.split())
    assert not set(folded) & {form for _, old, other in KANJI for form in old + other}


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096)))
def test_kana_go_to_the_other_script_and_back(text: str) -> None:
    assert hiragana(katakana(text)) == text
    assert not text or is_kana(text)


def test_the_kanji_table_is_sound() -> None:
    todays = [today for today, _, _ in KANJI]
    forms = [form for _, old, other in KANJI for form in old + other]
    assert len(KANJI) > 600
    assert len(set(todays)) == len(todays)
    assert len(set(forms)) == len(forms), "a form belongs to one character"
    assert not set(todays) & set(forms), "no chains"
    assert all(plain(character) == character for character in todays + forms), "NFKC already handles it"


def test_a_kanji_knows_its_other_forms() -> None:
    assert forms_of("館") == ("舘",)
    assert forms_of("圖") == ("圖",)
    assert set(forms_of("辺")) == {"邊", "邉"}
    assert forms_of("あ") == ()


def test_readings_sort_in_dictionary_order() -> None:
    in_order = [
        "アア",
        "アイ",
        "カ",
        "ガ",
        "カア",
        "ガアド",
        "カイ",
        "ハ",
        "バ",
        "パ",
        "ハア",
        "バアイ",
        "ハハ",
        "ンジャメナ",
    ]
    backwards = in_order[::-1]
    assert sorted(backwards, key=sort_key) == in_order
    together = ["ハアト", "ハート", "ビヨウイン", "ビョウイン", "ヒョウタン"]
    assert sorted(together, key=sort_key)[2:] == ["ビョウイン", "ビヨウイン", "ヒョウタン"]


@given(japanese)
def test_a_sort_key_fits_its_column(text: str) -> None:
    assert len(sort_key(text * 20)) <= 200


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096)))
def test_a_sort_key_is_the_same_in_either_script(text: str) -> None:
    assert sort_key(katakana(text)) == sort_key(hiragana(text))


@given(st.binary())
def test_any_bytes_that_decode_can_be_folded(raw: bytes) -> None:
    fold(raw.decode("utf-8", errors="replace"))
    fold(raw.decode("cp932", errors="replace"))


def test_a_heading_is_spoken_without_its_comma_unless_it_is_in_latin_script() -> None:
    assert spoken_name("夏目, 漱石") == "夏目漱石"
    assert spoken_name("Poe, Edgar Allan") == "Poe, Edgar Allan"
    assert spoken_name("水瀬市史編さん委員会") == "水瀬市史編さん委員会"
