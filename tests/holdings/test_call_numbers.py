"""Call numbers by the library's own rules."""

import pytest
from pymarc import MARCReader

from fumikura.catalogue.description import Description, Name, describe
from fumikura.holdings.call_numbers import Unreadable, call_number, rules_of, standard_rules
from fumikura.holdings.models import CallNumberRules
from fumikura.holdings.queries import suggested_call_number
from fumikura.holdings.services import set_call_number_rules
from fumikura.journal.models import Entry
from fumikura.kernel.barcodes import roll, with_check
from fumikura.kernel.japanese import hiragana, katakana
from fumikura.kernel.refusals import Refused
from tests import cast
from tests.catalogue.records import kokoro_bytes
from tests.shared_data import shared

KOKORO = describe(kokoro_bytes())
STANDARD = rules_of(standard_rules())


def title(**facts: object) -> Description:
    return Description(**{"title": "ぐるぐる", "title_reading": "グルグル", **facts})


@pytest.mark.parametrize(
    ("described", "volume", "number"),
    [
        (KOKORO, "", "913.6/ナ"),
        (KOKORO, "第3巻", "913.6/ナ/3"),
        (KOKORO, "上", "913.6/ナ/上"),
        (
            title(kind="book", ndc=("913.6",), audience="child", creators=(Name("水野, 花子", "ミズノ, ハナコ"),)),
            "",
            "K913/ミ",
        ),
        (
            title(
                kind="picture-book",
                ndc=("726.6",),
                creators=(Name("水野, 花子", "ミズノ, ハナコ", "文"), Name("北川, 太郎", "キタガワ, タロウ", "絵")),
            ),
            "",
            "E/キ",
        ),
        (title(kind="magazine"), "", "Z/グ"),
        (title(kind="dvd", ndc=("778.77",)), "", "DV/778/グ"),
        (title(kind="book"), "", "グ"),
        (title(kind="book", ndc=("209",), creators=(Name("がくや, ひめ", "がくや, ひめ"),)), "", "209/ガ"),
    ],
)
def test_the_standard_rules(described: Description, volume: str, number: str) -> None:
    assert call_number(STANDARD, described, volume=volume) == number


def test_every_real_japanese_record_gets_what_its_own_fields_call_for() -> None:
    """JAPAN/MARC, read here with pymarc: 084 $a, and the first kana of who or what is named in 880."""
    raw = shared("data/marc/japan/dev_120.mrc").read_bytes()
    seen = set()
    for marc, record in zip(raw.split(b"\x1d"), MARCReader(raw, force_utf8=True), strict=False):
        described = describe(marc + b"\x1d")
        if described.kind != "book" or described.audience == "child":
            continue
        readings = {one["6"][:6]: one.get("a", "") for one in record.get_fields("880") if one["6"].endswith("$1")}
        names = sorted(record.get_fields("100", "110", "111", "700", "710", "711"), key=lambda one: one.tag)
        named = next(iter(names), record["245"])
        kana = readings.get(f"{named.tag}-{named['6'][4:6]}", "") if "6" in named else named.get("a", "")
        classes = [(one.get("2", ""), one.get("a", "")) for one in record.get_fields("084")]
        ndc = max([one for one in classes if one[0].startswith("njb")], default=("", ""))[1].split("/")[0][:5]
        wanted = [
            ndc.rstrip("0").rstrip(".") if "." in ndc else ndc,
            katakana(hiragana(kana)).lstrip("「[(")[:1].upper(),
        ]
        assert call_number(STANDARD, described).split("/")[: 2 if ndc else 1] == list(filter(None, wanted)), (
            record.title
        )
        seen.add(described.title)
    assert len(seen) > 90


@pytest.mark.parametrize(
    ("facts", "number"),
    [
        ({"ndc": ("220.04",), "creators": (Name("京都大学", "キョウト ダイガク"),)}, "220/キ"),
        ({"ndc": ("023",), "title": "eBookジャーナル", "title_reading": ""}, "023/E"),
    ],
)
def test_a_class_cut_short_and_a_title_in_latin(facts: dict[str, object], number: str) -> None:
    assert call_number(STANDARD, title(kind="book", **facts)) == number


def test_a_library_has_its_own_rules() -> None:
    own = rules_of("ndc=21,29 : 郷土/{ndc:3}/{author:2}\n* : {ndc}/{author:3}/{year}")
    assert call_number(own, KOKORO) == "913.6/ナツメ/1914"
    assert call_number(own, title(ndc=("213.6",), creators=(Name("水瀬市", "ミナセシ"),))) == "郷土/213/ミナ"


@pytest.mark.parametrize("text", ["E/{illustrator}", "colour=red : E", "* : {star}", "* : ", "kind= : E"])
def test_a_line_that_is_no_rule_is_named(text: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        rules_of(f"# 絵本\n{text}")
    assert wrong.value.line == 2


@pytest.mark.django_db
def test_rules_are_set_told_to_the_journal_and_taken_back() -> None:
    agency = cast.agency()
    by = cast.acting("holdings.set-call-numbers")
    set_call_number_rules(agency, text="* : X/{author}", by=by, at=cast.AT)
    assert suggested_call_number(KOKORO, agency) == "X/ナ"
    with pytest.raises(Refused) as refused:
        set_call_number_rules(agency, text="だめ", by=by, at=cast.AT)
    assert refused.value.reasons[0].kind == "call-number-rules"
    set_call_number_rules(agency, text=" ", by=by, at=cast.AT)
    assert suggested_call_number(KOKORO, agency) == "913.6/ナ" and not CallNumberRules.objects.exists()
    assert Entry.objects.filter(event="holdings.call-number-rules-set").count() == 2


def test_numbers_follow_each_other_as_on_the_roll() -> None:
    first = with_check("m10w3", "100000098")
    numbers = roll("m10w3", first, 3)
    assert [number[:-1] for number in numbers] == ["100000098", "100000099", "100000100"]
    assert all(with_check("m10w3", number[:-1]) == number for number in numbers)
    assert roll("none", "A0099", 2) == ["A0099", "A0100"]


@pytest.mark.parametrize(("first", "count"), [("99", 5), ("ABC", 2), ("", 1)])
def test_a_roll_that_ends_is_said(first: str, count: int) -> None:
    with pytest.raises(ValueError):
        roll("none", first, count)
