"""Classes have a place in the tree, names of our own at its top, and loaded ones below."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fumikura.catalogue import ndc
from fumikura.catalogue.models import ClassLabel
from fumikura.catalogue.services import load_class_labels
from fumikura.journal.models import Entry
from tests.cast import AT, SYSTEM
from tests.shared_data import shared

pytestmark = pytest.mark.django_db


def load(raw: str | bytes, **facts: str) -> dict[str, int]:
    return load_class_labels(raw if isinstance(raw, bytes) else raw.encode(), by=SYSTEM, at=AT, **facts)


def test_ten_classes_and_a_hundred_divisions_are_named_in_both_languages() -> None:
    assert len([one for one in ndc.BUILT_IN if len(one) == 1]) == 10
    assert len([one for one in ndc.BUILT_IN if len(one) == 2]) == 100
    assert all(japanese and english for japanese, english in ndc.BUILT_IN.values())
    assert ndc.labels_of(["91"], "en") == {"91": "Literature of Japan"}


@pytest.mark.parametrize(
    ("printed", "number"),
    [("913.6/N58", "913.6"), ("910", "91"), ("900", "9"), ("000", "0"), ("007.35", "007.35"), ("E", ""), ("", "")],
)
def test_a_class_has_one_number_however_it_is_printed(printed: str, number: str) -> None:
    assert ndc.tidy_number(printed) == number


def test_the_path_leads_from_the_class_down() -> None:
    assert ndc.path_of("913.68") == ["9", "91", "913", "913.6", "913.68"]
    assert ndc.path_of("007") == ["0", "00", "007"]


@pytest.mark.parametrize(
    ("raw", "edition"),
    [
        ('{"ndc9:913.6": "明治からあと"}', ""),
        ('{"913.6": "明治からあと"}', "9"),
        ("番号\t名前\n913.6\t明治からあと\n", "9"),
        ("NDC9 913.6,明治からあと\n", ""),
        ("913.6,明治からあと\n".encode("cp932"), "9"),
    ],
)
def test_names_are_read_from_json_and_from_tables(raw: str | bytes, edition: str) -> None:
    assert load(raw, edition=edition) == {"9": 1}
    assert ndc.labels_of(["913.6"]) == {"913.6": "明治からあと"}


def test_a_file_loaded_again_replaces_its_edition_and_leaves_the_others() -> None:
    load('{"ndc8:913": "八版", "ndc9:913": "九版", "ndc9:914": "随筆"}')
    assert load('{"ndc9:913": "新しい九版"}') == {"9": 1}
    assert sorted(ClassLabel.objects.values_list("edition", "label")) == [("8", "八版"), ("9", "新しい九版")]
    assert ndc.labels_of(["913"]) == {"913": "新しい九版"}
    assert Entry.objects.filter(event="catalogue.class-labels-loaded").count() == 2


@pytest.mark.parametrize("raw", ["", "{", '{"こころ": "夏目"}', "書名,著者\nこころ,夏目\n", '{"913": ""}'])
def test_a_file_without_names_changes_nothing(raw: str) -> None:
    load('{"ndc9:913": "小説"}')
    with pytest.raises(ndc.NotLabels):
        load(raw, edition="9")
    assert ClassLabel.objects.count() == 1


def test_children_are_one_step_below() -> None:
    load(json.dumps({f"ndc9:{number}": number for number in ("910", "911", "913", "913.6", "913.68", "914", "92")}))
    assert ndc.children_of("")[0] == "0" and len(ndc.children_of("9")) == 10
    assert ndc.children_of("91") == ["911", "913", "914"]
    assert ndc.children_of("913") == ["913.6"]
    assert ndc.children_of("913.6") == ["913.68"]


def test_classes_are_searched_by_name_and_number() -> None:
    load('{"ndc9:913": "小説．物語"}')
    assert ndc.search_labels("小説") == [("913", "小説．物語")]
    assert ("91", "日本の文学") in ndc.search_labels("91")
    assert ndc.search_labels(" ") == []


def test_the_command_says_what_it_did_and_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ndc.tsv"
    file.write_text("913\t小説\n913.6\t近いころ\n", encoding="utf-8")
    call_command("ndc", "load", str(file), "--edition", "10")
    call_command("ndc", "show", "913.6/ナ")
    told = capsys.readouterr().out
    assert "NDC 10版の見出し 2 件" in told and "913.6  近いころ" in told
    with pytest.raises(CommandError, match="--edition"):
        call_command("ndc", "load", str(file))
    with pytest.raises(CommandError, match="読めません"):
        call_command("ndc", "load", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="NDC の番号"):
        call_command("ndc", "show", "こころ")


@pytest.mark.shared_data
def test_the_real_tables_are_loaded_whole() -> None:
    assert load(shared("data/ndc/ndc9.json").read_bytes())["9"] > 11_000
    assert load(shared("data/ndc/ndc8.json").read_bytes())["8"] > 9_000
    assert ndc.children_of("913")[:1] == ["913.2"]
