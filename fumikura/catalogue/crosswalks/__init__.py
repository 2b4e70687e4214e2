"""From MARC 21 to the descriptions others use, and from DC-NDL back. Pure: no Django, no tables.

`read_dcndl` takes DC-NDL(RDF) as NDL Search answers it (SRU, OAI-PMH, bare RDF); `write_dcndl`, `write_oai_dc` and
`write_mods` make one XML document of one record.
"""

from fumikura.catalogue.crosswalks.dcndl import read_dcndl
from fumikura.catalogue.crosswalks.dcndl_writing import write_dcndl
from fumikura.catalogue.crosswalks.mods import write_mods
from fumikura.catalogue.crosswalks.oai_dc import write_oai_dc

__all__ = ["read_dcndl", "write_dcndl", "write_mods", "write_oai_dc"]
