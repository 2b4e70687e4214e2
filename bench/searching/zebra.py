"""Zebra, a character a word, asked over Z39.50 through libyaz. It counts facets over the first 1,000 hits only (its default).

Every character is written as the letters of its number, so that Zebra's own word index keeps it whatever its character tables know.
"""

import ctypes
import ctypes.util
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bench.searching.questions import Question
from fumikura.discovery.documents import Document
from fumikura.discovery.text import units

FACETS = b"zebra::facet::kind:0,language:0,decade:0,ndc:0,sites:0"
CONFIG = """profilePath: /usr/share/idzebra-2.0/tab
modulePath: {modules}
attset: bib1.att
recordtype: dom.{folder}/dom.xml
register: {folder}/register:30G
lockDir: {folder}
setTmpDir: {folder}
storeData: 1
storeKeys: 1
memMax: 512
"""
DOM = """<dom><extract name="index"/><retrieve name="xml"/><input><xmlreader level="1"/></input></dom>"""


class Zebra:
    name = "Zebra, a character a word (facets over 1,000 hits)"

    def why_not(self) -> str:
        if not shutil.which("zebrasrv") or not _modules():
            return "not installed (apt install idzebra-2.0-utils libidzebra-2.0-mod-dom)"
        return "" if ctypes.util.find_library("yaz") else "not installed (apt install yaz)"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        for name in ("register", "records"):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
        (folder / "zebra.cfg").write_text(CONFIG.format(folder=folder.resolve(), modules=_modules()))
        (folder / "dom.xml").write_text(DOM)
        rows = iter(documents)
        number = 0
        while some := list(islice(rows, 20_000)):
            number += 1
            (folder / "records" / f"{number:05}.xml").write_text(_xml(some), encoding="utf-8")
        for verb in (["init"], ["update", "records"]):
            subprocess.run(["zebraidx", "-c", "zebra.cfg", *verb], cwd=folder, check=True, capture_output=True)
        shutil.rmtree(folder / "records")

    def open(self, folder: Path) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        self.server = subprocess.Popen(
            ["zebrasrv", "-c", "zebra.cfg", "-v", "none", f"tcp:127.0.0.1:{port}"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.zoom = _zoom()
        self.line = self.zoom.ZOOM_connection_create(None)
        self._set("preferredRecordSyntax", "xml")
        self._set("timeout", "600")
        for _ in range(100):
            self.zoom.ZOOM_connection_connect(self.line, f"127.0.0.1:{port}".encode(), 0)
            if not self._wrong():
                return
            time.sleep(0.1)
        raise RuntimeError(f"zebrasrv does not answer: {self._wrong()}")

    def ask(self, question: Question, *, facets: bool) -> int:
        wanted = [self._holds(question.kind, word) for word in question.words]
        if not question.words:
            wanted.append(f'@attr 1=class @attr 4=3 @attr 5=1 "{question.typed[4:]}"')
        for name, allowed in question.filters:
            if name == "site":
                wanted.append(f'@attr 1=sites @attr 4=3 "{allowed[0]}"')
            else:
                low, high = allowed[0].split("-")
                wanted.append(f"@and @attr 1=year @attr 4=3 @attr 2=4 {low} @attr 1=year @attr 4=3 @attr 2=2 {high}")
        self._set("elementSetName", "")
        self._set("start", str(question.start))
        self._set("count", "20")
        found = self.zoom.ZOOM_connection_search_pqf(
            self.line, ("@and " * (len(wanted) - 1) + " ".join(wanted)).encode()
        )
        try:
            if wrong := self._wrong():
                raise RuntimeError(f"Zebra: {wrong} ({wanted})")
            total = int(self.zoom.ZOOM_resultset_size(found))
            if facets and total:
                self.zoom.ZOOM_resultset_option_set(found, b"elementSetName", FACETS)
                self.zoom.ZOOM_resultset_record(found, 0)
            return total
        finally:
            self.zoom.ZOOM_resultset_destroy(found)

    def close(self) -> None:
        self.zoom.ZOOM_connection_destroy(self.line)
        self.server.terminate()
        self.server.wait()

    def _holds(self, kind: str, word: str) -> str:
        if kind == "isbn":
            return f'@attr 1=key @attr 4=3 "{word}"'
        return f'@attr 1=text @attr 4=1 "{_words(word)}"'

    def _set(self, name: str, value: str) -> None:
        self.zoom.ZOOM_connection_option_set(self.line, name.encode(), value.encode() or None)

    def _wrong(self) -> str:
        name, more = ctypes.c_char_p(), ctypes.c_char_p()
        number = self.zoom.ZOOM_connection_error(self.line, ctypes.byref(name), ctypes.byref(more))
        return f"{name.value!r} {more.value!r}" if number else ""


def _modules() -> str:
    return next((str(path) for path in Path("/usr/lib").glob("*/idzebra-2.0/modules")), "")


def _zoom() -> Any:
    zoom = ctypes.CDLL(ctypes.util.find_library("yaz"))
    for name in ("ZOOM_connection_create", "ZOOM_connection_search_pqf"):
        getattr(zoom, name).restype = ctypes.c_void_p
    zoom.ZOOM_resultset_size.restype = ctypes.c_size_t
    text, thing = ctypes.c_char_p, ctypes.c_void_p
    zoom.ZOOM_connection_create.argtypes = [thing]
    zoom.ZOOM_connection_connect.argtypes = [thing, text, ctypes.c_int]
    zoom.ZOOM_connection_option_set.argtypes = [thing, text, text]
    zoom.ZOOM_connection_search_pqf.argtypes = [thing, text]
    zoom.ZOOM_connection_error.argtypes = [thing, thing, thing]
    zoom.ZOOM_resultset_size.argtypes = [thing]
    zoom.ZOOM_resultset_option_set.argtypes = [thing, text, text]
    zoom.ZOOM_resultset_record.argtypes = [thing, ctypes.c_size_t]
    zoom.ZOOM_resultset_record.restype = thing
    zoom.ZOOM_resultset_destroy.argtypes = [thing]
    zoom.ZOOM_connection_destroy.argtypes = [thing]
    return zoom


def _words(text: str) -> str:
    """Each unit as one word of letters."""
    return " ".join(
        "".join(chr(ord("a") + int(digit, 16)) for char in unit for digit in f"{ord(char):x}") for unit in units(text)
    )


def _xml(documents: list[Document]) -> str:
    lines = ['<many xmlns:z="http://indexdata.com/zebra-2.0">']
    for one in documents:
        lines.append(f'<z:record z:id="{one.id}">')
        lines += [f'<z:index name="text:w">{_words(text)}</z:index>' for text in one.texts]
        lines += [f'<z:index name="key:0">{escape(key)}</z:index>' for key in one.identifiers]
        lines += [f'<z:index name="sites:0">{site}</z:index>' for site in one.sites]
        single = {"kind": one.kind, "language": one.language, "decade": one.decade, "ndc": one.ndc[0][0], "class": one.ndc[0], "year": one.year or 0}  # fmt: skip
        lines += [f'<z:index name="{name}:0">{value}</z:index>' for name, value in single.items()]
        lines.append("</z:record>")
    return "\n".join([*lines, "</many>"])
