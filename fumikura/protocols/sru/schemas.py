"""Record schemas of SRU: short name → URI, and how a record is written in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from fumikura.catalogue.crosswalks.as_xml import dcndl, marcxml, mods
from fumikura.catalogue.crosswalks.oai_dc import oai_dc_element

_SRW_DC = "info:srw/schema/1/dc-schema"


@dataclass(frozen=True)
class Schema:
    uri: str
    title: str
    write: Callable[[bytes], str]


def _dc(marc: bytes) -> str:
    given = oai_dc_element(marc)
    nsmap = {"srw_dc": _SRW_DC, "dc": "http://purl.org/dc/elements/1.1/"}
    root = etree.Element(f"{{{_SRW_DC}}}dc", nsmap=nsmap)
    root.extend(list(given))
    return str(etree.tostring(root, encoding="unicode"))


SCHEMAS: Final[Mapping[str, Schema]] = {
    "marcxml": Schema("info:srw/schema/1/marcxml-v1.1", "MARC 21 XML", marcxml),
    "dc": Schema("info:srw/schema/1/dc-v1.1", "Dublin Core", _dc),
    "mods": Schema("info:srw/schema/1/mods-v3.8", "MODS", mods),
    "dcndl": Schema("info:ndl/schema/1/dcndl", "DC-NDL (RDF)", dcndl),
}


def find_schema(asked: str) -> Schema | None:
    """By short name or URI; MARCXML when nothing is asked for."""
    if not asked:
        return SCHEMAS["marcxml"]
    return SCHEMAS.get(asked.lower()) or next((one for one in SCHEMAS.values() if one.uri == asked), None)
