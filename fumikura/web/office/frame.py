"""The frame of office pages: which of them this person may open, and where they work."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fumikura.organisation.models import Facility
from fumikura.web.design.days import in_japanese
from fumikura.web.visitors import for_staff, visitor

ROOMS: tuple[tuple[str, Promise, str], ...] = (
    ("office:imports", _("書誌の取り込み"), "catalogue.import"),
    ("office:find", _("資料の登録"), "holdings.add-item"),
    ("cataloguing:home", _("目録"), "catalogue.save"),
    ("office:authorities", _("典拠（人・団体・件名）"), "catalogue.change-authority"),
    ("office:duplicates", _("重複の候補"), "catalogue.merge"),
    ("office:sources", _("よその機関の書誌"), "harvest.set-sources"),
    ("office:terminals", _("端末"), "organisation.configure"),
    ("office:hooks", _("変化を知らせる先"), "webhooks.set"),
    ("office:lists", _("特集のリスト"), "discovery.keep-lists"),
    ("office:withdrawals", _("除籍とリサイクル市"), "stocktake.propose"),
    ("office:sites", _("館と開館日"), "organisation.change-calendar"),
    ("office:routes", _("便の道筋"), "circulation.set-route"),
    ("office:rotations", _("巡回文庫"), "circulation.set-route"),
    ("office:return-places", _("返却館の指定"), "holdings.change-item"),
    ("office:policies", _("貸出の規則"), "circulation.set-rules"),
    ("office:suggestions", _("購入の希望"), "acquisitions.decide"),
    ("office:emergencies", _("緊急の休館と期限"), "circulation.close-site"),
    ("office:messages", _("お知らせの文面"), "notices.change-wording"),
    ("office:retention", _("保存期間と閲覧の記録"), "patrons.see-views"),
    ("office:glass", _("緊急の権限"), "organisation.break-glass"),
    ("office:partners", _("連携サービス"), "organisation.issue-api-token"),
    ("office:rights", _("権限の表"), "organisation.grant-role"),
    ("office:people", _("職員と役割"), "organisation.grant-role"),
)
"""Address name, words, and the permission that opens it."""


@dataclass(frozen=True)
class Way:
    href: str
    words: Promise
    current: bool


def office(request: HttpRequest, template: str, page: dict[str, object], *, status: int = 200) -> HttpResponse:
    here = visitor(request)
    ways = [
        Way(reverse(name), words, request.path.startswith(reverse(name)))
        for name, words, permission in ROOMS
        if permission in here.permissions
    ]
    frame = {"ways": ways, "place_name": name_of(here.facility) if here.facility else ""}
    return render(request, f"office/{template}.html", {**frame, **page}, status=status)


def name_of(facility: Facility) -> str:
    return facility.name if in_japanese() or not facility.name_en else facility.name_en


@require_safe
@for_staff()
def first_page(request: HttpRequest) -> HttpResponse:
    """The first of the pages that this person may open; with none of them, whom to ask."""
    permissions = visitor(request).permissions
    for name, _words, permission in ROOMS:
        if permission in permissions:
            return HttpResponseRedirect(reverse(name))
    return office(request, "nothing", {}, status=403)
