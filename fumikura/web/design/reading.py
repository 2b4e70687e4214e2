"""How a reader reads: ふりがな on every kanji, years by era. Two cookies, no account; chosen in the footer."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from fumikura.web.design.choices import eras
from fumikura.web.readings import html_of, pieces_of

RUBY_COOKIE, ERA_COOKIE = "ruby", "era"
ON = "on"
FOR_STAFF = ("/office", "/desk", "/cataloguing", "/api", "/staff", "/paper", "/kiosk")

_TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_SILENT = frozenset({"script", "style", "title", "textarea", "option", "ruby", "svg", "pre", "code", "noscript"})
_KANJI = re.compile("[\u3400-\u9fff々]")
_ENDS = re.compile("([。、！？!?（）()「」『』・：:／/|\\s\u3000]+)")
_KANA = re.compile("[ぁ-ゖァ-ヺ]")


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Innermost: the page as it was made, before anybody counts its bytes."""

    def read(request: HttpRequest) -> HttpResponse:
        token = eras.set(request.COOKIES.get(ERA_COOKIE) == ON)
        try:
            response = get_response(request)
        finally:
            eras.reset(token)
        wanted = request.COOKIES.get(RUBY_COOKIE) == ON and not request.path.startswith(FOR_STAFF)
        is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if wanted and is_page and (get_language() or "ja").startswith("ja"):
            response.content = rubied(response.content.decode()).encode()
        return response

    return read


def rubied(page: str) -> str:
    """The same page with readings over kanji in its text; what has its own ruby, and what is no text, is left alone."""
    written: list[str] = []
    silent = ""
    head = True
    for part in _TAG.split(page):
        if part.startswith("<"):
            named = _NAME.match(part)
            name = named[1].lower() if named else ""
            if name == "body":
                head = False
            if not silent and name in _SILENT and not part.startswith("</") and not part.endswith("/>"):
                silent = name
            elif silent == name and part.startswith("</"):
                silent = ""
            written.append(part)
        else:
            written.append(part if head or silent or not _KANJI.search(part) else _read_aloud(part))
    return "".join(written)


def _read_aloud(text: str) -> str:
    return "".join(_one(part) if _KANJI.search(part) and "&" not in part else part for part in _ENDS.split(text))


def _one(words: str) -> str:
    pieces = pieces_of(words)
    if any(said and _KANA.search(text) for text, said in pieces):
        return words  # reading and writing did not fit: better none than one over the wrong letters
    return html_of(pieces)
