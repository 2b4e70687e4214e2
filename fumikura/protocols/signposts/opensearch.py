"""OpenSearch 1.1 description: browsers offer the catalogue in their search field, programs learn its feed."""

from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

SHORT = 16
"""Characters that the standard allows a short name."""


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    def template(name: str, question: str) -> str:
        return quoteattr(request.build_absolute_uri(reverse(name)) + question)

    name = settings.LIBRARY_NAME if get_language() == "ja" else settings.LIBRARY_NAME_EN
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{escape(name[:SHORT])}</ShortName>
<Description>{escape(_("%(library)sの蔵書をさがす") % {"library": name})}</Description>
<Url type="text/html" template={template("opac:search", "?q={searchTerms}&page={startPage?}")}/>
<Url type="application/rss+xml" template={template("opac:feed", "?q={searchTerms}")}/>
<Url type="application/x-suggestions+json" template={template("opac:suggest", "?q={searchTerms}&format=opensearch")}/>
<Url type="application/opensearchdescription+xml" rel="self" template={template("signposts:opensearch", "")}/>
<Query role="example" searchTerms="こころ"/>
<Language>*</Language><InputEncoding>UTF-8</InputEncoding><OutputEncoding>UTF-8</OutputEncoding>
</OpenSearchDescription>
"""
    return HttpResponse(text, content_type="application/opensearchdescription+xml; charset=utf-8")
