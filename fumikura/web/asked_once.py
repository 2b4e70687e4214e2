"""A form that is sent twice is carried out once: a double click, a reload, a lost answer. For views whose POST is one verb.

Views that answer with more than a way to another page call `journal.services.once` themselves.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from fumikura.journal.services import once
from fumikura.web.visitors import View, visitor


class _NothingDone(Exception):
    def __init__(self, answer: HttpResponse) -> None:
        self.answer = answer


def asked_once(door: str) -> Callable[[View], View]:
    """Stands next to the view, behind `for_staff` and `stepped_up`. The view's POST is one transaction.

    Sent a second time, the form leads where it led the first time; to its own page when it was answered by one (a secret
    that is shown once is not shown again). A refused form has done nothing and may be sent again.
    """

    def around(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            answers: list[HttpResponse] = []

            def act() -> dict[str, str]:
                answer = view(request, *args, **kwargs)
                if answer.status_code >= 400:
                    raise _NothingDone(answer)
                answers.append(answer)
                return {"led_to": answer.headers.get("Location", "")}

            if request.method != "POST":
                return view(request, *args, **kwargs)
            try:
                done, _before = once(visitor(request).request_key, act, door=door, at=timezone.now())
            except _NothingDone as refused:
                return refused.answer
            return answers[0] if answers else HttpResponseRedirect(done["led_to"] or request.path)

        return entered

    return around


def begins(request: HttpRequest, *, door: str) -> bool:
    """For work that goes on outside a transaction (a file, another institution): whether this form begins it, or did before."""
    _done, before = once(visitor(request).request_key, dict, door=door, at=timezone.now())
    return not before
