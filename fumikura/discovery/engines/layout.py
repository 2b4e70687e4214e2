"""How the embedded index is laid out, and how such an index is opened."""

from pathlib import Path
from typing import Any, Final

import tantivy

from fumikura.discovery.engines.columns import COLUMNS, COUNTED
from fumikura.discovery.engines.fields import CODES, LARGEST_FIRST, PAIRS, SMALLEST_FIRST

SCHEMA: Final = "t9"
"""Changes with the fields below: an index of another schema is rebuilt, not read."""


def build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("work", fast=True)
    for name in PAIRS:
        builder.add_text_field(name, tokenizer_name="pairs", index_option="position")
    for name in ("unit", "title_unit", "mark", "word"):
        builder.add_text_field(name, tokenizer_name="pairs", index_option="basic")
    for name in CODES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name not in COUNTED)
    for name in COLUMNS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("identifier", "name_key", "subject_key", "whole"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("ndc", tokenizer_name="beginnings", index_option="basic")
    builder.add_integer_field("year", indexed=True, fast=True)
    for name in LARGEST_FIRST.values():
        builder.add_integer_field(name, fast=True)
    for name in SMALLEST_FIRST.values():
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    return _without_what_nobody_asks(builder.build())


def _without_what_nobody_asks(schema: tantivy.Schema) -> tantivy.Schema:
    """Sort keys and columns are never looked up, and only titles are ranked by their length: a third of the index otherwise.

    The builder offers no such options; a schema that travels between processes (pickle) does.
    """
    reduced: Any = schema.__reduce__()
    remake, (travelling,) = reduced
    for field in travelling["inner"]:
        options = field["options"]
        if field["name"] in (*SMALLEST_FIRST.values(), *COLUMNS):
            options["indexing"] = None
        elif "indexing" in options and field["name"] != "title":
            options["indexing"]["fieldnorms"] = False
    remade: tantivy.Schema = remake(travelling)
    return remade


def open_index(folder: Path) -> tantivy.Index:
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(build_schema(), path=str(folder))
    pairs = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    beginnings = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(1, 8, prefix_only=True)).build()
    index.register_tokenizer("pairs", pairs)
    index.register_tokenizer("beginnings", beginnings)
    index.config_reader("manual")
    return index
