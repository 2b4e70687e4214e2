"""One message of one terminal: who asks, when, in which words to answer."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.utils import timezone

from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.reasons import OTHER_LANGUAGES, patron_words, why_words, words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Device, Facility
from fumikura.organisation.queries import device_actor, places_by_code
from fumikura.patrons.models import Patron
from fumikura.protocols.sip2 import codec
from fumikura.protocols.sip2.codec import Message
from fumikura.protocols.sip2.dialects import Dialect, dialect_of

LANGUAGES: Final = {"001": "en", "024": "en", "014": "ja"}
CODES: Final = {"ja": "014", "en": "001"}
SCREENS: Final = {"019": "zh-hans", "020": "ko"}
"""Screens set to a language of which we have the sentences, not the names of places."""
OFFLINE_FOR: Final = timedelta(days=30)
"""How far back a machine that was cut off may date what it did."""
PASSES_OVER: Final = frozenset(code for code in PERMISSIONS if code.startswith("circulation.override-"))


@dataclass(frozen=True, kw_only=True)
class Turn:
    device: Device
    message: Message
    at: datetime
    address: str = ""

    @property
    def dialect(self) -> Dialect:
        return dialect_of(self.device)

    @cached_property
    def said_at(self) -> datetime | None:
        """The moment that the terminal names, when it can be believed: not ahead of us, not older than it may be."""
        zone = timezone.get_current_timezone()
        said = codec.moment(self.message.fixed.get("when", ""), zone)
        return said if said and self.at - OFFLINE_FOR < said < self.at + timedelta(minutes=5) else None

    @property
    def is_done_already(self) -> bool:
        """No block: the machine did it while it was cut off. The item is gone, or in the bin."""
        return self.message.fixed.get("no_block") == "Y"

    @property
    def when(self) -> datetime:
        """When it happened: now, unless the machine did it while it was cut off."""
        return min(self.said_at, self.at) if self.is_done_already and self.said_at else self.at

    @cached_property
    def request_key(self) -> str:
        """The same for the same message sent again, also over a new connection. Empty when the terminal has no clock."""
        if self.said_at is None or (abs(self.at - self.said_at) > timedelta(days=1) and not self.is_done_already):
            return ""
        said = (self.device.code, self.message.code, *self.message.fixed.values(), *self.message.fields)
        return "sip2:" + hashlib.sha256(repr(said).encode()).hexdigest()[:59]

    @cached_property
    def by(self) -> Actor:
        besides = PASSES_OVER if self.is_done_already else frozenset[str]()
        return device_actor(self.device, request_key=self.request_key, besides=besides)

    def once(self, act: Callable[[], dict[str, Any]], *, stands: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Do `act`, unless this very message was answered before and what it did still `stands`.

        A machine whose clock has stopped sends the same message for another loan of the same book.
        """
        done, repeated = once(self.request_key, act, door="sip2", at=self.at)
        if repeated and not stands(done):
            done, _ = once("", act, door="sip2", at=self.at)
        return done

    def passing_over(self, act: Callable[[frozenset[str]], dict[str, Any]]) -> dict[str, Any]:
        """Do `act`; what was done already is not refused for a reason that staff might have passed over."""
        try:
            return act(frozenset())
        except Refused as refused:
            codes = frozenset(reason.code for reason in refused.reasons if reason.overridable_with in PASSES_OVER)
            if not self.is_done_already or len(codes) != len(refused.reasons):
                raise
            return act(codes)

    def language(self, patron: Patron | None = None) -> str:
        """The reader's own, else what the screen is set to, else the machine's. A machine without kana speaks English."""
        if self.device.encoding == "ascii":
            return "en"
        if patron is not None and patron.language:
            return "ja" if patron.language.startswith("ja") else "en"
        return LANGUAGES.get(self.message.fixed.get("language", ""), self.device.language)

    def spoken(self, patron: Patron | None = None) -> str:
        """What a sentence is said in: easy Japanese, Chinese or Korean too, where the machine has the letters."""
        language = self.language(patron)
        own = patron.language if patron is not None else ""
        own = own or SCREENS.get(self.message.fixed.get("language", ""), "")
        has_letters = self.device.encoding == "utf-8" or (own == "ja-easy" and self.device.encoding != "ascii")
        return own if own in OTHER_LANGUAGES and has_letters else language

    def due(self, day: date) -> str:
        return day.strftime(self.dialect.due_format)

    def tell(self, code: str, patron: Patron | None = None, **figures: str | int) -> tuple[str, ...]:
        """One sentence to the reader."""
        return (" ".join(filter(None, patron_words(code, self.spoken(patron), **figures))),)

    def why(self, reasons: Iterable[Reason], patron: Patron | None = None) -> tuple[str, ...]:
        """Each reason with its way out."""
        language = self.spoken(patron)
        between = "" if language in {"ja", "zh-hans"} else " "
        return tuple(between.join(filter(None, words(reason, language))) for reason in reasons)

    def explain(self, whys: Iterable[Reason], patron: Patron) -> tuple[str, ...]:
        """Each code of kernel.reasons.WHY as a sentence, its days and places as people say them."""
        language = self.spoken(patron)
        return tuple(why_words(self._as_said(one, language, patron), language) for one in whys)

    def _as_said(self, why: Reason, language: str, patron: Patron) -> Reason:
        facts = {name: _day_or(value, language) for name, value in why.values}
        if place := places_by_code().get(str(facts.get("place", ""))):
            facts["place"] = self.name_of(place, patron)
        return Reason(why.code, "", tuple(sorted(facts.items())))

    def name_of(self, place: Facility, patron: Patron) -> str:
        return place.name if self.language(patron) == "ja" else place.name_en or place.name

    def institution(self) -> str:
        """What the terminal calls us; the agency's code when it does not say."""
        return self.message.get("AO") or self.device.facility.agency.code

    def answer(
        self, code: str, fixed: dict[str, str], *fields: tuple[str, str | None], screen: Sequence[str] = ()
    ) -> Message:
        """The answer in this terminal's dialect. Fields with None are left out; `when` is filled in."""
        said = [("AO", self.institution()), *((name, text) for name, text in fields if text is not None)]
        kept = [(name, text) for name, text in said if name not in self.dialect.without]
        kept += [("AF", text) for text in self._on_screen(screen)]
        if self.dialect.empty_screen:
            kept.append(("AG", ""))
        when = {"when": codec.stamp(timezone.localtime(self.at))}
        return Message(code, when | fixed, tuple(kept))

    def _on_screen(self, sentences: Sequence[str]) -> tuple[str, ...]:
        dialect = self.dialect
        if dialect.one_message and sentences:
            sentences = ("".join(sentences) if self.language() == "ja" else " ".join(sentences),)
        if dialect.longest_message:
            sentences = tuple(_cut(text, dialect.longest_message) for text in sentences)
        return tuple(sentences) or (("",) if dialect.empty_screen else ())


def spoken_day(day: date, language: str) -> str:
    if language == "ko":
        return f"{day.month}월 {day.day}일"
    return f"{day:%d %B}".lstrip("0") if language == "en" else f"{day.month}月{day.day}日"


def _day_or(value: str | int, language: str) -> str | int:
    try:
        return spoken_day(date.fromisoformat(value), language) if isinstance(value, str) else value
    except ValueError:
        return value


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
