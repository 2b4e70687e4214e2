"""棚の地図: floors of a site drawn by pointing or in numbers, looked at as readers see them; and where the sites are in the city."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from fumikura.holdings.floors import find_floor, floors_of
from fumikura.holdings.models import Floor, ShelvingLocation
from fumikura.holdings.queries import locations_of
from fumikura.holdings.services.floors import RIGHT, Case, Plan, draw_floor, remove_floor
from fumikura.journal.services import once
from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import facilities, places_by_code
from fumikura.organisation.services import draw_map, place_on_map
from fumikura.web.asked_once import asked_once
from fumikura.web.maps import city_map, empty_floor, floor_map
from fumikura.web.office.frame import name_of, office
from fumikura.web.office.programmes import sites_to_write
from fumikura.web.visitors import for_staff, typed, visitor

EMPTY_ROWS, MOST_ROWS = 3, 120
LARGEST = 2_000_000
NAMES = ("label", "location", "first", "last", "left", "top", "width", "height")


@dataclass(frozen=True)
class Row:
    number: int
    cells: dict[str, str]
    is_wrong: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(RIGHT)
def floors(request: HttpRequest) -> HttpResponse:
    """The floors of one site, and one of them to draw; ?site= for those who may draw others."""
    sites = sites_to_write(request)
    wanted = request.GET.get("site", "")
    here = visitor(request).facility
    site = next((one for one in sites if one.code == wanted), here) or sites[0]
    number = request.GET.get("floor", "") or _first_of(request, site)
    floor = find_floor(site, int(number)) if number.isdecimal() and len(number) < 10 else None
    if request.method == "POST":
        return _drawn(request, sites, site, floor)
    return _page(request, sites, site, floor, _plan_of(floor), rows=_rows_of(floor))


def _first_of(request: HttpRequest, site: Facility) -> str:
    """Who comes to look sees the first floor, not an empty one; ?floor=new draws another."""
    return str(next((one.pk for one in floors_of(site)), "new")) if request.method != "POST" else "new"


def _drawn(request: HttpRequest, sites: list[Facility], site: Facility, floor: Floor | None) -> HttpResponse:
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    back = f"{reverse('office:floors')}?site={site.code}"
    if "remove" in request.POST and floor:
        remove_floor(floor, by=by, at=at)
        return HttpResponseRedirect(back)
    plan = {name: typed(request.POST, name, 40) for name in ("name", "name_en", "depth", "order")}
    rows = _sent(request, site)
    known = {one.code: one for one in locations_of([site.pk])}
    if any(row.is_wrong for row in rows) or not plan["depth"].isdecimal():
        told = [(gettext("数の読めない行があります。"), gettext("位置と大きさを数で書いてください。"))]
        return _page(request, sites, site, floor, plan, rows=rows, reasons=told)
    cases = [_case(row, known) for row in rows if row.cells["label"]]
    order = int(plan["order"]) if plan["order"].isdecimal() and len(plan["order"]) < 4 else 0
    drawn = Plan(name=plan["name"], name_en=plan["name_en"], depth=int(plan["depth"][:4]), listed_order=order)
    try:
        body, _again = once(
            by.request_key, lambda: {"floor": draw_floor(site, drawn, cases, by=by, at=at).pk}, door="office", at=at
        )
    except Refused as refused:
        told = [words(reason, get_language() or "ja") for reason in refused.reasons]
        return _page(request, sites, site, floor, plan, rows=rows, reasons=told)
    return HttpResponseRedirect(f"{back}&floor={body['floor']}&done=1")


def _case(row: Row, known: dict[str, ShelvingLocation]) -> Case:
    cells = row.cells
    sizes = {name: float(cells[name]) for name in ("left", "top", "width", "height")}
    return Case(
        label=cells["label"], location=known.get(cells["location"]), first=cells["first"], last=cells["last"], **sizes
    )


def _sent(request: HttpRequest, site: Facility) -> list[Row]:
    found: list[Row] = []
    for number in range(MOST_ROWS):
        if f"label-{number}" not in request.POST:
            break
        cells = {name: typed(request.POST, f"{name}-{number}", 60) for name in NAMES}
        if any(cells[name] for name in ("label", "left", "top", "width", "height")):
            wrong = not cells["label"] or any(not _is_size(cells[name]) for name in ("left", "top", "width", "height"))
            found.append(Row(len(found), cells, wrong))
    return [*found, *_empty(len(found))]


def _is_size(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1000
    except ValueError:
        return False


def _empty(since: int) -> list[Row]:
    return [Row(since + more, dict.fromkeys(NAMES, "")) for more in range(EMPTY_ROWS)]


def _plan_of(floor: Floor | None) -> dict[str, str]:
    if floor is None:
        return {"depth": "60", "order": "0"}
    return {"name": floor.name, "name_en": floor.name_en, "depth": str(floor.depth), "order": str(floor.listed_order)}


def _rows_of(floor: Floor | None) -> list[Row]:
    rows: list[Row] = []
    codes = {one.pk: one.code for one in locations_of([floor.facility_id])} if floor else {}
    for case in floor.bookcases.all() if floor else ():
        cells = {"label": case.label, "first": case.first, "last": case.last}
        cells |= {name: f"{getattr(case, name):g}" for name in ("left", "top", "width", "height")}
        cells["location"] = codes.get(case.location_id or 0, "")
        rows.append(Row(len(rows), cells))
    return [*rows, *_empty(len(rows))]


def _page(
    request: HttpRequest,
    sites: list[Facility],
    site: Facility,
    floor: Floor | None,
    plan: dict[str, str],
    *,
    rows: list[Row],
    reasons: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    values: dict[str, object] = {
        "sites": [(one.code, name_of(one)) for one in sites],
        "site": site,
        "site_name": name_of(site),
        "floors": floors_of(site),
        "floor": floor,
        "drawing": floor_map(floor) if floor else empty_floor(gettext("新しい階"), _depth(plan)),
        "plan": plan,
        "rows": rows,
        "locations": [(one.code, one.name) for one in locations_of([site.pk])],
        "reasons": reasons or [],
        "done": "done" in request.GET,
        "request_key": uuid4().hex,
    }
    return office(request, "floors", values, status=422 if reasons else 200)


def _depth(plan: dict[str, str]) -> int:
    return int(plan["depth"]) if plan["depth"].isdecimal() and len(plan["depth"]) < 4 else 60


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff("organisation.configure")
@asked_once("office")
def city(request: HttpRequest) -> HttpResponse:
    """The map of the city: a site's degrees, or the lines of another city as GeoJSON."""
    reasons: list[tuple[str, str]] = []
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    if request.method == "POST":
        try:
            _changed(request, by, at)
            chosen = typed(request.POST, "site", 20)
            return HttpResponseRedirect(f"{reverse('office:map')}?site={chosen}&done=1")
        except Refused as refused:
            reasons = [words(reason, get_language() or "ja") for reason in refused.reasons]
        except ValueError:
            reasons = [(gettext("数か、ファイルの中身が読めません。"), gettext("緯度と経度は 35.68 のような数で、地図は GeoJSON で入れてください。"))]  # fmt: skip
    places = facilities()
    known = {one.code: one for one in places}
    site = known.get(request.GET.get("site", "")) or places[0]
    drawn = city_map([(one, name_of(one), True) for one in places], site.code)
    values: dict[str, object] = {
        "map": drawn,
        "frame": json.dumps(asdict(drawn.frame)) if drawn else "",
        "site": site,
        "sites": [(one.code, name_of(one)) for one in places],
        "latitude": "" if site.latitude is None else f"{site.latitude:g}",
        "longitude": "" if site.longitude is None else f"{site.longitude:g}",
        "reasons": reasons,
        "done": "done" in request.GET,
    }
    return office(request, "map", values, status=422 if reasons else 200)


def _changed(request: HttpRequest, by: Actor, at: datetime) -> None:
    """A file draws the lines anew; else the site is put where the two numbers say."""
    if "lines" in request.FILES:
        upload = request.FILES["lines"]
        draw_map(json.loads(upload.read(LARGEST)), by=by, at=at)  # type: ignore[union-attr]
        return
    site = places_by_code().get(typed(request.POST, "site", 20))
    north, east = (typed(request.POST, name, 20) for name in ("latitude", "longitude"))
    if site:
        latitude, longitude = (float(one) if one else None for one in (north, east))
        place_on_map(facility=site, latitude=latitude, longitude=longitude, by=by, at=at)
