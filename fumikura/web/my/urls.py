"""Addresses of my page."""

from django.urls import path

from fumikura.web.my import account, views

app_name = "my"
urlpatterns = [
    path("", views.loans, name="loans"),
    path("renewals", views.renewals, name="renewals"),
    path("card", views.card, name="card"),
    path("password", account.password, name="password"),
    path("records", account.records, name="records"),
]
