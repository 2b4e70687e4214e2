"""Addresses of the cataloguer's desk."""

from django.urls import path

from fumikura.web.cataloguing.views import (
    batch,
    call_numbers,
    copying,
    editor,
    history,
    items,
    labels,
    look_ups,
    readings,
    removal,
    targets,
    works,
)

app_name = "cataloguing"
urlpatterns = [
    path("", editor.home, name="home"),
    path("new/<str:template>", editor.new, name="new"),
    path("records/<int:record>", editor.record, name="record"),
    path("edits/<uuid:key>", editor.edit, name="edit"),
    path("edits/<uuid:key>/keep", editor.keep, name="keep"),
    path("records/<int:record>/history", history.history, name="history"),
    path("records/<int:record>/history/<int:version>", history.restore, name="restore"),
    path("records/<int:record>/removal", removal.removal, name="removal"),
    path("records/<int:record>/work", works.work, name="work"),
    path("batch", batch.batch, name="batch"),
    path("batch/<int:batch>", batch.done, name="batch-done"),
    path("batch/<int:batch>/undo", batch.undo, name="batch-undo"),
    path("records/<int:record>/items", items.items, name="items"),
    path("readings/", readings.readings, name="readings"),
    path("readings/undo", readings.undo, name="readings-undo"),
    path("labels", labels.labels, name="labels"),
    path("labels.pdf", labels.pdf, name="labels-pdf"),
    path("call-numbers", call_numbers.call_numbers, name="call-numbers"),
    path("copy", copying.copy, name="copy"),
    path("copy/take", copying.take, name="take"),
    path("targets", targets.all_targets, name="targets"),
    path("targets/<int:target>/end", targets.end, name="target-end"),
    path("look-ups/<str:what>", look_ups.look_up, name="look-up"),
]
