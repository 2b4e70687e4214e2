"""The API as a whole: its version, its description, how it fails."""

from functools import cached_property
from typing import Any

from django.urls import get_script_prefix
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from fumikura.protocols.api.problems import MEDIA_TYPE, speak
from fumikura.protocols.api.views import (
    devices,
    explaining,
    explaining_mine,
    lending,
    lockers,
    mine,
    opendata,
    reading,
    stocktakes,
    ways,
)

DESCRIPTION = """\
The catalogue and the counter of a library network. Errors are problem+json (RFC 9457) with every reason at once, in the
language of `Accept-Language` (ja, ja-easy, en, zh-hans, ko). Each change takes an `Idempotency-Key`: a retry is answered,
not repeated.
"""


TOO_FAST = {
    "description": "Asked too fast: come again after Retry-After seconds. RateLimit says what is left.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class LibraryAPI(NinjaAPI):
    """Describes its refusals under their own media type, which ninja would call application/json."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Made once a process and address: it takes half a second, and the page for developers shows it to everybody."""
        asked = f"{get_script_prefix()} {sorted(options.items())}"
        if asked not in self._described:
            self._described[asked] = self._described_anew(**options)
        return self._described[asked]

    @cached_property
    def _described(self) -> dict[str, OpenAPISchema]:
        return {}

    def _described_anew(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"].setdefault(429, TOO_FAST)
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
        return schema


api = LibraryAPI(
    title="Fumikura",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,  # the ready-made page loads from a CDN, which a closed municipal network cannot reach
)
speak(api)
api.add_router("", reading.router)
api.add_router("", opendata.router)
api.add_router("", lending.router)
api.add_router("", devices.router)
api.add_router("", stocktakes.router)
api.add_router("", lockers.router)
api.add_router("", mine.router)
api.add_router("", ways.router)
api.add_router("", explaining.router)
api.add_router("", explaining_mine.router)
