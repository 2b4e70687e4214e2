"""Addresses of the offline counter that need no sign-in: each proves itself by a terminal's signature, or says nothing."""

from django.urls import path

from fumikura.web.desk.offline import page, terminal

app_name = "offline"
urlpatterns = [
    path("", page.counter, name="counter"),
    path("worker.js", page.worker, name="worker"),
    path("now", terminal.now, name="now"),
    path("snapshot", terminal.snapshot, name="snapshot"),
    path("lists", terminal.lists, name="lists"),
    path("replays", terminal.replays, name="replays"),
]
