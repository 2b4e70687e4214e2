"""The API as a whole: its version, its description, how it fails."""

from ninja import NinjaAPI

from fumikura.protocols.api.problems import speak
from fumikura.protocols.api.views import lending, reading

DESCRIPTION = """\
The catalogue and the counter of a library network. Errors are problem+json (RFC 9457) with every reason at once, in the
language of `Accept-Language` (ja, en). Send an `Idempotency-Key` with each change: a retry is answered, not repeated.
"""

api = NinjaAPI(
    title="Fumikura",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,  # the ready-made page loads from a CDN, which a closed municipal network cannot reach
)
speak(api)
api.add_router("", reading.router)
api.add_router("", lending.router)
