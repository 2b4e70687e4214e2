"""One change for many records, before it is made."""

import pytest

from fumikura.catalogue.editing.lines import text_of
from fumikura.catalogue.editing.operations import Operation, Unfit, carried_out
from fumikura.catalogue.marc.content import content_of
from tests.catalogue.records import kokoro


def after(**facts: object) -> str:
    return text_of(carried_out(content_of(kokoro()), [Operation.of(facts)]))


BEFORE = text_of(content_of(kokoro()))


@pytest.mark.parametrize(
    ("facts", "gone", "come"),
    [
        ({"kind": "add-field", "text": "590 ## $a水瀬市ゆかり"}, "", "590 ## $a水瀬市ゆかり"),
        ({"kind": "delete-field", "tag": "490"}, "490 0# $a漱石文庫 ;$v3", ""),
        ({"kind": "delete-field", "tag": "084", "code": "2", "find": "njb/09"}, "084 ## $a913.6$2njb/09", "njb/10"),
        ({"kind": "add-subfield", "tag": "650", "code": "x", "text": "研究"}, "", "$z日本$2ndlsh$x研究"),
        ({"kind": "delete-subfield", "tag": "020", "code": "c"}, "$c400円", "020 ## $a4-10-101013-7 :"),
        ({"kind": "replace", "tag": "650", "code": "a", "find": "書簡", "text": "手紙"}, "$a書簡文学", "$a手紙文学"),
        (
            {"kind": "replace", "tag": "300", "code": "a", "find": r"(\d+)p", "text": "$1ページ", "pattern": True},
            "426p",
            "$a426ページ ;",
        ),
        ({"kind": "replace", "tag": "65X", "code": "2", "text": "local"}, "$z日本$2ndlsh", "$z日本$2local"),
    ],
)
def test_each_operation_does_what_it_says(facts: dict, gone: str, come: str) -> None:
    text = after(**facts)
    assert text != BEFORE
    assert not gone or gone not in text
    assert come in text


def test_a_deleted_field_takes_its_readings_along() -> None:
    text = after(kind="delete-field", tag="700")
    assert "夏目, 漱石" not in text and "ナツメ, ソウセキ" not in text and "Natsume" not in text


def test_a_field_is_added_once_only() -> None:
    operation = Operation.of({"kind": "add-field", "text": "590 ## $a水瀬市ゆかり"})
    once = carried_out(content_of(kokoro()), [operation])
    assert carried_out(once, [operation]) == once


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "add-field", "text": "ただの文"}, "no-field"),
        ({"kind": "delete-field", "tag": "6"}, "no-tag"),
        ({"kind": "replace", "tag": "650"}, "no-code"),
        ({"kind": "add-subfield", "tag": "650", "code": "x"}, "no-text"),
        ({"kind": "replace", "tag": "650", "code": "a", "find": "(", "pattern": True}, "bad-pattern"),
        ({"kind": "replace", "tag": "650", "code": "a", "find": "(a+)+$", "pattern": True}, "slow-pattern"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused_with_a_reason(facts: dict, code: str) -> None:
    with pytest.raises(Unfit) as caught:
        Operation.of(facts)
    assert caught.value.code == code
