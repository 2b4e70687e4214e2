"""`{% load cataloguing %}`: boxes of the editor's form."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from fumikura.catalogue.editing.form import Box
from fumikura.catalogue.editing.templates import Part
from fumikura.web.cataloguing.frame import language

register = template.Library()


@register.simple_tag
def box_of(box: Box, part: Part) -> SafeString:
    """One box with its label, and the box of its reading."""
    words = box.cell.words.said(language())
    first = box.cell in part.cells[:1]
    values = {
        "box": box,
        "words": words,
        "kana_words": _("{name}の読み").format(name=words),
        "pick": part.pick if first else "",
    }
    html = render_to_string("cataloguing/box.html", values)
    return mark_safe(html.strip())  # noqa: S308 — the template has escaped what it was given


@register.simple_tag
def choices_of(box: Box, part: Part) -> list[tuple[str, str, bool]]:
    """(code, words, chosen); a code that the list does not know is offered as it stands."""
    choices = [(code, words.said(language()), code == box.value) for code, words in part.choices]
    if not any(chosen for _code, _words, chosen in choices):
        choices.insert(0, (box.value, box.value.strip(" |") or "—", True))
    return choices
