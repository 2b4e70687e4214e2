"""A real Zebra on this machine, as Koha runs one: MARC records in, SRU with MARCXML out."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

INDEXING = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:m="http://www.loc.gov/MARC21/slim" xmlns:z="http://indexdata.com/zebra-2.0">
  <xsl:template match="text()"/>
  <xsl:template match="m:record"><z:record z:id="{normalize-space(m:controlfield[@tag='001'])}"><xsl:apply-templates/></z:record></xsl:template>
  <xsl:template match="m:datafield[@tag='020']/m:subfield[@code='a']">
    <z:index name="isbn:w any:w"><xsl:value-of select="translate(., '-', '')"/></z:index></xsl:template>
  <xsl:template match="m:datafield[@tag='245']">
    <z:index name="title:w any:w"><xsl:for-each select="m:subfield[@code!='6']"><xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each></z:index></xsl:template>
  <xsl:template match="m:datafield[@tag='700' or @tag='100']">
    <z:index name="creator:w any:w"><xsl:value-of select="m:subfield[@code='a']"/></z:index></xsl:template>
</xsl:stylesheet>
"""
DOM = """<dom>
  <extract name="index"><xslt stylesheet="index.xsl"/></extract>
  <retrieve name="marcxml"/>
  <input><marc inputcharset="utf-8"/></input>
</dom>
"""
ZEBRA = """profilePath: {profile}:/usr/share/idzebra-2.0/tab
modulePath: {modules}
attset: bib1.att
recordtype: dom.{folder}/dom.xml
storeKeys: 1
storeData: 1
register: {folder}/register:200M
lockDir: {folder}
setTmpDir: {folder}
isam: b
"""
INDEX = """index w
completeness 0
position 1
alwaysmatches 1
firstinfield 1
icuchain words-icu.xml
staticrank 0
"""
QUERIES = """set.cql = info:srw/cql-context-set/1/cql-v1.1
set.bath = http://zing.z3950.org/cql/bath/2.0/
set.dc = info:srw/cql-context-set/1/dc-v1.1
index.cql.serverChoice = 1=any
index.bath.isbn = 1=isbn
index.dc.title = 1=title
index.dc.creator = 1=creator
relation.scr = 2=3
relation.eq = 2=3
relationModifier.relevant = 2=102
structure.* = 4=6
position.any = 3=3
truncation.none = 5=100
"""
SERVER = """<yazgfs><listen id="tcp">tcp:127.0.0.1:{port}</listen>
<server id="biblio" listenref="tcp"><directory>{folder}</directory><config>zebra.cfg</config>
<cql2rpn>pqf.properties</cql2rpn>
<retrievalinfo><retrieval syntax="xml" name="marcxml" identifier="info:srw/schema/1/marcxml-v1.1"/>
<retrieval syntax="usmarc"/></retrievalinfo></server></yazgfs>
"""


def modules() -> str:
    return next((str(path) for path in Path("/usr/lib").glob("*/idzebra-2.0/modules")), "")


@contextmanager
def zebra(folder: Path, records: bytes) -> Iterator[str]:
    """The address of a zebrasrv that holds these records (ISO 2709)."""
    for program in ("zebrasrv", "zebraidx"):
        if not shutil.which(program) or not modules():
            pytest.skip(f"{program} is not installed (apt install idzebra-2.0)")
    if not Path("/usr/share/idzebra-2.0/tab").is_dir():
        pytest.skip("zebraidx is without its tables (apt install idzebra-2.0-common)")
    (folder / "register").mkdir()
    (folder / "index.xsl").write_text(INDEXING)
    (folder / "dom.xml").write_text(DOM)
    (folder / "zebra.cfg").write_text(ZEBRA.format(folder=folder, profile=folder, modules=modules()))
    (folder / "default.idx").write_text(INDEX)
    (folder / "pqf.properties").write_text(QUERIES)
    (folder / "records.mrc").write_bytes(records)
    for words in (["init"], ["update", "records.mrc"]):
        done = subprocess.run(["zebraidx", "-c", "zebra.cfg", *words], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    port = _free_port()
    (folder / "server.xml").write_text(SERVER.format(port=port, folder=folder))
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(["zebrasrv", "-f", "server.xml"], cwd=folder, stdout=log, stderr=log)
        try:
            _wait(port, folder / "server.log")
            yield f"http://127.0.0.1:{port}/Default"
        finally:
            server.terminate()
            server.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, log: Path) -> None:
    for _try in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())
