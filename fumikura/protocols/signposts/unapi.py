"""unAPI (revision 1, 2006): the record behind a page, in the format a reference manager reads. The identifier is the page's address."""

import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fumikura.catalogue.crosswalks.as_xml import dcndl, dublin_core, marcxml, mods
from fumikura.catalogue.outgoing import as_given_out
from fumikura.catalogue.queries import records_by_id

Writer = Callable[[bytes, str], bytes]
FORMATS: Final[Mapping[str, tuple[str, str, Writer]]] = {
    "marcxml": ("application/xml", "http://www.loc.gov/standards/marcxml/", lambda marc, _about: marcxml(marc).encode()),
    "mods": ("application/xml", "http://www.loc.gov/standards/mods/", lambda marc, about: mods(marc, about).encode()),
    "oai_dc": ("application/xml", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", lambda marc, about: dublin_core(marc, about).encode()),
    "dcndl": ("application/rdf+xml", "https://www.ndl.go.jp/jp/dlib/standards/meta/", lambda marc, about: dcndl(marc, about).encode()),
    "marc": ("application/marc", "https://www.loc.gov/marc/", lambda marc, _about: marc),
}  # fmt: skip


@require_safe
def unapi(request: HttpRequest) -> HttpResponse:
    """Three questions: which formats there are, which for this record, and the record in one of them."""
    identifier, wanted = request.GET.get("id", ""), request.GET.get("format", "")
    if not identifier:
        return _formats("")
    number = _number(identifier)
    record = records_by_id([number]).get(number)
    if record is None:
        return _told(_("この番号の書誌はありません。"), 404)
    if not wanted:
        return _formats(identifier)
    if wanted not in FORMATS:
        known = ", ".join(FORMATS)
        return _told(_("この形では書き出せません。次から選んでください: %(known)s") % {"known": known}, 406)
    kind, _docs, write = FORMATS[wanted]
    about = request.build_absolute_uri(reverse("opac:title", args=[number]))
    return HttpResponse(write(as_given_out(record), about), content_type=kind)


def _number(identifier: str) -> int:
    """0 when it is none of ours."""
    found = re.search(r"(?:^|/titles/)([0-9]{1,18})/?$", identifier)
    return int(found[1]) if found else 0


def _formats(identifier: str) -> HttpResponse:
    of = f" id={quoteattr(identifier)}" if identifier else ""
    lines = [f'<format name="{name}" type="{kind}" docs="{docs}"/>' for name, (kind, docs, _w) in FORMATS.items()]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<formats{of}>{"".join(lines)}</formats>\n'
    return HttpResponse(text, status=300 if identifier else 200, content_type="application/xml; charset=utf-8")


def _told(words: str, status: int) -> HttpResponse:
    return HttpResponse(words + "\n", status=status, content_type="text/plain; charset=utf-8")
