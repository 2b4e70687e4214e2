"""Addresses of the office."""

from django.urls import path

from fumikura.web.office import (
    authorities,
    columns,
    copies,
    duplicates,
    emergencies,
    imports,
    people,
    policies,
    reports,
    routes,
    sites,
    undoing,
)
from fumikura.web.office.frame import first_page

app_name = "office"
urlpatterns = [
    path("", first_page, name="home"),
    path("items", copies.find, name="find"),
    path("records/<int:record>/items", copies.copies, name="copies"),
    path("sites", sites.sites, name="sites"),
    path("sites/<str:code>/calendar", sites.month, name="month"),
    path("emergencies", emergencies.emergencies, name="emergencies"),
    path("emergencies/disaster", emergencies.disaster, name="disaster"),
    path("emergencies/closures/<int:closure>", emergencies.undo_closure, name="undo-closure"),
    path("emergencies/shifts/<int:shift>", emergencies.undo_shift, name="undo-shift"),
    path("routes", routes.routes, name="routes"),
    path("routes/way", routes.way, name="way"),
    path("routes/<str:code>", routes.route, name="route"),
    path("policies", policies.policies, name="policies"),
    path("people", people.people, name="people"),
    path("authorities", authorities.authorities, name="authorities"),
    path("authorities/<int:pk>", authorities.authority, name="authority"),
    path("authorities/<int:pk>/merge/<int:other>", authorities.merge, name="authority-merge"),
    path("authorities/<int:pk>/related/<int:other>", authorities.related, name="related"),
    path("authorities/merges/<int:merge>/undo", authorities.undo, name="authority-undo"),
    path("duplicates", duplicates.duplicates, name="duplicates"),
    path("duplicates/rules", duplicates.rules, name="source-rules"),
    path("duplicates/<int:pk>", duplicates.pair, name="duplicate"),
    path("imports", imports.imports, name="imports"),
    path("imports/<uuid:key>", imports.upload, name="upload"),
    path("imports/mappings/forget", columns.forget, name="forget-mapping"),
    path("imports/<uuid:key>/columns", columns.columns, name="columns"),
    path("imports/<uuid:key>/start", imports.start, name="start"),
    path("imports/<uuid:key>/discard", imports.discard, name="discard"),
    path("imports/batches/<int:batch>", reports.report, name="report"),
    path("imports/batches/<int:batch>/changes", undoing.changes, name="changes"),
    path("imports/batches/<int:batch>/undo", undoing.undo, name="undo"),
    path("imports/batches/<int:batch>/quarantine", reports.all_bytes, name="quarantine"),
    path("imports/batches/<int:batch>/quarantine/<int:ordinal>", reports.bytes_of, name="quarantined"),
]
