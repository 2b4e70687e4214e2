"""How often a drafted reading is right: the readings that real records have are hidden, drafted, and compared.

python -m bench.readings [--shared ../shared]

Titles and names apart; as the same sound (は = ワ, づ = ず, blanks and signs aside). Names are drafted twice: by the dictionary
alone, and with the parts of all other names known, as in a catalogue that has authorities already. The share that is right is
told by confidence as well, because the list for cataloguers is sorted by it.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from fumikura.catalogue.description import description_of
from fumikura.catalogue.drafting import (
    LIKELY,
    Draft,
    NameParts,
    dictionary_name,
    draft_name,
    draft_title,
    needs_reading,
)
from fumikura.catalogue.marc.iso2709 import decode
from fumikura.kernel.japanese import fold

Said = dict[str, str]
_SAME_SOUND = str.maketrans("わえおづぢ", "はへをずじ")


def japan_marc(path: Path) -> tuple[Said, Said]:
    """Titles and names with the readings of the national bibliography."""
    titles, names = {}, {}
    for raw in path.read_bytes().split(b"\x1d"):
        if len(raw) > 24:
            said = description_of(decode(raw + b"\x1d").content)
            if said.title_reading:
                titles[said.title] = said.title_reading
            names |= {name.name: name.reading for name in said.creators if name.reading}
    return titles, names


def aozora(path: Path) -> tuple[Said, Said]:
    """Titles and authors of Aozora Bunko with the readings of its own catalogue."""
    titles, names = {}, {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("cc"):
                continue
            if row.get("title_yomi"):
                titles[row["title"]] = row["title_yomi"]
            name, reading = row.get("author_card_name", ""), row.get("author_yomi", "")
            if name.count(" ") == reading.count(" ") == 1:
                names[name.replace(" ", ", ")] = reading.replace(" ", ", ")
    return titles, names


def sound(text: str) -> str:
    return fold(text).replace(" ", "").translate(_SAME_SOUND)


def right(said: Said, draft: Callable[[str], Draft | None]) -> str:
    """How many, how many of them right, and of the likely and the doubtful ones apart; per second."""
    asked = {writing: reading for writing, reading in said.items() if needs_reading(writing)}
    counted: defaultdict[bool, list[bool]] = defaultdict(list)
    began = time.perf_counter()
    for writing, reading in asked.items():
        made = draft(writing)
        counted[bool(made and made.confidence >= LIKELY)].append(bool(made and sound(made.text) == sound(reading)))
    took = time.perf_counter() - began
    every = counted[True] + counted[False]
    return " | ".join(
        [
            str(len(every)),
            share(every),
            *(share_of(counted[likely], every) for likely in (True, False)),
            f"{len(every) / took:,.0f}",
        ]
    )


def share(found: list[bool]) -> str:
    return f"{100 * sum(found) / len(found):.1f} %" if found else "–"


def share_of(found: list[bool], every: list[bool]) -> str:
    return f"{share(found)} of {len(found)}" if every else "–"


def with_others(names: Mapping[str, str]) -> Callable[[str], Draft | None]:
    """Each name drafted while all the others are known."""

    def draft(name: str) -> Draft | None:
        parts = NameParts()
        for other, reading in names.items():
            if other != name:
                parts.learn(other, reading)
        return draft_name(name, kind_of(name), parts)

    return draft


def kind_of(name: str) -> str:
    return "person" if "," in name else "body"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    data = parser.parse_args().shared / "data"
    print(f"Dictionary: Sudachi {dictionary_name() or 'none'}; likely: confidence of {LIKELY} or more\n")
    print("| | with kanji | right | likely: right | doubtful: right | a second |\n|---|---|---|---|---|---|")
    for source, (titles, names) in {
        "JAPAN/MARC": japan_marc(data / "marc/japan/dev_120.mrc"),
        "Aozora": aozora(data / "aozora/aozora_catalogue_from_texts.jsonl.gz"),
    }.items():
        print(f"| {source}: titles | {right(titles, draft_title)} |")
        print(
            f"| {source}: names, by the dictionary alone | {right(names, lambda name: draft_name(name, kind_of(name), NameParts()))} |"
        )
        print(f"| {source}: names, the other names known | {right(names, with_others(names))} |")


if __name__ == "__main__":
    main()
