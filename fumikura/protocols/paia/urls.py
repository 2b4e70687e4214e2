"""Addresses of PAIA and DAIA."""

from django.urls import path

from fumikura.protocols.paia import account, availability, sign_in

app_name = "paia"
urlpatterns = [
    path("daia", availability.daia, name="daia"),
    path("paia/auth/login", sign_in.login, name="login"),
    path("paia/auth/logout", sign_in.logout, name="logout"),
    path("paia/core/<str:patron>", account.patron, name="patron"),
    path("paia/core/<str:patron>/items", account.items, name="items"),
    path("paia/core/<str:patron>/fees", account.fees, name="fees"),
    path("paia/core/<str:patron>/request", account.change, {"what": "request"}, name="request"),
    path("paia/core/<str:patron>/renew", account.change, {"what": "renew"}, name="renew"),
    path("paia/core/<str:patron>/cancel", account.change, {"what": "cancel"}, name="cancel"),
]
