"""Labels for crates and the van's manifest, as PDF. A label's codes are read by any scanner and by a telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from fumikura.web import codes
from fumikura.web.paper.sheets import bars, cells, typeset


@dataclass(frozen=True, kw_only=True)
class ManifestPage:
    """送り状: one run."""

    title: str
    day: str
    stops: tuple[tuple[str, str], ...]
    """(name, planned time) in driving order."""
    lines: tuple[tuple[str, str, str, str, int], ...]
    """(crate, taken up at, set down at, destination, things)."""


def crate_labels(numbers: Sequence[str], *, library: str) -> bytes:
    """A4, eight to a page: the number in large figures, as a QR code and, where NW-7 can write it, as bars."""
    return typeset("crate_labels.typ", {"library": library, "labels": [drawn_label(number) for number in numbers]})


def drawn_label(number: str) -> dict[str, Any]:
    """A number with its QR code and, where NW-7 can write it, its bars."""
    drawn: dict[str, Any] = {"number": number, "cells": cells(number)}
    if codes.nw7(number) is not None:
        drawn["bars"] = bars(number)
    return drawn


def manifest_pages(pages: Sequence[ManifestPage]) -> bytes:
    """A4: the stops, the crates with their codes, and a box to tick for taking up and setting down."""
    words = {
        "crate": gettext("箱"),
        "up": gettext("載せる館"),
        "down": gettext("降ろす館"),
        "taken_up": gettext("載せた"),
        "set_down": gettext("降ろした"),
        "to": gettext("行き先"),
        "things": gettext("点数"),
        "none": gettext("載せる箱はありません。"),
        "sign": gettext("確認"),
    }
    drawn = [
        {
            "title": page.title,
            "day": page.day,
            "stops": [list(stop) for stop in page.stops],
            "lines": [
                {"number": number, "up": up, "down": down, "to": to, "things": things, "cells": cells(number)}
                for number, up, down, to, things in page.lines
            ],
        }
        for page in pages
    ]
    return typeset("manifest.typ", {"words": words, "pages": drawn})
