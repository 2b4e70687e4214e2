"""Authorities in the office: look one up, mend it, make two into one and two again."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.catalogue.authorities import (
    find_authorities,
    get_authority,
    merges_of,
    namesakes_of,
    relations_of,
    standing_authority,
    ties_of,
    works_about,
    works_of,
)
from fumikura.catalogue.models import Authority, AuthorityMerge
from fumikura.catalogue.services import (
    AuthorityFacts,
    change_authority,
    merge_authorities,
    relate,
    undo_authority_merge,
    unrelate,
)
from fumikura.journal.services import once
from fumikura.kernel.japanese import spoken_name
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.authority_words import TIES
from fumikura.web.office.frame import office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import for_staff, typed, visitor

ROWS = 40
SAMPLE = 8
RIGHT = "catalogue.change-authority"
DONE = {"saved", "merged", "undone", "related", "unrelated", "made", "tied", "untied"}
RELATIONS = ("related", "broader", "narrower")


RELATION_WORDS = {"related": _lazy("関連（をも見よ）"), "broader": _lazy("上位語"), "narrower": _lazy("下位語")}


def kinds() -> list[tuple[str, str]]:
    return [("", _("すべて")), ("person", _("人")), ("body", _("団体")), ("subject", _("テーマ（件名）"))]


@require_safe
@for_staff(RIGHT)
def authorities(request: HttpRequest) -> HttpResponse:
    """Look up, in 五十音 order; with nothing typed, from the beginning."""
    text, kind = typed(request.GET, "q"), request.GET.get("kind", "")
    kind = kind if kind in dict(kinds()) else ""
    given = request.GET.get("page", "1")
    page = max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    local = request.GET.get("scheme") == "local"
    rows = list(find_authorities(text, kind, "local" if local else "")[(page - 1) * ROWS : page * ROWS + 1])
    return office(
        request,
        "authorities",
        {
            "q": text,
            "kind": kind,
            "kinds": kinds(),
            "rows": rows[:ROWS],
            "page": page,
            "more": len(rows) > ROWS,
            "local": local,
            "removed": "removed" in request.GET,
        },
    )


def _found(pk: int) -> Authority:
    try:
        return get_authority(pk)
    except (Authority.DoesNotExist, OverflowError):
        raise Http404 from None


def _to(name: str, *arguments: int, done: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=arguments) + (f"?done={done}" if done else ""))


def _told(refused: Refused) -> list[tuple[str, str]]:
    return [words(reason, get_language() or "ja") for reason in refused.reasons]


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def authority(request: HttpRequest, pk: int) -> HttpResponse:
    """One authority: its forms, its references, its namesakes, what was merged."""
    row = _found(pk)
    if request.method == "GET":
        return (
            _to("office:authority", standing_authority(row).pk) if row.merged_into_id else authority_page(request, row)
        )
    facts = facts_of(request)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()

    def act() -> dict[str, int]:
        return {"authority": change_authority(authority=row, facts=facts, by=by, at=at).pk}

    try:
        once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        return authority_page(request, row, {"facts": facts, "reasons": _told(refused)}, status=422)
    return _to("office:authority", pk, done="saved")


def facts_of(request: HttpRequest) -> AuthorityFacts:
    lines = [line.strip() for line in request.POST.get("variants", "").replace("\x00", "")[:20_000].splitlines()]
    pairs = [tuple(map(str.strip, line.replace("／", "/").partition("/")[::2])) for line in lines if line]
    return AuthorityFacts(
        heading=typed(request.POST, "heading", 400),
        reading=typed(request.POST, "reading", 400),
        dates=typed(request.POST, "dates", 60),
        is_local="is_local" in request.POST,
        local_note=request.POST.get("local_note", "").replace("\x00", "").strip()[:4000],
        note=request.POST.get("note", "").replace("\x00", "").strip()[:4000],
        variants=tuple((name, reading) for name, reading in pairs),
    )


def authority_page(
    request: HttpRequest, row: Authority, extra: dict[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    variants = tuple((form.name, form.reading) for form in row.variants.order_by("pk"))
    facts = AuthorityFacts(
        heading=row.heading,
        reading=row.reading,
        dates=row.dates,
        is_local=row.is_local,
        local_note=row.local_note,
        note=row.note,
        variants=variants,
    )
    shown = {"row": row, "facts": facts, **(extra or {})}
    facts = shown["facts"] if isinstance(shown["facts"], AuthorityFacts) else facts
    q = typed(request.GET, "other")
    page = {
        **shown,
        "variants": "\n".join(f"{name} / {reading}" if reading else name for name, reading in facts.variants),
        "numbers": [f"{one.scheme} {one.value}" for one in row.identifiers.order_by("pk")],
        "works": len(works_of(row)) if row.kind != "subject" else 0,
        "about": len(works_about(row)),
        "related": [(RELATION_WORDS[kind], other) for kind, other in relations_of(row)],
        "relations": [(kind, RELATION_WORDS[kind]) for kind in RELATIONS if kind == "related" or row.kind == "subject"],
        "ties": [(TIES[tie.kind], tie) for tie in ties_of(row)],
        "tie_kinds": list(TIES.items()),
        "namesakes": list(namesakes_of(row)[:ROWS]),
        "other": q,
        "others": [one for one in find_authorities(q, row.kind)[:ROWS] if one.pk != row.pk] if q else [],
        "merges": list(merges_of(row)[:ROWS]),
        "done": request.GET.get("done") if request.GET.get("done") in DONE else "",
        "public": reverse("opac:subject" if row.kind == "subject" else "opac:person", args=[row.pk]),
        "request_key": uuid4().hex,
    }
    return office(request, "authority", page, status=status)


@dataclass(frozen=True)
class Side:
    """One of the two, for comparing."""

    row: Authority
    heading: str
    variants: list[str]
    numbers: list[str]
    titles: list[str]
    count: int


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
@stepped_up
def merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two authorities side by side, and what would move; then the merge itself."""
    one, two = _found(pk), _found(other)
    if request.method == "GET":
        return _compare(request, one, two)
    kept, gone = (two, one) if request.POST.get("keep") == str(two.pk) else (one, two)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()

    def act() -> dict[str, int]:
        return {"merge": merge_authorities(kept=kept, gone=gone, by=by, at=at).pk}

    try:
        once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        return _compare(request, one, two, reasons=_told(refused), status=422)
    return _to("office:authority", kept.pk, done="merged")


def _compare(
    request: HttpRequest,
    one: Authority,
    two: Authority,
    *,
    reasons: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    sides = [_side(one), _side(two)]
    # The one with more records is usually the better one to keep.
    keep = max(sides, key=lambda side: (side.count, -side.row.pk)).row.pk
    page = {"sides": sides, "keep": keep, "request_key": uuid4().hex, "reasons": reasons}
    return office(request, "authority_merge", page, status=status)


def _side(row: Authority) -> Side:
    works = [*works_of(row), *works_about(row)]
    return Side(
        row=row,
        heading=spoken_name(row.heading),
        variants=[form.name for form in row.variants.order_by("pk")],
        numbers=[f"{one.scheme} {one.value}" for one in row.identifiers.order_by("pk")],
        titles=[work.first.title for work in works[:SAMPLE]],
        count=sum(len(work.editions) for work in works),
    )


@require_POST
@for_staff(RIGHT)
def undo(request: HttpRequest, merge: int) -> HttpResponse:
    """Two of one again."""
    found = AuthorityMerge.objects.filter(pk=merge).select_related("kept").first()
    if found is None:
        raise Http404

    def act() -> None:
        undo_authority_merge(merge=found, by=visitor(request).staff_actor(via="office"), at=timezone.now())

    return _step(request, found.kept, act, done="undone")


@require_POST
@for_staff(RIGHT)
def related(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """をも見よ: made, or taken away when the form says so."""
    one, two = _found(pk), _found(other)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    removing, kind = "remove" in request.POST, request.POST.get("kind", "related")

    def act() -> None:
        if removing:
            unrelate(one=one, other=two, by=by, at=at)
        else:
            relate(one=one, other=two, kind=kind if kind in RELATIONS else "related", by=by, at=at)

    return _step(request, one, act, done="unrelated" if removing else "related")


def _step(request: HttpRequest, row: Authority, act: Callable[[], None], *, done: str) -> HttpResponse:
    def acted() -> dict[str, int]:
        act()
        return {"authority": row.pk}

    try:
        once(visitor(request).request_key, acted, door="office", at=timezone.now())
    except Refused as refused:
        return authority_page(request, row, {"reasons": _told(refused)}, status=422)
    return _to("office:authority", row.pk, done=done)
