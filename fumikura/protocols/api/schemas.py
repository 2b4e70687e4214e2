"""The shapes of the API. Field descriptions end up in the OpenAPI document."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator

PROBLEM = "https://fumikura.example/problems/"


def _told_apart(values: object) -> object:
    """a,b is a and b: many programs write lists in an address so. An empty one is kept only where it stands alone."""
    if not isinstance(values, list):
        return values
    several = [part.strip() for value in values for part in str(value).replace("、", ",").replace("，", ",").split(",")]
    return [part for part in several if part] or values


Listed = Annotated[list[str], BeforeValidator(_told_apart)]
"""Codes and numbers, none of which has a comma in it."""


Sort = Literal["relevance", "newest", "oldest", "arrived", "title", "creator", "loans"]
By = Literal["record", "work"]


class ReasonOut(Schema):
    code: str = Field(description="Stable code; docs/reference/reasons.md lists them all", examples=["card-expired"])
    sentence: str = Field(description="What to say, in the language asked for")
    way_out: str = Field(description="What can be done about it; may be empty")
    overridable: bool = Field(description="Whether the caller may set it aside by naming the code in `overriding`")


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = ""
    reasons: list[ReasonOut] = []


class SearchIn(Schema):
    q: str = Field("", max_length=500, description="As people type: 夏目漱石 こころ, a reading, an ISBN")
    start: int = Field(0, ge=0, le=10_000)
    rows: int = Field(20, ge=1, le=100)
    sort: Sort = "relevance"
    by: By = Field("record", description="work: one hit a work, the other editions and volumes found beside it")
    site: Listed = Field(
        [], max_length=50, description="Facility codes; several mean any of them: site=A&site=B or site=A,B"
    )
    kind: Listed = Field([], max_length=50)
    language: Listed = Field([], max_length=50, description="MARC language codes, e.g. jpn")
    year: Listed = Field([], max_length=50, description="Decades as the facet gives them")
    ndc: Listed = Field([], max_length=50, description="The beginning of a class: 9, 91, 913.6")
    available: Listed = Field([], max_length=50, description="Facilities with a copy in; * means anywhere")
    audience: Listed = Field([], max_length=50, description="general, young-adult or child")
    accessible: Listed = Field([], max_length=50, description="Formats: braille, large-print, daisy, easy, audio …")
    series: list[str] = Field(
        [],
        max_length=50,
        description="Titles of series as the facet gives them; one each, for a comma may belong to the title",
    )


class Hit(Schema):
    id: int
    title: str
    reading: str
    volume: str
    creators: list[str]
    publisher: str
    year: int | None
    kind: str
    ndc: str
    url: str
    editions: list[int] = Field(
        [],
        description="By work: other records of the work that were found as well. What a work is follows from title and creator unless staff decided otherwise",
    )


class FacetValueOut(Schema):
    value: str
    count: int


class FacetOut(Schema):
    name: str
    values: list[FacetValueOut]


class SearchAnswer(Schema):
    total: int = Field(description="Records, also when asked by work")
    works: int | None = Field(None, description="By work: how many works; null when there are too many hits to count")
    start: int
    hits: list[Hit]
    facets: list[FacetOut]


class ItemOut(Schema):
    agency: str
    barcode: str
    facility: str = Field(description="Code of the facility it belongs to")
    facility_name: str
    location: str
    call_number: str
    volume: str
    state: str = Field(description="on-shelf, on-loan, in-transit, on-hold-shelf, set-aside, missing, withdrawn")
    available: bool = Field(description="On a shelf, and lent to whoever comes")
    reference_only: bool
    due_on: date | None = None
    destination: str = Field("", description="Code of the facility it is travelling to")
    last_seen_on: date | None = Field(None, description="When a desk, a machine or a stocktake last read it")
    presence: str = Field(
        "unknown",
        description="How sure it is that what should be on the shelf stands there: fresh, likely, doubtful, or unknown",
    )


class NameOut(Schema):
    name: str
    reading: str
    role: str


class TitleOut(Schema):
    id: int
    title: str
    reading: str
    subtitle: str
    volume: str
    creators: list[NameOut]
    publisher: str
    published: str
    year: int | None
    isbns: list[str]
    ndc: list[str]
    subjects: list[str]
    language: str
    kind: str
    items: list[ItemOut]
    url: str


class LoanIn(Schema):
    item: str = Field(max_length=80, description="Barcode as scanned, any width", examples=["3100000001"])
    card: str = Field(max_length=80, description="Card number as scanned")
    overriding: list[str] = Field([], max_length=50, description="Codes of objections to set aside, if the caller may")


class LoanOut(Schema):
    id: int
    item: str
    title: str
    due_on: date
    renewals: int
    lent_at: datetime
    repeated: bool = Field(description="True when this request key had been answered before; nothing was done again")
    explanation: str = Field("", description="Where to ask why it is due on that day")


class GivenOut(Schema):
    output: str = Field(description="What was decided, e.g. loan.period")
    value: str
    rule: str = Field(description="The rule that it came from")


class WhyOut(Schema):
    code: str = Field(description="As in reasons.toml under `why`")
    sentence: str = Field(description="The same in the language asked for")


class ExplanationOut(Schema):
    """Why a loan is due on its day: by the rules of the day on which it was made."""

    due_on: date
    rules: str = Field(description="Name of the rule set of that day")
    why: list[str] = Field(
        description="What moved it: agreed-term, hard-date, card-expiry, moved-to-next-open, moved-to-previous-open"
    )
    told: list[WhyOut] = Field(description="The whole of it in sentences: the period and its rule, then what moved it")
    given: list[GivenOut]


class ReturnIn(Schema):
    item: str = Field(max_length=80, description="Barcode as scanned, any width")


class MessageOut(Schema):
    code: str
    sentence: str
    way_out: str


class ReturnOut(Schema):
    item: str
    title: str
    next: Literal["shelve", "send", "hold-shelf", "set-aside", "keep"] = Field(
        description="What to do with the item now"
    )
    destination: str = Field("", description="Code of the facility to send it to")
    messages: list[MessageOut]
    repeated: bool
    explanation: str = Field("", description="Where to ask why it is sent or kept: this reader, this copy, this way")


class RenewalIn(Schema):
    overriding: list[str] = Field([], max_length=50)


class AvailabilityIn(Schema):
    isbn: Listed = Field(
        min_length=1,
        max_length=200,
        description="ISBNs with or without hyphens, of 10 or 13 digits; up to 200, as isbn=A&isbn=B or as isbn=A,B",
    )


class SiteAvailability(Schema):
    facility: str = Field(description="Code of the facility the copies belong to")
    copies: int
    available: int = Field(description="On a shelf, and lent to whoever comes")
    due_on: date | None = Field(None, description="When the first of the lent copies is due, if none is in")


class IsbnAvailability(Schema):
    isbn: str = Field(description="As it was asked")
    records: list[int] = Field(description="Titles that carry it; empty when the library has none")
    sites: list[SiteAvailability]
    url: str = Field("", description="Page of the first title")


class AvailabilityAnswer(Schema):
    as_of: datetime
    titles: list[IsbnAvailability] = Field(description="In the order of the question")


class SiteOut(Schema):
    code: str
    name: str
    name_en: str
    reading: str
    kind: str
    postcode: str = Field(examples=["999-0001"])
    address: str
    phone: str = Field(description="With area code; empty where nobody is to be called", examples=["071-000-1001"])
    opens: str = Field(description="Local time", examples=["09:00"])
    closes: str = Field(examples=["19:00"])
    open_today: bool
    open_now: bool
    next_open_on: date
    lends: bool
    takes_returns: str = Field(description="any, own or none")
    pickup: str = Field(description="all, school or none")


class DayOut(Schema):
    on: date
    open: bool


class CalendarIn(Schema):
    since: date | None = Field(None, description="First day; today when it is not given")
    days: int = Field(31, ge=1, le=366)


class ChangesIn(Schema):
    after: str = Field(
        "",
        max_length=60,
        description="`next` of the answer before; empty for the beginning, `now` for where the journal ends",
    )
    limit: int = Field(500, ge=1, le=2000, description="How many entries of the journal are read at most")


class ChangeOut(Schema):
    kind: Literal["record", "availability"]
    record: int = Field(description="Ask for its present state: it may have changed again")
    deleted: bool = Field(description="It is no longer in the catalogue")


class ChangesAnswer(Schema):
    changes: list[ChangeOut] = Field(description="Each record once a kind, however often it changed")
    next: str = Field(description="Where to go on; keep it when everything before it is done")
    at_end: bool = Field(description="Nothing more for now: ask again in some seconds")


class TagIn(Schema):
    memory: str = Field(
        max_length=512, description="The user memory of the tag in hexadecimal", examples=["110101313030"]
    )
    dsfid: int | None = Field(
        None, ge=0, le=255, description="Data storage format identifier, when the reader tells it"
    )
    afi: int | None = Field(None, ge=0, le=255, description="Application family identifier: 7 in stock, 194 on loan")


class ReadingIn(Schema):
    tags: list[TagIn] = Field(max_length=100, description="Everything that lies on the antenna, or passes the gate")


class TagOut(Schema):
    item: str = Field(description="Number on the label; empty when the tag cannot be read")
    unreadable: str = Field("", description="short, checksum, encoding or layout")
    known: bool = Field(description="Whether the library has such an item")
    title: str = ""
    state: str = Field("", description="As of a title's items: on-shelf, on-loan, …")
    may_pass: bool = Field(description="On loan, withdrawn or not ours: a gate stays silent")
    security: int = Field(7, description="What the AFI ought to be: 194 on loan, else 7")
    parts: int = 1
    part: int = 1


class ReadingOut(Schema):
    tags: list[TagOut]


class ShelfPlaceOut(Schema):
    item: str
    title: str
    slot: str = Field("", description="Number of its place on the hold shelf; empty when it has none")
    until: date | None = Field(None, description="Last day to collect")
    why: str = Field("", description="Of what is to be fetched: expired, over, cancelled, lapsed, moved, …")


class ShelfOut(Schema):
    tags: list[TagOut] = Field(description="Each tag in its place, as at `/device/readings`")
    right: list[ShelfPlaceOut] = Field(description="What ought to lie here and does")
    to_fetch: list[ShelfPlaceOut] = Field(description="What nobody will collect here any more")
    strangers: list[ShelfPlaceOut] = Field(description="What has no place on this shelf")
    absent: list[ShelfPlaceOut] = Field(description="What ought to lie here and is seen by no antenna of this site")


class VisitorsIn(Schema):
    came: int = Field(ge=0, le=100_000, description="How many came in since the last time this was told")
    left: int = Field(0, ge=0, le=100_000)


class VisitorsOut(Schema):
    repeated: bool = Field(description="True when this key had been answered before; nothing was counted again")
