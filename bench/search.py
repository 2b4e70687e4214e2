"""Search over synthesised records: ours beside its peers, the same records, the same questions, in one run.

python -m bench.search [--records 100000] [--queries 365] [--folder DIR] [--peers fumikura,pages,…] [--copies 10]

Each question = exact total + the best 20 + five facets over all hits, warm. What is built is kept in the folder (default
var/bench/search-RECORDS) and used again by the next run; delete the folder to build anew. PostgreSQL, OpenSearch and ours go on where a
build was broken off, by --limit too. `pages` is the result page of
`fumikura serve` over the same index. A peer may take --patience seconds; who needs longer is measured on the questions it got to.
"""

import argparse
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")

from bench.records import documents
from bench.searching import pages
from bench.searching.copies import multiply
from bench.searching.fts5 import Fts5
from bench.searching.fumikura import InProcess, OnOpenSearch
from bench.searching.groonga import Groonga
from bench.searching.postgres import Postgres
from bench.searching.questions import Peer, Question, questions
from bench.searching.zebra import Zebra
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Engine, schema_of
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.query import Phrase

TOP = Path(__file__).resolve().parents[1]
PEERS: dict[str, Callable[[], Peer]] = {
    "fumikura": InProcess,
    "fts5": Fts5,
    "postgres": Postgres,
    "groonga": Groonga,
    "zebra": Zebra,
    "opensearch": OnOpenSearch,
}
SAMPLE = 20_000
PIECE = 1_000


class Limited:
    """Documents until the time is up."""

    was_cut = False

    def __init__(self, documents: Iterator[Document], seconds: float) -> None:
        self._documents, self._until = documents, time.monotonic() + seconds

    def __iter__(self) -> Iterator[Document]:
        return self

    def __next__(self) -> Document:
        if time.monotonic() > self._until:
            self.was_cut = True
            raise StopIteration
        return next(self._documents)


def kept(folder: Path, count: int) -> Callable[[], Iterator[Document]]:
    """The records, made once and read again by every peer."""
    path = folder / "records.pickle"
    if not path.exists():
        began = time.monotonic()
        with path.with_suffix(".making").open("wb") as out:
            piece: list[Document] = []
            for one in documents(count):
                piece.append(one)
                if len(piece) == PIECE:
                    pickle.dump(piece, out)
                    piece = []
            pickle.dump(piece, out)
        path.with_suffix(".making").rename(path)
        say(f"{count:,} records made in {time.monotonic() - began:.0f} s")

    def read() -> Iterator[Document]:
        with path.open("rb") as file:
            while True:
                try:
                    yield from pickle.load(file)
                except EOFError:
                    return

    return read


def built(
    name: str, peer: Peer, folder: Path, count: int, records: Callable[[], Iterator[Document]], limit: float
) -> float | None:
    """Records a second when it was built, now or in an earlier run; None when there was no time for all of it."""
    place = place_of(name, folder)
    note = place / "built.json"
    # An index of an earlier schema, or one whose building was broken off, is made anew.
    wanted = schema_of("") if name == "fumikura" else ""
    if (rate := rate_of(note, wanted)) is not None:
        return rate
    begun = place / "begun.json"
    if place.exists() and not (getattr(peer, "resumes", False) and rate_of(begun, wanted) is not None):
        shutil.rmtree(place)
    place.mkdir(parents=True, exist_ok=True)
    begun.write_text(json.dumps({"rate": 0, "of": wanted}))
    say(f"building: {peer.name}")
    began = time.monotonic()
    documents = Limited(records(), limit)
    peer.build(place, documents)
    added = getattr(peer, "added", count)
    rate = added / (time.monotonic() - began)
    if documents.was_cut:
        say(f"{peer.name}: {added:,} records more in {limit:.0f} s; the same command goes on from there")
        return None
    note.write_text(json.dumps({"rate": rate, "of": wanted}))
    return rate


def rate_of(note: Path, wanted: str) -> float | None:
    """Records a second when it was built, when it was built of this."""
    said = json.loads(note.read_text()) if note.exists() else {}
    return float(said["rate"]) if said and said.get("of", "") == wanted else None


def place_of(name: str, folder: Path) -> Path:
    # Ours lies where `serve` looks for it.
    return folder / "home" / "index" if name == "fumikura" else folder / name


def measured(peer: Peer, asked: Sequence[Question], patience: float, *, facets: bool) -> list[float]:
    """Each question once to warm up and once timed, as many as there is time for."""
    until = time.monotonic() + patience
    spent = []
    for question in asked:
        peer.ask(question, facets=facets)
        began = time.perf_counter()
        peer.ask(question, facets=facets)
        spent.append((time.perf_counter() - began) * 1000)
        if time.monotonic() > until:
            break
    return spent


def percentiles(spent: Sequence[float]) -> str:
    ordered = sorted(spent)
    return " / ".join(f"{ordered[min(int(len(ordered) * share), len(ordered) - 1)]:.2f}" for share in (0.5, 0.95, 0.99))


def size_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".json") / 1e6


def updates(engine: Engine, folder: Path, found: Sequence[Document]) -> list[float]:
    """From the change being handed over to its being visible in another process."""
    watcher = subprocess.Popen(
        [sys.executable, "-m", "bench.search", "--watch", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert watcher.stdin
    assert watcher.stdout
    watcher.stdout.readline()
    spent = []
    for number in range(60):
        document = found[number * 7]
        word = f"鑿{chr(0x4E00 + number)}鑿"
        watcher.stdin.write(word + "\n")
        watcher.stdin.flush()
        began = time.perf_counter()
        engine.put([Document(**{**vars(document), "titles": (document.titles[0] + word,)})])
        engine.commit()
        watcher.stdout.readline()
        spent.append((time.perf_counter() - began) * 1000)
        engine.put([document])
    engine.commit()
    watcher.stdin.close()
    watcher.wait()
    return spent


def watch(folder: Path) -> None:
    engine = TantivyEngine(folder)
    say("", to=sys.stdout, line="ready")
    for line in sys.stdin:
        query = Phrase(line.strip())
        gives_up = time.monotonic() + 10
        while not engine.search(query, start=0, rows=1, sort="relevance").total and time.monotonic() < gives_up:
            time.sleep(0.001)
        say("", to=sys.stdout, line="seen")


def say(what: str, *, to: object = sys.stderr, line: str = "") -> None:
    print(line or f"[{time.strftime('%H:%M:%S')}] {what}", file=to, flush=True)  # type: ignore[call-overload]


def of_pages(
    folder: Path, count: int, asked: Sequence[Question], records: Callable[[], Iterator[Document]]
) -> list[str]:
    """The row of the result page, and a line about how many readers it serves."""
    home = folder / "home"
    note = home / "built.json"
    wanted = pages.shape_of_tables()
    if note.exists() and rate_of(note, wanted) is None:
        pages.bring_up_to_date(home)
        note.write_text(json.dumps({**json.loads(note.read_text()), "of": wanted}))
    elif not note.exists():
        say("building: the library of the pages")
        began = time.monotonic()
        pages.build(home, records())
        note.write_text(json.dumps({"rate": count / (time.monotonic() - began), "of": wanted}))
    pages.point_to_index(home)
    addresses = [pages.address_of(question) for question in asked]
    with pages.served(home, pages.PORT, workers=2) as port:
        pages.timed(port, addresses * 2)
        spent = pages.timed(port, addresses)
        # One connection is one of the server's processes: the other has not been asked anything yet.
        pages.pages_a_second(port, addresses)
        rate = pages.pages_a_second(port, addresses * 2)
    size = (home / "fumikura.sqlite3").stat().st_size / 1e6
    return [
        f"| Fumikura, the result page over HTTP | {count:,} | | {size:,.1f} (database) | {percentiles(spent)} | {len(spent)} | {rate:,.0f} pages/s with 4 readers, 2 workers |"
    ]


def of_copies(folder: Path, chosen: argparse.Namespace, asked: Sequence[Question]) -> str:
    """The row of an index `copies` times as large, made of this one's segments."""
    place = folder / f"copies-{chosen.copies}"
    multiply(place_of("fumikura", folder) / "bench", place / "bench", chosen.copies)
    peer = InProcess()
    peer.open(place)
    faceted = measured(peer, asked, chosen.patience, facets=True)
    bare = measured(peer, asked, chosen.patience, facets=False)
    count = peer.engine.count()
    peer.close()
    shutil.rmtree(place)
    return f"| {peer.name}, {chosen.copies} times over | {count:,} | | | {percentiles(faceted)} | {len(faceted)} | {percentiles(bare)} |"


def run(chosen: argparse.Namespace) -> list[str]:
    folder = chosen.folder or TOP / "var" / "bench" / f"search-{chosen.records}"
    folder.mkdir(parents=True, exist_ok=True)
    records = kept(folder, chosen.records)
    sample = [one for one, _ in zip(records(), range(SAMPLE), strict=False)]
    asked = questions(sample, chosen.queries)
    names = chosen.peers.split(",")
    lines, totals, answers, notes = [], dict[str, list[int]](), dict[str, list[object]](), []
    for name in [name for name in names if name in PEERS]:
        peer = PEERS[name]()
        if reason := peer.why_not():
            notes.append(f"{peer.name} took no part: {reason}.")
            continue
        rate = built(name, peer, folder, chosen.records, records, chosen.limit)
        if rate is None:
            notes.append(f"{peer.name} is not built to its end.")
            continue
        peer.open(place_of(name, folder))
        faceted = measured(peer, asked, chosen.patience, facets=True)
        bare = measured(peer, asked, chosen.patience, facets=False)
        totals[name] = [
            peer.ask_literally(one) if isinstance(peer, InProcess) else peer.ask(one, facets=False)
            for one in asked[: len(bare)]
        ]
        if isinstance(peer, InProcess):
            answers[name] = [peer.answer(one) for one in asked[: len(bare)]]
        size = size_of(place_of(name, folder))
        lines.append(
            f"| {peer.name} | {chosen.records:,} | {rate:,.0f} | {size:,.1f} | {percentiles(faceted)} | {len(faceted)} | {percentiles(bare)} |"
        )
        say(lines[-1])
        if name == "fumikura" and isinstance(peer, InProcess):
            seen = updates(peer.engine, place_of(name, folder) / "bench", sample)
            notes.append(
                f"Update to visible in another process, one document a commit, p50 / p95 / p99 ms: {percentiles(seen)}."
            )
        peer.close()
        if name == "fumikura" and chosen.copies:
            lines.append(of_copies(folder, chosen, asked))
            say(lines[-1])
    if "pages" in names:
        lines += of_pages(folder, chosen.records, asked, records)
        say(lines[-1])
    if len(answers) == 2:
        pairs = list(zip(*answers.values(), strict=False))
        notes.append(
            f"Totals and all values of the five facets as typed, {' and '.join(answers)} alike: {sum(one == other for one, other in pairs)} of {len(pairs)}."
        )
    ours = totals.get("fumikura", [])
    for name, found in totals.items():
        if name != "fumikura" and ours:
            same = sum(one == other for one, other in zip(ours, found, strict=False))
            notes.append(f"Totals on the words themselves equal to {name}'s: {same} of {min(len(found), len(ours))}.")
    notes.append(f"Load average at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    return [*lines, "", " ".join(notes)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--queries", type=int, default=365)
    arguments.add_argument("--peers", default="fumikura,pages,fts5,postgres,groonga,zebra,opensearch")
    arguments.add_argument("--patience", type=float, default=600, help="seconds a peer may take for a column")
    arguments.add_argument(
        "--limit", type=float, default=7_200, help="seconds a build may take before it is left for the next run"
    )
    arguments.add_argument(
        "--copies", type=int, default=0, help="ask ours also so many times as large, of its own segments"
    )
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--append", type=Path)
    arguments.add_argument("--watch", type=Path)
    chosen = arguments.parse_args()
    if chosen.watch:
        watch(chosen.watch)
        return
    head = [
        "| engine | records | build records/s | MB | p50 / p95 / p99 ms with 5 facets | questions | without facets |",
        "|---|---|---|---|---|---|---|",
    ]
    text = "\n".join(head + run(chosen))
    say("", to=sys.stdout, line=text)
    if chosen.append:
        with chosen.append.open("a", encoding="utf-8") as page:
            page.write(f"\n## Search, {chosen.records:,} synthesised records (`python -m bench.search`)\n\n{text}\n")


if __name__ == "__main__":
    main()
