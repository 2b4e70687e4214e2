"""Addresses of OpenID."""

from django.urls import path

from fumikura.protocols.oidc import views

app_name = "oidc"
urlpatterns = [
    path(".well-known/openid-configuration", views.configuration, name="configuration"),
    path("oidc/keys", views.keys, name="keys"),
    path("oidc/token", views.token, name="token"),
    path("oidc/userinfo", views.userinfo, name="userinfo"),
    path("oidc/revoke", views.revoke, name="revoke"),
]
