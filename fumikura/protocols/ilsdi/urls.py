"""The one address of ILS-DI."""

from django.urls import path

from fumikura.protocols.ilsdi import views

app_name = "ilsdi"
urlpatterns = [path("ilsdi", views.ilsdi, name="ilsdi")]
