"""Pages about one reader: for those who may look at readers, and that one was opened is written down."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from fumikura.kernel.refusals import Reason
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import signed_in_patron
from fumikura.patrons.services import view as look_at
from fumikura.web.desk.answer import say
from fumikura.web.desk.doing import staff_page
from fumikura.web.desk.place import Place
from fumikura.web.desk.words import joined

ReaderView = Callable[[HttpRequest, Place, Patron], HttpResponse]


def about_reader(view: ReaderView) -> Callable[[HttpRequest, Place, str], HttpResponse]:
    """Give `view`, behind `at_counter`, the reader whose key the address has.

    A refused POST shows the page again, with the reader's name on it: so that without the right nothing is opened either way.
    """

    @wraps(view)
    def entered(request: HttpRequest, place: Place, key: str) -> HttpResponse:
        one = signed_in_patron(key)
        if one is None:
            raise Http404
        if not place.by.may("patrons.view"):
            trouble = joined(*say(Reason("not-permitted:patrons.view")))
            heading = gettext("利用者")
            return staff_page(request, place, "reader_closed", mode="patrons", heading=heading, trouble=trouble)
        if request.method != "POST":
            look_at(patron=one, by=place.by, at=place.at)
        return view(request, place, one)

    return entered
