"""Names and subjects of a DC-NDL resource as MARC headings."""

import re

from fumikura.catalogue.crosswalks.dcndl_facts import (
    ABOUT,
    DATATYPE,
    Facts,
    Value,
    read_field,
    text_of,
    value_of,
)
from fumikura.catalogue.crosswalks.terms import term
from fumikura.catalogue.marc.building import Builder

_DATED = re.compile(r"(.*?)(, (?:(?:約|ca\. )?[0-9]{1,4}\??-(?:[0-9]{1,4}\??)?|-[0-9]{3,4}))$")
_BODY = re.compile(
    r"(?:会|社|館|局|省|庁|部|課|室|所|院|校|大学|学部|研究科|機構|財団|法人|センター|委員|市|県|府|都|町|村|区|国|団|連盟|組合|銀行|新聞"
    r"|Inc\.?|Co\.?|Ltd\.?|Press|Library|University|Institute|Society|Committee|Department)$"
)


def write_names(made: Builder, facts: Facts) -> None:
    stated = facts.texts("dc:creator")
    agents = [(element, "1") for element in facts.all("dcterms:creator")]
    agents += [(element, "7") for element in facts.all("dcterms:contributor")]
    for place, (element, series) in enumerate(agents):
        value = value_of(element)
        if not value[0]:
            continue
        agent = element.find(term("foaf:Agent"))
        about = agent.get(ABOUT) if agent is not None else ""
        _name(made, "1" if series == "1" and place == 0 else "7", value, _role(value[0], stated), about or "")


def _name(made: Builder, series: str, value: Value, role: str, about: str) -> None:
    tag, marks = heading_of(value[0])
    said, kana, romaji = (_dated(text) if tag == "00" else [("a", text)] for text in value)
    if role:
        said = [*said[:-1], (said[-1][0], said[-1][1] + ","), ("e", role)]
    address = [("0", about)] if about else []
    made.field(
        series + tag, marks, *said, *address, reading=kana if kana[0][1] else (), romaji=romaji if romaji[0][1] else ()
    )


def heading_of(name: str) -> tuple[str, str]:
    """The last two digits of its tag and the indicators: DC-NDL does not say whether a name is a person or a body."""
    bare = _DATED.sub(r"\1", name)
    if ", " in bare or bare != name:
        return "00", "1 " if ", " in bare else "0 "
    return ("10", "2 ") if _BODY.search(bare) else ("00", "0 ")


def _dated(text: str) -> list[tuple[str, str]]:
    """結城, 浩, 1963- → name and dates."""
    found = _DATED.fullmatch(text)
    return [("a", f"{found[1]},"), ("d", found[2].removeprefix(", "))] if found else [("a", text)]


def _role(name: str, stated: list[str]) -> str:
    """著, 訳 …: the last word of the statement in which the name stands."""
    bare = re.sub(r"[\s,・]", "", _DATED.sub(r"\1", name))
    for statement in stated:
        names, _blank, role = statement.rpartition(" ")
        if bare and bare in re.sub(r"[\s・]", "", names) and len(role) <= 8:
            return role.strip("[]") if role.strip("[]") else ""
    return ""


def write_subjects(made: Builder, facts: Facts) -> None:
    for element in facts.all("dcterms:subject"):
        value = value_of(element)
        if not value[0]:
            continue
        inner = element.find(term("rdf:Description"))
        about = (inner.get(ABOUT) if inner is not None else "") or ""
        _subject(made, value, about)
    for element in facts.all("dc:subject"):
        if not element.get(DATATYPE) and (text := text_of(element)):
            made.field("653", "  ", ("a", text))
    for element in facts.all("dcndl:genre"):
        inner = element.find(term("rdf:Description"))
        about = (inner.get(ABOUT) if inner is not None else "") or ""
        read_field(made, "655", " 7", value_of(element), ("2", "ndlgft"), *([("0", about)] if about else []))


def _subject(made: Builder, value: Value, about: str) -> None:
    if not about:
        read_field(made, "653", "  ", value)
        return
    tag, marks = "650", " 7"
    if "/auth/ndlna/" in about or "/auth/entity/" in about:
        kind, first = heading_of(value[0])
        tag, marks = f"6{kind}", f"{first[0]}7"
    pieces = [text.split("--") for text in value]
    said, kana, romaji = ([("a" if not place else "x", piece) for place, piece in enumerate(found)] for found in pieces)
    if tag == "600":
        said, kana, romaji = (_dated(found[0][1]) + found[1:] for found in (said, kana, romaji))
    made.field(
        tag, marks, *said, ("2", "ndlsh"), ("0", about),
        reading=kana if kana[0][1] else (), romaji=romaji if romaji[0][1] else (),
    )  # fmt: skip
