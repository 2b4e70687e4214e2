"""収集元: other institutions whose catalogues we collect; a look at the first records before anything is kept."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fumikura.discovery.union.fetching import Silent
from fumikura.harvest import queries
from fumikura.harvest.models import Harvest, HarvestFault, HarvestSource
from fumikura.harvest.reading import NotAnAnswer
from fumikura.harvest.services import SourceFacts, end_source, harvest, plan_of, preview, set_source
from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import asked_once, begins
from fumikura.web.office.frame import office
from fumikura.web.visitors import for_staff, typed, visitor

RIGHT = "harvest.set-sources"
PAGES_AT_ONCE = 5
"""By hand, so that nobody waits for a whole catalogue before a white page; the button goes on."""
FAULTS_SHOWN = 50

PROTOCOLS = [("oai", "OAI-PMH"), ("sru", "SRU"), ("csv", "CSV / TSV")]
TURNS = [("0", _("手でだけ")), ("1", _("毎晩")), ("7", _("週に1度")), ("30", _("月に1度"))]
WRONG: dict[str, tuple[Promise, Promise]] = {
    "no-answer": (_("時間内に答えがありませんでした。"), _("混んでいるのかもしれません。次の晩に続きから集めます。")),
    "cannot-connect": (_("つながりません。"), _("回線と、収集元の住所を確かめてください。")),
    "http-error": (_("相手の側で断られました（{detail}）。"), _("続くときは、相手の機関に問い合わせてください。")),
    "too-large": (_("1回の答えが大きすぎます。"), _("相手の機関に、1ページの件数を減らせるか問い合わせてください。")),
    "bad-address": (_("住所が正しくありません。"), _("住所を直してください。")),
    "not-oai": (_("答えが OAI-PMH の形ではありません。"), _("住所を確かめてください。ふつうは /oai で終わります。")),
    "not-sru": (_("答えが SRU の形ではありません。"), _("住所と形式を確かめてください。")),
    "not-csv": (_("書名の列が見つかりません。"), _("保存してから、「どの列が何か」で書名の列を選んでください。")),
    "not-table": (_("答えが表（CSV・TSV）ではありません。"), _("住所が表のファイルのものか、相手の機関に確かめてください。")),
    "oai-error": (_("相手が断りました（{detail}）。"), _("形式とセットの名前を確かめてください。")),
    "sru-error": (_("相手が断りました（{detail}）。"), _("形式と問い合わせの式を確かめてください。")),
    "too-few": (_("前より大きく減ったので、何も消していません（{detail}）。"), _("相手の機関に確かめてから「全部を集め直す」を押してください。")),
    "superseded": (_("途中でやめました。"), _("設定が変わったので、はじめから集めます。")),
}  # fmt: skip
FAULTS: dict[str, Promise] = {
    "no-title": _("題名がありません"),
    "no-fields": _("中身がありません"),
    "no-identifier": _("識別子がありません"),
    "xml": _("XML がこわれています"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def sources(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for a new one. A POST looks at the first records, or keeps what was typed."""
    if request.method == "POST":
        return _send(request, None)
    last, counts, faults = queries.last_harvests(), queries.record_counts(), queries.fault_counts()
    rows = [
        (one, last.get(one.pk), _said(last.get(one.pk)), counts.get(one.pk, 0), faults.get(one.pk, 0))
        for one in queries.sources()
    ]
    return _page(request, None, SourceFacts("", "", "oai", ""), {"rows": rows, "ended": "ended" in request.GET})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def source(request: HttpRequest, code: str) -> HttpResponse:
    """One: its runs, what could not be read, and its settings."""
    one = find(code)
    if request.method == "POST":
        return _send(request, one)
    facts = SourceFacts(**{name: getattr(one, name) for name in SourceFacts.__dataclass_fields__})
    return _page(request, one, facts, {"saved": "saved" in request.GET})


@require_POST
@for_staff(RIGHT, "catalogue.collect")
def run(request: HttpRequest, code: str) -> HttpResponse:
    """Collect now: a few pages; the rest by the same button, or by the night shift."""
    one = find(code)
    whole = frozenset({one.code} if "whole" in request.POST else ())
    by = visitor(request).staff_actor(via="office")
    if begins(request, door="office"):
        harvest(one, by=by, at=timezone.now(), most_pages=PAGES_AT_ONCE, whole=whole)
    return HttpResponseRedirect(reverse("office:source", args=[one.code]))


@require_POST
@for_staff(RIGHT, "catalogue.collect")
@asked_once("office")
def end(request: HttpRequest, code: str) -> HttpResponse:
    one = find(code)
    if typed(request.POST, "sure", 20) != one.code:
        return HttpResponseRedirect(f"{reverse('office:source', args=[one.code])}?sure=1#end")
    end_source(one, by=visitor(request).staff_actor(via="office"), at=timezone.now())
    return HttpResponseRedirect(f"{reverse('office:sources')}?ended=1")


@require_safe
@for_staff(RIGHT)
def fault(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The bytes of what could not be read, as they came."""
    found = HarvestFault.objects.filter(source=find(code), pk=pk if pk < 2**63 else 0).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{found.pk}.bin"'
    return response


def _send(request: HttpRequest, one: HarvestSource | None) -> HttpResponse:
    facts = _facts(request, one)
    if "look" in request.POST:
        try:
            seen = preview(facts, plan=plan_of(one) if one else None)
            shown = [(each, said, FAULTS.get(each.fault, each.fault)) for each, said in seen.records]
            return _page(request, one, facts, {"seen": seen, "shown": shown})
        except (Silent, NotAnAnswer) as wrong:
            return _page(request, one, facts, {"reasons": [in_words(wrong.code, wrong.detail)]}, status=422)
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    try:
        done, _before = once(
            by.request_key, lambda: {"source": set_source(facts, by=by, at=at).code}, door="office", at=at
        )
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, one, facts, {"reasons": told}, status=422)
    return HttpResponseRedirect(f"{reverse('office:source', args=[done['source']])}?saved=1")


def _facts(request: HttpRequest, one: HarvestSource | None) -> SourceFacts:
    sent = request.POST
    days = typed(sent, "every_days", 3)
    return SourceFacts(
        code=one.code if one else typed(sent, "code", 20),
        name=typed(sent, "name", 100),
        name_en=typed(sent, "name_en", 100),
        protocol=typed(sent, "protocol", 10),
        address=typed(sent, "address", 300),
        format=typed(sent, "format", 20),
        set=typed(sent, "set", 100),
        link=typed(sent, "link", 300),
        every_days=int(days) if days.isdecimal() else 1,
    )


def _page(
    request: HttpRequest, one: HarvestSource | None, facts: SourceFacts, more: dict[str, object], *, status: int = 200
) -> HttpResponse:
    page: dict[str, object] = {
        "source": one,
        "facts": facts,
        "days": str(facts.every_days),
        "protocols": PROTOCOLS,
        "turns": TURNS,
        "request_key": uuid4().hex,
        "sure": "sure" in request.GET,
    }
    if one is not None:
        runs = list(queries.harvests_of(one)[:10])
        page |= {
            "runs": [(each, _said(each)) for each in runs],
            "standing": runs[0] if runs and runs[0].finished_at is None else None,
            "count": queries.record_counts().get(one.pk, 0),
            "faults": [(each, FAULTS.get(each.reason, each.reason)) for each in queries.faults_of(one)[:FAULTS_SHOWN]],
        }
    return office(request, "source" if one else "sources", {**page, **more}, status=status)


def _said(run: Harvest | None) -> tuple[str, str] | None:
    """What is wrong with a run, and what to do; None while all is well."""
    return in_words(run.fault, run.fault_detail) if run and run.fault else None


def in_words(code: str, detail: str) -> tuple[str, str]:
    sentence, way_out = WRONG.get(code, WRONG["oai-error"])
    return str(sentence).replace("{detail}", detail), str(way_out)


def find(code: str) -> HarvestSource:
    found = queries.find_source(code)
    if found is None:
        raise Http404
    return found
