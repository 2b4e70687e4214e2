"""貸出票 for other printers: plain text for a thermal roll, and a PDF as narrow as the roll."""

from collections.abc import Collection, Iterator
from unicodedata import east_asian_width

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from fumikura.notices.composing import Slip
from fumikura.notices.words import LANGUAGES
from fumikura.web.desk.memory import recall
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.slip import LoanSlip, slip_of
from fumikura.web.paper.printable import printable
from fumikura.web.paper.slips import due_slip

IN_SHIFT_JIS = ("ja", "ja-easy", "en")
"""What such a printer can write of our languages."""
WIDTH = 32
"""Columns of a roll of 58 mm in the printer's font A; a kanji takes two."""
RESET, CUT, LARGE, USUAL, MIDDLE, LEFT = (
    b"\x1b@",
    b"\x1dV\x42\x03",
    b"\x1d!\x11",
    b"\x1d!\x00",
    b"\x1ba\x01",
    b"\x1ba\x00",
)
"""ESC/POS: initialise, feed and cut, double size, usual size, centre, left."""


@require_safe
@at_counter
def text(request: HttpRequest, place: Place) -> HttpResponse:
    """Shift_JIS with ESC/POS orders, as roll printers in Japan read it; `?plain=yes` for UTF-8 without orders."""
    is_plain = request.GET.get("plain") == "yes"
    slip = _slip(request, place, LANGUAGES if is_plain else IN_SHIFT_JIS)
    if slip is None:
        return HttpResponseRedirect(reverse("desk:lend"))
    lines = list(_lines(slip.slip))
    if is_plain:
        body = "\n".join(line for _size, line in lines) + "\n"
        return HttpResponse(body, content_type="text/plain; charset=utf-8")
    data = RESET + b"\x1cC\x01"
    for size, line in lines:
        order = {"large": MIDDLE + LARGE, "middle": MIDDLE + USUAL}.get(size, LEFT + USUAL)
        data += order + line.encode("cp932", "replace") + b"\n"
    response = HttpResponse(data + USUAL + CUT, content_type="application/octet-stream")
    response["Content-Disposition"] = 'attachment; filename="slip.bin"'
    return response


@require_safe
@at_counter
def pdf(request: HttpRequest, place: Place) -> HttpResponse:
    """The same slip as a page 80 mm wide and as long as it needs."""
    slip = _slip(request, place, printable())
    if slip is None:
        return HttpResponseRedirect(reverse("desk:lend"))
    return HttpResponse(due_slip(list(_lines(slip.slip))), content_type="application/pdf")


def _slip(request: HttpRequest, place: Place, languages: Collection[str]) -> LoanSlip | None:
    """The slip of the visit that has just ended at this counter."""
    memory = recall(request, user=place.user.pk, facility=place.facility.code, at=place.at)
    titles = request.GET.get("titles") == "yes"
    return slip_of(memory.slip, titles=titles, place=place, languages=languages) if memory.slip else None


def _lines(slip: Slip) -> Iterator[tuple[str, str]]:
    """(size, line): never a name."""
    yield "middle", slip.heading
    for line in slip.lines:
        if line.size == "rule":
            yield "", "-" * WIDTH
        elif line.size == "large":
            yield "large", line.words
        else:
            yield from ((line.size, folded) for folded in fold(line.words))


def fold(words: str, width: int = WIDTH) -> Iterator[str]:
    """Cut where the roll ends: a kanji is two columns wide."""
    line, used = "", 0
    for letter in words:
        size = 2 if east_asian_width(letter) in "WFA" else 1
        if used + size > width:
            yield line
            line, used = "", 0
        line, used = line + letter, used + size
    if line:
        yield line
