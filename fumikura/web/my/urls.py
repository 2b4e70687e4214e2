"""Addresses of my page."""

from django.urls import path

from fumikura.web.my import views

app_name = "my"
urlpatterns = [
    path("", views.loans, name="loans"),
]
