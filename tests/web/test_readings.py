"""How pages say what a title sounds like."""

from django.utils.translation import override

from fumikura.web.readings import in_romaji


def test_a_title_in_kana_says_itself_how_it_is_read() -> None:
    with override("en"):
        assert in_romaji("こゝろ", "") == "Kokoro"
        assert in_romaji("ちいさな　でんしゃ", "") == "Chiisana densha"
        assert in_romaji("小さな電車", "") == ""
        assert in_romaji("Kokoro", "") == ""
    with override("ja"):
        assert in_romaji("こゝろ", "") == ""
