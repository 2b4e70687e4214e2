"""Laying one record over another: what is local stays, what is new is added, readings go with their fields."""

import pytest
from pymarc import Field

from fumikura.catalogue.description import description_of
from fumikura.catalogue.marc.content import Content, content_of
from fumikura.catalogue.overlays import NotTags, Overlay, laid_over, sent_again, tags_in
from tests.catalogue.records import field, kokoro, record


def content(*fields: Field) -> Content:
    return content_of(record(field("245", "00", ("a", "こころ")), *fields, f001="1"))


def tags(found: Content) -> list[str]:
    return [entry.tag for entry in found.entries]


def test_local_fields_survive_a_record_that_is_sent_again() -> None:
    here = content(field("590", "  ", ("a", "著者の署名あり")), field("650", " 7", ("a", "手紙"), ("2", "ndlsh")))
    found = sent_again(here, content(field("260", "  ", ("b", "岩波書店"))), Overlay())
    assert tags(found) == ["001", "245", "260", "590"]
    plain = content()
    assert sent_again(plain, plain, Overlay()) is plain


def test_another_source_adds_what_is_missing_with_its_readings() -> None:
    here = content(field("650", " 7", ("a", "書簡文学"), ("2", "bsh")))
    found = laid_over(here, content_of(kokoro()), Overlay())
    described = description_of(found)
    assert described.title == "こころ" and described.title_reading == ""
    assert described.isbns and described.ndc
    assert "ショカン ブンガク--ニホン" in described.subject_readings
    assert not description_of(found).series
    assert laid_over(found, content_of(kokoro()), Overlay()) is found


def test_what_a_source_may_overwrite_takes_the_place_of_what_was_there() -> None:
    found = laid_over(content(), content_of(kokoro()), Overlay(overwrites="245 700"))
    described = description_of(found)
    assert described.title_reading == "ココロ" and described.creators[0].reading == "ナツメ, ソウセキ"
    assert tags(found).count("245") == 1


def test_protected_fields_are_not_overwritten_even_when_the_rule_says_so() -> None:
    here = content(field("590", "  ", ("a", "署名本")))
    other = content(field("590", "  ", ("a", "複本")))
    found = laid_over(here, other, Overlay(overwrites="590"))
    assert [entry.text("a") for entry in found.entries if entry.tag == "590"] == ["署名本"]


def test_tags_are_written_as_people_write_them() -> None:
    assert tags_in("245 590-599 9xx") == (("245", "245"), ("590", "599"), ("900", "999"))
    for wrong in ("24", "書名", "9XX-999"):
        with pytest.raises(NotTags):
            tags_in(wrong)
