"""The address that LINE calls."""

from django.urls import path

from fumikura.protocols.line import views

app_name = "line"
urlpatterns = [path("webhook", views.webhook, name="webhook")]
