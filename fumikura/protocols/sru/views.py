"""The address of SRU, and the one for the Z39.50 gateway."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_by_id
from fumikura.catalogue.ready_made import ready_made
from fumikura.discovery.queries import DEEPEST, documents_in_index, search
from fumikura.organisation.models import Agency
from fumikura.protocols.sru import answers
from fumikura.protocols.sru.answers import Given
from fumikura.protocols.sru.asking import MOST_RECORDS, USUAL, Asked, asked
from fumikura.protocols.sru.compiling import compiled, sort_keys_of, sort_of
from fumikura.protocols.sru.cql import Unparsable, parse
from fumikura.protocols.sru.scanning import scan
from fumikura.protocols.sru.schemas import Schema, find_schema


@csrf_exempt  # reading only
@require_http_methods(["GET", "HEAD", "POST"])
def sru(request: HttpRequest) -> HttpResponse:
    """Explain, searchRetrieve or scan. What is wrong with a request is said as a diagnostic, with status 200."""
    given = request.POST if request.method == "POST" else request.GET
    return _answered(request, given.dict())


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def gateway(request: HttpRequest) -> HttpResponse:
    """The same for simple2zoom, which encodes the UTF-8 of a Z39.50 term once more: 銀河 arrives as é\\x8a\\x80æ²³."""
    given = request.POST if request.method == "POST" else request.GET
    return _answered(request, {name: repaired(text) for name, text in given.dict().items()})


def repaired(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _answered(request: HttpRequest, parameters: dict[str, str]) -> HttpResponse:
    version, operation = "1.2", "searchRetrieve"
    try:
        wish = asked(parameters)
        version, operation = wish.version, wish.operation
        body = _body(request, wish)
    except Unparsable as wrong:
        body = answers.failed(version, operation, wrong)
    return HttpResponse(body.encode("utf-8", "replace"), content_type="application/xml; charset=utf-8")


def _body(request: HttpRequest, wish: Asked) -> str:
    match wish.operation:
        case "explain":
            return _explain(request, wish)
        case "scan":
            return _scan(wish)
    return _search(wish)


def _explain(request: HttpRequest, wish: Asked) -> str:
    agency = Agency.objects.order_by("id").first()
    title = (
        (agency.name if agency else "Fumikura") if (get_language() or "ja") == "ja" or not agency else agency.name_en
    )
    host, _, port = request.get_host().partition(":")
    return answers.explained(
        wish.version,
        host=host,
        port=port or ("443" if request.is_secure() else "80"),
        path=request.path,
        title=title or "Fumikura",
        number=documents_in_index(),
    )


def _scan(wish: Asked) -> str:
    if not wish.text("scanClause").strip():
        raise Unparsable(7, "scanClause")
    position = wish.number("responsePosition", 1)
    terms = scan(wish.text("scanClause"), position=position, most=wish.number("maximumTerms", 20, least=1))
    return answers.scanned(wish.version, terms)


def _search(wish: Asked) -> str:
    if not wish.text("query").strip():
        raise Unparsable(7, "query")
    if wish.text("queryType") not in {"", "cql"}:
        raise Unparsable(6, "queryType")
    schema = find_schema(wish.text("recordSchema"))
    if schema is None:
        raise Unparsable(66, wish.text("recordSchema")[:80])
    as_text = wish.is_packed_as_text
    start, rows = wish.number("startRecord", 1, least=1), min(wish.number("maximumRecords", USUAL), MOST_RECORDS)
    parsed = parse(wish.text("query"))
    keys = parsed.sort or sort_keys_of(wish.text("sortKeys"))
    order = sort_of(keys, parsed.prefixes)
    found = search(compiled(parsed), start=start - 1, rows=rows, sort=order, facets=())
    if not found.ready:
        raise Unparsable(2)
    if found.loosened:  # a program that asks for all words must not be given most of them
        return answers.found(wish.version, schema, (), total=0, start=start, as_text=as_text, upto=DEEPEST)
    if start > max(found.total, 1) or start > DEEPEST:
        raise Unparsable(61, str(min(found.total, DEEPEST)))
    records = records_by_id([hit.record_id for hit in found.hits])
    shown = [records[hit.record_id] for hit in found.hits if hit.record_id in records]
    given = [_given(record, text) for record, text in _written(shown, schema)]
    return answers.found(wish.version, schema, given, total=found.total, start=start, as_text=as_text, upto=DEEPEST)


def _written(
    records: Iterable[BibliographicRecord], schema: Schema
) -> Iterator[tuple[BibliographicRecord, str | None]]:
    return ready_made(records, f"sru:{schema.uri}", lambda marc, _page: schema.write(marc), lambda _record: "")


def _given(record: BibliographicRecord, text: str | None) -> Given:
    """One record that cannot be written must not cost the others: a diagnostic stands in its place."""
    if text is None:
        return Given(wrong=Unparsable(67), identifier=str(record.pk))
    return Given(text, identifier=str(record.pk))
