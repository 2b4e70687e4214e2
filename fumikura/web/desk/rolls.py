"""貸出票 for other printers: plain text for a thermal roll, and a PDF as narrow as the roll."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import pairwise

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

NOT_FIRST = frozenset("、。，．・：；？！）」』】〉》〕］｝ー〜々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.:;?!)]}%")
NOT_LAST = frozenset("（「『【〈《〔［｛([{・")
KINDS = {"HIRAGANA": "hiragana", "KATAKANA": "katakana", "CJK": "kanji", "HANGUL": "hangul", "LATIN": "latin"}
"""How the Unicode name of a letter begins, and what it is."""
HELD = {("kanji", "hiragana"), ("katakana", "hiragana"), ("latin", "kanji"), ("latin", "hiragana"), ("sign", "sign")}
"""読みます, メールで, 12月, PDFを: what stays together though the kinds differ."""
WHOLE = re.compile("[おご][一-鿿]|[年月][0-9]|.（.）")
"""お返し, 12月6日, 6日（日）: from the letter before the cut."""
POLITE = re.compile("[をはがにでもとのへ][おご][一-鿿]")
"""本を / お返し."""
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
    """Cut where the roll ends, as a reader would: between words and phrases; inside one only when a line cannot hold it.

    A kanji is two columns wide. No line begins with 。 or a small kana, none ends with an opening bracket.
    """
    line = ""
    for phrase in phrases(words):
        if _columns(line + phrase) <= width:
            line += phrase
            continue
        if line:
            yield line.rstrip()
        *whole, line = _by_letter(phrase.lstrip(), width)
        yield from whole
    if line:
        yield line


def phrases(words: str) -> list[str]:
    """お呼び出しの / 12月6日までに / お返しください。 Roughly 文節, told by the kinds of the letters."""
    cuts = [place for place in range(1, len(words)) if _may_part(words, place)]
    return [words[first:last] for first, last in pairwise([0, *cuts, len(words)]) if first < last]


def _may_part(words: str, place: int) -> bool:
    """Whether a line may end before this letter without cutting a word."""
    before, after = words[place - 1], words[place]
    if after in NOT_FIRST or before in NOT_LAST or after.isspace() or WHOLE.match(words, place - 1):
        return False
    if POLITE.match(words, place - 1):
        return True
    kinds = (_kind(before), _kind(after))
    return kinds[0] != kinds[1] and kinds not in HELD


def _kind(letter: str) -> str:
    if letter.isascii() and not letter.isspace():
        return "latin"
    name = unicodedata.name(letter, "")
    return next((kind for start, kind in KINDS.items() if name.startswith(start)), "sign")


def _by_letter(phrase: str, width: int) -> list[str]:
    lines = [""]
    for letter in phrase:
        if _columns(lines[-1] + letter) <= width:
            lines[-1] += letter
        elif letter in NOT_FIRST and len(lines[-1]) > 1:
            lines[-1], kept = lines[-1][:-1], lines[-1][-1]
            lines.append(kept + letter)
        else:
            lines.append(letter)
    return lines


def _columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in words)
