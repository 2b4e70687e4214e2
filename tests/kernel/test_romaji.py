import pytest

from fumikura.kernel.romaji import kana_begun, kana_of, romaji_of, spellings_of


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("sousuke", "そうすけ"),
        ("Sōseki", "そうせき"),
        ("Sôseki", "そうせき"),
        ("tsukue", "つくえ"),
        ("tukue", "つくえ"),
        ("shashin", "しゃしん"),
        ("syasin", "しゃしん"),
        ("jiten", "じてん"),
        ("ziten", "じてん"),
        ("shimbun", "しんぶん"),
        ("shinbun", "しんぶん"),
        ("jun'ichi", "じゅんいち"),
        ("konnichi", "こんにち"),
        ("kitte", "きって"),
        ("matcha", "まっちゃ"),
        ("ohtani", "おうたに"),
        ("oosaka", "おおさか"),
    ],
)
def test_romaji_is_read_as_kana_in_either_system(typed: str, kana: str) -> None:
    assert kana_of(typed) == kana


@pytest.mark.parametrize("typed", ["python", "love", "x", "art", "library", "夏目", "123", "c++", ""])
def test_what_is_not_romaji_from_end_to_end_is_left_alone(typed: str) -> None:
    assert kana_of(typed) == ""
    assert spellings_of(typed) == ()


def test_unmarked_long_vowels_are_offered_both_ways_with_the_literal_reading_first() -> None:
    assert spellings_of("soseki") == ("そせき", "そうせき", "そおせき")
    assert "とうきょう" in spellings_of("tokyo")
    assert spellings_of("Sōseki") == ("そうせき",)
    assert len(spellings_of("kokorotokorotokoro")) <= 16


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("sous", "そう"),
        ("gakk", "が"),
        ("matc", "ま"),
        ("toshok", "としょ"),
        ("Nats", "な"),
        ("match", "ま"),
        ("Doyle", ""),
        ("sh", ""),
    ],
)
def test_romaji_may_be_left_off_within_a_syllable_and_nowhere_else(typed: str, kana: str) -> None:
    assert kana_begun(typed) == kana


@pytest.mark.parametrize(
    ("reading", "hepburn"),
    [
        ("ギンガ テツドウ ノ ヨル", "Ginga tetsudō no yoru"),
        ("ワガハイ ハ ネコ デ アル", "Wagahai wa neko de aru"),
        ("キンヨウビ ノ シンブン", "Kin'yōbi no shinbun"),
        ("ザッシ マッチ コーヒー", "Zasshi matchi kōhī"),
        ("オオキイ ヴァイオリン", "Ōkii vaiorin"),
        ("シャシン ヂ ヅ ティー", "Shashin ji zu tī"),
        ("Python ニュウモン 100", "Python nyūmon 100"),
        ("", ""),
    ],
)
def test_a_reading_is_written_in_hepburn(reading: str, hepburn: str) -> None:
    assert romaji_of(reading) == hepburn
