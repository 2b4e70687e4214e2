"""Drawn covers: no chance in them."""

from fumikura.web.design.covers import draw


def test_the_same_title_always_has_the_same_cover() -> None:
    assert draw(title="こころ", creator="夏目漱石", ndc="913.6") == draw(
        title="こころ", creator="夏目漱石", ndc="913.6"
    )


def test_one_authors_books_share_their_dye() -> None:
    assert draw(title="こころ", creator="夏目漱石").tone == draw(title="三四郎", creator="夏目漱石").tone


def test_picture_books_have_scenes() -> None:
    assert draw(title="ぐりとぐら", kind="picture-book").cut == 4


def test_letters_shrink_as_titles_grow() -> None:
    lengths = [draw(title="あ" * n).length for n in (3, 5, 8, 11, 12)]
    assert lengths == ["xs", "s", "m", "l", "xl"]


def test_a_long_title_is_cut_at_its_colon() -> None:
    assert draw(title="水瀬市立図書館の百年 : 川と町と人びとの記録をたどって歩く").short == "水瀬市立図書館の百年"
    assert len(draw(title="寿限無" * 30).short) == 24


def test_a_latin_title_is_set_in_lines_and_cut_between_words() -> None:
    cover = draw(title="A concise history of American painting and sculpture", creator="Baigell, Matthew")
    assert (cover.script, cover.short) == ("latin", "A concise history of American painting and")
    assert draw(title="こころ").script == ""


def test_a_title_without_class_or_author_is_covered_too() -> None:
    cover = draw(title="", ndc="K12")
    assert (cover.ndc, cover.tone, cover.short) == ("", 0, "")
