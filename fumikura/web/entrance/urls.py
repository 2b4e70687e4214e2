"""Addresses of the entrance."""

from django.urls import path

from fumikura.web.entrance import factors, patrons, staff

app_name = "entrance"
urlpatterns = [
    path("sign-in", patrons.sign_in, name="sign-in"),
    path("sign-out", patrons.sign_out, name="sign-out"),
    path("sign-in/passkey", patrons.sign_in_by_passkey, name="sign-in-passkey"),
    path("sign-in/passkey/question", patrons.passkey_question, name="patron-passkey-question"),
    path("gone", patrons.gone, name="gone"),
    path("staff/sign-in", staff.sign_in, name="staff-sign-in"),
    path("staff/second-step", factors.second_step, name="second-step"),
    path("staff/security", factors.own_security, name="security"),
    path("staff/passkey/<str:what>", factors.passkey_question, name="passkey-question"),
    path("staff/place", staff.place, name="place"),
    path("staff/sign-out", staff.sign_out, name="staff-sign-out"),
]
