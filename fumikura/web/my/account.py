"""My password, and what the library knows about me."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.journal.mixing import is_day_only
from fumikura.journal.queries import entries_about
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.queries import places_by_code
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import current_card
from fumikura.patrons.services.passwords import change_password
from fumikura.patrons.services.sessions import open_session
from fumikura.web.design.days import day, in_japanese
from fumikura.web.design.names import name_of
from fumikura.web.my.happenings import in_words
from fumikura.web.my.page import Said
from fumikura.web.my.views import signed_in
from fumikura.web.visitors import for_patrons, keep_patron_signed_in, visitor

SHOWN_ENTRIES = 50


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
@for_patrons
def password(request: HttpRequest) -> HttpResponse:
    patron, at = signed_in(request), timezone.now()
    if request.method == "GET":
        return render(request, "my/password.html", {"changed": "changed" in request.GET})
    old, new, again = (request.POST.get(name, "")[:1024] for name in ("old", "new", "again"))
    try:
        if new != again:
            raise Refused(Reason("passwords-differ"))
        change_password(patron=patron, old=old, new=new, by=visitor(request).patron_actor(), at=at)
    except Refused as refused:
        told = [Said(*words(reason, get_language() or "ja")) for reason in refused.reasons]
        return render(request, "my/password.html", {"reasons": told}, status=422)
    # Every session ended with the old password; this one goes on under a new key.
    response = HttpResponseRedirect(f"{reverse('my:password')}?changed=1")
    keep_patron_signed_in(response, open_session(patron=patron, at=at))
    return response


@dataclass(frozen=True)
class Happening:
    """One journal entry about the reader, in words."""

    at: datetime
    words: str
    place: str

    @property
    def day_only(self) -> bool:
        """Of what is older than a day only the day is kept."""
        return is_day_only(self.at)


@require_safe
@for_patrons
def records(request: HttpRequest) -> HttpResponse:
    """Everything that is kept with the reader's name or key on it. Nothing that was returned is among it."""
    patron = signed_in(request)
    card = current_card(patron)
    places = {code: name_of(place) for code, place in places_by_code().items()}
    entries = entries_about(patron.key, limit=SHOWN_ENTRIES)
    return render(
        request,
        "my/records.html",
        {
            "facts": _facts(patron, card.number if card else "", places),
            "loans": patron.loans.count(),
            "happenings": [
                Happening(entry.happened_at, in_words(entry.event), places.get(entry.facility, "")) for entry in entries
            ],
        },
    )


def _facts(patron: Patron, card: str, places: dict[str, str]) -> list[tuple[str, str]]:
    """(what, value) in the order of the form on which it was once written; what is empty is said to be so."""
    category = patron.category.name if in_japanese() or not patron.category.name_en else patron.category.name_en
    kept = [
        (_("お名前"), patron.name),
        (_("よみ"), patron.reading),
        (_("生まれた日"), day(patron.born_on) if patron.born_on else ""),
        (_("利用カードの番号"), card),
        (_("利用者区分"), category),
        (_("ご住所"), " ".join(part for part in (patron.postcode, patron.address) if part)),
        (_("電話"), patron.phone),
        (_("メール"), patron.email),
        (_("登録した館"), places.get(patron.home.code, "")),
        (_("登録した日"), day(timezone.localdate(patron.registered_at))),
    ]
    return [(what, value or _("（ありません）")) for what, value in kept]
