"""Addresses of the counter."""

from django.urls import path

from fumikura.web.desk import crates, holds, locker, reminders, runs, shelves, stocktakes, terminal, transits
from fumikura.web.desk.views import counter, look_ups

app_name = "desk"
urlpatterns = [
    path("", counter.lend, name="lend"),
    path("returns", counter.take_back, name="take-back"),
    path("scans", counter.scans, name="scans"),
    path("answers", counter.answers, name="answers"),
    path("renewals", counter.renewals, name="renewals"),
    path("undos", counter.undos, name="undos"),
    path("visits", counter.visits, name="visits"),
    path("departures", counter.departures, name="departures"),
    path("patrons", look_ups.patrons, name="patrons"),
    path("items", look_ups.items, name="items"),
    path("transits", transits.transits, name="transits"),
    path("overdue", look_ups.overdue, name="overdue"),
    path("holds", holds.holds, name="holds"),
    path("holds/<int:hold_id>", holds.change, name="hold"),
    path("picking", shelves.picking, name="picking"),
    path("hold-shelf", shelves.hold_shelf, name="hold-shelf"),
    path("hold-shelf/slips", shelves.slips, name="slips"),
    path("hold-shelf/<int:hold_id>", shelves.shelf_change, name="shelf-change"),
    path("crates", crates.crates, name="crates"),
    path("crates/<int:crate_id>", crates.crate, name="crate"),
    path("crates/labels", crates.labels, name="crate-labels"),
    path("terminal", terminal.terminal, name="terminal"),
    path("locker", locker.locker, name="locker"),
    path("runs", runs.runs, name="runs"),
    path("runs/<str:route>/<int:number>", runs.run, name="run"),
    path("runs/<str:route>/<int:number>/manifest", runs.paper, name="run-paper"),
    path("reminders", reminders.reminders, name="reminders"),
    path("reminders/print", reminders.print_run, name="reminders-print"),
    path("reminders/done", reminders.done, name="reminders-done"),
    path("stocktakes", stocktakes.stocktakes, name="stocktakes"),
    path("stocktakes/<int:pk>", stocktakes.stocktake, name="stocktake"),
    path("stocktakes/<int:pk>/search", stocktakes.search, name="stocktake-search"),
    path("stocktakes/<int:pk>/report.csv", stocktakes.report, name="stocktake-report"),
    path("help", look_ups.help_page, name="help"),
]
