"""Addresses of the kiosk."""

from django.urls import path

from fumikura.web.kiosk import views

app_name = "kiosk"
urlpatterns = [
    path("", views.home, name="home"),
    path("start", views.start, name="start"),
    path("scans", views.scans, name="scans"),
    path("loans", views.loans, name="loans"),
    path("returns", views.returns, name="returns"),
    path("holds", views.holds, name="holds"),
    path("search", views.search, name="search"),
]
