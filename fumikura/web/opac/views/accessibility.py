"""アクセシビリティ方針と試験結果: what the pages are held to, and what the tests found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from fumikura.web.design.days import in_japanese
from fumikura.web.opac.criteria import Criterion, criteria


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    told = criteria()
    counts = {"jis": sum(one.is_in_jis for one in told), "wcag": sum(one.is_in_wcag for one in told)}
    return render(request, "opac/accessibility.html", {"rows": [_row(one) for one in told], **counts})


def _row(one: Criterion) -> dict[str, str | bool]:
    japanese = in_japanese()
    proofs = ngettext("試験 %(counter)d種", "試験 %(counter)d種", len(one.tests)) % {"counter": len(one.tests)}
    return {
        "number": one.number,
        "level": one.level,
        "words": one.ja if japanese else one.en,
        "jis": one.is_in_jis,
        "wcag": one.is_in_wcag,
        "result": _("適合") if one.tests else _("該当なし"),
        "how": proofs if one.tests else (one.none_ja if japanese else one.none_en),
    }
