"""Records that may be one: the list, two side by side, the decision and the way back; and what each source may do."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.models import BibliographicRecord, DuplicatePair
from fumikura.catalogue.overlays import Overlay
from fumikura.catalogue.queries import duplicates as pairs_of
from fumikura.catalogue.queries import (
    duplicates_waiting,
    get_duplicate,
    merge_between,
    source_rules,
    sources,
)
from fumikura.catalogue.services import keep_apart, keep_as_editions, open_again, overlay_of, set_source_rule
from fumikura.circulation.services import merge_titles, unmerge_titles
from fumikura.holdings.queries import items_of_records
from fumikura.journal.queries import answer_to
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import staff_words, words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.web.office.frame import office
from fumikura.web.visitors import for_staff, typed, visitor

ROWS = 40
RIGHT = "catalogue.merge"
DONE = {"merged", "apart", "edition", "undone", "saved"}


def reason_words(code: str) -> str:
    known = {
        "number": _("番号が同じ"),
        "number-near": _("番号が1字ちがい"),
        "number-differs": _("番号がちがう"),
        "title": _("書名が同じ"),
        "title-similar": _("書名が似ている"),
        "title-differs": _("書名がちがう"),
        "volume-differs": _("巻がちがう"),
        "creator-differs": _("著者がちがう"),
        "publisher-differs": _("出版者がちがう"),
        "year-differs": _("出版年がちがう"),
        "kind-differs": _("資料の形がちがう"),
    }
    return known.get(code, code)


@dataclass(frozen=True)
class ShownPair:
    pair: DuplicatePair
    reasons: list[str]


@require_safe
@for_staff(RIGHT)
def duplicates(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the sure ones first; or what was decided."""
    state = "settled" if request.GET.get("state") == "settled" else "open"
    given = request.GET.get("page", "1")
    page = max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    rows = list(pairs_of(state=state)[(page - 1) * ROWS : page * ROWS + 1])
    shown = [ShownPair(pair, [reason_words(code) for code in pair.reasons.split()]) for pair in rows[:ROWS]]
    waiting = duplicates_waiting()
    return office(
        request,
        "duplicates",
        {"state": state, "pairs": shown, "page": page, "more": len(rows) > ROWS, "waiting": waiting, **_done(request)},
    )


def _done(request: HttpRequest) -> dict[str, str]:
    done = request.GET.get("done", "")
    return {"done": done if done in DONE else ""}


class Piece(NamedTuple):
    """A stretch of a field's text."""

    text: str
    differs: bool


LONGEST_COMPARED: Final = 1_000
"""Characters of a field up to which it is told which of them differ; a longer one differs as a whole."""
ALIKE: Final = 0.5
"""Below it two texts have nothing to do with each other, and letters that happen to be the same say nothing."""


def pieces_of(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in stretches that are the same or not, so that the eye finds （新版） in a title of three lines."""
    if left == right or not left or not right or max(len(left), len(right)) > LONGEST_COMPARED:
        return [Piece(left, differs=left != right)], [Piece(right, differs=left != right)]
    compared = SequenceMatcher(None, left, right, autojunk=False)
    if compared.ratio() < ALIKE:
        return [Piece(left, differs=True)], [Piece(right, differs=True)]
    mine, theirs = [], []
    for kind, a, b, c, d in compared.get_opcodes():
        mine += [Piece(left[a:b], differs=kind != "equal")] if a < b else []
        theirs += [Piece(right[c:d], differs=kind != "equal")] if c < d else []
    return mine, theirs


@dataclass(frozen=True)
class Line:
    """A field of both records; what is only on one side has nothing on the other."""

    tag: str
    left: str
    right: str
    differs: bool

    @property
    def sides(self) -> tuple[list[Piece], list[Piece]]:
        return pieces_of(self.left, self.right)


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Two records side by side; the decision, and the way back from it."""
    found = get_duplicate(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    if request.method == "GET":
        return _pair_page(request, found)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    act, done = _decision(request.POST.get("decision", ""), found, by)
    try:
        once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _pair_page(request, found, reasons=told, status=422)
    if done == "undone":
        return HttpResponseRedirect(f"{reverse('office:duplicate', args=[pk])}?done={done}&after={by.request_key}")
    following = pairs_of().first()
    there = reverse("office:duplicate", args=[following.pk]) if following else reverse("office:duplicates")
    return HttpResponseRedirect(f"{there}?done={done}&last={pk}")


def _decision(decision: str, found: DuplicatePair, by: Actor) -> tuple[Callable[[], dict[str, Any]], str]:
    at = timezone.now()

    def merged() -> dict[str, Any]:
        kept, gone = (found.first, found.second) if decision == "keep-first" else (found.second, found.first)
        return {"merge": merge_titles(kept=kept, gone=gone, by=by, at=at).pk}

    def apart() -> dict[str, Any]:
        keep_apart(pair=found, by=by, at=at)
        return {"pair": found.pk}

    def editions() -> dict[str, Any]:
        keep_as_editions(pair=found, by=by, at=at)
        return {"pair": found.pk}

    def undone() -> dict[str, Any]:
        merge = merge_between(found.first_id, found.second_id)
        if merge is not None:
            return {"pair": found.pk, "messages": list(unmerge_titles(merge=merge, by=by, at=at))}
        open_again(pair=found, by=by, at=at)
        return {"pair": found.pk}

    def nothing() -> dict[str, Any]:
        raise Refused(Reason.of("pair-settled"))

    known = {
        "keep-first": (merged, "merged"),
        "keep-second": (merged, "merged"),
        "apart": (apart, "apart"),
        "edition": (editions, "edition"),
        "undo": (undone, "undone"),
    }
    return known.get(decision, (nothing, ""))


def _pair_page(
    request: HttpRequest, found: DuplicatePair, *, reasons: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    found.refresh_from_db()
    one, two = found.first, found.second
    copies = items_of_records([one.pk, two.pk])
    last = request.GET.get("last", "")
    page: dict[str, object] = {
        "pair": found,
        "sides": [(one, len(copies.get(one.pk, ()))), (two, len(copies.get(two.pk, ())))],
        "why": [reason_words(code) for code in found.reasons.split()],
        "lines": (lines := _lines(_content(one), _content(two))),
        "alike": sum(not line.differs for line in lines),
        "keep": "second" if len(copies.get(two.pk, ())) > len(copies.get(one.pk, ())) else "first",
        "told": _told(request),
        "last": int(last) if last.isascii() and last.isdigit() and len(last) < 18 else 0,
        "may_part": "catalogue.save" in visitor(request).permissions,
        "request_key": uuid4().hex,
        "reasons": reasons,
        **_done(request),
    }
    return office(request, "duplicate", page, status=status)


def _told(request: HttpRequest) -> list[str]:
    """What the act that led here tells staff, each thing once."""
    answer = answer_to(typed(request.GET, "after", 64), door="office")
    return [" ".join(staff_words(one, get_language() or "ja")) for one in dict.fromkeys(answer.get("messages", []))]


def _content(row: BibliographicRecord) -> Content:
    return iso2709.decode(bytes(row.marc)).content


def _lines(one: Content, two: Content) -> list[Line]:
    """Both records field by field: equal fields opposite each other, then those of one tag in their order."""
    left, right = [_text(entry) for entry in one.entries], [_text(entry) for entry in two.entries]
    lines = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        mine, theirs = left[a:b], right[c:d]
        if kind == "equal":
            lines += [Line(tag, text, text, differs=False) for tag, text in mine]
            continue
        for tag in sorted({tag for tag, _text in [*mine, *theirs]}):
            here = [text for own, text in mine if own == tag]
            there = [text for own, text in theirs if own == tag]
            for place in range(max(len(here), len(there))):
                lines.append(
                    Line(
                        tag,
                        here[place] if place < len(here) else "",
                        there[place] if place < len(there) else "",
                        differs=True,
                    )
                )
    return lines


def _text(entry: Entry) -> tuple[str, str]:
    if not entry.marks:
        return entry.tag, entry.data
    return entry.tag, " ".join(f"${code} {text}" for code, text in entry.parts)


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.set-rules")
def rules(request: HttpRequest) -> HttpResponse:
    """What records of each source may do to those that are here."""
    chosen = typed(request.GET if request.method == "GET" else request.POST, "source", 40)
    overlay, merges = overlay_of(chosen)
    if request.method == "GET":
        return _rules_page(request, chosen, overlay, {"merges": merges})
    overlay = Overlay(**{name: typed(request.POST, name, 400) for name in ("protects", "adds", "overwrites")})
    merges = "merges" in request.POST
    by, at = visitor(request).staff_actor(via="office"), timezone.now()

    def act() -> dict[str, Any]:
        return {"rule": set_source_rule(source=chosen, overlay=overlay, merges=merges, by=by, at=at).pk}

    try:
        once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _rules_page(request, chosen, overlay, {"merges": merges, "reasons": told}, status=422)
    return HttpResponseRedirect(f"{reverse('office:source-rules')}?done=saved")


def _rules_page(
    request: HttpRequest, source: str, overlay: Overlay, extra: dict[str, object], *, status: int = 200
) -> HttpResponse:
    names = [("", _("ほかのすべて")), *((name, name) for name in sources())]
    page: dict[str, object] = {
        "source": source,
        "overlay": overlay,
        "sources": names if (source, source) in names or not source else [*names, (source, source)],
        "rules": source_rules(),
        "request_key": uuid4().hex,
        **_done(request),
        **extra,
    }
    return office(request, "source_rules", page, status=status)
