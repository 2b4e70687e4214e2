"""A stored record (ISO 2709) as one XML element with its namespaces and without declaration, for doors that give records away.

`about` is the address of the record's page. All raise what the codecs raise for a record that cannot be written.
"""

from lxml import etree

from fumikura.catalogue.crosswalks.dcndl_writing import rdf_element
from fumikura.catalogue.crosswalks.mods import mods_element
from fumikura.catalogue.crosswalks.oai_dc import oai_dc_text
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.catalogue.marc.marcxml import element_text

MARC21 = "http://www.loc.gov/MARC21/slim"


def marcxml(marc: bytes) -> str:
    return element_text(decode(marc).content).replace("<record>", f'<record xmlns="{MARC21}">', 1)


def dublin_core(marc: bytes, about: str = "") -> str:
    """As OAI-PMH gives it: oai_dc."""
    return oai_dc_text(marc, about=about)


def mods(marc: bytes, about: str = "") -> str:
    return _text(mods_element(marc, about=about))


def dcndl(marc: bytes, about: str = "") -> str:
    return _text(rdf_element(marc, about=about))


def _text(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode"))
