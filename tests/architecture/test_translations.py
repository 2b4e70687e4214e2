"""Japanese is in the source, English in locale/en: every sentence that a person can see has both."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

JAPANESE = re.compile("[぀-ヿ㐀-鿿]")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
ENGLISH = Path("locale/en/LC_MESSAGES/django.po")
SAMPLES = "fumikura/web/design/templates/design/gallery"  # invented books and people, shown to developers
IN_EVERY_LANGUAGE = {
    "fumikura/web/design/templates/500.html": "shown when nothing works: says it in both languages, one after the other",
    "fumikura/web/design/templates/design/languages.html": "each language names itself",
}
TEMPLATES = sorted(Path("fumikura").rglob("templates/**/*.html"))
SOURCES = [path for path in sorted(Path("fumikura").rglob("*.py")) if "migrations" not in path.parts]


def words_of(path: Path) -> Iterator[tuple[str, str]]:
    """(context, msgid) of everything in `path` that is marked for translation."""
    text = path.read_text()
    if path.suffix == ".html":
        text = templatize(text, origin=str(path))
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        first = message[0] if isinstance(message, tuple) else message
        if JAPANESE.search(first):
            yield context or "", first


def bare_japanese_of(template: str) -> list[str]:
    """Japanese in a template's text that is not marked for translation."""
    found = []
    inside = ""
    template = re.sub(r'{% if \w+ == "ja" %}.*?{% (else|endif) %}', "", template)
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in {"blocktranslate", "blocktrans", "comment"}:
                inside = name
            elif name == f"end{inside}":
                inside = ""
        elif token.token_type == TokenType.TEXT and not inside:
            text = re.sub(r"<!--.*?-->", "", token.contents, flags=re.DOTALL)
            found += [line.strip() for line in text.splitlines() if JAPANESE.search(line)]
    return found


@pytest.fixture(scope="module")
def english() -> dict[tuple[str, str], polib.POEntry]:
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(ENGLISH))}


def test_every_japanese_word_has_its_english(english: dict[tuple[str, str], polib.POEntry]) -> None:
    missing = {
        msgid: str(path)
        for path in [*TEMPLATES, *SOURCES]
        for context, msgid in words_of(path)
        if (context, msgid) not in english or not english[context, msgid].translated()
    }
    assert missing == {}, f"add these to {ENGLISH}"


def test_english_keeps_the_places_for_names_and_figures(english: dict[tuple[str, str], polib.POEntry]) -> None:
    places = re.compile(r"%\(\w+\)s|%\(\w+\)d|\{\w*\}")
    wrong = [
        entry.msgid
        for entry in english.values()
        if entry.msgstr and set(places.findall(entry.msgid)) != set(places.findall(entry.msgstr))
    ]
    assert wrong == []


def test_no_english_is_left_in_japanese(english: dict[tuple[str, str], polib.POEntry]) -> None:
    assert [entry.msgid for entry in english.values() if JAPANESE.search(entry.msgstr)] == []


@pytest.mark.parametrize(
    "path", [p for p in TEMPLATES if SAMPLES not in str(p) and str(p) not in IN_EVERY_LANGUAGE], ids=str
)
def test_no_template_speaks_japanese_only(path: Path) -> None:
    assert bare_japanese_of(path.read_text()) == []


def test_the_checks_would_notice(tmp_path: Path) -> None:
    assert bare_japanese_of("{% load i18n %}<p>さがす</p>{% translate 'かりる' %}{# 注 #}") == ["<p>さがす</p>"]
    page = tmp_path / "page.html"
    page.write_text("{% load i18n %}{% translate 'かりる' %}{% ui 'button' label=_('さがす') %}")
    assert {msgid for _context, msgid in words_of(page)} == {"かりる", "さがす"}
