"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from fumikura.project import health
from fumikura.protocols.sip2 import practising
from fumikura.web.office.practice import practice

PRACTICE = {
    "play": practising.play,
    "dialects": practising.dialects(),
    "impossible": practising.CannotPractise,
}
"""Only here a page of the office meets the server of the machines: doors do not know each other."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("metrics", health.metrics),
    path("", include("fumikura.web.entrance.urls")),
    path("staff/", include("fumikura.web.staff.urls")),
    path("office/practice", practice, PRACTICE, name="terminal-practice"),
    path("office/", include("fumikura.web.office.urls")),
    path("kids/", include("fumikura.web.kids.urls")),
    path("join/", include("fumikura.web.join.urls")),
    path("kiosk/", include("fumikura.web.kiosk.urls")),
    path("my/", include("fumikura.web.my.urls")),
    path("due/", include("fumikura.web.my.feed_urls")),
    path("", include("fumikura.web.opac.urls")),
    path("api/", include("fumikura.protocols.api.urls")),
    path("oai", include("fumikura.protocols.oai.urls")),
    path("", include("fumikura.protocols.sru.urls")),
    path("", include("fumikura.protocols.signposts.urls")),
    path("", include("fumikura.protocols.paia.urls")),
    path("", include("fumikura.protocols.ilsdi.urls")),
    path("", include("fumikura.protocols.oidc.urls")),
    path("line/", include("fumikura.protocols.line.urls")),
    path("dumps/", include("fumikura.protocols.dumps.urls")),
    path("design/", include("fumikura.web.design.urls")),
    path("desk/offline/", include("fumikura.web.desk.offline.urls")),
    path("desk/", include("fumikura.web.desk.urls")),
    path("cataloguing/", include("fumikura.web.cataloguing.urls")),
]
