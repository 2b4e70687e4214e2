"""Addresses of the children's pages."""

from django.urls import path

from fumikura.web.kids import views

app_name = "kids"
urlpatterns = [
    path("", views.home, name="home"),
    path("books", views.books, name="books"),
    path("books/<int:number>", views.book, name="book"),
    path("bookstart", views.bookstart, name="bookstart"),
]
