"""Refusals and errors as problem+json, in the language the caller asked for."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from fumikura.kernel.actors import Actor
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import NotPermitted, Reason, Refused
from fumikura.protocols import readers
from fumikura.protocols.api.permits import ScopeMissing
from fumikura.protocols.api.schemas import PROBLEM, Problem, ReasonOut, WhyOut

MEDIA_TYPE = "application/problem+json"
UNKNOWN = {"item-unknown", "card-unknown", "loan-unknown", "facility-unknown", "barcode-misread", "card-malformed"} | {
    "card-not-item",
    "item-not-card",
}

WRONG: Mapping[str, Promise] = {
    "missing": gettext_lazy("要ります。"),
    "string_type": gettext_lazy("文字で送ってください。"),
    "string_too_short": gettext_lazy("短すぎます（{min_length}字から）。"),
    "string_too_long": gettext_lazy("長すぎます（{max_length}字まで）。"),
    "list_type": gettext_lazy("配列で送ってください。"),
    "int_parsing": gettext_lazy("整数で送ってください。"),
    "greater_than_equal": gettext_lazy("{ge} 以上にしてください。"),
    "less_than_equal": gettext_lazy("{le} 以下にしてください。"),
    "literal_error": gettext_lazy("次のどれかにしてください：{expected}"),
}
"""What may be wrong with one field."""


class NotReady(Exception):
    """The index is being built for the first time."""


def reason_out(reason: Reason, actor: Actor | None = None) -> ReasonOut:
    sentence, way_out = words(reason, get_language() or "ja")
    may = bool(reason.overridable_with) and actor is not None and actor.may(reason.overridable_with)
    return ReasonOut(code=reason.code, sentence=sentence, way_out=way_out, overridable=may)


def why_out(reason: Reason) -> WhyOut:
    """Why something was decided as it was, in the language asked for; places by their names."""
    return WhyOut(code=reason.code, sentence=readers.sentence_why(reason))


def refused(api: NinjaAPI, request: HttpRequest, refusal: Refused) -> HttpResponse:
    """403 for a missing right, 404 for something that does not exist, else 409 with every reason."""
    actor = getattr(request, "api_actor", None)
    if isinstance(refusal, NotPermitted):
        status, kind, title = 403, "not-permitted", _("この操作の権限がありません")
    elif all(reason.kind in UNKNOWN for reason in refusal.reasons):
        status, kind, title = 404, "not-found", _("見つかりません")
    else:
        status, kind, title = 409, "refused", _("できない理由があります")
    reasons = [reason_out(reason, actor) for reason in refusal.reasons]
    return answer(api, request, Problem(type=PROBLEM + kind, title=title, status=status, reasons=reasons))


def not_found(api: NinjaAPI, request: HttpRequest, _error: Http404) -> HttpResponse:
    return answer(api, request, Problem(type=PROBLEM + "not-found", title=_("見つかりません"), status=404))


def no_such_address(api: NinjaAPI, request: HttpRequest) -> HttpResponse:
    """A path that this version does not have."""
    way = _("アドレスの一覧は /api/ にあります。")
    problem = Problem(type=PROBLEM + "not-found", title=_("見つかりません"), status=404, detail=way)
    return answer(api, request, problem)


def not_ready(api: NinjaAPI, request: HttpRequest, _error: NotReady) -> HttpResponse:
    title = _("索引を作っています。少し待って、もう一度ためしてください")
    response = answer(api, request, Problem(type=PROBLEM + "not-ready", title=title, status=503))
    response.headers["Retry-After"] = "10"
    return response


def not_signed_in(api: NinjaAPI, request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """401, as RFC 6750 says it: which kind of token, and whether the one that was sent is no longer good."""
    title, mine = _("サインインがいります"), "/my/" in request.path
    sent = request.headers.get("Authorization", "")
    if "/locker/" in request.path or sent.startswith("Basic "):
        way = _("Authorization: Basic に、機器コードと鍵を入れて送ってください。鍵は fumikura device で発行します。")
        problem = Problem(type=PROBLEM + "not-signed-in", title=title, status=401, detail=way)
        response = answer(api, request, problem)
        response.headers["WWW-Authenticate"] = 'Basic realm="device"'
        return response
    way = (
        _("Authorization: Bearer に続けて、利用者が許したトークンを送ってください。もらい方は /api/ にあります。")
        if mine
        else _("Authorization: Bearer に続けてトークンを送ってください。トークンは fumikura token で発行します。")
    )
    problem = Problem(type=PROBLEM + "not-signed-in", title=title, status=401, detail=way)
    response = answer(api, request, problem)
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if sent.startswith("Bearer ") else "Bearer"
    return response


def scope_missing(api: NinjaAPI, request: HttpRequest, missing: ScopeMissing) -> HttpResponse:
    """403: the reader allowed this service something else."""
    way = (
        _("許しをもらうときの scope に %(scope)s を加えてください。") % {"scope": missing.scope}
        if missing.scope
        else _("これは、ほかのサービスには知らせていません。")
    )
    title = _("利用者は、このサービスにこれを許していません")
    problem = Problem(type=PROBLEM + "insufficient-scope", title=title, status=403, detail=way)
    response = answer(api, request, problem)
    wanted = f', scope="{missing.scope}"' if missing.scope else ""
    response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope"{wanted}'
    return response


def unreadable(api: NinjaAPI, request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: which field, and what is wrong with it. The value itself is not repeated: it might be a card number."""
    places = [f"{'.'.join(str(part) for part in e['loc'])}: {_wrong_with(e)}" for e in error.errors]
    problem = Problem(
        type=PROBLEM + "unreadable", title=_("送られた内容を読み取れません"), status=422, detail="; ".join(places)
    )
    return answer(api, request, problem)


def not_json(api: NinjaAPI, request: HttpRequest, error: HttpError) -> HttpResponse:
    """400: the body is no JSON at all (ninja's own errors)."""
    title = _("送られた内容を読み取れません")
    way = _("本文を JSON で送ってください。形は /api/ にあります。")
    return answer(api, request, Problem(type=PROBLEM + "unreadable", title=title, status=error.status_code, detail=way))


def _wrong_with(error: Mapping[str, Any]) -> str:
    """Pydantic's kind of error in words; its own sentence, which is English, when we have none."""
    kind, limits = str(error.get("type", "")), error.get("ctx", {})
    sentence = WRONG.get(kind)
    return str(sentence).format(**limits) if sentence else str(error["msg"])


def answer(api: NinjaAPI, request: HttpRequest, problem: Problem) -> HttpResponse:
    response = api.create_response(request, problem.model_dump(), status=problem.status)
    response.headers["Content-Type"] = f"{MEDIA_TYPE}; charset=utf-8"
    return response


def speak(api: NinjaAPI) -> None:
    """Let `api` answer every failure as a problem."""
    api.add_exception_handler(Refused, partial(refused, api))
    api.add_exception_handler(Http404, partial(not_found, api))
    api.add_exception_handler(NotReady, partial(not_ready, api))
    api.add_exception_handler(AuthenticationError, partial(not_signed_in, api))
    api.add_exception_handler(ScopeMissing, partial(scope_missing, api))
    api.add_exception_handler(HttpError, partial(not_json, api))
    api.add_exception_handler(ValidationError, partial(unreadable, api))
