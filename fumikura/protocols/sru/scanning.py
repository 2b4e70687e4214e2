"""Scan: the titles, or the standard numbers, in order around a place."""

from collections.abc import Sequence

from django.db.models import Count, Min

from fumikura.catalogue.models import BibliographicRecord, RecordIdentifier
from fumikura.discovery.parsing import isbn_query, normalised_number
from fumikura.discovery.query import Field
from fumikura.kernel.japanese import sort_key
from fumikura.protocols.sru.answers import ScanTerm
from fumikura.protocols.sru.compiling import index_name, plain
from fumikura.protocols.sru.cql import Clause, Unparsable, parse

MOST_TERMS = 100


def scan(clause: str, *, position: int, most: int) -> Sequence[ScanTerm]:
    """`most` terms, the asked one (or the next that there is) at `position`, from 1; 0 means just before the first."""
    parsed = parse(clause)
    tree = parsed.tree
    if not isinstance(tree, Clause):
        raise Unparsable(10, "scanClause")
    most = min(max(most, 1), MOST_TERMS)
    if not 0 <= position <= most + 1:
        raise Unparsable(120, str(position))
    name = index_name(tree.index, parsed.prefixes)
    before, after = max(position - 1, 0), most - max(position - 1, 0)
    skip = 1 if position == 0 else 0
    if name in {"title", "ti", "serverchoice"}:
        return _titles(sort_key(plain(tree.term)), before, after + skip)[skip:]
    if name in {"isbn", "identifier", "standardidentifier"}:
        return _numbers(plain(tree.term), before, after + skip)[skip:]
    raise Unparsable(16, tree.index)


def _titles(key: str, before: int, after: int) -> list[ScanTerm]:
    rows = BibliographicRecord.objects.filter(deleted_at=None).exclude(sort_key="")
    counted = rows.values("sort_key").annotate(count=Count("pk"), title=Min("title"))
    front = list(counted.filter(sort_key__lt=key).order_by("-sort_key")[:before])
    back = list(counted.filter(sort_key__gte=key).order_by("sort_key")[:after])
    return [ScanTerm(row["sort_key"], row["count"], row["title"]) for row in [*reversed(front), *back]]


def _numbers(text: str, before: int, after: int) -> list[ScanTerm]:
    isbn = isbn_query(text)
    value = isbn.value if isinstance(isbn, Field) else normalised_number(text)
    rows = RecordIdentifier.objects.filter(scheme="isbn", record__deleted_at=None)
    counted = rows.values("value").annotate(count=Count("record"))
    front = list(counted.filter(value__lt=value).order_by("-value")[:before])
    back = list(counted.filter(value__gte=value).order_by("value")[:after])
    return [ScanTerm(row["value"], row["count"]) for row in [*reversed(front), *back]]
