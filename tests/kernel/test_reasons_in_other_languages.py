"""Easy Japanese, Chinese and Korean beside reasons.toml: what stands there is right, and nothing a reader meets is missing."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from fumikura.kernel.reasons import OTHER_LANGUAGES, PATRON, REASONS, WHY, patron_words, why_words, words
from fumikura.kernel.refusals import Reason

PACKAGE = Path(settings.BASE_DIR) / "fumikura"
TABLES = {"refusals": REASONS, "patron": PATRON, "why": WHY}
READERS_DOORS = [
    "web/my",
    "web/join",
    "web/kiosk",
    "web/entrance",
    "web/kids",
    "web/opac",
    "protocols/sip2",
    "protocols/paia",
    "protocols/readers.py",
    "protocols/api/views/mine.py",
    "protocols/api/views/lending.py",
    "circulation/rules/holding.py",
    "circulation/rules/lending.py",
    "circulation/rules/renewing.py",
    "circulation/rules/returning.py",
    "circulation/services/hold_shelf.py",
    "circulation/services/holds.py",
    "circulation/services/leaving.py",
    "circulation/services/loans.py",
    "circulation/services/lockers.py",
    "circulation/services/placing.py",
    "circulation/services/renewals.py",
    "circulation/services/resting.py",
    "circulation/services/returns.py",
    "circulation/services/wishes.py",
    "circulation/queries.py",
    "patrons",
    "notices/services",
    "acquisitions/services.py",
    "discovery",
]
"""Where what a reader asks for is refused. A new code in one of these needs all five languages, or a line below."""
ONLY_STAFF = {
    # registering, cards and merging at a desk
    "card-number-taken",
    "category-unknown",
    "guardian-unknown",
    "has-card-already",
    "patrons-not-two",
    "redirect-malformed",
    # lists, suggestions, lockers, notices and targets, looked after by staff
    "outcome-unknown",
    "index-being-rebuilt",
    "list-too-long",
    "answer-missing",
    "locker-full",
    "returned-in-future",
    "reading-not-kana",
    "suggestion-answer-missing",
    "suggestion-record-missing",
    "target-address",
    "target-name-taken",
    "sentence-empty",
    "sentence-too-long",
    "sentence-way-out-missing",
    "wording-brace-open",
    "wording-empty",
    "wording-too-long",
    "wording-unknown",
    "wording-variable-needed",
    "wording-variable-unknown",
}


def entries(language: str) -> dict:
    return tomllib.loads((PACKAGE / "kernel" / f"reasons.{language}.toml").read_text("utf-8"))


def named() -> set[str]:
    """Every refusal named in a reader's door or in the rules behind it."""
    places = [PACKAGE / place for place in READERS_DOORS]
    assert [place for place in places if not place.exists()] == []
    sources = [source for place in places for source in (place.rglob("*.py") if place.is_dir() else [place])]
    return set(REASONS) & {
        code for source in sources for code in re.findall(r"\"([a-z][a-z-]+)(?=[\":])", source.read_text("utf-8"))
    }


def figures(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", text)))


def optional(text: str) -> set[str]:
    return set(figures("".join(re.findall(r"\[[^\]]*\]", text))))


def test_the_languages_are_those_a_page_can_be_in() -> None:
    assert set(OTHER_LANGUAGES) | {"ja", "en"} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_entry_is_a_code_of_ours_with_its_figures_and_a_way_out(language: str) -> None:
    for table, said in entries(language).items():
        for code, texts in said.items():
            ours = TABLES[table][code]
            theirs = ours.in_language("ja" if language == "ja-easy" else "en")
            assert ours.in_language(language) == (texts[0], "".join(texts[1:])), code
            assert figures("".join(texts)) == figures("".join(theirs)), code
            assert optional("".join(texts)) >= optional("".join(theirs)), code
            assert [bool(part) for part in ours.in_language(language)] == [bool(part) for part in theirs], code
            assert texts[0].endswith((".", "。", "]")), code


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_nothing_a_reader_meets_is_missing(language: str) -> None:
    said = entries(language)
    assert named() - ONLY_STAFF - set(said["refusals"]) == set()
    assert set(PATRON) == set(said["patron"])
    assert set(WHY) == set(said["why"])


def test_only_what_staff_alone_meet_is_excused() -> None:
    assert named() >= ONLY_STAFF
    assert [code for language in OTHER_LANGUAGES for code in ONLY_STAFF & set(entries(language)["refusals"])] == []


def test_a_refusal_is_said_in_the_language_of_the_page() -> None:
    full = Reason.of("renewal-limit-reached", limit=1)
    assert words(full, "ja-easy")[0] == "もう のばせません（1回まで）。"
    assert words(full, "zh-hans")[0] == "续借次数（1次）已用完。"
    assert words(Reason("renewal-limit-reached"), "ko")[0] == "연장할 수 있는 횟수를 다 썼습니다."
    assert patron_words("lent", "ko", due="5월 3일")[0] == "대출했습니다. 반납일은 5월 3일입니다."
    assert why_words(Reason.of("shelf-extended", times=1), "zh-hans") == "已延长1次。"


def test_what_is_missing_falls_back_to_japanese_or_english() -> None:
    staff_only = Reason("authority-same")
    assert words(staff_only, "ja-easy") == words(staff_only, "ja")
    assert words(staff_only, "zh-hans") == words(staff_only, "ko") == words(staff_only, "en")
