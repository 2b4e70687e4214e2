"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from fumikura.project import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("metrics", health.metrics),
    path("design/", include("fumikura.web.design.urls")),
]
