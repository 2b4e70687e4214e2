"""The addresses of SRU."""

from django.urls import path

from fumikura.protocols.sru.views import gateway, sru

app_name = "sru"
urlpatterns = [path("sru", sru, name="sru"), path("sru/z3950", gateway, name="gateway")]
