"""Addresses of the application for a card."""

from django.urls import path

from fumikura.web.join import views

app_name = "join"
urlpatterns = [
    path("", views.join, name="form"),
    path("done", views.done, name="done"),
    path("postcode", views.postcode, name="postcode"),
]
