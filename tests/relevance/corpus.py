"""Real records from the folder beside the checkout as documents: Aozora works, NDL Search answers, JAPAN/MARC.

Each has a name that the judgments use: aozora:WORK, ndl:NUMBER, marc:001.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from fumikura.catalogue.crosswalks.dcndl import read_dcndl
from fumikura.catalogue.description import Description, Name, describe, description_of
from fumikura.catalogue.drafting import NameParts, draft_name, draft_title, needs_reading, read_elsewhere
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.works import work_key
from fumikura.discovery.documents import Document
from fumikura.discovery.gathering import Copies, document_of

Named = tuple[str, Document]


def documents(data: Path) -> list[Named]:
    """Every record once, numbered in this order; with drafted readings where a title has none, as the house drafts them."""
    found: dict[str, Description] = {}
    for name, description in [*_aozora(data), *_marc(data), *_ndl_sru(data), *_ndl_opensearch(data)]:
        found.setdefault(name, description)
    read = _readings(found.values())
    works = {name: work_key(one.title, next((by.name for by in one.creators), "")) for name, one in found.items()}
    return [
        (name, document_of(number, _with_draft(description, read), Copies(), work=works[name]))
        for number, (name, description) in enumerate(found.items(), start=1)
    ]


def _readings(descriptions: Iterable[Description]) -> dict[str, list[str]]:
    """How the same writing is read in other records: titles, and names after a tab."""
    read: dict[str, list[str]] = defaultdict(list)
    for one in descriptions:
        if one.title_reading:
            read[one.title].append(one.title_reading)
        for name in one.creators:
            if name.reading:
                read[f"\t{name.name}"].append(name.reading)
    return read


def _with_draft(description: Description, read: Mapping[str, list[str]]) -> Description:
    names = tuple(
        name if name.reading else replace(name, reading=_name_read(name.name, tuple(read.get(f"\t{name.name}", ()))))
        for name in description.creators
    )
    described = replace(description, creators=names)
    if description.title_reading or not needs_reading(description.title):
        return described
    draft = read_elsewhere(read.get(description.title, ())) or draft_title(description.title)
    return replace(described, title_reading=draft.text, title_reading_is_draft=True) if draft else described


@cache
def _name_read(name: str, elsewhere: tuple[str, ...]) -> str:
    if not needs_reading(name):
        return ""
    draft = read_elsewhere(elsewhere) or draft_name(name, "person", NameParts())
    return draft.text if draft else ""


def _aozora(data: Path) -> Iterator[tuple[str, Description]]:
    with gzip.open(data / "aozora/aozora_catalogue_from_texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row.get("cc") or not row.get("author"):
                continue
            yield (
                f"aozora:{row['work_id']}",
                Description(
                    title=row["title"],
                    title_reading=row.get("title_yomi", ""),
                    subtitle=" ".join(row.get("subtitle", ())),
                    creators=(
                        Name(row["author"], row.get("author_yomi", "")),
                        *(Name(name, role=role) for name, role in row.get("contributors", ())),
                    ),
                    publisher=row.get("base_publisher", ""),
                    year=row.get("base_year"),
                    notes=tuple(filter(None, [row.get("base_title", ""), row.get("first_raw", "")])),
                    ndc=(row["ndc"].removeprefix("NDC ").split()[0],) if row.get("ndc") else (),
                    language="jpn",
                ),
            )


def _marc(data: Path) -> Iterator[tuple[str, Description]]:
    for at, record in enumerate((data / "marc/japan/dev_120.mrc").read_bytes().split(b"\x1d")[:-1]):
        description = describe(record + b"\x1d")
        number = next((value for scheme, value in description.identifiers if scheme == "jpno"), str(at))
        yield f"marc:{number}", description


def _ndl_sru(data: Path) -> Iterator[tuple[str, Description]]:
    for path in sorted((data / "ndl_api/cassettes").glob("*.xml")):
        text = path.read_bytes()
        if b"BibResource" in text:
            for record in read_dcndl(text):
                yield f"ndl:{record['001'].data}", description_of(content_of(record))


_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcndl": "http://ndl.go.jp/dcndl/terms/",
    "dcterms": "http://purl.org/dc/terms/",
}


def _ndl_opensearch(data: Path) -> Iterator[tuple[str, Description]]:
    for path in sorted((data / "ndl_api/opensearch").glob("*.xml")):
        for item in ElementTree.parse(path).iter("item"):
            texts = {
                tag: tuple(filter(None, ((one.text or "").strip() for one in item.iterfind(tag, _SPACES))))
                for tag in ("dc:title", "dcndl:titleTranscription", "dc:creator", "dcndl:creatorTranscription", "dc:publisher", "dcndl:seriesTitle", "dcndl:volume", "dc:subject", "dcterms:issued", "dc:identifier")
            }  # fmt: skip
            title = next(iter(texts["dc:title"]), item.findtext("title", ""))
            readings = texts["dcndl:creatorTranscription"]
            creators = tuple(
                Name(name, readings[at] if len(readings) == len(texts["dc:creator"]) else "")
                for at, name in enumerate(texts["dc:creator"])
            )
            issued = next(iter(texts["dcterms:issued"]), "")[:4]
            described = Description(
                title=title,
                title_reading=next(iter(texts["dcndl:titleTranscription"]), ""),
                volume=next(iter(texts["dcndl:volume"]), ""),
                creators=creators,
                responsibility=item.findtext("author", "") or "",
                publisher=next(iter(texts["dc:publisher"]), ""),
                series=texts["dcndl:seriesTitle"],
                subjects=texts["dc:subject"],
                year=int(issued) if issued.isdigit() else None,
                isbns=tuple(one.replace("-", "") for one in texts["dc:identifier"] if one.startswith("978")),
            )
            number = (item.findtext("guid") or item.findtext("link") or title).rsplit("/", 1)[-1]
            yield f"ndl:{number}", replace(described, language="")
