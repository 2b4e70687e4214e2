"""Groonga: its own TokenBigram over the folded text, columns for the facets; asked through its command line, kept open."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from bench.searching.questions import Question
from fumikura.discovery.documents import Document
from fumikura.discovery.text import units

# TokenBigramSplitSymbolAlphaDigit cuts letters and digits too: a hit is a substring, as with the others.
TABLES = """
table_create One TABLE_HASH_KEY UInt32
column_create One text COLUMN_VECTOR ShortText
column_create One key COLUMN_VECTOR ShortText
column_create One kind COLUMN_SCALAR ShortText
column_create One language COLUMN_SCALAR ShortText
column_create One decade COLUMN_SCALAR ShortText
column_create One ndc COLUMN_SCALAR ShortText
column_create One class COLUMN_SCALAR ShortText
column_create One year COLUMN_SCALAR Int32
column_create One sites COLUMN_VECTOR ShortText
table_create Pairs TABLE_PAT_KEY ShortText --default_tokenizer TokenBigramSplitSymbolAlphaDigit
column_create Pairs one COLUMN_INDEX|WITH_POSITION|WITH_SECTION One text
table_create Keys TABLE_PAT_KEY ShortText
column_create Keys one COLUMN_INDEX One key
table_create Classes TABLE_PAT_KEY ShortText
column_create Classes one COLUMN_INDEX One class
"""


class Groonga:
    name = "Groonga (TokenBigram)"

    def why_not(self) -> str:
        return "" if shutil.which("groonga") else "not installed (apt install groonga-bin)"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        base = str(folder / "peer")
        subprocess.run(["groonga", "-n", base], input=TABLES, text=True, check=True, capture_output=True)
        rows = iter(documents)
        while some := list(islice(rows, 20_000)):
            subprocess.run(["groonga", base], input=f"load --table One\n{_json(some)}\n", text=True, check=True, capture_output=True)  # fmt: skip

    def open(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            ["groonga", str(folder / "peer")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: Question, *, facets: bool) -> int:
        conditions = [self._holds(question.kind, word) for word in question.words]
        if not question.words:
            conditions.append(f"class @^ {json.dumps(question.typed[4:])}")
        for name, allowed in question.filters:
            if name == "site":
                conditions.append(f"sites @ {json.dumps(allowed[0])}")
            else:
                low, high = allowed[0].split("-")
                conditions.append(f"year >= {low} && year <= {high}")
        drilldown = "--drilldown kind,language,decade,ndc,sites --drilldown_limit 1000" if facets else ""
        found = self._told(
            f"select One --filter {_argument(' && '.join(conditions))} --output_columns _key,_score --sort_keys -_score"
            f" --offset {question.start} --limit 20 {drilldown} --cache no"
        )
        return int(found[1][0][0][0])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def _holds(self, kind: str, word: str) -> str:
        if kind == "isbn":
            return f"key @ {json.dumps(word)}"
        return f"text @ {json.dumps(''.join(units(word)), ensure_ascii=False)}"

    def _told(self, command: str) -> list[list[list[list[int]]]]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        if found[0][0]:
            raise RuntimeError(f"Groonga: {found[0][3]}")
        answer: list[list[list[list[int]]]] = found
        return answer


def _argument(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _json(documents: list[Document]) -> str:
    rows = [
        {
            "_key": one.id, "text": [" ".join(units(text)) if text.isascii() else "".join(units(text)) for text in one.texts],
            "key": list(one.identifiers), "kind": one.kind, "language": one.language, "decade": one.decade,
            "ndc": one.ndc[0][0], "class": one.ndc[0], "year": one.year or 0, "sites": list(one.sites),
        }
        for one in documents
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False).replace("\n", " ")
