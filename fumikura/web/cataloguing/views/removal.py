"""Taking a record out of the catalogue of which nothing is left, and putting it back."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import get_record
from fumikura.catalogue.services import bring_back_record
from fumikura.circulation.services import take_out_title, what_keeps_title
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import asked_once
from fumikura.web.cataloguing.frame import language, page, told
from fumikura.web.visitors import for_staff, visitor


@require_http_methods(["GET", "POST"])
@for_staff("catalogue.delete")
@asked_once("cataloguing")
def removal(request: HttpRequest, record: int) -> HttpResponse:
    """What stands in the way, or what will happen; and for a record that is out, the way back."""
    try:
        found = get_record(record)
    except BibliographicRecord.DoesNotExist:
        raise Http404 from None
    if request.method == "GET":
        return _page(request, found)
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()
    try:
        if request.POST.get("act") == "back":
            bring_back_record(record=found, by=by, at=at)
            return HttpResponseRedirect(reverse("cataloguing:record", args=[found.pk]))
        take_out_title(record=found, by=by, at=at)
    except Refused as refused:
        return _page(request, found, told(refused), status=422)
    return HttpResponseRedirect(request.path)


def _page(
    request: HttpRequest, found: BibliographicRecord, reasons: list[tuple[str, str]] | None = None, *, status: int = 200
) -> HttpResponse:
    is_out = found.deleted_at is not None
    keeps = reasons or ([] if is_out else [words(one, language()) for one in what_keeps_title(found.pk)])
    return page(request, "removal", {"record": found, "is_out": is_out, "reasons": keeps}, status=status)
