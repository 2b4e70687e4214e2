"""What a cataloguer is told while typing."""

import pytest

from fumikura.catalogue.editing.checks import findings
from fumikura.catalogue.editing.differences import Change, differences, merged
from fumikura.catalogue.editing.lines import read, text_of
from fumikura.catalogue.editing.words import FINDINGS, finding_words
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import Content, content_of
from tests.catalogue.records import kokoro
from tests.shared_data import shared


def changed(*pairs: tuple[str, str]) -> Content:
    text = text_of(content_of(kokoro()))
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return read(text)[0]


def codes(content: Content) -> set[str]:
    return {finding.code for finding in findings(content)}


def test_a_good_record_is_not_talked_about() -> None:
    assert findings(content_of(kokoro())) == []


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("$aこころ :$b先生と遺書 /$c夏目漱石 著.", "$b先生と遺書 /", "no-title"),
        ("4-10-101013-7", "4-10-101013-8", "isbn"),
        ("$a913.6$2njb/09", "$a九一三$2njb/09", "ndc"),
        ("$6880-02$a夏目", "$a夏目", "reading-of-nothing"),
        ("$6880-02$a夏目", "$6880-09$a夏目", "link-to-nothing"),
        ("$6880-02$a夏目", "$a夏目", "no-reading"),
        ("$aココロ :", "$a心 :", "reading-not-kana"),
        ("s1914", "s0191", "year"),
        ("jpn  ", "jpn", "fixed-length"),
        ("300 ##", "245 00 $aもうひとつ\n300 ##", "only-once"),
        ("300 ##", "3X0 ##", "odd-tag"),
        ("$a426p ;$c20cm.", "$a ", "says-nothing"),
    ],
)
def test_each_slip_is_noticed(before: str, after: str, code: str) -> None:
    found = codes(changed((before, after)))
    assert code in found
    assert finding_words(code, "x", "ja")[0] and finding_words(code, "x", "en")[0]


def test_only_what_cannot_be_kept_stops_the_saving() -> None:
    content, unread = read(text_of(content_of(kokoro())) + "\nただの文")
    assert [(one.code, one.stop) for one in findings(content, unread)] == [("line-no-tag", True)]
    assert not any(one.stop for one in findings(changed(("4-10-101013-7", "12345"))))


def test_every_code_has_words_in_both_languages() -> None:
    assert all(text.ja and text.en for text in FINDINGS.values())


@pytest.mark.shared_data
def test_no_real_record_is_stopped() -> None:
    with shared("data/marc/japan/dev_120.mrc").open("rb") as stream:
        stopped = [f for arrival in iso2709.arrivals(stream) for f in findings(arrival.decoded.content) if f.stop]
    assert stopped == []


def test_a_difference_shows_the_field_before_and_after() -> None:
    before, after = content_of(kokoro()), changed(("$c20cm.", "$c21cm."), ("490 0# $a漱石文庫 ;$v3\n", ""))
    assert differences(before, after) == [
        Change("300 ## $a426p ;$c20cm.", "300 ## $a426p ;$c21cm."),
        Change("490 0# $a漱石文庫 ;$v3", ""),
    ]


def test_what_saving_changes_by_itself_is_no_difference() -> None:
    before = content_of(kokoro())
    after = iso2709.decode(iso2709.encode(changed(("008 2001", "005 20260520100000.0\n008 2001")))).content
    assert differences(before, after) == []
    kind = changed(("LDR 00000cam", "LDR 00000ckm"))
    assert differences(before, kind) == [Change("LDR 00000cam a2200000 i 4500", "LDR 00000ckm a2200000 i 4500")]


def test_two_people_who_changed_different_fields_are_brought_together() -> None:
    base = content_of(kokoro())
    both = merged(base, changed(("$c20cm.", "$c21cm.")), changed(("1914.9.", "1914.10.")))
    assert both.doubtful == ()
    assert both.content == changed(("$c20cm.", "$c21cm."), ("1914.9.", "1914.10."))


def test_where_both_changed_one_field_both_are_kept_and_named() -> None:
    base = content_of(kokoro())
    both = merged(base, changed(("$c20cm.", "$c21cm.")), changed(("$c20cm.", "$c22cm.")))
    assert both.doubtful == ("300",)
    assert text_of(both.content).count("300 ##") == 2
