"""A reader's permit as a token of the API: another service acts within the scopes that the reader allowed it."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone

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


class ScopeMissing(Exception):
    """The token is good, and its reader allowed it something else (RFC 6750: insufficient_scope)."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope
        """What it would take; empty for what no service may."""


def reader_by_permit(request: HttpRequest, token: str) -> Patron | None:
    """The reader who allowed this call; None when the token is not good, ScopeMissing when it is for something else."""
    found = permit_of_token(token[:200], timezone.now())
    if found is None:
        return None
    permit, scopes = found
    what = request.path.partition("/my/")[2].partition("/")[0]
    needed = SCOPES.get((what, request.method in {"GET", "HEAD"}), "")
    if needed not in scopes:
        raise ScopeMissing(needed)
    return permit.patron
