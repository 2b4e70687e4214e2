"""Letters that the machine cannot draw are not printed as empty boxes."""

from fumikura.notices.words import language_of
from fumikura.project import checks
from fumikura.web.paper.printable import _has_letters, printable


def test_letters_that_no_font_has_are_noticed_and_japanese_is_always_there() -> None:
    assert not _has_letters("\ue8a1\ue8a2\ue8a3")
    assert _has_letters("日本語")
    assert {"ja", "ja-easy", "en"} <= set(printable())


def test_who_reads_what_cannot_be_printed_is_written_to_in_english() -> None:
    assert language_of("ko", ("ja", "en")) == "en"
    assert language_of("zh-hant", ("ja", "zh-hans", "en")) == "zh-hans"
    assert language_of("", ("ja", "en")) == "ja"


def test_the_doctor_names_the_languages_that_cannot_be_printed() -> None:
    said = "".join(message.msg for message in checks.letters_can_be_printed())
    assert ("韓国語" in said) is ("ko" not in printable())
