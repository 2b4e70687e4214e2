"""The second step of a staff sign-in, and the page of one's own factors and open sessions."""

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Refused
from fumikura.organisation import passkeys, totp
from fumikura.organisation.models import StaffSession, User
from fumikura.organisation.queries import factors_of, find_user_numbered, needs_second_factor, recovery_codes_left
from fumikura.organisation.services import (
    add_passkey,
    add_totp,
    end_staff_sessions,
    make_recovery_codes,
    prove_code,
    prove_passkey,
    remove_factor,
)
from fumikura.web import codes
from fumikura.web.asked_once import begins
from fumikura.web.entrance.staff import come_in
from fumikura.web.entrance.words import words_for_staff
from fumikura.web.proving import proof_wanted
from fumikura.web.visitors import PASSKEY_CHALLENGE, PROVED_AT, address_of, origin_of, safe_next, typed, visitor

WAITING, WAITING_SINCE = "factor_user", "factor_since"
"""Who has shown a password and not yet the second factor. Nothing else is in that session."""
WAITS_MINUTES = 10
PROVED_FIRST = frozenset({"totp", "remove", "codes", "prove"})
"""Acts on one's own factors before which the second factor is asked for. A new passkey is asked about before it is made:
its answer and that of a proof have one name."""
SECRET = "totp_secret"  # noqa: S105 - the name of a session key


@dataclass(frozen=True)
class Square:
    path: str
    side: int


def ask_for_factor(request: HttpRequest, user: User, back: str) -> HttpResponse:
    """The password was right; the session that begins here opens nothing yet."""
    request.session.flush()
    request.session[WAITING] = user.pk
    request.session[WAITING_SINCE] = timezone.now().timestamp()
    return HttpResponseRedirect(
        f"{reverse('entrance:second-step')}?next={back}" if back else reverse("entrance:second-step")
    )


def _waiting(request: HttpRequest) -> User | None:
    since = float(request.session.get(WAITING_SINCE, 0))
    if timezone.now().timestamp() - since > WAITS_MINUTES * 60:
        return None
    return find_user_numbered(int(request.session.get(WAITING, 0)))


@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code, a recovery code or a passkey; who has none yet and needs one makes it here."""
    user, back, at = _waiting(request), safe_next(request, ""), timezone.now()
    if user is None:
        return HttpResponseRedirect(reverse("entrance:staff-sign-in"))
    factors = factors_of(user)
    if not factors:
        return _first_factor(request, user, back)
    page = {"next": back, "kinds": {factor.kind for factor in factors}, "has_codes": recovery_codes_left(user) > 0}
    if request.method != "POST":
        return render(request, "entrance/second_step.html", page)
    try:
        if answer := request.POST.get("passkey", "")[:8000]:
            challenge = request.session.pop(PASSKEY_CHALLENGE, "")
            prove_passkey(answer=answer, challenge=challenge, origin=origin_of(request), at=at, user=user)
        else:
            prove_code(user=user, typed=typed(request.POST, "code", 40), address=address_of(request), at=at)
    except Refused as refused:
        return render(request, "entrance/second_step.html", {**page, "reasons": words_for_staff(refused)}, status=403)
    return come_in(request, user, back, proved=True)


def _first_factor(request: HttpRequest, user: User, back: str) -> HttpResponse:
    """A role that needs a factor and a user without one: an authenticator is set up before anything opens."""
    page = {"next": back, **_new_totp(request, user)}
    if request.method != "POST":
        return render(request, "entrance/first_factor.html", page)
    by = Actor(ref=f"staff:{user.pk}", via="desk")
    try:
        _add_totp(request, user, by)
    except Refused as refused:
        return render(request, "entrance/first_factor.html", {**page, "reasons": words_for_staff(refused)}, status=403)
    made = make_recovery_codes(user=user, by=by, at=timezone.now())
    answer = come_in(request, user, back, proved=True)
    return render(request, "entrance/recovery_codes.html", {"codes": made, "next": answer.headers["Location"]})


def _new_totp(request: HttpRequest, user: User) -> dict[str, object]:
    """The secret that is being set up, kept in the session until its first code was typed."""
    if SECRET not in request.session:
        request.session[SECRET] = totp.written(codes.random_secret())
    secret = request.session[SECRET]
    address = totp.address(totp.read(secret), account=user.username, issuer=settings.LIBRARY_NAME_EN)
    rows = codes.qr(address)
    path = "".join(
        f"M{x + 4} {y + 4}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in codes.black(row)
    )
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"secret": spaced, "square": Square(path, len(rows) + 8)}


def _add_totp(request: HttpRequest, user: User, by: Actor) -> None:
    secret = totp.read(request.session.get(SECRET, ""))
    name = typed(request.POST, "name", 60) or _("認証アプリ")
    add_totp(user=user, secret=secret, typed=typed(request.POST, "code", 12), name=name, by=by, at=timezone.now())
    del request.session[SECRET]


@never_cache
@require_http_methods(["GET", "POST"])
def own_security(request: HttpRequest) -> HttpResponse:
    """My factors, recovery codes and open sessions. Changing them asks for a factor that was shown a little while ago."""
    user = visitor(request).staff
    if user is None:
        return HttpResponseRedirect(f"{reverse('entrance:staff-sign-in')}?next={request.path}")
    if request.method != "POST":
        return _security_page(request, user)
    if request.POST.get("act") in PROVED_FIRST and (asked := proof_wanted(request)):
        return asked
    if not begins(request, door="entrance"):
        return HttpResponseRedirect(f"{reverse('entrance:security')}?saved=1")
    try:
        made = _change(request, user)
    except Refused as refused:
        return _security_page(request, user, reasons=words_for_staff(refused), status=403)
    if made:
        return render(request, "entrance/recovery_codes.html", {"codes": made, "next": reverse("entrance:security")})
    done = "" if request.POST.get("act") == "prove" else "?saved=1"
    return HttpResponseRedirect(f"{reverse('entrance:security')}{done}")


def _change(request: HttpRequest, user: User) -> list[str]:
    """The act that the form asks for; new recovery codes are given back, to be shown once."""
    by, at = Actor(ref=f"staff:{user.pk}", via="desk"), timezone.now()
    match request.POST.get("act", ""):
        case "totp":
            _add_totp(request, user, by)
            request.session[PROVED_AT] = at.timestamp()
        case "passkey" if _may_add_passkey(request, user):
            challenge, answer = request.session.pop(PASSKEY_CHALLENGE, ""), request.POST.get("passkey", "")[:8000]
            new = _made(answer, challenge, origin_of(request))
            add_passkey(user=user, made=new, name=typed(request.POST, "name", 60) or _("パスキー"), by=by, at=at)
            request.session[PROVED_AT] = at.timestamp()
        case "remove":
            for factor in factors_of(user):
                if str(factor.pk) == request.POST.get("factor", ""):
                    remove_factor(factor=factor, by=by, at=at)
        case "codes":
            return make_recovery_codes(user=user, by=by, at=at)
        case "end":
            end_staff_sessions(user=user, besides=request.session.session_key or "", by=by, at=at)
    return []


def _made(answer: str, challenge: str, origin: str) -> passkeys.Made:
    from fumikura.kernel.refusals import Reason

    try:
        return passkeys.made(answer, challenge=challenge, origin=origin)
    except passkeys.NotGood:
        raise Refused(Reason("passkey-wrong")) from None


def _may_add_passkey(request: HttpRequest, user: User) -> bool:
    return visitor(request).proved_lately or not factors_of(user)


def _security_page(request: HttpRequest, user: User, *, reasons: object = (), status: int = 200) -> HttpResponse:
    page = {
        **_new_totp(request, user),
        "factors": factors_of(user),
        "codes_left": recovery_codes_left(user),
        "needed": needs_second_factor(user),
        "must_prove": not _may_add_passkey(request, user),
        "sessions": StaffSession.objects.filter(user=user).order_by("-began_at"),
        "this_session": request.session.session_key,
        "reasons": reasons,
        "saved": "saved" in request.GET,
        "request_key": uuid4().hex,
    }
    return render(request, "entrance/security.html", page, status=status)


@never_cache
@require_GET
def passkey_question(request: HttpRequest, what: str) -> HttpResponse:
    """What the browser's own dialogue is to ask: to make a passkey, or to sign with one. The challenge stays with us."""
    user = visitor(request).staff or _waiting(request)
    if user is None:
        return JsonResponse({}, status=403)
    known = [factor.credential for factor in factors_of(user) if factor.kind == "passkey"]
    if what == "make":
        if visitor(request).staff is None:
            return JsonResponse({}, status=403)
        question, challenge = passkeys.ask_to_make(
            origin=origin_of(request),
            library=settings.LIBRARY_NAME,
            handle=f"staff-{user.pk}".encode(),
            name=user.username,
            known=known,
        )
    else:
        question, challenge = passkeys.ask_to_sign(origin=origin_of(request), known=known)
    request.session[PASSKEY_CHALLENGE] = challenge
    return HttpResponse(question, content_type="application/json")
