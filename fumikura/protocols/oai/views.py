"""The one address of OAI-PMH."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.models import BibliographicRecord
from fumikura.organisation.models import Agency
from fumikura.protocols.oai import answers
from fumikura.protocols.oai.answers import Repository
from fumikura.protocols.oai.arguments import Asked, Wrong, asked
from fumikura.protocols.oai.formats import FORMATS
from fumikura.protocols.oai.lists import SETTLED_AFTER, page_of

LOCAL = {"127.0.0.1", "localhost", "[::1]", "*"}


@csrf_exempt  # reading only; harvesters that post have no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponseBase:
    """Answer one request. Errors of the protocol are answers too (status 200)."""
    horizon = timezone.now() - SETTLED_AFTER
    repository = repository_of(request)
    given = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in given.lists() for value in values]
    arguments: dict[str, str] = {}
    try:
        wish = asked(pairs)
        arguments = dict(pairs)
        body = _body(repository, wish, horizon)
    except Wrong as wrong:
        if wrong.code in {"badVerb", "badArgument"}:
            arguments = {}
        body = [answers.error(wrong)]
    document = answers.envelope(repository, horizon, arguments, body)
    return StreamingHttpResponse(
        (piece.encode("utf-8", "replace") for piece in document), content_type="text/xml; charset=utf-8"
    )


def _body(repository: Repository, wish: Asked, horizon: datetime) -> Iterable[str]:
    if wish.prefix and wish.prefix not in FORMATS:
        raise Wrong("cannotDisseminateFormat", "the formats are " + ", ".join(FORMATS))
    match wish.verb:
        case "Identify":
            first = BibliographicRecord.objects.order_by("written_at").values_list("written_at", flat=True).first()
            return [answers.identify(repository, min(first or horizon, horizon))]
        case "ListSets":
            return [answers.sets()]
        case "ListMetadataFormats":
            if wish.identifier:
                _row(repository, wish.identifier, horizon)
            return [answers.formats()]
        case "GetRecord":
            return answers.one_record(repository, _row(repository, wish.identifier, horizon), wish.prefix)
    # The whole list is true as of its first request: what is written while it is read belongs to the next harvest.
    wish = replace(wish, until=min(wish.until or horizon, horizon))
    return answers.page(repository, wish, page_of(wish, horizon=horizon))


def _row(repository: Repository, identifier: str, horizon: datetime) -> BibliographicRecord:
    row = BibliographicRecord.objects.filter(pk=repository.number(identifier), written_at__lt=horizon).first()
    if row is None:
        raise Wrong("idDoesNotExist", "no record has this identifier")
    return row


def repository_of(request: HttpRequest) -> Repository:
    """Records are named after the first public host of the settings, so that an identifier never depends on who asked."""
    host = next((name for name in settings.ALLOWED_HOSTS if name not in LOCAL), "fumikura.localhost").lstrip(".")
    agency = Agency.objects.order_by("id").first()
    return Repository(
        base=request.build_absolute_uri(request.path),
        domain=host,
        name=agency.name if agency else settings.LIBRARY_NAME,
        mail=f"oai@{host}",
        page=request.build_absolute_uri(reverse("opac:title", args=[0])),
    )
