"""Which catalogues elsewhere are asked, in which dialect, and how they fare."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fumikura.discovery.models import Target
from fumikura.discovery.targets import Facts, ask, end_target, known_targets, set_target, targets
from fumikura.discovery.union import sru
from fumikura.discovery.union.fetching import Silent
from fumikura.discovery.union.sru import Question
from fumikura.journal.services import once
from fumikura.kernel.refusals import Refused
from fumikura.web.asked_once import asked_once
from fumikura.web.cataloguing.frame import page, told
from fumikura.web.cataloguing.views.copying import SILENCE
from fumikura.web.visitors import for_staff, typed, visitor


@require_http_methods(["GET", "POST"])
@for_staff("discovery.set-targets")
def all_targets(request: HttpRequest) -> HttpResponse:
    """The list, and a form for one: empty, from one the house knows, or one of the list to change."""
    number = typed(request.POST if request.method == "POST" else request.GET, "target", 20)
    target = targets().filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if request.method == "GET":
        return _page(request, target, _begin(request, target), {"tried": _tried(request, target)})
    facts = _facts(request)
    by, at = visitor(request).staff_actor(via="cataloguing"), timezone.now()

    def act() -> dict[str, int]:
        return {"target": set_target(facts, by=by, at=at, target=target).pk}

    try:
        once(visitor(request).request_key, act, door="cataloguing", at=at)
    except Refused as refused:
        return _page(request, target, vars(facts), {"reasons": told(refused)}, status=422)
    return HttpResponseRedirect(f"{reverse('cataloguing:targets')}?saved=1")


def _facts(request: HttpRequest) -> Facts:
    sent = request.POST
    seconds = typed(sent, "seconds", 3)
    return Facts(
        name=typed(sent, "name", 100) or typed(sent, "address", 100),
        address=typed(sent, "address", 300),
        format=typed(sent, "format", 10),
        schema=typed(sent, "schema", 60) or "marcxml",
        version=typed(sent, "version", 5) or "1.1",
        indexes={name: typed(sent, f"index-{name}", 60) or sru.INDEXES[name] for name in sru.ASKABLE},
        source=typed(sent, "source", 40),
        seconds=int(seconds) if seconds.isdecimal() else 8,
    )


def _begin(request: HttpRequest, target: Target | None) -> dict[str, object]:
    if target is not None:
        return {name: getattr(target, name) for name in Facts.__dataclass_fields__}
    known = typed(request.GET, "known", 2)
    presets = known_targets()
    if known.isdecimal() and int(known) < len(presets):
        return {"seconds": 8, **presets[int(known)]}
    return dict(vars(Facts(name="", address="")))


def _tried(request: HttpRequest, target: Target | None) -> tuple[bool, str, str] | None:
    """Whether it answers now: asked for by its own link."""
    if target is None or "try" not in request.GET:
        return None
    try:
        found = ask(target, Question(words="図書館"), at=timezone.now(), rows=1)
    except Silent as silent:
        sentence, way_out = SILENCE[silent.code]
        return False, str(sentence).replace("{detail}", silent.detail), str(way_out)
    return True, _("答えがありました。"), "; ".join(found.diagnostics)


def _page(
    request: HttpRequest,
    target: Target | None,
    facts: dict[str, object],
    values: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    indexes = facts.get("indexes")
    names = indexes if isinstance(indexes, dict) else dict(sru.INDEXES)
    labels = {"isbn": "ISBN", "title": _("書名"), "creator": _("著者"), "words": _("すべてのことば")}
    shown = {
        "targets": targets(),
        "target": target,
        "facts": facts,
        "formats": [("marcxml", "MARCXML"), ("dcndl", "DC-NDL (RDF)")],
        "versions": [("1.1", "1.1"), ("1.2", "1.2")],
        "indexes": [(f"index-{name}", labels[name], names.get(name, "")) for name in sru.ASKABLE],
        "known": [(place, one["name"]) for place, one in enumerate(known_targets())],
        "request_key": uuid4().hex,
        "saved": "saved" in request.GET,
    }
    return page(request, "targets", {**shown, **values}, status=status)


@require_POST
@for_staff("discovery.set-targets")
@asked_once("cataloguing")
def end(request: HttpRequest, target: int) -> HttpResponse:
    found = targets().filter(pk=target).first()
    if found is None:
        raise Http404
    end_target(found, by=visitor(request).staff_actor(via="cataloguing"), at=timezone.now())
    return HttpResponseRedirect(reverse("cataloguing:targets"))
