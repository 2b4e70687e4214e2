"""Addresses of the cataloguer's desk."""

from django.urls import path

from fumikura.web.cataloguing.views import editor, history, look_ups

app_name = "cataloguing"
urlpatterns = [
    path("", editor.home, name="home"),
    path("new/<str:template>", editor.new, name="new"),
    path("records/<int:record>", editor.record, name="record"),
    path("edits/<uuid:key>", editor.edit, name="edit"),
    path("edits/<uuid:key>/keep", editor.keep, name="keep"),
    path("records/<int:record>/history", history.history, name="history"),
    path("records/<int:record>/history/<int:version>", history.restore, name="restore"),
    path("look-ups/<str:what>", look_ups.look_up, name="look-up"),
]
