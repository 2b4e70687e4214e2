"""`{% load design %}`: every component is one template in templates/design/components/, one CSS file beside the tokens.

{% ui "button" label="さがす" icon="search" %} — a component.
{% uiblock "panel" title="借りる" %}…{% endui %} — a component around something.
The first line of each template names what it takes; /design/ shows them all.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import NoneType
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from fumikura.web.design import covers, days
from fumikura.web.design.stylesheet import sheet

register = template.Library()
Props = Mapping[str, object]

SOON_DAYS = 3
_CELLS = 30
_PLAIN = frozenset({"avail", "button", "chip", "icon", "meter", "tag"})
"""Components that know nothing but what they are given: no words of their own, no address, no day."""
_PLAIN_A_LANGUAGE = frozenset({"label3"})
"""The same, but for a word of their own."""
_KEPT = _PLAIN | _PLAIN_A_LANGUAGE
_PLAIN_VALUES = (str, SafeString, int, bool, NoneType)
_NOTICE_ICONS = {"ok": "check", "wait": "warning", "stop": "warning", "plain": "info"}
_AVAIL_ICONS = {"here": "check", "near": "truck", "wait": "clock", "none": "dash"}
_OUTCOME_ICONS = {"ok": "check", "ask": "warning", "stop": "cross", "go": "truck"}


@register.simple_tag
def ui(component: str, **props: Any) -> SafeString:
    if component == "cover":
        return covers.html(**props)
    # A list shows the same button, tag or state again and again; what is drawn from plain values only is drawn once.
    if component in _KEPT and not settings.DEBUG and all(type(value) in _PLAIN_VALUES for value in props.values()):
        return _drawn_once(component, "" if component in _PLAIN else get_language() or "", **props)
    return _drawn(component, props)


@lru_cache(maxsize=8_192, typed=True)
def _drawn_once(component: str, _language: str, /, **props: object) -> SafeString:
    return _drawn(component, props)


def _drawn(component: str, props: Props) -> SafeString:
    prepare = _PREPARED.get(component)
    ready = {**props, **prepare(props)} if prepare else props
    html = render_to_string(f"design/components/{component}.html", ready)
    return mark_safe(html.strip())  # noqa: S308 — the component's template has escaped what it was given


@register.simple_block_tag(end_name="endui")
def uiblock(content: SafeString, component: str, **props: object) -> SafeString:
    return ui(component, **props, content=content)


@register.simple_tag
def once(path: str, **values: Any) -> SafeString:
    """A part of a page that says nothing but these values, as `include` has it: drawn once a language, and kept.

    The values are frozen: words, numbers, dataclasses of them. For what is large and seldom changes, such as a map.
    """
    return _part(path, get_language() or "", **values) if not settings.DEBUG else _part_drawn(path, values)


@lru_cache(maxsize=512)
def _part(path: str, language: str, /, **values: Any) -> SafeString:
    return _part_drawn(path, values)


def _part_drawn(path: str, values: Mapping[str, Any]) -> SafeString:
    return render_to_string(path, values)


@register.simple_tag
def house_sheet() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', reverse("design:stylesheet", args=[sheet().digest]))


@register.simple_tag
def request_key() -> SafeString:
    """The hidden key under which this form, sent twice, is carried out once."""
    return format_html('<input type="hidden" name="request_key" value="{}">', uuid4().hex)


@register.simple_tag
def spine_data(title: str, creator: str = "", ndc: str = "") -> SafeString:
    """The attributes that dye a spine like its cover; its height and width follow from the title."""
    cover = covers.draw(title=title, creator=creator, ndc=ndc)
    size = sum(map(ord, title)) % 5
    return format_html(' data-ndc="{}" data-tone="{}" data-size="{}"', cover.ndc, cover.tone, size)


@register.filter
def day(on: date) -> str:
    return days.day(on)


@register.filter
def month_day(on: date) -> str:
    return days.month_day(on)


@register.filter
def month_only(on: date) -> str:
    return days.month_only(on)


@register.filter
def week_day(on: date) -> str:
    return days.week_day(on)


@register.filter
def year_month(on: date) -> str:
    return days.year_month(on)


@register.filter
def week_letter(on: date) -> str:
    return days.week_letter(on)


def _icon(props: Props) -> Props:
    return {"path": f"design/icons/{props['name']}.svg"}


def _label3(props: Props) -> Props:
    """Three lines as on the spine; the band's colour is the class, or E for picture books."""
    lines = [line.strip() for line in str(props.get("call_number") or "").split("/")]
    return {"lines": [*lines, "", "", ""][: max(3, len(lines))], "band": lines[0][:1].upper()}


def _meter(props: Props) -> Props:
    """One cell is one item; above thirty a cell stands for several."""
    have, limit, asked = (int(str(props.get(key) or 0)) for key in ("have", "limit", "asked"))
    cells = min(max(limit, have + asked, 1), _CELLS)
    scale = cells / max(limit, have + asked, 1)
    on, both = round(have * scale), round((have + asked) * scale)
    return {"cells": ["on"] * on + ["asked"] * (both - on) + [""] * (cells - both)}


def _due(props: Props) -> Props:
    on, today = props["on"], props.get("today") or timezone.localdate()
    if not isinstance(on, date) or not isinstance(today, date):
        raise TypeError("a due block needs a date")
    left = (on - today).days
    return {"left": left, "state": "late" if left < 0 else "soon" if left <= SOON_DAYS else "plain"}


def _icon_by_kind(icons: Mapping[str, str], otherwise: str) -> Callable[[Props], Props]:
    def choose(props: Props) -> Props:
        return {"icon": props.get("icon") or icons.get(str(props.get("kind") or ""), otherwise)}

    return choose


_PREPARED: Mapping[str, Callable[[Props], Props]] = {
    "icon": _icon,
    "label3": _label3,
    "meter": _meter,
    "due": _due,
    "notice": _icon_by_kind(_NOTICE_ICONS, "info"),
    "avail": _icon_by_kind(_AVAIL_ICONS, "dash"),
    "outcome": _icon_by_kind(_OUTCOME_ICONS, "info"),
}
