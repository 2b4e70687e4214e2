"""Addresses of the API."""

from functools import partial

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from fumikura.protocols.api.developers import developers
from fumikura.protocols.api.door import api
from fumikura.protocols.api.problems import no_such_address

urlpatterns = [
    path("", developers, name="developers"),
    path("v1/", api.urls),
    re_path(r"^v1(?:/.*)?$", csrf_exempt(partial(no_such_address, api))),
]
