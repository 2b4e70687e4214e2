"""Addresses that every staff page leads to."""

from django.urls import path

from fumikura.web.staff import finding, helping, today

app_name = "staff"
urlpatterns = [
    path("find", finding.find, name="find"),
    path("today", today.today, name="today"),
    path("help", helping.help_page, name="help"),
]
