"""Words for codes: why not (refusals), what to do with the thing in hand (staff), what a reader is told (patron), and why it was decided so (why).

The one table behind HTML, JSON and SIP2; the sentences are in reasons.toml beside this file, what a reader can meet also
in reasons.LANGUAGE.toml. A part in [square brackets] appears only when every figure it names is known, so a sentence is
whole with and without its figures.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_FIGURE = re.compile(r"\{(\w+)\}")
OTHER_LANGUAGES: Final = ("ja-easy", "zh-hans", "ko")
"""Beside Japanese and English, named as in settings.LANGUAGES: a file each, which may leave out what no reader meets."""


@dataclass(frozen=True)
class ReasonText:
    """One code in words: the sentence and the way out, Japanese, English and perhaps others; a way out may be empty."""

    ja: str
    en: str
    way_out_ja: str = ""
    way_out_en: str = ""
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def in_language(self, language: str) -> tuple[str, str]:
        """Easy Japanese falls back to Japanese, any other language to English."""
        if language in self.others:
            return self.others[language]
        return (self.ja, self.way_out_ja) if language.startswith("ja") else (self.en, self.way_out_en)


def _load(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("fumikura.kernel").joinpath(name).read_text(encoding="utf-8"))


_TABLES = _load("reasons.toml")
_OTHERS: Mapping[str, Mapping[str, Mapping[str, list[str]]]] = {
    language: _load(f"reasons.{language}.toml") for language in OTHER_LANGUAGES
}


def _read(table: str) -> dict[str, ReasonText]:
    others = {language: said.get(table, {}) for language, said in _OTHERS.items()}
    return {
        code: ReasonText(
            ja=entry["ja"][0],
            en=entry["en"][0],
            way_out_ja="".join(entry["ja"][1:]),
            way_out_en="".join(entry["en"][1:]),
            others={one: (said[code][0], "".join(said[code][1:])) for one, said in others.items() if code in said},
        )
        for code, entry in _TABLES[table].items()
    }


REASONS: dict[str, ReasonText] = _read("refusals")
"""Refusals by code without parameter."""
STAFF: dict[str, ReasonText] = _read("staff")
"""Messages to the person who scans."""
PATRON: dict[str, ReasonText] = _read("patron")
"""Messages to the reader."""
WHY: dict[str, ReasonText] = _read("why")
"""By what a reader or a copy came after another, and which rule it was (circulation.rules.explaining)."""


OwnWords = Callable[[str, str], tuple[str, str] | None]
"""(sentence as it is named, language) → what the library says instead of the house, unfilled; None: what the house says."""
_own: ContextVar[OwnWords | None] = ContextVar("own_words", default=None)


@contextmanager
def in_words_of(own: OwnWords) -> Iterator[None]:
    """Until the block ends, every sentence is said as `own` has it. A door puts this around each conversation."""
    before = _own.set(own)
    try:
        yield
    finally:
        _own.reset(before)


def sentence_name(table: str, code: str) -> str:
    """What a sentence is called by which a library says another: refusals.loan-limit-reached."""
    return f"{table}.{code}"


def _own_or_house(table: str, texts: Mapping[str, ReasonText], code: str, language: str) -> tuple[str, str]:
    if code not in texts:
        table, texts, code = "refusals", REASONS, "unexpected"
    own = _own.get()
    said = own(sentence_name(table, code), language) if own else None
    return said or texts[code].in_language(language)


def words(reason: Reason, language: str = "ja") -> tuple[str, str]:
    """The sentence and the way out for a refusal. An unknown code is said to be our own fault, with the code to quote."""
    return _say(_own_or_house("refusals", REASONS, reason.kind, language), reason, language)


def staff_words(message: str, language: str = "ja", **figures: str | int) -> tuple[str, str]:
    """The same for a message to staff, e.g. "call-list:TARO"."""
    reason = Reason.of(message, "", **figures)
    return _say(_own_or_house("staff", STAFF, reason.kind, language), reason, language)


def patron_words(message: str, language: str = "ja", **figures: str | int) -> tuple[str, str]:
    """The same for a message to the reader, e.g. "overdue:e-mail"."""
    reason = Reason.of(message, "", **figures)
    return _say(_own_or_house("patron", PATRON, reason.kind, language), reason, language)


def why_words(why: Reason, language: str = "ja") -> str:
    """Why something was decided as it was: one sentence. A page says the same few of them hundreds of times."""
    return _say_again(_own_or_house("why", WHY, why.kind, language), why, language)[0]


def as_said(text: tuple[str, str], reason: Reason, language: str = "ja") -> tuple[str, str]:
    """A sentence and a way out that somebody is writing, with the figures of `reason`."""
    return _say(text, reason, language)


def _say(text: tuple[str, str], reason: Reason, language: str) -> tuple[str, str]:
    known = {name: value for name, value in reason.facts().items() if value != ""}
    about = {"about": _right(reason.about, language)} if reason.about else {}
    figures = {"code": reason.code, **about, **known}
    sentence, way_out = text
    return _fill(sentence, figures), _fill(way_out, figures)


_say_again = lru_cache(maxsize=2048)(_say)


def _right(about: str, language: str) -> str:
    """A permission in words: staff cannot ask a colleague for `circulation.check-out`."""
    ja, en = PERMISSIONS.get(about, (about, about))
    return ja if language.startswith("ja") else en


def _fill(sentence: str, figures: Mapping[str, str | int]) -> str:
    def optional(part: re.Match[str]) -> str:
        return part[1] if all(name in figures for name in _FIGURE.findall(part[1])) else ""

    return _FIGURE.sub(lambda found: str(figures.get(found[1], "")), _OPTIONAL.sub(optional, sentence))
