"""What stands as a word in kana is told from pieces of longer words."""

import pytest

from fumikura.discovery.edges import word_mark, word_marks


def words(title: str = "", reading: str = "", name: str = "") -> set[str]:
    found = word_marks(titles=(title,), readings=(reading,), names=(name,), subjects=())
    return {mark[1:] for mark in found}


@pytest.mark.parametrize(
    ("title", "reading", "expected"),
    [
        ("ヰタ・セクスアリス", "", {"ゐた", "せくすありす"}),
        ("鏡の国のアリス", "", {"ありす"}),
        ("", "ギンガ テツドウ ノ ヨル", {"ぎんが", "てつどう", "よる"}),
        ("", "さくらのきのした", {"さくら", "さくらのき", "さくらのきのした", "きのした", "した"}),
        ("", "サクラノキ", {"さくら", "さくらのき"}),
        ("ポートレート", "", {"ぽーとれーと"}),
        ("夏目漱石論", "", set()),
    ],
)
def test_words_are_known_by_blanks_dots_scripts_and_particles(title: str, reading: str, expected: set[str]) -> None:
    assert words(title, reading) == expected


def test_family_and_given_names_are_words_apart() -> None:
    marks = word_marks(titles=(), readings=(), names=("ナツメ, ソウセキ",), subjects=())
    assert marks == {word_mark("name", "なつめ"), word_mark("given", "そうせき")}
    assert words(name="エドガー・アラン・ポー") == {"えどがー", "あらん", "ぽー"}


def test_only_kana_show_where_a_word_ends() -> None:
    assert word_mark("title", ("夏", "目")) == ""
    assert word_mark("title", ("は",)) == ""
