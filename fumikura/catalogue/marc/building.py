"""Putting a MARC record together from facts: fields in the order of their tags, readings as linked 880 fields behind them."""

from collections.abc import Sequence

from fumikura.catalogue.marc.content import Content, Entry, plain

Parts = Sequence[tuple[str, str]]
LEADER = "00000nam a2200000 i 4500"


class Builder:
    """Takes fields in any order; `content` sorts them. A field with a reading is linked to it by $6."""

    def __init__(self) -> None:
        self.leader = LEADER
        self._entries: list[Entry] = []
        self._readings: list[Entry] = []
        self._links = 0

    def control(self, tag: str, data: str) -> None:
        self._entries.append(Entry(tag, data=plain(data)))

    def field(self, tag: str, marks: str, *parts: tuple[str, str], reading: Parts = (), romaji: Parts = ()) -> None:
        """`reading` (katakana) and `romaji` hold the same subfields as `parts`, as far as they are known."""
        linked = [(code, plain(text)) for code, text in parts if text]
        if not linked:
            return
        scripts = [(script, found) for script, found in (("$1", reading), ("(B", romaji)) if any(t for _c, t in found)]
        if scripts:
            self._links += 1
            linked.insert(0, ("6", f"880-{self._links:02d}"))
        for script, found in scripts:
            read = [(code, plain(text)) for code, text in found if text]
            self._readings.append(Entry("880", marks, [("6", f"{tag}-{self._links:02d}/{script}"), *read]))
        self._entries.append(Entry(tag, marks, linked))

    def content(self) -> Content:
        return Content(self.leader, [*sorted(self._entries, key=lambda entry: entry.tag), *self._readings])
