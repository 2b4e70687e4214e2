"""Who works at which counter: read once per request from the staff sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from fumikura.kernel.actors import Actor
from fumikura.organisation.models import Facility, User
from fumikura.web.desk.words import name_of
from fumikura.web.visitors import AUDIENCE, visitor


@dataclass(frozen=True)
class Place:
    """One request at a counter."""

    user: User
    facility: Facility
    by: Actor
    at: datetime

    @property
    def name(self) -> str:
        return name_of(self.facility)


View = Callable[..., HttpResponse]


def at_counter(view: View) -> View:
    """Give `view` its Place. Without a sign-in or a place of work, lead there and back; never kept by a cache.

    What somebody may do is decided by the verbs, so that a missing right is answered in the counter's own words.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        here = visitor(request)
        if here.staff is None or here.facility is None:
            door = reverse("entrance:place" if here.staff else "entrance:staff-sign-in")
            back = request.get_full_path() if request.method == "GET" else reverse("desk:lend")
            return HttpResponseRedirect(f"{door}?{urlencode({'next': back})}")
        place = Place(user=here.staff, facility=here.facility, by=here.staff_actor(via="desk"), at=timezone.now())
        response = view(request, place, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    vars(entered)[AUDIENCE] = ("staff", ())
    return entered
