"""The addresses of the dumps."""

from django.urls import path

from fumikura.protocols.dumps import views

app_name = "dumps"
urlpatterns = [path("", views.listing, name="listing"), path("<str:dump>/<str:name>", views.file, name="file")]
