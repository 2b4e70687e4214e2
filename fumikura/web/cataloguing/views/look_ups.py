"""Look-ups of the editor: headings with their readings, subjects and classes, found while typing."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from fumikura.catalogue.picking import classes_like, headings_like, subjects_like
from fumikura.web.visitors import for_staff, typed

MOST = 12
_LOOK_UPS = {"headings": headings_like, "subjects": subjects_like, "classes": classes_like}


@require_safe
@for_staff("catalogue.save")
def look_up(request: HttpRequest, what: str) -> JsonResponse:
    """JSON: the headings that fit what was typed, by name or by reading, the likeliest first."""
    text = typed(request.GET, "q", 60)
    find = _LOOK_UPS.get(what)
    found = find(text, MOST) if find and text else []
    return JsonResponse({"found": [heading._asdict() for heading in found]})
