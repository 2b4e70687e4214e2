"""Help for the page one is at: what it is for, how it is done, and the keys that work everywhere."""

import tomllib
from functools import cache
from importlib.resources import files

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fumikura.web.design.days import in_japanese
from fumikura.web.staff.frame import page
from fumikura.web.staff_ways import CATALOGUING, DESK, OFFICE
from fumikura.web.visitors import for_staff, typed

SHARED = {
    "desk:scans": "desk:lend",
    "desk:reader": "desk:patrons",
    "desk:copy": "desk:items",
    "desk:why": "desk:items",
    "desk:queue": "desk:holds",
    "desk:crate": "desk:crates",
    "desk:run": "desk:runs",
    "desk:set": "desk:sets",
    "desk:stocktake": "desk:stocktakes",
    "desk:stocktake-search": "desk:stocktakes",
    "office:month": "office:sites",
    "office:calendar": "office:sites",
    "office:hours": "office:sites",
    "office:draft": "office:policies",
    "office:rule": "office:policies",
    "office:version": "office:policies",
    "office:list": "office:lists",
    "office:route": "office:routes",
    "office:message": "office:messages",
    "office:sentence": "office:sentences",
    "office:upload": "office:imports",
    "office:report": "office:imports",
    "office:copies": "office:find",
    "cataloguing:record": "cataloguing:home",
    "cataloguing:edit": "cataloguing:home",
    "cataloguing:new": "cataloguing:home",
    "cataloguing:batch-done": "cataloguing:batch",
    "desk:hold": "desk:holds",
    "desk:offline-conflict": "desk:offline-conflicts",
    "desk:answers": "desk:lend",
    "desk:renewals": "desk:lend",
    "desk:undos": "desk:lend",
    "desk:shelf-change": "desk:hold-shelf",
    "office:announcement-new": "office:announcements",
    "office:programme-new": "office:programmes",
    "office:authority": "office:authorities",
    "office:authority-new": "office:authorities",
    "office:authority-merge": "office:authorities",
    "office:authority-tie": "office:authorities",
    "office:related": "office:authorities",
    "office:authority-file": "office:authority-files",
    "office:authority-file-undo": "office:authority-files",
    "office:duplicate": "office:duplicates",
    "office:columns": "office:imports-more",
    "office:changes": "office:imports-more",
    "office:quarantine": "office:imports-more",
    "office:undo": "office:imports-more",
    "office:publish": "office:policies",
    "office:replay": "office:policies",
    "office:compare-rules": "office:policies",
    "office:begin-draft": "office:policies",
    "office:source": "office:sources",
    "office:source-columns": "office:sources",
    "office:bins": "office:terminals",
    "office:hook": "office:hooks",
    "office:programme": "office:programmes",
    "office:announcement": "office:announcements",
    "office:floor": "office:floors",
}
"""Pages that are explained together with another."""


@cache
def _texts() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("fumikura.web.staff").joinpath("help.toml").read_text("utf-8"))


@require_safe
@for_staff()
def help_page(request: HttpRequest) -> HttpResponse:
    """F1."""
    name = typed(request.GET, "page", 60)
    name = SHARED.get(name, name)
    told = _texts().get(name, {})
    called = told.get("called", ["", ""])[not in_japanese()]
    title = next((words for way, words, _may in (*DESK, *OFFICE, *CATALOGUING) if way == name), called)
    values: dict[str, object] = {
        "about": title,
        "told": told.get("ja" if in_japanese() else "en", []),
        "practice_address": settings.PRACTICE_ADDRESS,
        "is_desk": name.startswith("desk:"),
    }
    return page(request, "help", values)
