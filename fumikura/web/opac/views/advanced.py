"""くわしくさがす: a form that writes the question into the box as a reader could have typed it, so that it can be learnt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.web.editions import KINDS
from fumikura.web.opac import institutions, places, words
from fumikura.web.opac.addresses import Search

ROWS = 4
LONGEST = 200


@dataclass(frozen=True)
class Row:
    """One line of the form: words, where they are looked for, and how they belong together."""

    number: int
    words: str
    field: str
    mode: str


@require_safe
def advanced(request: HttpRequest) -> HttpResponse:
    given = request.GET
    rows = _rows(given)
    asked = _search(given, rows)
    if "go" in given and not asked.is_empty:
        return HttpResponseRedirect(asked.address)
    chosen = asked.by_facet
    return render(
        request,
        "opac/advanced.html",
        {
            "rows": rows,
            "fields": _fields().items(),
            "modes": _modes().items(),
            "is_empty": "go" in given,
            "kinds": _choices(KINDS, chosen.get("kind", ())),
            "audiences": _choices(words.AUDIENCES, chosen.get("audience", ())),
            "accessible": _choices(words.ACCESSIBLE, chosen.get("accessible", ())),
            "languages": [("", _("すべてのことば")), *words.LANGUAGES.items()],
            "language": given.get("language", ""),
            "sites": [(code, name, code in chosen.get("site", ())) for code, name in places.names().items()],
            "institutions": [
                (code, name, code in chosen.get("site", ())) for code, name in institutions.names().items()
            ],
            "low": given.get("from", ""),
            "high": given.get("to", ""),
            "number": given.get("ndc", ""),
            "in_now": bool(chosen.get("available")),
            "sorts": words.SORTS.items(),
            "sort": asked.sort,
        },
    )


def _fields() -> dict[str, str]:
    return {
        "": _("すべて"),
        _("書名:"): _("本の名前"),
        _("著者:"): _("書いた人"),
        _("件名:"): _("何について"),
        _("出版社:"): _("出版社"),
        _("シリーズ:"): _("シリーズ"),
        _("内容:"): _("目次・収録作品"),
    }


def _modes() -> dict[str, str]:
    return {
        "all": _("すべてを含む"),
        "any": _("どれかを含む"),
        "phrase": _("この順で続けて"),
        "none": _("含まない"),
    }


def _rows(given: QueryDict) -> list[Row]:
    fields = list(_fields())
    usual = ["", fields[1], fields[2], fields[3]]
    return [
        Row(
            number,
            " ".join(given.get(f"words{number}", given.get("words", "") if number == 1 else "").split())[:LONGEST],
            next((one for one in fields if one == given.get(f"field{number}")), usual[number - 1]),
            next((one for one in _modes() if one == given.get(f"mode{number}")), "all"),
        )
        for number in range(1, ROWS + 1)
    ]


def _search(given: QueryDict, rows: list[Row]) -> Search:
    """The rows as one line for the box; the rest are filters of the address."""
    read = Search.read(given)
    text = " ".join(part for row in rows for part in _typed(row))
    return Search(text=text, filters=read.filters, sort=read.sort)


def _typed(row: Row) -> Iterator[str]:
    if row.mode == "phrase":
        plain = row.words.replace('"', " ").strip()
        yield from [f'{row.field}"{plain}"'] if plain else []
        return
    pieces = [f"{row.field}{word}" for word in row.words.split()]
    if row.mode == "none":
        yield from (f"-{piece.lstrip('-')}" for piece in pieces)
    elif row.mode == "any" and len(pieces) > 1:
        yield f"({' OR '.join(pieces)})"
    else:
        yield from pieces


def _choices(labels: Mapping[str, Promise], chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    return [(code, str(label), code in chosen) for code, label in labels.items()]
