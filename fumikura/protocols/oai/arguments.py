"""What a harvester asks for: the arguments of the six verbs, checked as the protocol demands. Pure."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ALLOWED: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    # verb: (needed, optional)
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
_LISTS: Final = frozenset({"ListIdentifiers", "ListRecords"})
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SET: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")


class Wrong(Exception):
    """The protocol's own error: a code of section 3.6 and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that makes sense."""

    verb: str
    prefix: str = ""
    identifier: str = ""
    set: str = ""
    since: datetime = BEGINNING
    until: datetime | None = None
    """Excluded. None on a first request without `until`: then the answer is true as of now."""
    position: "Position | None" = None

    @property
    def is_first(self) -> bool:
        return self.position is None


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a list goes on: behind this record."""

    written_at: datetime
    record: int
    cursor: int
    """How many were given before."""
    total: int


def asked(pairs: Sequence[tuple[str, str]]) -> Asked:
    """The request in these (name, value) pairs of a query or a form. Raises Wrong."""
    given = dict(pairs)
    verb = given.get("verb", "")
    if len([name for name, _ in pairs if name == "verb"]) != 1 or verb not in _ALLOWED:
        raise Wrong("badVerb", "verb must be one of " + ", ".join(_ALLOWED))
    if len(given) != len(pairs):
        raise Wrong("badArgument", "an argument is repeated")
    names = given.keys() - {"verb"}
    if verb in _LISTS and "resumptionToken" in names:
        if len(names) > 1:
            raise Wrong("badArgument", "resumptionToken is an exclusive argument")
        return from_token(given["resumptionToken"], verb)
    needed, optional = _ALLOWED[verb]
    if missing := needed - names:
        raise Wrong("badArgument", "missing: " + ", ".join(sorted(missing)))
    if unknown := names - needed - optional:
        raise Wrong("badArgument", "not an argument of this verb: " + ", ".join(sorted(unknown)))
    if verb == "ListSets" and "resumptionToken" in names:
        raise Wrong("badResumptionToken", "the list of sets is given in one answer")
    return _with_dates(
        Asked(
            verb=verb,
            prefix=given.get("metadataPrefix", ""),
            identifier=given.get("identifier", ""),
            set=_set(given.get("set", "")),
        ),
        given,
    )


def _set(spec: str) -> str:
    if spec and not _SET.fullmatch(spec):
        raise Wrong("badArgument", "set is not a setSpec")
    return spec


def _with_dates(wish: Asked, given: Mapping[str, str]) -> Asked:
    since, until = given.get("from"), given.get("until")
    if since is not None and until is not None and len(since) != len(until):
        raise Wrong("badArgument", "from and until have different granularities")
    start = _moment(since) if since is not None else BEGINNING
    end = _end(until) if until is not None else None
    if end is not None and since is not None and start >= end:
        raise Wrong("badArgument", "from is later than until")
    return replace(wish, since=start, until=end)


def _moment(text: str) -> datetime:
    form = "%Y-%m-%d" if _DAY.fullmatch(text) else "%Y-%m-%dT%H:%M:%SZ" if _SECOND.fullmatch(text) else ""
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC) if form else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> datetime:
    raise Wrong("badArgument", f"not a UTC date: {text[:40]}")


def _end(text: str) -> datetime:
    """`until` includes its day or second."""
    moment = _moment(text)
    try:
        return moment + (timedelta(days=1) if len(text) == 10 else timedelta(seconds=1))
    except OverflowError:
        return moment


def token_for(wish: Asked, position: Position) -> str:
    """Everything that the next request needs: nothing is remembered here."""
    assert wish.until is not None
    parts = [
        wish.prefix,
        wish.set,
        _exact(wish.since),
        _exact(wish.until),
        _exact(position.written_at),
        position.record,
        position.cursor,
        position.total,
    ]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def from_token(token: str, verb: str) -> Asked:
    """Raises Wrong("badResumptionToken") for anything that token_for has not made."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        prefix, spec, since, until, written_at, record, cursor, total = json.loads(base64.urlsafe_b64decode(padded))
        if not all(isinstance(text, str) for text in (prefix, spec, since, until, written_at)):
            raise TypeError
        if not all(type(number) is int and 0 <= number < 1 << 62 for number in (record, cursor, total)):
            raise TypeError
        place = Position(written_at=_read(written_at), record=record, cursor=cursor, total=total)
        return Asked(verb=verb, prefix=prefix, set=_set(spec), since=_read(since), until=_read(until), position=place)
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError, Wrong):
        raise Wrong("badResumptionToken", "this resumptionToken is not one of ours") from None


def _exact(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _read(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 < moment.year < 9999:
        raise ValueError(text)
    return moment
