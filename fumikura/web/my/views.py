"""My page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fumikura.web.visitors import for_patrons


@require_safe
@for_patrons
def loans(request: HttpRequest) -> HttpResponse:
    return render(request, "my/loans.html")
