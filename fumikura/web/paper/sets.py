"""The slip that lies in the box of a set: its label, and everything that must be in it, to tick off twice."""

from dataclasses import dataclass

from django.utils.translation import gettext

from fumikura.web.paper.crates import drawn_label
from fumikura.web.paper.sheets import typeset


@dataclass(frozen=True, kw_only=True)
class SetSheet:
    """組の中身の一覧."""

    number: str
    name: str
    library: str
    state: str
    """Where it is and until when, in words."""
    printed: str
    lines: tuple[tuple[str, str, str, int], ...]
    """(title, call number, barcode, pieces)."""


def set_sheet(sheet: SetSheet) -> bytes:
    """A4: the label as a QR code, and the contents with a box to tick before and after the loan."""
    words = {
        "title": gettext("書名"),
        "call_number": gettext("請求記号"),
        "barcode": gettext("番号"),
        "pieces": gettext("数"),
        "out": gettext("出す"),
        "back": gettext("もどる"),
        "count": gettext("ぜんぶで{n}点").format(n=len(sheet.lines)),
        "please": gettext("このまとまりのまま、箱に入れて返してください。"),
    }
    return typeset(
        "set.typ",
        {
            "words": words,
            "label": drawn_label(sheet.number),
            "name": sheet.name,
            "library": sheet.library,
            "state": sheet.state,
            "printed": sheet.printed,
            "lines": [list(line) for line in sheet.lines],
        },
    )
