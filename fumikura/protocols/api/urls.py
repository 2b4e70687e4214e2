"""Addresses of the API."""

from django.urls import path

from fumikura.protocols.api.developers import developers
from fumikura.protocols.api.door import api

urlpatterns = [path("", developers, name="developers"), path("v1/", api.urls)]
