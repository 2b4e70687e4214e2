"""The formats in which a record is given: prefix → namespace, schema and how it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from fumikura.catalogue.crosswalks.dcndl_writing import rdf_element
from fumikura.catalogue.crosswalks.mods import mods_element
from fumikura.catalogue.crosswalks.oai_dc import oai_dc_element
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.marc.marcxml import element_text

MARC21 = "http://www.loc.gov/MARC21/slim"


@dataclass(frozen=True)
class Format:
    namespace: str
    schema: str
    write: Callable[[bytes, str], str]
    """(ISO 2709, address of the record's page) → XML without declaration. Raises what cannot be written."""


def _marcxml(marc: bytes, _about: str) -> str:
    return element_text(decode(marc).content).replace("<record>", f'<record xmlns="{MARC21}">', 1)


def _element(make: Callable[..., etree._Element]) -> Callable[[bytes, str], str]:
    return lambda marc, about: str(etree.tostring(make(marc, about=about), encoding="unicode"))


FORMATS: Final[Mapping[str, Format]] = {
    "oai_dc": Format(
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        _element(oai_dc_element),
    ),
    "marc21": Format(MARC21, "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd", _marcxml),
    "dcndl": Format("http://ndl.go.jp/dcndl/terms/", "http://ndl.go.jp/dcndl/dcndl.xsd", _element(rdf_element)),
    "mods": Format(
        "http://www.loc.gov/mods/v3", "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd", _element(mods_element)
    ),
}
