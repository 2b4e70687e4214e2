"""端末の練習: what a self-service machine and the server say to each other, with made-up readers and books that do not stay."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fumikura.kernel.refusals import Refused
from fumikura.organisation.device_kinds import DEVICE_KINDS
from fumikura.organisation.models import Facility
from fumikura.web.design.days import in_japanese
from fumikura.web.office.frame import office
from fumikura.web.visitors import for_staff, typed, visitor

SITUATIONS: Mapping[str, tuple[Promise, Promise]] = {
    "loan": (_("2冊を借りる"), _("カードを読み、1冊ずつ貸し出して、終わります。")),
    "blocked": (_("貸出を止められている人が借りる"), _("63への答えの最初の文字が Y になり、12は断って理由を画面に出します。")),
    "stopped": (_("なくしたと届けのあったカードで借りる"), _("名前も貸出中の資料も伝えません。カードが止まっていることだけを伝えます。")),
    "unknown": (_("登録のない資料を借りる"), _("別の館のラベルや、読みまちがいのときです。")),
    "renewed": (_("延長する"), _("新しい返却期限が AH に入ります。予約のある本なら、断って理由を出します。")),
    "returned": (_("返す"), _("仕分けの口（CL）は、端末に登録した口の番号です。")),
    "held-here": (_("ここで受け取る予約のある本を返す"), _("知らせ（CV）が 01 になり、予約棚の口に落ちます。待っている人の名前は伝えません。")),
    "held-elsewhere": (_("ほかの館で受け取る予約のある本を返す"), _("知らせ（CV）が 02、行き先（CT）が受取館になります。")),
    "wrong-site": (_("ほかの館の本を返す"), _("返却は受け付けます。知らせ（CV）が 04、行き先（CT）が持ち主の館になります。")),
    "unknown-return": (_("登録のない資料を返す"), _("断ります。利用者には窓口へと伝えます。")),
    "noise": (_("回線の雑音で電文がこわれる"), _("こわれた電文には 96（もう一度）と答えます。同じ電文が2度とどいても、貸出は1度だけです。")),
    "wrong-key": (_("鍵がちがう"), _("94は 0 です。サインインしていない端末には、何も伝えません。")),
}  # fmt: skip
KINDS = ("combined", "self-check", "return-machine")


class Play(Protocol):
    """The server's own practice (protocols.sip2), handed in by the addresses: doors do not know each other."""

    def __call__(
        self, situation: str, *, kind: str, dialect: str, facility: Facility, at: datetime
    ) -> Sequence[Mapping[str, Any]]: ...


@never_cache
@require_safe
@for_staff("circulation.check-in")
def practice(
    request: HttpRequest, *, play: Play, dialects: Mapping[str, str], impossible: type[Exception]
) -> HttpResponse:
    """Choose a machine and a situation; with both, the whole conversation."""
    situation = typed(request.GET, "situation", 30)
    kind, dialect = typed(request.GET, "kind", 30), typed(request.GET, "dialect", 30)
    kind, dialect = kind if kind in KINDS else KINDS[0], dialect if dialect in dialects else "standard"
    here = visitor(request).facility or Facility.objects.order_by("pk").first()
    page: dict[str, object] = {
        "situations": [(code, words[0]) for code, words in SITUATIONS.items()],
        "kinds": [(code, DEVICE_KINDS[code].ja if in_japanese() else DEVICE_KINDS[code].en) for code in KINDS],
        "dialects": [(code, note if in_japanese() else code) for code, note in dialects.items()],
        "situation": situation,
        "kind": kind,
        "dialect": dialect,
    }
    if situation in SITUATIONS and here:
        page["title"], page["lead"] = SITUATIONS[situation]
        try:
            page["steps"] = play(situation, kind=kind, dialect=dialect, facility=here, at=timezone.now())
        except (impossible, Refused):
            page["cannot"] = True
    return office(request, "practice", page)
