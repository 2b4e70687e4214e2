"""ログインのきまり: how long a sign-in lasts, who is signed in now, and the way back in for whom failures have shut out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fumikura.journal.services import once
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation import attempts, services
from fumikura.organisation.models import User
from fumikura.organisation.queries import desks_at, open_staff_sessions, people_managed_by, places_by_code
from fumikura.patrons.services.sessions import LONGEST
from fumikura.web.office.frame import name_of, office
from fumikura.web.proving import stepped_up
from fumikura.web.visitors import DESK, FACILITY, PROOF_LASTS, SEEN_AT, for_staff, typed, visitor

DOORS = ("staff", "patron", "address")


@dataclass(frozen=True)
class SignedIn:
    pk: int
    user: User
    device: str
    place: str
    began_at: datetime
    seen_at: datetime
    is_this: bool
    """The session in which the page is read: it is ended by signing out."""


@require_http_methods(["GET", "POST"])
@for_staff("organisation.grant-role")
@stepped_up
def sessions(request: HttpRequest) -> HttpResponse:
    """Each form names what it does: end (one session, or all of a person), lift."""
    if request.method != "POST":
        return _page(request, [])
    try:
        did, _again = once(visitor(request).request_key, lambda: _act(request), door="office", at=timezone.now())
    except Refused as refused:
        return _page(request, [words(reason, get_language() or "ja") for reason in refused.reasons], status=422)
    return HttpResponseRedirect(f"{reverse('office:sessions')}?{urlencode(did)}")


def _act(request: HttpRequest) -> dict[str, int | str]:
    by, at = visitor(request).staff_actor(via="office"), timezone.now()
    if request.POST.get("act", "") == "lift":
        door, name = request.POST.get("door", ""), typed(request.POST, "name", 64)
        lifted = door in DOORS and services.lift_sign_in_lock(door=door, name=name, by=by, at=at)
        return {"did": "lifted" if lifted else "not-shut"}
    people = people_managed_by(by.ref)
    user = {str(one.pk): one for one in people}.get(request.POST.get("user", ""))
    if user is None:
        raise Refused(Reason.of("user-unknown"))
    wanted = request.POST.get("session", "")
    chosen = [one.pk for one in _signed_in(request, [user], at) if not one.is_this and wanted in {"", str(one.pk)}]
    return {"did": "ended", "many": services.end_sessions_of(user=user, sessions=chosen, by=by, at=at)}


def _signed_in(request: HttpRequest, people: list[User], at: datetime) -> list[SignedIn]:
    """Without those that were idle for so long that their next request ends them."""
    places = places_by_code()
    names = {code: name_of(place) for code, place in places.items()}
    desks = {desk.code: desk.name for desk in desks_at(list(places.values()))}
    by_pk = {user.pk: user for user in people}
    found = []
    for row, held in open_staff_sessions(people, at):
        seen_at = datetime.fromtimestamp(float(held.get(SEEN_AT, 0)), UTC)
        if at - seen_at >= timedelta(minutes=settings.STAFF_IDLE_MINUTES):
            continue
        where = (names.get(held.get(FACILITY, ""), ""), desks.get(held.get(DESK, ""), ""))
        place = " ".join(part for part in where if part)
        is_this = row.session == request.session.session_key
        found.append(SignedIn(row.pk, by_pk[row.user_id], row.device, place, row.began_at, seen_at, is_this))
    return found


def _page(request: HttpRequest, reasons: list[tuple[str, str]], *, status: int = 200) -> HttpResponse:
    at = timezone.now()
    people = people_managed_by(visitor(request).staff_actor(via="office").ref)
    here = _signed_in(request, people, at)
    several = {one.user for one in here if sum(other.user == one.user and not other.is_this for other in here) > 1}
    page = {
        "rules": _rules(),
        "here": here,
        "several": sorted(several, key=lambda user: user.username),
        "locked": services.staff_locked_out(people, at),
        "doors": [("patron", _("利用カードの番号")), ("staff", _("職員ID")), ("address", _("ネットワークのアドレス"))],
        "reasons": reasons,
        "told": _told(request),
        "key": uuid4().hex,
    }
    return office(request, "sessions", page, status=status)


def _told(request: HttpRequest) -> str:
    many = request.GET.get("many", "")[:6]
    match request.GET.get("did", ""):
        case "ended" if many.isdecimal():
            return _("%(many)s件のログインを終わらせました。") % {"many": many}
        case "lifted":
            return _("開けました。すぐにログインできます。")
        case "not-shut":
            return _("しまっていませんでした。番号やIDを見くらべて、もう一度どうぞ。")
    return ""


def _rules() -> list[tuple[str, str, str]]:
    """(when, what happens, where it is set)."""
    minutes = _("%(n)d分でログアウト")
    shut = _("%(n)d分、入れません")
    window = int(attempts.WINDOW.total_seconds() // 60)
    return [
        (_("職員が何もしないとき"), minutes % {"n": settings.STAFF_IDLE_MINUTES}, "STAFF_IDLE_MINUTES"),
        (_("職員がブラウザーを閉じたとき、勤務時間をすぎたとき"), _("すぐにログアウト"), ""),
        (_("利用者が何もしないとき"), minutes % {"n": settings.PATRON_IDLE_MINUTES}, "PATRON_IDLE_MINUTES"),
        (_("利用者が使いつづけたとき"), _("%(n)d時間でログアウト") % {"n": int(LONGEST.total_seconds() // 3600)}, ""),
        (_("パスワードが変わったとき"), _("その人のログインは、すべて終わり"), ""),
        (_("同じ番号で続けて%(n)d回合わないとき") % {"n": attempts.TRIES}, shut % {"n": window}, ""),
        (
            _("同じアドレスから%(n)d回合わないとき") % {"n": attempts.TRIES_FROM_ONE_ADDRESS},
            shut % {"n": window},
            "",
        ),
        (
            _("役割を変えるなど、大事な操作の前"),
            _("2つめの確認をもう一度(%(n)d分に1回まで)") % {"n": PROOF_LASTS // 60},
            "",
        ),
    ]
