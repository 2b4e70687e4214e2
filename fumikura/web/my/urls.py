"""Addresses of my page."""

from django.urls import path

from fumikura.web.my import (
    account,
    details,
    family,
    feeds,
    hold_sets,
    holds,
    notices,
    permits,
    requests,
    rights,
    shelf,
    sign_ins,
    views,
    wishes,
    worker,
)

app_name = "my"
urlpatterns = [
    path("", views.loans, name="loans"),
    path("renewals", views.renewals, name="renewals"),
    path("holds", holds.holds, name="holds"),
    path("holds/set", hold_sets.hold_set, name="hold-set"),
    path("requests", requests.requests, name="requests"),
    path("requests/<int:pk>/withdrawal", requests.withdraw, name="request-withdrawal"),
    path("holds/restorations", holds.restore, name="hold-restore"),
    *(path(f"holds/<int:hold_id>/{what}", holds.change, {"what": what}, name=f"hold-{what}") for what in holds.ACTS),
    path("card", views.card, name="card"),
    path("card-worker.js", worker.script, name="card-worker"),
    path("wishes", wishes.wishes, name="wishes"),
    path("wishes/<int:number>.csv", wishes.export, name="wishes-export"),
    path("shelf", shelf.shelf, name="shelf"),
    path("calendar", feeds.settings, name="calendar"),
    path("family", family.family, name="family"),
    path("details", details.details, name="details"),
    path("password", account.password, name="password"),
    path("records", account.records, name="records"),
    path("allow", permits.allow, name="allow"),
    path("services", permits.services, name="services"),
    path("services/<int:pk>/withdrawal", permits.withdraw, name="permit-withdrawal"),
    path("sign-ins", sign_ins.sign_ins, name="sign-ins"),
    path("sign-ins/question", sign_ins.passkey_question, name="passkey-question"),
    path("seen", rights.seen, name="seen"),
    path("data", rights.data, name="data"),
    path("close", rights.close, name="close"),
    path("notices", notices.notices, name="notices"),
    path("notices/browsers", notices.browsers, name="browsers"),
    path("notices/worker.js", notices.push_worker, name="push-worker"),
]
