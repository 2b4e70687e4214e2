"""Answers as XML. Written as text: one page holds hundreds of records, and each is made once and thrown away."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from fumikura.catalogue.crosswalks.xmlwriting import clean
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.ready_made import ready_made
from fumikura.protocols.oai.arguments import Asked, Wrong, token_for
from fumikura.protocols.oai.formats import FORMATS
from fumikura.protocols.oai.lists import KINDS, Page, sets_of

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
)


class Repository:
    """Who answers: addresses and names."""

    def __init__(self, *, base: str, domain: str, name: str, mail: str, page: str) -> None:
        self.base, self.domain, self.name, self.mail = base, domain, name, mail
        self._page = page
        """Address of a record's page with 0 for its number."""

    def identifier(self, record: int) -> str:
        return f"oai:{self.domain}:{record}"

    def number(self, identifier: str) -> int:
        """Raises Wrong("idDoesNotExist")."""
        start, _, number = identifier.rpartition(":")
        if start == f"oai:{self.domain}" and number.isascii() and number.isdecimal() and len(number) < 19:
            return int(number)
        raise Wrong("idDoesNotExist", "no record has this identifier")

    def about(self, record: int) -> str:
        start, _, end = self._page.rpartition("0")
        return f"{start}{record}{end}"


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def envelope(repository: Repository, at: datetime, arguments: Mapping[str, str], body: Iterable[str]) -> Iterable[str]:
    """The whole document, piece by piece. `arguments` are told back, unless the request made no sense."""
    told = "".join(f" {name}={quoteattr(clean(value))}" for name, value in arguments.items())
    yield f"{_HEAD}<responseDate>{utc(at)}</responseDate>\n<request{told}>{escape(repository.base)}</request>\n"
    yield from body
    yield "</OAI-PMH>\n"


def error(wrong: Wrong) -> str:
    return f'<error code="{wrong.code}">{escape(clean(wrong.sentence))}</error>\n'


def identify(repository: Repository, earliest: datetime) -> str:
    return (
        f"<Identify><repositoryName>{escape(repository.name)}</repositoryName><baseURL>{escape(repository.base)}</baseURL>"
        f"<protocolVersion>2.0</protocolVersion><adminEmail>{escape(repository.mail)}</adminEmail>"
        f"<earliestDatestamp>{utc(earliest)}</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity><compression>gzip</compression>"
        '<description><oai-identifier xmlns="http://www.openarchives.org/OAI/2.0/oai-identifier"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai-identifier'
        ' http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"><scheme>oai</scheme>'
        f"<repositoryIdentifier>{escape(repository.domain)}</repositoryIdentifier><delimiter>:</delimiter>"
        f"<sampleIdentifier>{escape(repository.identifier(1))}</sampleIdentifier></oai-identifier></description></Identify>\n"
    )


def formats() -> str:
    each = "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>{one.schema}</schema>"
        f"<metadataNamespace>{one.namespace}</metadataNamespace></metadataFormat>"
        for prefix, one in FORMATS.items()
    )
    return f"<ListMetadataFormats>{each}</ListMetadataFormats>\n"


def sets() -> str:
    each = "".join(f"<set><setSpec>kind:{kind}</setSpec><setName>{kind}</setName></set>" for kind in KINDS)
    return f"<ListSets><set><setSpec>kind</setSpec><setName>kind of material</setName></set>{each}</ListSets>\n"


def header(repository: Repository, row: BibliographicRecord) -> str:
    status = ' status="deleted"' if row.deleted_at else ""
    specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in sets_of(row))
    return (
        f"<header{status}><identifier>{repository.identifier(row.pk)}</identifier>"
        f"<datestamp>{utc(row.written_at)}</datestamp>{specs}</header>"
    )


def record(repository: Repository, row: BibliographicRecord, written: str | None) -> str:
    """One record; a deleted one, or one that cannot be written in this format, is its header only."""
    if row.deleted_at or written is None:
        return f"<record>{header(repository, row)}</record>\n"
    return f"<record>{header(repository, row)}<metadata>{written}</metadata></record>\n"


def records(repository: Repository, rows: Iterable[BibliographicRecord], prefix: str) -> Iterator[str]:
    found = ready_made(rows, prefix, FORMATS[prefix].write, repository.about)
    return (record(repository, row, written) for row, written in found)


def one_record(repository: Repository, row: BibliographicRecord, prefix: str) -> Iterable[str]:
    return ["<GetRecord>", *records(repository, [row], prefix), "</GetRecord>\n"]


def page(repository: Repository, wish: Asked, found: Page) -> Iterable[str]:
    yield f"<{wish.verb}>\n"
    if wish.verb == "ListIdentifiers":
        yield from (header(repository, row) + "\n" for row in found.rows)
    else:
        yield from records(repository, found.rows, wish.prefix)
    yield _token(wish, found)
    yield f"</{wish.verb}>\n"


def _token(wish: Asked, found: Page) -> str:
    """The last page of a list in several pages has an empty token; a list in one page has none."""
    if found.next is None and wish.is_first:
        return ""
    token = token_for(wish, found.next) if found.next else ""
    return f'<resumptionToken completeListSize="{found.total}" cursor="{found.cursor}">{token}</resumptionToken>\n'
