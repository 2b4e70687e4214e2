"""The secret address that calendars read: outside /my/, because a calendar does not sign in."""

from django.urls import path

from fumikura.web.my import feeds

app_name = "feeds"
urlpatterns = [path("<str:token>.ics", feeds.due_dates, name="due-dates")]
