"""yaz-client and zoomsh, which nobody here wrote, ask by SRU; and by Z39.50 through the gateway."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import sruthi
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from tests.project.test_serve import free_port
from tests.protocols.sru.conftest import index  # noqa: F401
from tests.protocols.sru.shelf import fill

pytestmark = pytest.mark.django_db(transaction=True)


def needs(*programs: str) -> None:
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed here: {', '.join(missing)}")


@pytest.fixture
def address(live_server: LiveServer, index: object) -> str:  # noqa: F811
    fill()
    read_everything(subscriptions(), clock=timezone.now)
    return live_server.url


def yaz(*commands: str) -> str:
    told = subprocess.run(
        ["yaz-client"], input="\n".join([*commands, "quit", ""]).encode(), capture_output=True, timeout=60
    )
    return told.stdout.decode(errors="replace")


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_yaz_client_searches_by_sru(address: str, version: str) -> None:
    needs("yaz-client")
    said = yaz(f"sru get {version}", f"open {address}/sru", "querytype cql", 'find dc.title = "銀河鉄道"', "show 1")
    assert "Number of hits: 1" in said
    assert "銀河鉄道の夜" in said


def test_yaz_client_is_told_what_is_wrong(address: str) -> None:
    needs("yaz-client")
    said = yaz("sru get 1.2", f"open {address}/sru", "querytype cql", "find color = red")
    assert "Unsupported index" in said


def test_zoomsh_searches_by_sru_and_gets_dublin_core(address: str) -> None:
    needs("zoomsh")
    told = subprocess.run(
        ["zoomsh", "set sru get", "set sru_version 1.2", "set schema dc", f"connect {address}/sru",
         'search cql:dc.creator=漱石', "show 0 3", "quit"],
        capture_output=True, timeout=60,
    ).stdout.decode(errors="replace")  # fmt: skip
    assert "3 hits" in told
    assert "坊っちゃん" in told


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_sruthi_reads_the_explanation_searches_in_every_schema_and_is_told_what_is_wrong(
    address: str, version: str
) -> None:
    """A client of another family than YAZ's; it knows no 2.0."""
    sru = f"{address}/sru"
    told = sruthi.explain(sru, sru_version=version)
    assert set(told.schema) == {"marcxml", "dc", "mods", "dcndl"} and "dc" in told.index
    for schema in told.schema:
        asked = {"maximum_records": 2, "record_schema": schema, "sru_version": version}
        found = sruthi.searchretrieve(sru, query="dc.creator=漱石", **asked)
        assert found.count == 3 and "坊っちゃん" in str(list(found))
    with pytest.raises(sruthi.errors.SruError, match="Unsupported index"):
        sruthi.searchretrieve(sru, query="color = red", sru_version=version)


@pytest.fixture
def gateway(address: str) -> Iterator[int]:
    needs("yaz-client", "simple2zoom")
    port = free_port()
    process = subprocess.Popen(["bin/z3950", f"{address}/sru/z3950", str(port)], start_new_session=True)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def test_an_old_system_finds_japanese_words_by_z3950_and_gets_marc_21(gateway: int) -> None:
    said = yaz(
        f"open 127.0.0.1:{gateway}/catalogue", "charset utf-8 utf-8", "format usmarc", "find @attr 1=4 銀河鉄道", "show 1",
        "find @and @attr 1=1003 漱石 @attr 1=4 猫",
    )  # fmt: skip
    assert said.count("Number of hits: 1") == 2
    assert "銀河鉄道の夜" in said
    assert "[catalogue]Record type: USmarc" in said or "Record type: USmarc" in said
