"""What a file is, is seen in the file; what is nothing to us is refused with a sentence that says what to do."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from fumikura.catalogue.marc import formats, marcjson, marcxml
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.words import FILES, RECORDS, file_words
from tests.catalogue.records import kokoro, kokoro_bytes

XML = (marcxml.HEAD + marcxml.element_text(content_of(kokoro())) + marcxml.TAIL).encode()
JSON = marcjson.text(content_of(kokoro())).encode()


def by_code(value: object) -> str:
    """Names tests by what is expected: packed bytes hold the time of day, and two test processes must agree on names."""
    return value if isinstance(value, str) else "file"


def recognise(folder: Path, data: bytes) -> formats.Recognised:
    path = folder / "file"
    path.write_bytes(data)
    return formats.recognise(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (kokoro_bytes(), "iso2709"),
        (b"\xef\xbb\xbf\r\n" + kokoro_bytes(), "iso2709"),
        (kokoro_bytes()[:100], "iso2709"),
        (XML, "marcxml"),
        (b"\xef\xbb\xbf" + XML, "marcxml"),
        (JSON, "marc-json"),
        (b"[" + JSON + b"]", "marc-json"),
        ('{"title": "こころ", "author": "夏目漱石"}\n'.encode(), "rows-json"),
        ("書名\t著者\nこころ\t夏目漱石\n".encode(), "tsv"),
        ("書名,著者\nこころ,夏目漱石\n".encode("cp932"), "csv"),
        ("書名,著者\nこころ,夏目漱石\n".encode("euc_jp"), "csv"),
        ("書名\t著者\nこころ\t夏目漱石\n".encode("iso2022_jp"), "tsv"),
    ],
    ids=by_code,
)
def test_each_format_is_recognised_plain_and_packed(tmp_path: Path, data: bytes, expected: str) -> None:
    assert recognise(tmp_path, data).format == expected
    packed = recognise(tmp_path, gzip.compress(data))
    assert (packed.format, packed.compressed) == (expected, True)


def archive(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name in names:
            made.writestr(name, b"x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (archive("records.mrc"), "zip"),
        (archive("xl/workbook.xml"), "excel"),
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html"),
        (b"<mods xmlns='http://www.loc.gov/mods/v3'/>", "other-xml"),
        (b'{"name": "x"}', "other-json"),
        ("氏名,電話\n山田,1\n".encode(), "no-title-column"),
        ("こころ 夏目漱石".encode(), "unknown"),
        ("書名,著者".encode("utf-16"), "utf-16"),
        (b"=LDR  00000nam\n=001  1\n", "marc-mnemonic"),
        (b"\x1f\x8b\x08rubbish", "damaged-gzip"),
        (gzip.compress(kokoro_bytes(), mtime=0)[:12], "damaged-gzip"),
    ],
    ids=by_code,
)
def test_what_is_nothing_to_us_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(formats.NotReadable) as refused:
        recognise(tmp_path, data)
    assert refused.value.code == code
    assert all(file_words(code, language)[1] for language in ("ja", "en"))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.mrc", "missing"), (tmp_path, "directory")):
        with pytest.raises(formats.NotReadable) as refused:
            formats.recognise(path)
        assert refused.value.code == code


@pytest.mark.parametrize("table", [FILES, RECORDS])
def test_every_sentence_stands_in_both_languages_with_a_way_out(table: dict) -> None:
    for code, text in table.items():
        assert text.ja.endswith("。"), code
        assert text.way_out_ja.endswith("。"), code
        assert text.en.endswith("."), code
        assert text.way_out_en.endswith("."), code
