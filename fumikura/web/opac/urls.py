"""Addresses of the public catalogue."""

from django.urls import path

from fumikura.web.opac.views import advanced, authorities, classes, feed, help, home, hours, search, titles

app_name = "opac"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("search/advanced", advanced.advanced, name="advanced"),
    path("search.rss", feed.feed, name="feed"),
    path("suggest", search.suggestions, name="suggest"),
    path("titles/<int:record_id>", titles.title, name="title"),
    path("people/local", authorities.people_of_the_city, name="local-people"),
    path("persons/", authorities.people_of_the_city),
    path("persons/<int:authority>", authorities.person, name="person"),
    path("subjects/<int:authority>", authorities.subject, name="subject"),
    path("ndc/", classes.classes, name="classes"),
    path("ndc/<str:number>", classes.classes, name="class"),
    path("hours", hours.hours, name="hours"),
    path("hours/usual", hours.choose, name="choose-library"),
    path("help", help.help_page, name="help"),
]
