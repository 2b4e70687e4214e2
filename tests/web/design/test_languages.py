"""Five languages, furigana and eras: chosen in the footer, remembered without an account; what is not translated is counted."""

import re
from datetime import date
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.utils import translation

from fumikura.notices.words import TEXTS
from fumikura.web.design.choices import eras
from fumikura.web.design.days import day, month_day, month_only, year_month
from fumikura.web.design.reading import rubied
from tests import cast
from tests.architecture.test_translations import words_of

DOORS = ("design", "opac", "kids", "my", "entrance", "join", "kiosk")
LOCALES = {"ja-easy": "ja_Easy", "zh-hans": "zh_Hans", "ko": "ko"}
MOST_MISSING: dict[str, int] = {}
"""At most so many words of a door are still said in Japanese; a door that is not here is whole. The figures only go down."""


def words(door: str) -> set[str]:
    files = [path for path in Path("fumikura/web", door).rglob("*") if path.suffix in {".py", ".html"}]
    return {word for path in files if "gallery" not in str(path) for _context, word in words_of(path)}


@pytest.mark.parametrize("locale", LOCALES.values())
@pytest.mark.parametrize("door", DOORS)
def test_what_is_missing_is_counted(door: str, locale: str) -> None:
    there = {entry.msgid for entry in polib.pofile(f"locale/{locale}/LC_MESSAGES/django.po") if entry.translated()}
    missing = sorted(words(door) - there)
    assert len(missing) <= MOST_MISSING.get(door, 0), f"{door} in {locale}: {len(missing)} missing: {missing}"


@pytest.mark.parametrize("locale", LOCALES.values())
def test_places_for_names_and_figures_are_kept(locale: str) -> None:
    places = re.compile(r"%\(\w+\)s|\{\w*\}")
    wrong = [
        entry.msgid
        for entry in polib.pofile(f"locale/{locale}/LC_MESSAGES/django.po")
        for said in [entry.msgstr or entry.msgstr_plural.get(0, "")]
        if set(places.findall(entry.msgid)) != set(places.findall(said))
    ]
    assert wrong == []


def test_easy_japanese_has_one_word_for_the_readers_page() -> None:
    pages = [one.msgstr for one in polib.pofile("locale/ja_Easy/LC_MESSAGES/django.po")]
    told = ["\n".join(said) for (_kind, language), said in TEXTS.items() if language == "ja-easy"]
    refused = [Path("fumikura/kernel/reasons.ja-easy.toml").read_text("utf-8")]
    assert len(told) > 10 and [said for said in (*pages, *told, *refused) if "マイページ" in said] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "says", "lang"),
    [("ja-easy", "はじめての 人へ", "ja"), ("zh-hans", "使用方法", "zh-hans"), ("ko", "이용 방법", "ko")],
)
def test_a_language_is_chosen_in_the_footer_and_remembered(client: Client, language: str, says: str, lang: str) -> None:
    cast.chuo()
    assert f'value="{language}"' in client.get("/help").content.decode()
    answer = client.post("/design/language", {"language": language, "next": "/"})
    assert int(answer.cookies["django_language"]["max-age"]) > 300 * 24 * 3600
    page = client.get("/").content.decode()
    assert says in page and f'<html lang="{lang}"' in page


@pytest.mark.django_db
def test_furigana_stand_over_the_text_and_nowhere_else(client: Client) -> None:
    client.post("/design/reading", {"ruby": "on", "next": "/kids/"})
    page = client.get("/help").content.decode()
    assert "<ruby>図書館<rt>としょかん</rt></ruby>" in page
    head = page.split("</head>")[0]
    assert "<ruby>" not in head and '="<ruby>' not in page
    assert (
        client.post("/design/reading", {"ruby": "off", "next": "https://elsewhere.example"}).headers["Location"] == "/"
    )
    assert "<rt>としょかん" not in client.get("/help").content.decode()


@pytest.mark.parametrize(
    ("language", "short", "month", "year"),
    [("zh-hans", "11/25", "11月", "2026年11月"), ("ko", "11/25", "11월", "2026년 11월")],
)
def test_chinese_and_korean_days_stand_in_their_own_order(language: str, short: str, month: str, year: str) -> None:
    with translation.override(language):
        on = date(2026, 11, 25)
        assert (month_day(on), month_only(on), year_month(on)) == (short, month, year)


def test_own_ruby_and_code_are_left_alone() -> None:
    page = "<body><p title='図書館'><ruby>星<rt>ほし</rt></ruby>の本</p><script>var 本 = 1</script></body>"
    done = rubied(page)
    assert "<ruby>星<rt>ほし</rt></ruby>" in done and "title='図書館'" in done and "var 本 = 1" in done


def test_years_by_era_for_who_wants_them() -> None:
    with translation.override("ja"):
        assert year_month(date(2019, 5, 1)) == "2019年5月"
        token = eras.set(True)
        try:
            assert year_month(date(2019, 5, 1)) == "令和元年5月" and year_month(date(1989, 1, 7)) == "昭和64年1月"
            assert day(date(2027, 3, 1), date(2026, 1, 1)).startswith("令和9年3月1日")
        finally:
            eras.reset(token)
    with translation.override("ko"):
        assert day(date(2026, 12, 4), date(2026, 1, 1)).startswith("12월 4일")


@pytest.mark.django_db
def test_no_public_page_is_too_large(client: Client) -> None:
    cast.chuo()
    client.post("/design/reading", {"ruby": "on", "next": "/"})
    for address in ("/", "/kids/", "/join/", "/sign-in", "/help", "/hours", "/search"):
        assert len(client.get(address).content) <= 60_000, address
