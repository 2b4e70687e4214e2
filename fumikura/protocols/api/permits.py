"""A reader's permit as a token of the API: another service acts within the scopes that the reader allowed it."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone

from fumikura.kernel.refusals import NotPermitted
from fumikura.patrons.models import Patron
from fumikura.patrons.services.permits import permit_of_token

SCOPES: Mapping[tuple[str, bool], str] = {
    ("loans", True): "loans.read",
    ("loans", False): "loans.renew",
    ("holds", True): "holds.read",
    ("holds", False): "holds.change",
}
"""(what the address names, whether it is only read) → the scope it takes. What is not here no service may: the card tells
how much is out, which nobody allowed with "eligibility"; whether it is valid stands in userinfo."""


def reader_by_permit(request: HttpRequest, token: str) -> Patron | None:
    """The reader who allowed this call; None when the token is not good, NotPermitted when it is for something else."""
    found = permit_of_token(token[:200], timezone.now())
    if found is None:
        return None
    permit, scopes = found
    what = request.path.partition("/my/")[2].partition("/")[0]
    needed = SCOPES.get((what, request.method in {"GET", "HEAD"}), "")
    if needed not in scopes:
        raise NotPermitted(f"scope:{needed}")
    return permit.patron
