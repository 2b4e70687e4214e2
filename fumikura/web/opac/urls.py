"""Addresses of the public catalogue."""

from django.urls import path

from fumikura.web.opac.views import (
    accessibility,
    advanced,
    authorities,
    classes,
    feed,
    help,
    home,
    hours,
    kept,
    lists,
    neighbours,
    search,
    titles,
    visits,
)

app_name = "opac"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("search/advanced", advanced.advanced, name="advanced"),
    path("search/neighbours", neighbours.neighbours, name="neighbours"),
    path("search.rss", feed.feed, name="feed"),
    path("suggest", search.suggestions, name="suggest"),
    path("titles/<int:record_id>", titles.title, name="title"),
    path("people/local", authorities.people_of_the_city, name="local-people"),
    path("persons/", authorities.people_of_the_city),
    path("persons/<int:authority>", authorities.person, name="person"),
    path("subjects/<int:authority>", authorities.subject, name="subject"),
    path("ndc/", classes.classes, name="classes"),
    path("ndc/<str:number>", classes.classes, name="class"),
    path("lists/", lists.all_lists, name="lists"),
    path("lists/<int:number>", lists.one_list, name="list"),
    path("lists/<int:number>.rss", lists.feed, name="list-feed"),
    path("searches", kept.kept, name="kept"),
    path("searches/<int:number>", kept.look, name="kept-one"),
    path("searches/<int:number>/forget", kept.forget, name="kept-forget"),
    path("hours", hours.hours, name="hours"),
    path("hours/<str:code>.ics", visits.calendar, name="calendar"),
    path("bookmobile", visits.bookmobile, name="bookmobile"),
    path("bookmobile.ics", visits.bookmobile_calendar, name="bookmobile-calendar"),
    path("hours/usual", hours.choose, name="choose-library"),
    path("help", help.help_page, name="help"),
    path("accessibility", accessibility.accessibility, name="accessibility"),
]
