"""Addresses of the application for a card."""

from django.urls import path

from fumikura.web.join import city_identity, views

app_name = "join"
urlpatterns = [
    path("", views.join, name="form"),
    path("done", views.done, name="done"),
    path("city-identity", city_identity.begin, name="city-identity"),
    path("city-identity/back", city_identity.back, name="city-identity-back"),
    path("postcode", views.postcode, name="postcode"),
]
