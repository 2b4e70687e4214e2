"""HTML from Python for what a page shows by the dozen: what Django's `format_html` does, without its care for lazy translations.

That care took a seventh of a result page. Whoever has a translation that is still lazy says `str` of it first.
"""

from html import escape

from django.utils.safestring import SafeString


def escaped(text: object) -> str:
    """The text as HTML; what is HTML already stays as it is."""
    if isinstance(text, SafeString):
        return text
    plain = str(text)
    return plain if plain.isalnum() else escape(plain)


def filled(form: str, *texts: object, **named: object) -> SafeString:
    """`form` with the texts in its {} and {name}, escaped. The form is ours, never somebody's words."""
    return SafeString(form.format(*map(escaped, texts), **{name: escaped(text) for name, text in named.items()}))


def around(text: object, form: str, **named: object) -> SafeString:
    """The text in its element; no element when there is no text."""
    return filled(form, text, **named) if text else NOTHING


def together(parts: "list[SafeString]") -> SafeString:
    return SafeString("".join(parts))


NOTHING = SafeString()
