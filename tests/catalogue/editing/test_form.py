"""The form changes what was changed, and nothing else."""

import pytest

from fumikura.catalogue.description import description_of
from fumikura.catalogue.editing.form import applied, values_of
from fumikura.catalogue.editing.lines import text_of
from fumikura.catalogue.editing.templates import template_for, templates
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import content_of
from tests.catalogue.records import kokoro
from tests.shared_data import shared

BOOK = templates()["book"]


def edited(**boxes: str):
    named = {name.replace("_", "-"): value for name, value in boxes.items()}
    return applied(content_of(kokoro()), BOOK, named)


def test_the_form_shows_the_words_without_their_punctuation_and_with_their_readings() -> None:
    values = values_of(content_of(kokoro()), BOOK)
    assert values["title-0-a"] == "こころ" and values["title-0-a-kana"] == "ココロ"
    assert values["name-0-a"] == "夏目, 漱石" and values["name-0-a-kana"] == "ナツメ, ソウセキ"
    assert values["name-1-a"] == "" and values["language"] == "jpn" and values["year"] == "1914"
    assert values["contents-0-t"] == "先生と私 / 夏目漱石 著\n両親と私"


def test_sending_the_form_as_it_is_changes_nothing() -> None:
    content = content_of(kokoro())
    assert applied(content, BOOK, values_of(content, BOOK)) == content


@pytest.mark.shared_data
def test_no_real_record_is_changed_by_looking_at_it() -> None:
    with shared("data/marc/japan/dev_120.mrc").open("rb") as stream:
        for arrival in iso2709.arrivals(stream):
            content = arrival.decoded.content
            template = template_for(description_of(content).kind)
            assert text_of(applied(content, template, values_of(content, template))) == text_of(content)


def test_a_mended_reading_goes_into_the_linked_field() -> None:
    text = text_of(edited(title_0_a_kana="ココロ ノ ホン"))
    assert "880 00 $6245-01/$1$aココロ ノ ホン :$bセンセイ ト イショ." in text
    assert text.count("880 ") == 6


def test_a_first_reading_makes_the_link() -> None:
    content = edited(series_0_a_kana="ソウセキ ブンコ")
    text = text_of(content)
    assert "490 0# $6880-05$a漱石文庫 ;$v3" in text and "880 0# $6490-05/$1$aソウセキ ブンコ" in text
    assert description_of(content).series_readings == ("ソウセキ ブンコ",)


def test_a_changed_title_keeps_the_punctuation_behind_it() -> None:
    assert "$aこゝろ :$b先生と遺書 /" in text_of(edited(title_0_a="こゝろ"))


def test_one_more_name_and_subject_with_their_readings() -> None:
    content = edited(name_1_a="水野, 花子", name_1_e="編", name_1_a_kana="ミズノ, ハナコ", subject_1_a="友情")
    made = description_of(content)
    assert [(name.name, name.reading, name.role) for name in made.creators][-1] == (
        "水野, 花子",
        "ミズノ, ハナコ",
        "編",
    )
    assert "650 #7 $a友情$2ndlsh" in text_of(content)


def test_an_emptied_field_goes_with_its_reading() -> None:
    text = text_of(edited(name_0_a="", name_0_d="", name_0_e=""))
    assert "700 " not in text and "$6700-02" not in text


def test_year_language_and_audience_are_written_into_008() -> None:
    content = edited(year="2024", language="eng", audience="j")
    made = description_of(content)
    assert (made.year, made.language, made.audience) == (2024, "eng", "child")
    assert len(next(entry.data for entry in content.entries if entry.tag == "008")) == 40


def test_contents_are_one_a_line() -> None:
    content = edited(contents_0_t="先生と私 / 夏目漱石 著\n両親と私\n先生と遺書")
    assert [part.title for part in description_of(content).contents] == ["先生と私", "両親と私", "先生と遺書"]


@pytest.mark.parametrize("key", list(templates()))
def test_every_template_starts_a_record_of_its_kind(key: str) -> None:
    template = templates()[key]
    made = applied(template.start, template, {"title-0-a": "水瀬川", "title-0-a-kana": "ミナセガワ"})
    description = description_of(made)
    assert description.title == "水瀬川" and description.title_reading == "ミナセガワ"
    assert description.kind in template.kinds or key == "local"


def test_a_class_of_another_scheme_is_no_ndc_and_stays_where_it_is() -> None:
    content = content_of(kokoro())
    at = next(place for place, entry in enumerate(content.entries) if entry.tag == "084")
    ndlc = content.entries[at]._replace(parts=[("a", "KH426"), ("2", "kktb")])
    both = content._replace(entries=[*content.entries[:at], ndlc, *content.entries[at:]])
    values = values_of(both, BOOK)
    assert values["ndc-0-a"] == values_of(content, BOOK)["ndc-0-a"]
    changed = applied(both, BOOK, {"ndc-0-a": "914.6", "ndc-1-a": "910.268"})
    found = [(entry.text("a"), entry.text("2")) for entry in changed.entries if entry.tag == "084"]
    assert ("KH426", "kktb") in found and [text for text, scheme in found if scheme != "kktb"] == ["914.6", "910.268"]
