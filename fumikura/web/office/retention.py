"""保存期間: what is erased after how long and why, when that was done last, and how often readers' details were opened."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from fumikura.journal.events import DataErased
from fumikura.journal.models import Entry
from fumikura.journal.queries import entries_named
from fumikura.organisation.queries import places_by_code, staff_names
from fumikura.patrons.events import PatronForgotten, PatronViewed
from fumikura.web.office.frame import name_of, office
from fumikura.web.visitors import for_staff

RIGHT = "patrons.see-views"
SHOWN_DAYS = 30
MOST = 20_000
RULES: tuple[tuple[str, Promise, Promise | str], ...] = (
    ("", _("貸出と利用者の結びつき"), _("返却と同じ処理のなかで、すぐに")),
    ("circulation.untie-what-ended", _("返却や予約の終わりといっしょに記録されたことの、利用者の鍵"), _("次の夜に")),
    (
        "circulation.mix-what-is-kept",
        _("だれのカードを、何時何分に、どの貸出の前に開いたか（日だけが残ります）"),
        _("次の日の夜に"),
    ),
    ("journal.forget-old-answers", _("同じ操作をくり返さないための控え"), _("8日")),
    ("patrons.forget-sessions", _("終わったログインと、失敗したログインの数"), _("1日")),
    ("patrons.forget-applications", _("電話で書かれ、窓口に来なかった利用申し込み"), _("期限の次の夜に")),
    ("patrons.forget-permit-tokens", _("ほかのサービスに渡した、期限の切れた許可の控え"), _("1日")),
    ("patrons.forget-joined-records", _("登録をまとめたときの、もとの内容"), _("30日")),
    ("acquisitions.forget-suggestions", _("購入希望と利用者の結びつき"), _("答えてから決まった日数")),
    (
        "project.age-backups",
        _("夜ごとのバックアップ（返した本の記録も、古いものには残っています）"),
        format_lazy(_("{days}日"), days=settings.BACKUP_DAYS),
    ),
    ("notices.empty-outbox", _("メールサーバーがないときに、ファイルに書いたお知らせ"), _("1日")),
)
"""Job, what it erases, after how long. One without a job is done in the act itself."""


@dataclass(frozen=True)
class Rule:
    what: Promise
    after: Promise | str
    job: str
    last_at: datetime | None
    last_count: int
    count: int
    """In the days that are shown."""


@require_safe
@for_staff(RIGHT)
def retention(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    since = now - timedelta(days=SHOWN_DAYS)
    runs = [entry for entry in entries_named(DataErased.name, limit=MOST) if entry.happened_at >= since]
    page = {
        "rules": [_rule(job, what, after, runs) for job, what, after in RULES],
        "views": _views(since),
        "forgotten": sum(entry.happened_at >= since for entry in entries_named(PatronForgotten.name, limit=MOST)),
        "days": SHOWN_DAYS,
    }
    return office(request, "retention", page)


def _rule(job: str, what: Promise, after: Promise | str, runs: list[Entry]) -> Rule:
    mine = [entry for entry in runs if entry.particulars["job"] == job]
    last = mine[0] if mine else None
    return Rule(
        what,
        after,
        job,
        last_at=last.happened_at if last else None,
        last_count=last.particulars["count"] if last else 0,
        count=sum(entry.particulars["count"] for entry in mine),
    )


def _views(since: datetime) -> list[tuple[str, str, int]]:
    """(who, where, how often), the most first. Of whom is not told here: that is the reader's own page."""
    looks = [entry for entry in entries_named(PatronViewed.name, limit=MOST) if entry.happened_at >= since]
    counted = Counter((entry.actor, entry.facility) for entry in looks)
    names, places = staff_names(actor for actor, _place in counted), places_by_code()
    return [
        (names.get(actor, actor), name_of(places[place]) if place in places else "", many)
        for (actor, place), many in counted.most_common()
    ]
