"""The formats in which a record is given: prefix → namespace, schema and how it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fumikura.catalogue.crosswalks.as_xml import MARC21, dcndl, dublin_core, marcxml, mods


@dataclass(frozen=True)
class Format:
    namespace: str
    schema: str
    write: Callable[[bytes, str], str]
    """(ISO 2709, address of the record's page) → XML without declaration. Raises what cannot be written."""


FORMATS: Final[Mapping[str, Format]] = {
    "oai_dc": Format(
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        dublin_core,
    ),
    "marc21": Format(
        MARC21,
        "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
        lambda marc, _about: marcxml(marc),
    ),
    "dcndl": Format("http://ndl.go.jp/dcndl/terms/", "http://ndl.go.jp/dcndl/dcndl.xsd", dcndl),
    "mods": Format("http://www.loc.gov/mods/v3", "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd", mods),
}
