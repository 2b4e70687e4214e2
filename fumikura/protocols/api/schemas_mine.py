"""The shapes of what a reader sees and does through a program."""

from datetime import date, datetime

from ninja import Field, Schema


class SessionIn(Schema):
    card: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=1024)


class SessionOut(Schema):
    token: str = Field(description="Good until signed out, or until nothing was asked for half an hour")


class CardOut(Schema):
    valid: bool = Field(description="Whether it lends today")
    expires_on: date | None
    reasons: list[str] = Field(description="Why it does not, in the language asked for")
    loans: int
    holds: int
    ready: int = Field(description="How many of the holds can be collected")


class MyLoanOut(Schema):
    id: int
    record: int
    item: str
    title: str
    due_on: date
    renewals: int
    lent_at: datetime
    explanation: str = Field(description="Where to ask why it is due on that day")


class MyHoldOut(Schema):
    id: int
    records: list[int]
    title: str
    pickup: str = Field(description="Facility code")
    state: str = Field(description="waiting, allotted, travelling, collecting, ready")
    position: int = Field(description="1 is next; 0 when it has a copy or sleeps")
    waiting: int
    until: date | None = Field(description="The last day to collect")
    suspended_until: date | None
    explanation: str = Field(description="Where to ask why it stands where it stands")


class HoldIn(Schema):
    record: int = Field(ge=1, le=2**63 - 1)
    pickup: str = Field("", max_length=20, description="Facility code; empty: the reader's own library")


class PickupIn(Schema):
    pickup: str = Field(min_length=1, max_length=20)


class SuspensionIn(Schema):
    until: date
    since: date | None = None
