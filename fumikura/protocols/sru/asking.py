"""The parameters of a request, for each version of SRU. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from fumikura.protocols.sru.cql import Unparsable

VERSIONS = ("1.1", "1.2", "2.0")
MOST_RECORDS = 100
USUAL = 10


@dataclass(frozen=True)
class Asked:
    operation: str
    version: str
    parameters: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.parameters.get(name, "")

    def number(self, name: str, usual: int, *, least: int = 0) -> int:
        """Raises Unparsable(6) for what is no number in range."""
        given = self.parameters.get(name, "").strip()
        if not given:
            return usual
        if not given.isascii() or not given.isdecimal() or len(given) > 9 or int(given) < least:
            raise Unparsable(6, name)
        return int(given)

    @property
    def is_packed_as_text(self) -> bool:
        packing = self.text("recordXMLEscaping") if self.version == "2.0" else self.text("recordPacking")
        if packing not in {"", "xml", "string"}:
            raise Unparsable(71, packing)
        return packing == "string"


def asked(parameters: Mapping[str, str]) -> Asked:
    """Operation and version, told or guessed: SRU 2.0 has no operation parameter, 1.x must name both."""
    version = parameters.get("version", "")
    operation = parameters.get("operation", "")
    if not version:
        version = "1.2" if operation else "2.0"
    if version not in VERSIONS:
        raise Unparsable(5, "2.0")
    if not operation:
        operation = "scan" if "scanClause" in parameters else "searchRetrieve" if "query" in parameters else "explain"
    if operation not in {"searchRetrieve", "scan", "explain"}:
        raise Unparsable(4, operation)
    return Asked(operation, version, parameters)
