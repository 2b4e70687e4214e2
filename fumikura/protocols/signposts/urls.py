"""The addresses where programs look first."""

from django.urls import path

from fumikura.protocols.signposts import opensearch, robots, sitemaps, unapi

app_name = "signposts"
urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="pages"),
    path("sitemaps/<int:number>.xml", sitemaps.stretch, name="stretch"),
    path("opensearch.xml", opensearch.description, name="opensearch"),
    path("unapi", unapi.unapi, name="unapi"),
]
