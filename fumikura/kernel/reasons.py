"""Words for codes: why not (refusals), what to do with the thing in hand (staff), what a reader is told (patron), and why it was decided so (why).

The one table behind HTML, JSON and SIP2; the sentences are in reasons.toml beside this file. A part in [square brackets]
appears only when every figure it names is known, so a sentence is whole with and without its figures.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.refusals import Reason

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_FIGURE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class ReasonText:
    """One code in words: the sentence and the way out, Japanese and English; a way out may be empty."""

    ja: str
    en: str
    way_out_ja: str = ""
    way_out_en: str = ""

    def in_language(self, language: str) -> tuple[str, str]:
        return (self.ja, self.way_out_ja) if language.startswith("ja") else (self.en, self.way_out_en)


def _read(table: Mapping[str, Mapping[str, list[str]]]) -> dict[str, ReasonText]:
    return {
        code: ReasonText(
            ja=entry["ja"][0],
            en=entry["en"][0],
            way_out_ja="".join(entry["ja"][1:]),
            way_out_en="".join(entry["en"][1:]),
        )
        for code, entry in table.items()
    }


_TABLES = tomllib.loads(files("fumikura.kernel").joinpath("reasons.toml").read_text(encoding="utf-8"))
REASONS: dict[str, ReasonText] = _read(_TABLES["refusals"])
"""Refusals by code without parameter."""
STAFF: dict[str, ReasonText] = _read(_TABLES["staff"])
"""Messages to the person who scans."""
PATRON: dict[str, ReasonText] = _read(_TABLES["patron"])
"""Messages to the reader."""
WHY: dict[str, ReasonText] = _read(_TABLES["why"])
"""By what a reader or a copy came after another, and which rule it was (circulation.rules.explaining)."""


def words(reason: Reason, language: str = "ja") -> tuple[str, str]:
    """The sentence and the way out for a refusal. An unknown code is said to be our own fault, with the code to quote."""
    return _say(REASONS.get(reason.kind, REASONS["unexpected"]), reason, language)


def staff_words(message: str, language: str = "ja", **figures: str | int) -> tuple[str, str]:
    """The same for a message to staff, e.g. "call-list:TARO"."""
    reason = Reason.of(message, "", **figures)
    return _say(STAFF.get(reason.kind, REASONS["unexpected"]), reason, language)


def patron_words(message: str, language: str = "ja", **figures: str | int) -> tuple[str, str]:
    """The same for a message to the reader, e.g. "overdue:e-mail"."""
    reason = Reason.of(message, "", **figures)
    return _say(PATRON.get(reason.kind, REASONS["unexpected"]), reason, language)


def why_words(why: Reason, language: str = "ja") -> str:
    """Why something was decided as it was: one sentence."""
    return _say(WHY.get(why.kind, REASONS["unexpected"]), why, language)[0]


def _say(text: ReasonText, reason: Reason, language: str) -> tuple[str, str]:
    known = {name: value for name, value in reason.facts().items() if value != ""}
    about = {"about": _right(reason.about, language)} if reason.about else {}
    figures = {"code": reason.code, **about, **known}
    sentence, way_out = text.in_language(language)
    return _fill(sentence, figures), _fill(way_out, figures)


def _right(about: str, language: str) -> str:
    """A permission in words: staff cannot ask a colleague for `circulation.check-out`."""
    ja, en = PERMISSIONS.get(about, (about, about))
    return ja if language.startswith("ja") else en


def _fill(sentence: str, figures: Mapping[str, str | int]) -> str:
    def optional(part: re.Match[str]) -> str:
        return part[1] if all(name in figures for name in _FIGURE.findall(part[1])) else ""

    return _FIGURE.sub(lambda found: str(figures.get(found[1], "")), _OPTIONAL.sub(optional, sentence))
