"""The address of OAI-PMH."""

from django.urls import path

from fumikura.protocols.oai.views import oai

app_name = "oai"
urlpatterns = [path("", oai, name="oai")]
