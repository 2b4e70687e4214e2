"""What staff add to authorities by hand: a new heading (a local 件名 above all), ties to the city, and taking out what nothing names."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.catalogue.authorities import get_authority
from fumikura.catalogue.models import Authority, LocalTie
from fumikura.catalogue.services import TieFacts, add_authority, add_tie, remove_authority, remove_tie
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.authority_words import TIES
from fumikura.web.office.authorities import RIGHT, authority_page, facts_of
from fumikura.web.office.frame import office
from fumikura.web.visitors import for_staff, typed, visitor

LOCAL = "local"
KINDS: tuple[tuple[str, Promise], ...] = (
    ("subject", _("件名（この図書館のもの）")),
    ("person", _("人")),
    ("body", _("団体")),
)


@require_http_methods(["GET", "POST"])
@for_staff(RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    """A heading that no record names yet."""
    if request.method == "GET":
        return _form(
            request, {"kind": request.GET.get("kind", "subject"), "heading": typed(request.GET, "heading", 400)}
        )
    facts, kind = facts_of(request), request.POST.get("kind", "")
    kind = kind if kind in dict(KINDS) else "subject"
    by, at = visitor(request).staff_actor(via="office"), timezone.now()

    def act() -> dict[str, int]:
        scheme = LOCAL if kind == "subject" else ""
        return {"authority": add_authority(kind=kind, facts=facts, scheme=scheme, by=by, at=at).pk}

    try:
        done, _before = once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _form(request, {"kind": kind, "facts": facts, "reasons": told}, status=422)
    return HttpResponseRedirect(f"{reverse('office:authority', args=[done['authority']])}?done=made")


def _form(request: HttpRequest, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    page = {"kinds": KINDS, "request_key": uuid4().hex, "variants": request.POST.get("variants", "")}
    return office(request, "authority_new", {**page, **values}, status=status)


def _found(pk: int) -> Authority:
    try:
        return get_authority(pk)
    except (Authority.DoesNotExist, OverflowError):
        raise Http404 from None


@require_POST
@for_staff(RIGHT)
def tie(request: HttpRequest, pk: int) -> HttpResponse:
    """One more tie, or (when the form says which) one less."""
    row = _found(pk)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    gone = (
        LocalTie.objects.filter(authority=row, pk=int(request.POST["remove"])).first() if _is_number(request) else None
    )
    facts = TieFacts(
        kind=request.POST.get("kind", "") if request.POST.get("kind") in TIES else "",
        place=typed(request.POST, "place"),
        dates=typed(request.POST, "dates", 60),
        source=typed(request.POST, "source", 2000),
    )

    def act() -> dict[str, int]:
        if gone is not None:
            remove_tie(tie=gone, by=by, at=at)
        elif "remove" not in request.POST:
            add_tie(authority=row, facts=facts, by=by, at=at)
        return {"authority": row.pk}

    try:
        once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return authority_page(request, row, {"reasons": told, "tie": facts}, status=422)
    done = "untied" if gone is not None else "tied"
    return HttpResponseRedirect(f"{reverse('office:authority', args=[row.pk])}?done={done}#ties")


def _is_number(request: HttpRequest) -> bool:
    given = request.POST.get("remove", "")
    return given.isascii() and given.isdigit() and len(given) < 18


@require_POST
@for_staff(RIGHT)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(pk)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()

    def act() -> dict[str, str]:
        heading = row.heading
        remove_authority(authority=row, by=by, at=at)
        return {"heading": heading}

    try:
        once(by.request_key, act, door="office", at=at)
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return authority_page(request, row, {"reasons": told}, status=422)
    return HttpResponseRedirect(f"{reverse('office:authorities')}?removed=1")
