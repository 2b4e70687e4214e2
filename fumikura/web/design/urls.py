"""Addresses of the design door."""

from django.urls import path

from fumikura.web.design import views

app_name = "design"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("fumikura-<slug:digest>.css", views.stylesheet, name="stylesheet"),
    path("colours", views.colours, name="colours"),
    path("reading", views.reading, name="reading"),
    path("language", views.language, name="language"),
]
