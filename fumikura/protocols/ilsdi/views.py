"""One address for all services of ILS-DI: `/ilsdi?service=…`."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fumikura.protocols.ilsdi import account, acts, stock
from fumikura.protocols.ilsdi.answers import Node, Told, said
from fumikura.protocols.ilsdi.arguments import SERVICES, Arguments, arguments_of

Service = Callable[[HttpRequest, Arguments], HttpResponse]


def _describe(_request: HttpRequest, arguments: Arguments) -> HttpResponse:
    """Which services there are and what each is told."""
    wanted = arguments.get("verb", "")
    if wanted and wanted not in SERVICES:
        raise Told("NotSupported", wanted[:40])
    described: list[Node] = [
        {"name": name, "required": list(required), "optional": list(optional)}
        for name, (required, optional) in SERVICES.items()
        if wanted in {"", name}
    ]
    return said("Describe", {"service": described})


def _look_up(_request: HttpRequest, _arguments: Arguments) -> HttpResponse:
    """Refused: a number by which a reader could be asked about is given to nobody but the reader."""
    raise Told("NotAllowed", "AuthenticatePatron")


_SERVED: Final[Mapping[str, Service]] = {
    "Describe": _describe,
    "GetAvailability": lambda _request, arguments: stock.availability(arguments),
    "GetRecords": lambda _request, arguments: stock.records(arguments),
    "LookupPatron": _look_up,
    "AuthenticatePatron": account.authenticate,
    "GetPatronInfo": account.info,
    "GetPatronStatus": account.status,
    "GetServices": acts.services,
    "RenewLoan": acts.renew_loan,
    "HoldTitle": acts.hold_title,
    "HoldItem": acts.hold_item,
    "CancelHold": acts.cancel_hold,
}


@csrf_exempt  # a program without cookies
@sensitive_post_parameters()
@sensitive_variables("arguments")
@require_http_methods(["GET", "POST"])
def ilsdi(request: HttpRequest) -> HttpResponse:
    """GET as its clients ask; a form is better: what is in it is in no log of a proxy."""
    service = request.POST.get("service") or request.GET.get("service") or "Describe"
    served = _SERVED.get(service)
    if served is None:
        return said("ilsdi", {"code": "NotSupported", "message": "NotSupported"})
    try:
        arguments = arguments_of(request, service)
        return served(request, arguments)
    except Told as told:
        return said(service, told.body)
